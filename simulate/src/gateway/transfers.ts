/**
 * Files on their way, as `gateway/src/desk/transfer` moves them: by the rules' states, piece by piece, into a vault
 * that gives a record its name only when it is whole.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId, SessionId, TechnicianId, TransferId } from '@chaperone/domain/id/id.ts';
import type { TransferState } from '@chaperone/domain/transfer/transfer.ts';
import type { Ask, Piece, ToDesk } from '../world/messages.ts';
import { digestOf } from '../world/messages.ts';
import type { World } from '../world/world.ts';
import type { GatewayDisk, TransferRow } from './gateway-disk.ts';

/** What is uploaded for the cart has always the same pieces. */
const UPLOAD: readonly Piece[] = ['up.0', 'up.1', 'up.2'];
const RENAME_MS = 8;
const SLOW_RENAME_MS = 4000;
const UPLOAD_PIECE_MS_MAX = 1500;

export interface TransfersOptions {
  readonly world: World;
  readonly disk: GatewayDisk;
  /** Whether a case takes nothing new. */
  readonly isClosed: (caseId: CaseId) => boolean;
  /** The session of a transfer, if it has not ended: usable now or not. */
  readonly sessionOf: (session: SessionId) => 'usable' | 'interrupted' | null;
  /** Asks the cart in the name of a session, once the ledger has the activity; silent when it cannot. */
  readonly ask: (row: TransferRow, activity: Activity, rest: Partial<Ask>) => void;
}

export class Transfers {
  readonly #options: TransfersOptions;
  #made = 0;

  constructor(options: TransfersOptions) {
    this.#options = options;
  }

  /** Takes up what was under way when the gateway stopped; finishes or forgets what was being placed. */
  restore(): void {
    const { disk } = this.#options;
    for (const [id, record] of disk.records) {
      if (record.isPlaced) continue;
      if (this.#options.isClosed(record.caseId)) disk.records.delete(id);
      else this.#placed(id);
    }
    for (const row of disk.transfers.values()) {
      if (this.#isSettled(row)) continue;
      if (row.state !== 'queued' && row.state !== 'paused') row.state = 'interrupted';
    }
  }

  /** A technician wants a file. The ledger comes first. */
  begin(
    terms: Pick<TransferRow, 'caseId' | 'session' | 'technician' | 'direction' | 'file'>,
  ): void {
    const { world, disk } = this.#options;
    if (this.#options.isClosed(terms.caseId)) return;
    const id = this.#id('xfer');
    const entry = `transfer-begun ${id}`;
    disk.recordFirst(entry, (fault) => {
      if (fault !== null || this.#options.isClosed(terms.caseId)) return;
      world.observe({ is: 'desk-acted', entry, caseId: terms.caseId });
      const row: TransferRow = { ...terms, id, state: 'queued', received: 0 };
      disk.transfers.set(id, row);
      disk.stored(terms.caseId, 'row');
      if (terms.direction === 'to-cart') world.ghost.isWhole(id, digestOf(UPLOAD));
      this.#drive(row);
    });
  }

  /** A technician uploads a file for the cart; that needs no session, and may go on while the case is resolved. */
  upload(caseId: CaseId): void {
    if (this.#options.isClosed(caseId)) return;
    const id = this.#id('upld');
    this.#options.world.ghost.isWhole(id, digestOf(UPLOAD));
    this.#uploadPiece(id, caseId, 0);
  }

  cancel(technician: TechnicianId): void {
    const open = [...this.#options.disk.transfers.values()];
    const row = open.findLast((each) => each.technician === technician);
    if (row !== undefined && this.#move(row, 'cancelled')) this.#discard(row);
  }

  /** Holds a transfer, or lets a held one go on; that is in the ledger before anything of it moves again. */
  hold(technician: TechnicianId): void {
    const open = [...this.#options.disk.transfers.values()];
    const row = open.findLast((each) => each.technician === technician);
    if (row === undefined || this.#move(row, 'paused') || row.state !== 'paused') return;
    const entry = `transfer-resumed ${row.id}`;
    this.#options.disk.recordFirst(entry, (fault) => {
      if (fault !== null || this.#options.isClosed(row.caseId) || row.state !== 'paused') return;
      if (this.#move(row, 'queued')) this.#drive(row);
    });
  }

  /** The session can be used, or used again. */
  usable(session: SessionId): void {
    for (const row of this.#of(session)) this.#drive(row);
  }

  /** The session lost its connection, or ended. What has settled is not touched: the rules refuse. */
  interrupted(session: SessionId): void {
    const isOver = this.#options.sessionOf(session) === null;
    for (const row of this.#of(session)) {
      if (isOver) this.#fail(row);
      else this.#move(row, 'interrupted');
    }
  }

  /** Takes what the cart sent. */
  take(message: Extract<ToDesk, { readonly type: 'content' | 'inbox' | 'refused' }>): void {
    const row =
      message.transfer === null ? undefined : this.#options.disk.transfers.get(message.transfer);
    if (row === undefined) return;
    switch (message.type) {
      case 'refused':
        if (message.code === 'ACTIVITY_NOT_GRANTED') this.#fail(row);
        else this.#move(row, 'interrupted');
        return;
      case 'content':
        return this.#content(row, message);
      case 'inbox':
        return this.#inbox(row, message);
    }
  }

  #id(prefix: string): TransferId {
    this.#made += 1;
    return `${prefix}-${this.#options.world.nowMs}-${this.#made}` as TransferId;
  }

  #uploadPiece(id: TransferId, caseId: CaseId, at: number): void {
    const { world, disk, isClosed } = this.#options;
    world.after(world.dice.below(UPLOAD_PIECE_MS_MAX), 'gateway', () => {
      if (isClosed(caseId)) return world.reach('upload cut off');
      const staged = disk.staged.get(id) ?? { caseId, pieces: [] };
      staged.pieces.push(UPLOAD[at] ?? '');
      disk.staged.set(id, staged);
      disk.stored(caseId, 'staged file');
      if (at + 1 < UPLOAD.length) return this.#uploadPiece(id, caseId, at + 1);
      disk.staged.delete(id);
      disk.records.set(id, { caseId, pieces: staged.pieces, isPlaced: false });
      world.after(RENAME_MS, 'gateway', () => this.#placed(id));
    });
  }

  #drive(row: TransferRow): void {
    const state = this.#options.sessionOf(row.session);
    if (state === null) return this.#fail(row);
    if (state !== 'usable' || this.#isSettled(row) || row.state === 'paused') return;
    if (row.state !== 'moving' && !this.#move(row, 'moving')) return;
    const { id: transfer, file } = row;
    if (row.direction === 'from-cart') {
      // A crash did not let it become known that it is here already.
      if (this.#options.disk.records.get(transfer)?.isPlaced === true) return this.#record(row);
      const staged = this.#options.disk.staged.get(transfer)?.pieces.length ?? 0;
      // When only the digest is missing, one piece is asked for again.
      const from = Math.max(0, staged - (staged > 0 ? 1 : 0));
      return this.#options.ask(row, 'fetch-files', { fetch: { transfer, file, from } });
    }
    this.#sendPiece(row);
  }

  #content(row: TransferRow, message: Extract<ToDesk, { readonly type: 'content' }>): void {
    const { disk, isClosed } = this.#options;
    if (row.direction !== 'from-cart' || isClosed(row.caseId) || this.#isSettled(row)) return;
    if (row.state === 'verifying' || row.state === 'paused') return;
    if (!disk.keys.has(row.caseId)) return;
    const staged = disk.staged.get(row.id) ?? { caseId: row.caseId, pieces: [] };
    if (message.at === staged.pieces.length) {
      staged.pieces.push(message.piece);
      disk.staged.set(row.id, staged);
      disk.stored(row.caseId, 'staged file');
    }
    row.received = staged.pieces.length;
    if (message.digest === null || message.at !== staged.pieces.length - 1) return;
    if (!this.#move(row, 'verifying')) return;
    if (digestOf(staged.pieces) !== message.digest) {
      disk.staged.delete(row.id);
      this.#options.world.reach('digest mismatch');
      return this.#fail(row);
    }
    disk.staged.delete(row.id);
    disk.records.set(row.id, { caseId: row.caseId, pieces: staged.pieces, isPlaced: false });
    const isSlow = this.#options.world.nowMs < disk.ledger.slowUntilMs;
    const renameMs = isSlow ? SLOW_RENAME_MS : RENAME_MS;
    this.#options.world.after(renameMs, 'gateway', () => this.#placed(row.id));
  }

  /** Gives a whole record its name, unless its case was closed in between; then the transfer is done. */
  #placed(id: TransferId): void {
    const { disk, world, isClosed } = this.#options;
    const record = disk.records.get(id);
    if (record === undefined || isClosed(record.caseId)) return;
    record.isPlaced = true;
    disk.stored(record.caseId, 'record');
    world.observe({ is: 'placed', where: 'vault', transfer: id, content: digestOf(record.pieces) });
    world.reach('placed vault');
    const row = disk.transfers.get(id);
    if (row !== undefined && row.state === 'verifying') this.#record(row);
  }

  /** Says in the ledger that a record is sealed, and that its transfer is done. */
  #record(row: TransferRow): void {
    if (row.state === 'moving') this.#move(row, 'verifying');
    this.#options.disk.recordFirst(`record-sealed ${row.id}`, (fault) => {
      this.#move(row, fault === null ? 'done' : 'failed');
    });
  }

  #sendPiece(row: TransferRow): void {
    const at = row.received;
    const piece = UPLOAD[at] ?? '';
    const total = UPLOAD.length;
    const inbox = { transfer: row.id, at, piece, total, digest: digestOf(UPLOAD) };
    this.#options.ask(row, 'send-files', { inbox });
  }

  #inbox(row: TransferRow, message: Extract<ToDesk, { readonly type: 'inbox' }>): void {
    if (row.direction !== 'to-cart' || this.#isSettled(row) || row.state === 'paused') return;
    row.received = Math.max(row.received, message.received);
    if (!message.isPlaced) {
      if (row.state === 'moving') this.#sendPiece(row);
      return;
    }
    if (!this.#move(row, 'verifying')) return;
    this.#options.disk.recordFirst(`send-done ${row.id}`, (fault) => {
      this.#move(row, fault === null ? 'done' : 'failed');
    });
  }

  #fail(row: TransferRow): void {
    if (this.#move(row, 'failed')) this.#discard(row);
  }

  #discard(row: TransferRow): void {
    this.#options.disk.staged.delete(row.id);
  }

  #of(session: SessionId): readonly TransferRow[] {
    return [...this.#options.disk.transfers.values()].filter((row) => row.session === session);
  }

  #isSettled(row: TransferRow): boolean {
    return this.#options.world.rules.isSettled(row.state);
  }

  /** Moves a transfer on if the rules allow it. */
  #move(row: TransferRow, to: TransferState): boolean {
    const { world } = this.#options;
    const from = row.state;
    try {
      row.state = world.rules.move(from, to);
    } catch (refusal) {
      if (!(refusal instanceof DomainError)) throw refusal;
      world.reach(`refused ${refusal.code}`);
      return false;
    }
    world.reach(`transfer ${row.state}`);
    world.note('desk', `${row.id} (${row.direction}): ${from} → ${row.state}`);
    const content = this.#contentOf(row);
    world.observe({ is: 'moved', transfer: row.id, from, to: row.state, content });
    return true;
  }

  #contentOf(row: TransferRow): string {
    if (row.direction === 'to-cart') return digestOf(UPLOAD.slice(0, row.received));
    const record = this.#options.disk.records.get(row.id);
    return record?.isPlaced === true ? digestOf(record.pieces) : '';
  }
}
