/** Transfers in the database, their names opened and sealed on the way. */
import type {
  CaseId,
  RecordId,
  SessionId,
  TechnicianId,
  TransferId,
} from '@chaperone/domain/id/id.ts';
import type { TransferState } from '@chaperone/domain/transfer/transfer.ts';
import type { Database } from '../../platform/database/database.ts';
import { CaseKeyMissing, RecordDamaged } from '../../vault/contract.ts';
import type { Vault } from '../../vault/contract.ts';
import type { Direction, TransferRow, TransferTables } from './tables.ts';

/** What of a transfer may be PHI. */
export interface TransferSecret {
  readonly name: string;
  /** Where it lies in the folder with which it is moved, relative; '' for a file by itself. */
  readonly folder: string;
  /** What was asked for together: the files of a folder, or of one drop. Null for a file by itself. */
  readonly batch: string | null;
  /** The session in which it moves, when that is not the one in which it was begun. */
  readonly session: SessionId;
  /** Held by the technician, or because its session ended. */
  readonly isHeld: boolean;
  /** Where it lies on the cart; empty for a file that is sent. */
  readonly directory: string;
  readonly path: string;
  /** Salt of the name's commitment, base64url. */
  readonly salt: string;
  readonly nameCommitment: string;
  /** The version of the cart's file that was begun with. */
  readonly etag: string | null;
  /** Salt of the commitment to the content's digest, once it is sealed. */
  readonly digestSalt: string | null;
}

export interface HeldTransfer extends Omit<TransferSecret, 'isHeld'> {
  readonly id: TransferId;
  readonly caseId: CaseId;
  session: SessionId;
  readonly technician: TechnicianId;
  readonly direction: Direction;
  state: TransferState;
  bytes: number;
  bytesTotal: number;
  failure: string | null;
  record: RecordId | null;
  etag: string | null;
  digestSalt: string | null;
  readonly begunUtcMs: number;
  /** While it is `preparing`: how much of the original the cart has read. Not kept. */
  preparation?: { readonly bytes: number; readonly bytesTotal: number };
}

/** What rows of earlier versions do not say. */
const OF_EARLIER_VERSIONS = { folder: '', batch: null, isHeld: false } as const;
const SETTLED = ['done', 'failed', 'cancelled'] as const;

/** The table knew of no holding and no preparing when it was made. What is held is one that does not move. */
function rowStateOf(state: TransferState): TransferState {
  if (state === 'paused') return 'interrupted';
  return state === 'preparing' ? 'moving' : state;
}

export class TransferStore {
  readonly #database: Database;
  readonly #vault: Vault;

  constructor(database: Database, vault: Vault) {
    this.#database = database;
    this.#vault = vault;
  }

  async add(transfer: HeldTransfer): Promise<void> {
    const row = {
      id: transfer.id,
      case_id: transfer.caseId,
      session_id: transfer.session,
      technician_id: transfer.technician,
      direction: transfer.direction,
      begun_at: transfer.begunUtcMs,
      ...(await this.#changing(transfer)),
    };
    await this.#database.db<TransferTables>().insertInto('case_transfer').values(row).execute();
  }

  async update(transfer: HeldTransfer): Promise<void> {
    const db = this.#database.db<TransferTables>();
    const changed = db.updateTable('case_transfer').set(await this.#changing(transfer));
    await changed.where('id', '=', transfer.id).execute();
  }

  /** Transfers of a case, oldest first. */
  async list(caseId: CaseId): Promise<readonly HeldTransfer[]> {
    const db = this.#database.db<TransferTables>();
    const query = db.selectFrom('case_transfer').selectAll().where('case_id', '=', caseId);
    return await this.#open(await query.orderBy('begun_at').execute());
  }

  /**
   * What was under way when the gateway stopped; of a case that is being destroyed, nothing can go on. A row that cannot be
   * opened goes to `damaged` and holds up no other.
   */
  async unsettled(damaged: (id: string, fault: unknown) => void): Promise<readonly HeldTransfer[]> {
    const db = this.#database.db<TransferTables>();
    const query = db.selectFrom('case_transfer').selectAll().where('state', 'not in', SETTLED);
    const rows = await query.execute();
    const cases = [...new Set(rows.map((row) => row.case_id as CaseId))];
    const keys = await Promise.all(cases.map(async (each) => await this.#vault.hasCaseKey(each)));
    const readable = new Set<string>(cases.filter((_, at) => keys[at] === true));
    const opened: HeldTransfer[] = [];
    for (const row of rows.filter(({ case_id: caseId }) => readable.has(caseId))) {
      try {
        opened.push(...(await this.#open([row])));
      } catch (fault) {
        if (!(fault instanceof RecordDamaged || fault instanceof CaseKeyMissing)) throw fault;
        damaged(row.id, fault);
      }
    }
    return opened;
  }

  async eraseOf(caseId: CaseId): Promise<void> {
    const db = this.#database.db<TransferTables>();
    await db.deleteFrom('case_transfer').where('case_id', '=', caseId).execute();
  }

  async countOf(caseId: CaseId): Promise<number> {
    const db = this.#database.db<TransferTables>();
    const rows = await db
      .selectFrom('case_transfer')
      .select('id')
      .where('case_id', '=', caseId)
      .execute();
    return rows.length;
  }

  async #changing(transfer: HeldTransfer) {
    const { name, folder, batch, session, directory, path } = transfer;
    const { salt, nameCommitment, etag, digestSalt } = transfer;
    const secret: TransferSecret = {
      name,
      folder,
      batch,
      session,
      isHeld: transfer.state === 'paused',
      directory,
      path,
      salt,
      nameCommitment,
      etag,
      digestSalt,
    };
    return {
      state: rowStateOf(transfer.state),
      bytes: transfer.bytes,
      bytes_total: transfer.bytesTotal,
      failure: transfer.failure,
      record_id: transfer.record,
      sealed: await this.#vault.sealText(transfer.caseId, JSON.stringify(secret)),
    };
  }

  async #open(rows: readonly TransferRow[]): Promise<readonly HeldTransfer[]> {
    return await Promise.all(
      rows.map(async (row) => {
        const caseId = row.case_id as CaseId;
        const { isHeld, ...secret } = {
          ...OF_EARLIER_VERSIONS,
          session: row.session_id as SessionId,
          ...(JSON.parse(
            await this.#vault.unsealText(caseId, row.sealed),
          ) as Partial<TransferSecret> & Omit<TransferSecret, 'session'>),
        };
        return {
          ...secret,
          id: row.id as TransferId,
          caseId,
          technician: row.technician_id as TechnicianId,
          direction: row.direction,
          state: isHeld && row.state === 'interrupted' ? 'paused' : row.state,
          bytes: row.bytes,
          bytesTotal: row.bytes_total,
          failure: row.failure,
          record: row.record_id as RecordId | null,
          begunUtcMs: row.begun_at,
        };
      }),
    );
  }
}
