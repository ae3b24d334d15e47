/** Accounts of this gateway: the second gate. Each belongs to one person of the directory and is never deleted. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { hashPassword } from './password.ts';
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

const ACCOUNT_NAME = /^[a-z0-9][a-z0-9._-]{1,63}$/;

export interface Account {
  readonly id: TechnicianId;
  readonly accountName: string;
  readonly directoryLogin: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly disabled: boolean;
}

export interface NewAccount {
  readonly accountName: string;
  readonly directoryLogin: string;
  readonly name: string;
  readonly password: string;
}

export class Accounts {
  readonly #context: Pick<DeskContext, 'database' | 'clock' | 'randomBytes'>;

  constructor(context: Pick<DeskContext, 'database' | 'clock' | 'randomBytes'>) {
    this.#context = context;
  }

  /** @throws MalformedAccount, PasswordUnfit, AccountExists */
  async add(account: NewAccount): Promise<TechnicianId> {
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
    const added = await database
      .db<SignInTables>()
      .insertInto('desk_account')
      .values({
        id,
        account_name: account.accountName,
        directory_login: account.directoryLogin.trim().toLowerCase(),
        name: account.name,
        password_hash: passwordHash,
        created_at: clock.utcMs(),
        disabled_at: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (added !== undefined) return id;
    throw new AccountExists('There is an account of this name, or for this person, already.');
  }

  async byName(accountName: string): Promise<Account | null> {
    return await this.#one('account_name', accountName);
  }

  async byId(id: string): Promise<Account | null> {
    return await this.#one('id', id);
  }

  async list(): Promise<readonly Account[]> {
    const db = this.#context.database.db<SignInTables>();
    return (await db.selectFrom('desk_account').selectAll().orderBy('name').execute()).map(
      accountOf,
    );
  }

  async #one(column: 'id' | 'account_name', value: string): Promise<Account | null> {
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
  };
}
