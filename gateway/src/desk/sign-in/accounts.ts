/** Accounts of this gateway: the second gate. Each belongs to one person of the directory and is never deleted. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Role } from '../../directory/contract.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { hashPassword } from './password.ts';
import { readRoles, rolesInForce } from './roles-in-force.ts';
import type { AccountRow, SignInTables } from './tables.ts';

export class AccountExists extends DomainError {
  readonly code = 'ACCOUNT_EXISTS';
}
/** Asked by an administrator at the machine only: no gate says this. */
export class AccountUnknown extends DomainError {
  readonly code = 'ACCOUNT_UNKNOWN';
}
export class MalformedAccount extends DomainError {
  readonly code = 'MALFORMED_ACCOUNT';
}

const EXISTS = 'There is an account of this name, or for this person, already.';
const ACCOUNT_NAME = /^[a-z0-9][a-z0-9._-]{1,63}$/;

export interface Account {
  readonly id: TechnicianId;
  readonly accountName: string;
  readonly directoryLogin: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly disabled: boolean;
  /** Those that it allows; null allows whatever the directory says. */
  readonly roles: readonly Role[] | null;
  /** An administrator made the password: its owner has to choose another first. */
  readonly hasGivenPassword: boolean;
  /** When they made it; null once its owner has chosen one. */
  readonly passwordGivenUtcMs: number | null;
  readonly createdUtcMs: number;
  readonly lastSignInUtcMs: number | null;
}

export interface NewAccount {
  readonly accountName: string;
  readonly directoryLogin: string;
  readonly name: string;
  readonly password: string;
  readonly roles?: readonly Role[] | null;
  /** Its owner has to choose another password at the first sign-in. */
  readonly isPasswordGiven?: boolean;
}

export class Accounts {
  readonly #context: Pick<DeskContext, 'database' | 'clock' | 'randomBytes'>;

  constructor(context: Pick<DeskContext, 'database' | 'clock' | 'randomBytes'>) {
    this.#context = context;
  }

  /**
   * @param before called with the id when nothing stands in the way any more, before there is an account
   * @throws MalformedAccount, PasswordUnfit, AccountExists, and what `before` throws
   */
  async add(
    account: NewAccount,
    before: (id: TechnicianId) => Promise<void> = async () => undefined,
  ): Promise<TechnicianId> {
    if (!ACCOUNT_NAME.test(account.accountName)) {
      throw new MalformedAccount('An account name has 2 to 64 of a-z, 0-9, ".", "_", "-".');
    }
    const { database, clock, randomBytes } = this.#context;
    const id = newId('technician', randomBytes);
    const passwordHash = await hashPassword(account.password, [
      account.accountName,
      account.directoryLogin,
      account.name,
    ]);
    const directoryLogin = account.directoryLogin.trim().toLowerCase();
    const isTaken =
      (await this.byName(account.accountName)) ??
      (await this.#one('directory_login', directoryLogin));
    if (isTaken !== null) throw new AccountExists(EXISTS);
    await before(id);
    const added = await database
      .db<SignInTables>()
      .insertInto('desk_account')
      .values({
        id,
        account_name: account.accountName,
        directory_login: directoryLogin,
        name: account.name,
        password_hash: passwordHash,
        created_at: clock.utcMs(),
        disabled_at: null,
        roles: account.roles == null ? null : JSON.stringify(account.roles),
        password_given_at: account.isPasswordGiven === true ? clock.utcMs() : null,
        last_sign_in_at: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (added !== undefined) return id;
    throw new AccountExists(EXISTS);
  }

  async byName(accountName: string): Promise<Account | null> {
    return await this.#one('account_name', accountName);
  }

  /** The account of somebody of the directory. @param login as it was typed */
  async byLogin(login: string): Promise<Account | null> {
    return await this.#one('directory_login', login.trim().toLowerCase());
  }

  async byId(id: string): Promise<Account | null> {
    return await this.#one('id', id);
  }

  /** The roles of somebody to whom the directory gives these. */
  async rolesOf(id: TechnicianId, ofDirectory: readonly Role[]): Promise<readonly Role[]> {
    const account = await this.byId(id);
    if (account === null || account.disabled) return [];
    return rolesInForce(ofDirectory, account.roles);
  }

  /** Disables or enables an account. False when it is so already. */
  async setDisabled(id: TechnicianId, disabled: boolean): Promise<boolean> {
    const atUtcMs = disabled ? this.#context.clock.utcMs() : null;
    const changed = await this.#update(id, { disabled_at: atUtcMs })
      .where('disabled_at', disabled ? 'is' : 'is not', null)
      .executeTakeFirst();
    return changed.numUpdatedRows === 1n;
  }

  async setRoles(id: TechnicianId, roles: readonly Role[] | null): Promise<void> {
    await this.#update(id, { roles: roles === null ? null : JSON.stringify(roles) }).execute();
  }

  async signedIn(id: TechnicianId, atUtcMs: number): Promise<void> {
    await this.#update(id, { last_sign_in_at: atUtcMs }).execute();
  }

  async list(): Promise<readonly Account[]> {
    const db = this.#context.database.db<SignInTables>();
    return (await db.selectFrom('desk_account').selectAll().orderBy('name').execute()).map(
      accountOf,
    );
  }

  #update(id: TechnicianId, change: Partial<AccountRow>) {
    const db = this.#context.database.db<SignInTables>();
    return db.updateTable('desk_account').set(change).where('id', '=', id);
  }

  async #one(
    column: 'id' | 'account_name' | 'directory_login',
    value: string,
  ): Promise<Account | null> {
    const row = await this.#context.database
      .db<SignInTables>()
      .selectFrom('desk_account')
      .selectAll()
      .where(column, '=', value)
      .executeTakeFirst();
    return row === undefined ? null : accountOf(row);
  }
}

function accountOf(row: AccountRow): Account {
  return {
    id: row.id as TechnicianId,
    accountName: row.account_name,
    directoryLogin: row.directory_login,
    name: row.name,
    passwordHash: row.password_hash,
    disabled: row.disabled_at !== null,
    roles: row.roles === null ? null : readRoles(row.roles),
    hasGivenPassword: row.password_given_at !== null,
    passwordGivenUtcMs: row.password_given_at,
    createdUtcMs: row.created_at,
    lastSignInUtcMs: row.last_sign_in_at,
  };
}
