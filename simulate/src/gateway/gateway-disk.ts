/**
 * What of the gateway outlives a crash: database, vault and ledger.
 *
 * It stands in for the real ones, which have their own tests on real disks; each write here is whole or not there.
 */
import type { DestructionStep, Remains } from '@chaperone/domain/destruction/destruction.ts';
import type {
  CaseId,
  GrantId,
  SessionId,
  TechnicianId,
  TransferId,
  WorkstationId,
} from '@chaperone/domain/id/id.ts';
import type { ServiceCase } from '@chaperone/domain/service-case/service-case.ts';
import type { TransferState } from '@chaperone/domain/transfer/transfer.ts';
import type { Piece } from '../world/messages.ts';
import { DurableLog } from '../world/durable-log.ts';
import type { World } from '../world/world.ts';

export interface SessionRow {
  readonly session: SessionId;
  readonly grant: GrantId;
  readonly caseId: CaseId;
  readonly technician: TechnicianId;
  readonly workstation: WorkstationId;
  readonly key: string;
  hasEnded: boolean;
}

export interface TransferRow {
  readonly id: TransferId;
  readonly caseId: CaseId;
  readonly session: SessionId;
  readonly technician: TechnicianId;
  readonly direction: 'from-cart' | 'to-cart';
  readonly file: number;
  state: TransferState;
  /** Pieces that the receiving end has. */
  received: number;
}

export interface StoredRecord {
  readonly caseId: CaseId;
  readonly pieces: readonly Piece[];
  isPlaced: boolean;
}

export class GatewayDisk {
  readonly #world: World;
  readonly ledger: DurableLog<string>;
  readonly cases = new Map<CaseId, ServiceCase>();
  /** Cases with a complaint or a note in the database. */
  readonly details = new Set<CaseId>();
  readonly sessions = new Map<SessionId, SessionRow>();
  readonly transfers = new Map<TransferId, TransferRow>();
  readonly destructions = new Map<CaseId, DestructionStep>();
  readonly keys = new Set<CaseId>();
  readonly staged = new Map<TransferId, { readonly caseId: CaseId; readonly pieces: Piece[] }>();
  readonly records = new Map<TransferId, StoredRecord>();
  /** Temporary files that somebody left in a case's folder. */
  readonly strays = new Map<CaseId, number>();

  constructor(world: World) {
    this.#world = world;
    this.ledger = new DurableLog(world, 'gateway', (entry) => void world.ghost.ledger.add(entry));
  }

  /** False while nothing can be written. */
  get hasRoom(): boolean {
    return !this.ledger.isFull;
  }

  /** Does something once its entry is in the ledger. */
  recordFirst(entry: string, act: (fault: Error | null) => void): void {
    this.#world.rules.recordFirst(this.ledger, [entry], act);
  }

  /** Tells the invariants that something new lies here. */
  stored(caseId: CaseId, what: string): void {
    this.#world.observe({ is: 'stored', caseId, what });
  }

  countOf(caseId: CaseId): Remains {
    const of = (rows: Iterable<{ readonly caseId: CaseId }>): number =>
      [...rows].filter((row) => row.caseId === caseId).length;
    return {
      keys: this.keys.has(caseId) ? 1 : 0,
      records: of(this.records.values()),
      temporaryFiles: of(this.staged.values()) + (this.strays.get(caseId) ?? 0),
      rows: of(this.transfers.values()) + (this.details.has(caseId) ? 1 : 0),
    };
  }

  eraseFiles(caseId: CaseId): void {
    for (const [id, each] of this.records) if (each.caseId === caseId) this.records.delete(id);
    for (const [id, each] of this.staged) if (each.caseId === caseId) this.staged.delete(id);
    this.strays.delete(caseId);
  }

  eraseRows(caseId: CaseId): void {
    for (const [id, each] of this.transfers) if (each.caseId === caseId) this.transfers.delete(id);
    this.details.delete(caseId);
  }

  /** Whatever is left of a case, searched for without the rules: for the invariants. */
  everythingOf(caseId: CaseId): readonly string[] {
    const left: string[] = [];
    if (this.keys.has(caseId)) left.push('its key');
    for (const [id, each] of this.records) if (each.caseId === caseId) left.push(`record ${id}`);
    for (const [id, each] of this.staged) if (each.caseId === caseId) left.push(`staged ${id}`);
    for (const [id, each] of this.transfers) if (each.caseId === caseId) left.push(`row ${id}`);
    if (this.details.has(caseId)) left.push('its complaint');
    if (this.strays.has(caseId)) left.push('a temporary file');
    return left;
  }

  /** Whether anything of a case can be read: it is there, and so is the key. */
  isReadable(caseId: CaseId): boolean {
    return this.keys.has(caseId) && this.everythingOf(caseId).length > 1;
  }
}
