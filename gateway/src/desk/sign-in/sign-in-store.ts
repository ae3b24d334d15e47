/** Sign-ins in the database: known by the hash of their cookie only, each bound to one workstation. */
import { createHash } from 'node:crypto';
import type { RandomBytes, TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Role } from '../../directory/contract.ts';
import type { Database } from '../../platform/database/database.ts';
import type { SignInFactor, SignInRow, SignInTables } from './tables.ts';

const TOKEN_BYTES = 32;

export interface HeldSignIn {
  readonly tokenHash: string;
  readonly state: 'half' | 'full';
  readonly directoryLogin: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly technicianId: TechnicianId | null;
  readonly factor: SignInFactor | null;
  readonly workstation: string;
  readonly begunUtcMs: number;
  readonly usedUtcMs: number;
}

export class SignInStore {
  readonly #database: Database;
  readonly #randomBytes: RandomBytes;

  constructor(database: Database, randomBytes: RandomBytes) {
    this.#database = database;
    this.#randomBytes = randomBytes;
  }

  /** Keeps a new sign-in and gives its cookie's value, which is kept nowhere, and the hash that is. */
  async begin(
    signIn: Omit<HeldSignIn, 'tokenHash'>,
  ): Promise<{ readonly token: string; readonly tokenHash: string }> {
    const token = Buffer.from(this.#randomBytes(TOKEN_BYTES)).toString('base64url');
    const tokenHash = hashOf(token);
    await this.#database
      .db<SignInTables>()
      .insertInto('desk_sign_in')
      .values({
        token_hash: tokenHash,
        state: signIn.state,
        directory_login: signIn.directoryLogin,
        name: signIn.name,
        roles: JSON.stringify(signIn.roles),
        technician_id: signIn.technicianId,
        factor: signIn.factor,
        workstation: signIn.workstation,
        begun_at: signIn.begunUtcMs,
        used_at: signIn.usedUtcMs,
      })
      .execute();
    return { token, tokenHash };
  }

  async find(token: string): Promise<HeldSignIn | null> {
    const row = await this.#database
      .db<SignInTables>()
      .selectFrom('desk_sign_in')
      .selectAll()
      .where('token_hash', '=', hashOf(token))
      .executeTakeFirst();
    return row === undefined ? null : heldSignIn(row);
  }

  async touch(tokenHash: string, atUtcMs: number): Promise<void> {
    const db = this.#database.db<SignInTables>();
    const touched = db.updateTable('desk_sign_in').set({ used_at: atUtcMs });
    await touched.where('token_hash', '=', tokenHash).execute();
  }

  /** Ends a sign-in. False when it was over already: of two who pass with one cookie, one does. */
  async end(tokenHash: string): Promise<boolean> {
    const ended = await this.#database
      .db<SignInTables>()
      .deleteFrom('desk_sign_in')
      .where('token_hash', '=', tokenHash)
      .returning('token_hash')
      .executeTakeFirst();
    return ended !== undefined;
  }

  /** Ends the sign-ins that nobody used since, and those that began before. */
  async endOlder(usedBeforeUtcMs: number, begunBeforeUtcMs: number): Promise<void> {
    const db = this.#database.db<SignInTables>();
    await db
      .deleteFrom('desk_sign_in')
      .where((row) =>
        row.or([row('used_at', '<', usedBeforeUtcMs), row('begun_at', '<', begunBeforeUtcMs)]),
      )
      .execute();
  }

  /** Lists the full sign-ins, oldest first. */
  async full(): Promise<readonly HeldSignIn[]> {
    const db = this.#database.db<SignInTables>();
    const rows = await db
      .selectFrom('desk_sign_in')
      .selectAll()
      .where('state', '=', 'full')
      .orderBy('begun_at')
      .execute();
    return rows.map(heldSignIn);
  }

  async changeRoles(directoryLogin: string, roles: readonly Role[]): Promise<void> {
    const db = this.#database.db<SignInTables>();
    const changed = db.updateTable('desk_sign_in').set({ roles: JSON.stringify(roles) });
    await changed.where('directory_login', '=', directoryLogin).execute();
  }

  async endOfLogin(directoryLogin: string): Promise<void> {
    const db = this.#database.db<SignInTables>();
    await db.deleteFrom('desk_sign_in').where('directory_login', '=', directoryLogin).execute();
  }

  async endOfWorkstation(workstation: string): Promise<void> {
    const db = this.#database.db<SignInTables>();
    await db.deleteFrom('desk_sign_in').where('workstation', '=', workstation).execute();
  }
}

/** Ends all that an account has open, half sign-ins too; also where no gateway runs. */
export async function endSignInsOf(database: Database, technician: TechnicianId): Promise<void> {
  const db = database.db<SignInTables>();
  await db.deleteFrom('desk_sign_in').where('technician_id', '=', technician).execute();
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function heldSignIn(row: SignInRow): HeldSignIn {
  return {
    tokenHash: row.token_hash,
    state: row.state,
    directoryLogin: row.directory_login,
    name: row.name,
    roles: JSON.parse(row.roles) as Role[],
    technicianId: row.technician_id as TechnicianId | null,
    factor: row.factor,
    workstation: row.workstation,
    begunUtcMs: row.begun_at,
    usedUtcMs: row.used_at,
  };
}
