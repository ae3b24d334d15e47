/** Recordings in the database, what they say of themselves opened and sealed on the way. */
import type { CaseId, SessionId, TransferId } from '@chaperone/domain/id/id.ts';
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import type { Vault } from '../../vault/contract.ts';
import type { RecordingStanding } from './recording-writer.ts';
import type { RecordingRow, RecordingTables } from './tables.ts';

export interface HeldRecording {
  readonly id: TransferId;
  readonly caseId: CaseId;
  readonly sessionId: SessionId;
  readonly begunUtcMs: number;
}

/** What of a recording is sealed beside it. */
export interface SealedRecording {
  readonly standing: RecordingStanding;
  /** Of the digest's commitment in the ledger; null until it is closed. */
  readonly digestSalt: string | null;
}

export class RecordingStore {
  readonly #database: Database;
  readonly #vault: Pick<Vault, 'sealText' | 'unsealText'>;

  constructor(database: Database, vault: Pick<Vault, 'sealText' | 'unsealText'>) {
    this.#database = database;
    this.#vault = vault;
  }

  async add(recording: HeldRecording): Promise<void> {
    const { id, caseId, sessionId, begunUtcMs } = recording;
    const row: RecordingRow = {
      id,
      case_id: caseId,
      session_id: sessionId,
      state: 'open',
      begun_at: begunUtcMs,
      sealed: await this.#seal(caseId, {
        standing: { durationMs: 0, points: [] },
        digestSalt: null,
      }),
    };
    await this.#db().insertInto('screen_recording').values(row).execute();
  }

  async keep({ id, caseId }: HeldRecording, said: SealedRecording): Promise<void> {
    const sealed = await this.#seal(caseId, said);
    await this.#db().updateTable('screen_recording').set({ sealed }).where('id', '=', id).execute();
  }

  async close({ id, caseId }: HeldRecording, said: SealedRecording): Promise<void> {
    const sealed = await this.#seal(caseId, said);
    await this.#db()
      .updateTable('screen_recording')
      .set({ sealed, state: 'closed' })
      .where('id', '=', id)
      .execute();
  }

  /** Recordings that nobody has closed, oldest first. */
  async open(): Promise<readonly HeldRecording[]> {
    const rows = await this.#db()
      .selectFrom('screen_recording')
      .select(['id', 'case_id', 'session_id', 'begun_at'])
      .where('state', '=', 'open')
      .orderBy('begun_at')
      .execute();
    return rows.map((row) => ({
      id: row.id as TransferId,
      caseId: row.case_id as CaseId,
      sessionId: row.session_id as SessionId,
      begunUtcMs: row.begun_at,
    }));
  }

  /** @throws CaseKeyMissing, RecordDamaged */
  async saidOf({ id, caseId }: HeldRecording): Promise<SealedRecording> {
    const row = await this.#db()
      .selectFrom('screen_recording')
      .select('sealed')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return JSON.parse(await this.#vault.unsealText(caseId, row.sealed)) as SealedRecording;
  }

  async remove(id: TransferId): Promise<void> {
    await this.#db().deleteFrom('screen_recording').where('id', '=', id).execute();
  }

  async eraseOf(caseId: CaseId): Promise<void> {
    await this.#db().deleteFrom('screen_recording').where('case_id', '=', caseId).execute();
  }

  async countOf(caseId: CaseId): Promise<number> {
    const { rows } = await this.#db()
      .selectFrom('screen_recording')
      .select(({ fn }) => fn.countAll<number>().as('rows'))
      .where('case_id', '=', caseId)
      .executeTakeFirstOrThrow();
    return Number(rows);
  }

  async #seal(caseId: CaseId, said: SealedRecording): Promise<string> {
    return await this.#vault.sealText(caseId, JSON.stringify(said));
  }

  #db(): Kysely<RecordingTables> {
    return this.#database.db<RecordingTables>();
  }
}
