/** Sign-ins in the database: known by the hash of their cookie only, each bound to one workstation. */
import { createHash } from 'node:crypto';
import type { RandomBytes, TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Role } from '../../directory/contract.ts';
import type { Database, DatabaseView } from '../../platform/database/database.ts';
import { takeAccountTurn } from './account-turn.ts';
import { readRoles, rolesInForce } from './roles-in-force.ts';
import type { SignInFactor, SignInRow, SignInTables } from './tables.ts';

const TOKEN_BYTES = 32;

export interface HeldSignIn {
  readonly tokenHash: string;
  readonly state: 'half' | 'full';
  readonly directoryLogin: string;
  readonly name: string;
  /** What the directory says. */
  readonly directoryRoles: readonly Role[];
  /** What of it the account allows. */
  readonly roles: readonly Role[];
  readonly technicianId: TechnicianId | null;
  /** Of somebody whose account was disabled since. */
  readonly isDisabled: boolean;
  /** The password that was right is one that an administrator made. */
  readonly hasGivenPassword: boolean;
  readonly factor: SignInFactor | null;
  readonly workstation: string;
  readonly begunUtcMs: number;
  readonly usedUtcMs: number;
  readonly confirmedUtcMs: number | null;
}

/** What is kept; the rest is read from the account each time, so that a change of it counts at once. */
export type KeptSignIn = Omit<
  HeldSignIn,
  'tokenHash' | 'roles' | 'isDisabled' | 'hasGivenPassword'
>;

export interface BegunSignIn {
  /** The cookie's value, which is kept nowhere. */
  readonly token: string;
  readonly tokenHash: string;
}

export class SignInStore {
  readonly #database: Database;
  readonly #randomBytes: RandomBytes;

  constructor(database: Database, randomBytes: RandomBytes) {
    this.#database = database;
    this.#randomBytes = randomBytes;
  }

  /** Keeps a new sign-in and gives its cookie's value, which is kept nowhere, and the hash that is. */
  async begin(signIn: KeptSignIn): Promise<BegunSignIn> {
    const begun = this.#newToken();
    await insert(this.#database, begun.tokenHash, signIn);
    return begun;
  }

  /**
   * Puts a sign-in of an account in the place of a half one: all of it or nothing, and never while all that the account
   * has open is being ended.
   * @param passwordHash what the half one was let on by; null where it is of the account already
   * @returns `over` when the half one was used or ended already, `outdated` when the account is disabled or its password
   *   is another since
   */
  async goOn(
    half: HeldSignIn,
    next: KeptSignIn & { readonly technicianId: TechnicianId },
    passwordHash: string | null,
  ): Promise<BegunSignIn | 'over' | 'outdated'> {
    const begun = this.#newToken();
    return await this.#database.transaction(async (view) => {
      if (!(await takeAccountTurn(view, next.technicianId, passwordHash))) return 'outdated';
      if (!(await remove(view, half.tokenHash))) return 'over';
      await insert(view, begun.tokenHash, next);
      return begun;
    });
  }

  async find(token: string): Promise<HeldSignIn | null> {
    const row = await this.#held().where('token_hash', '=', hashOf(token)).executeTakeFirst();
    return row === undefined ? null : heldSignIn(row);
  }

  /** Notes that its owner has just shown that it is still them. */
  async confirm(tokenHash: string, atUtcMs: number): Promise<void> {
    const db = this.#database.db<SignInTables>();
    const confirmed = db.updateTable('desk_sign_in').set({ confirmed_at: atUtcMs });
    await confirmed.where('token_hash', '=', tokenHash).execute();
  }

  async touch(tokenHash: string, atUtcMs: number): Promise<void> {
    const db = this.#database.db<SignInTables>();
    const touched = db.updateTable('desk_sign_in').set({ used_at: atUtcMs });
    await touched.where('token_hash', '=', tokenHash).execute();
  }

  /** Ends a sign-in. False when it was over already: of two who pass with one cookie, one does. */
  async end(tokenHash: string): Promise<boolean> {
    return await remove(this.#database, tokenHash);
  }

  /** Ends a full sign-in by the hash of its cookie, and says whose it was; null when it was over already. */
  async endFull(
    tokenHash: string,
  ): Promise<{ readonly technicianId: TechnicianId; readonly workstation: string } | null> {
    const ended = await this.#database
      .db<SignInTables>()
      .deleteFrom('desk_sign_in')
      .where('token_hash', '=', tokenHash)
      .where('state', '=', 'full')
      .returning(['technician_id', 'workstation'])
      .executeTakeFirst();
    if (ended?.technician_id == null) return null;
    return { technicianId: ended.technician_id as TechnicianId, workstation: ended.workstation };
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
    return (await this.#held().where('state', '=', 'full').execute()).map(heldSignIn);
  }

  /** Those of an account, oldest first. */
  async fullOf(technician: TechnicianId): Promise<readonly HeldSignIn[]> {
    const own = this.#held().where('state', '=', 'full').where('technician_id', '=', technician);
    return (await own.execute()).map(heldSignIn);
  }

  /** Those that have these roles already are left as they are, to spare the disk. */
  async changeRoles(directoryLogin: string, roles: readonly Role[]): Promise<void> {
    const db = this.#database.db<SignInTables>();
    const text = JSON.stringify(roles);
    const changed = db.updateTable('desk_sign_in').set({ roles: text }).where('roles', '<>', text);
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

  #newToken(): BegunSignIn {
    const token = Buffer.from(this.#randomBytes(TOKEN_BYTES)).toString('base64url');
    return { token, tokenHash: hashOf(token) };
  }

  /** Sign-ins beside what their accounts say now. */
  #held() {
    return this.#database
      .db<SignInTables>()
      .selectFrom('desk_sign_in')
      .leftJoin('desk_account', 'desk_account.id', 'desk_sign_in.technician_id')
      .selectAll('desk_sign_in')
      .select(['desk_account.roles as own_roles', 'disabled_at', 'password_given_at'])
      .orderBy('begun_at')
      .orderBy('token_hash');
  }
}

async function insert(view: DatabaseView, tokenHash: string, signIn: KeptSignIn): Promise<void> {
  const row = {
    token_hash: tokenHash,
    state: signIn.state,
    directory_login: signIn.directoryLogin,
    name: signIn.name,
    roles: JSON.stringify(signIn.directoryRoles),
    technician_id: signIn.technicianId,
    factor: signIn.factor,
    workstation: signIn.workstation,
    begun_at: signIn.begunUtcMs,
    used_at: signIn.usedUtcMs,
    confirmed_at: signIn.confirmedUtcMs,
  };
  await view.db<SignInTables>().insertInto('desk_sign_in').values(row).execute();
}

async function remove(view: DatabaseView, tokenHash: string): Promise<boolean> {
  const removed = await view
    .db<SignInTables>()
    .deleteFrom('desk_sign_in')
    .where('token_hash', '=', tokenHash)
    .returning('token_hash')
    .executeTakeFirst();
  return removed !== undefined;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

type HeldRow = SignInRow & {
  readonly own_roles: string | null;
  readonly disabled_at: number | null;
  readonly password_given_at: number | null;
};

function heldSignIn(row: HeldRow): HeldSignIn {
  const directoryRoles = readRoles(row.roles);
  const own = row.own_roles === null ? null : readRoles(row.own_roles);
  return {
    tokenHash: row.token_hash,
    state: row.state,
    directoryLogin: row.directory_login,
    name: row.name,
    directoryRoles,
    roles: rolesInForce(directoryRoles, own),
    technicianId: row.technician_id as TechnicianId | null,
    isDisabled: row.disabled_at !== null,
    hasGivenPassword: row.password_given_at !== null,
    factor: row.factor,
    workstation: row.workstation,
    begunUtcMs: row.begun_at,
    usedUtcMs: row.used_at,
    confirmedUtcMs: row.confirmed_at,
  };
}
