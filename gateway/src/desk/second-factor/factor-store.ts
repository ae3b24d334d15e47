/** Second factors in the database. What may happen once happens by one conditional statement, whoever else writes. */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Database, DatabaseView } from '../../platform/database/database.ts';
import type { ChallengeRow, FactorRow, SecondFactorTables } from './tables.ts';

/** What was asked of somebody counts for this long, milliseconds; longer than the gate stays open. */
const CHALLENGE_MS = 15 * 60_000;

export interface RecoveryCodeUse {
  readonly utcMs: number;
  readonly workstation: string;
}

/** Whether the sign-in at which somebody enrols still holds. */
type Holds = (view: DatabaseView) => Promise<boolean>;
type Kept = 'kept' | 'taken' | 'ended';

export class FactorStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(technician: TechnicianId): Promise<FactorRow | null> {
    const row = await this.#db
      .selectFrom('desk_factor')
      .selectAll()
      .where('technician_id', '=', technician)
      .executeTakeFirst();
    return row ?? null;
  }

  /** Gives an account its factor. @returns `taken` when it has one, or the key is somebody's already; `ended` as `holds` says */
  async add(row: FactorRow, holds: Holds): Promise<Kept> {
    return await this.#database.transaction(async (view) => {
      if (!(await holds(view))) return 'ended';
      const added = await view
        .db<SecondFactorTables>()
        .insertInto('desk_factor')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .returning('technician_id')
        .executeTakeFirst();
      return added === undefined ? 'taken' : 'kept';
    });
  }

  /** Puts a factor in the place of whatever the account has. @returns `taken` when the key is somebody else's already */
  async replace(row: FactorRow, holds: Holds): Promise<Kept> {
    return await this.#database.transaction(async (view) => {
      if (!(await holds(view))) return 'ended';
      const db = view.db<SecondFactorTables>();
      const twin = await db
        .selectFrom('desk_factor')
        .select('technician_id')
        .where('credential_id', '=', row.credential_id ?? '')
        .where('technician_id', '<>', row.technician_id)
        .executeTakeFirst();
      if (twin !== undefined) return 'taken';
      await db.deleteFrom('desk_factor').where('technician_id', '=', row.technician_id).execute();
      await db.insertInto('desk_factor').values(row).execute();
      return 'kept';
    });
  }

  /** Moves the counter on. False when it stands there or further already: what was presented was used before. */
  async advance(
    technician: TechnicianId,
    kind: FactorRow['kind'],
    counter: number,
    atUtcMs: number,
  ): Promise<boolean> {
    const advanced = await this.#db
      .updateTable('desk_factor')
      .set({ counter, used_at: atUtcMs })
      .where('technician_id', '=', technician)
      .where('kind', '=', kind)
      .where((row) =>
        // A passkey that does not count stays at zero (WebAuthn §6.1.1).
        kind === 'passkey' && counter === 0 ? row('counter', '=', 0) : row('counter', '<', counter),
      )
      .returning('technician_id')
      .executeTakeFirst();
    return advanced !== undefined;
  }

  async ask(challenge: ChallengeRow): Promise<void> {
    const db = this.#db;
    await db
      .deleteFrom('desk_factor_challenge')
      .where('made_at', '<', challenge.made_at - CHALLENGE_MS)
      .execute();
    const { content, made_at } = challenge;
    await db
      .insertInto('desk_factor_challenge')
      .values(challenge)
      .onConflict((conflict) =>
        conflict.columns(['holder', 'purpose']).doUpdateSet({ content, made_at }),
      )
      .execute();
  }

  /** Takes what was asked: it can be answered once, rightly or wrongly. */
  async takeAsked(
    holder: string,
    purpose: ChallengeRow['purpose'],
    nowMs: number,
  ): Promise<string | null> {
    const taken = await this.#db
      .deleteFrom('desk_factor_challenge')
      .where('holder', '=', holder)
      .where('purpose', '=', purpose)
      .returning(['content', 'made_at'])
      .executeTakeFirst();
    return taken === undefined || taken.made_at < nowMs - CHALLENGE_MS ? null : taken.content;
  }

  /** Reads what was asked and leaves it: a code for a new secret may be mistyped. It ages all the same. */
  async readAsked(
    holder: string,
    purpose: ChallengeRow['purpose'],
    nowMs: number,
  ): Promise<string | null> {
    const found = await this.#db
      .selectFrom('desk_factor_challenge')
      .select('content')
      .where('holder', '=', holder)
      .where('purpose', '=', purpose)
      .where('made_at', '>=', nowMs - CHALLENGE_MS)
      .executeTakeFirst();
    return found?.content ?? null;
  }

  /** Keeps a set that was shown and not confirmed yet; one that was never confirmed goes. */
  async showRecoveryCodes(
    technician: TechnicianId,
    holder: string,
    hashes: readonly string[],
  ): Promise<void> {
    await this.#database.transaction(async (view) => {
      const db = view.db<SecondFactorTables>();
      await db
        .deleteFrom('desk_recovery_code')
        .where('technician_id', '=', technician)
        .where('confirmed_at', 'is', null)
        .execute();
      const rows = hashes.map((code_hash) => ({
        code_hash,
        technician_id: technician,
        holder,
        confirmed_at: null,
        used_at: null,
        used_holder: null,
        used_workstation: null,
        told_at: null,
      }));
      await db.insertInto('desk_recovery_code').values(rows).execute();
    });
  }

  /** Puts a set in force in the place of all others. False when another was shown since, or as `holds` says. */
  async confirmRecoveryCodes(
    technician: TechnicianId,
    holder: string,
    atUtcMs: number,
    holds: Holds,
  ): Promise<boolean> {
    return await this.#database.transaction(async (view) => {
      if (!(await holds(view))) return false;
      const db = view.db<SecondFactorTables>();
      const confirmed = await db
        .updateTable('desk_recovery_code')
        .set({ confirmed_at: atUtcMs })
        .where('technician_id', '=', technician)
        .where('holder', '=', holder)
        .where('confirmed_at', 'is', null)
        .returning('code_hash')
        .execute();
      if (confirmed.length === 0) return false;
      await db
        .deleteFrom('desk_recovery_code')
        .where('technician_id', '=', technician)
        .where('holder', '!=', holder)
        .where('used_at', 'is', null)
        .execute();
      return true;
    });
  }

  /** Gives the hash of one code that is left, to know how all are hashed, and how many are left. */
  async recoveryCodesLeft(
    technician: TechnicianId,
  ): Promise<{ readonly sample: string | null; readonly left: number }> {
    const rows = await this.#db
      .selectFrom('desk_recovery_code')
      .select('code_hash')
      .where('technician_id', '=', technician)
      .where('confirmed_at', 'is not', null)
      .where('used_at', 'is', null)
      .execute();
    return { sample: rows[0]?.code_hash ?? null, left: rows.length };
  }

  /** Uses a code up. False when there is none such, or it was used before. */
  async useRecoveryCode(
    technician: TechnicianId,
    hash: string,
    use: RecoveryCodeUse & { readonly holder: string },
  ): Promise<boolean> {
    const used = await this.#db
      .updateTable('desk_recovery_code')
      .set({ used_at: use.utcMs, used_holder: use.holder, used_workstation: use.workstation })
      .where('technician_id', '=', technician)
      .where('code_hash', '=', hash)
      .where('confirmed_at', 'is not', null)
      .where('used_at', 'is', null)
      .returning('code_hash')
      .executeTakeFirst();
    return used !== undefined;
  }

  /** Gives the uses of which the owner does not know yet, but for the one of this very sign-in. */
  async takeUntold(
    technician: TechnicianId,
    holder: string,
    atUtcMs: number,
  ): Promise<readonly RecoveryCodeUse[]> {
    const rows = await this.#db
      .updateTable('desk_recovery_code')
      .set({ told_at: atUtcMs })
      .where('technician_id', '=', technician)
      .where('used_at', 'is not', null)
      .where('told_at', 'is', null)
      .where('used_holder', '!=', holder)
      .returning(['used_at', 'used_workstation'])
      .execute();
    return rows.map((row) => ({
      utcMs: row.used_at ?? 0,
      workstation: row.used_workstation ?? '',
    }));
  }

  /** Forgets everything of an account. Says how much that was. */
  async remove(technician: TechnicianId): Promise<number> {
    return await this.#database.transaction(async (view) => {
      const db = view.db<SecondFactorTables>();
      const factors = await db
        .deleteFrom('desk_factor')
        .where('technician_id', '=', technician)
        .returning('kind')
        .execute();
      await db.deleteFrom('desk_recovery_code').where('technician_id', '=', technician).execute();
      return factors.length;
    });
  }

  get #db() {
    return this.#database.db<SecondFactorTables>();
  }
}
