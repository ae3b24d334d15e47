/**
 * What an administrator does to accounts: makes, disables, enables them, and says which roles they allow. One at a time,
 * so that two who take the role from each other do not both succeed.
 *
 * The role of an administrator is given by two (`proposed-acts.ts`), and by the owner of the machine, who could do
 * anything anyway; the ledger says that it was the machine.
 */
import { isId } from '@chaperone/domain/id/id.ts';
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Directory, Role } from '../../directory/contract.ts';
import { NotAllowed } from '../platform/not-allowed.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { Turns } from '../platform/turns.ts';
import { newFirstPassword } from '../sign-in/sign-in.ts';
import type { Account, Accounts } from '../sign-in/sign-in.ts';
import type { ActRecord } from './act-record.ts';
import { LastAdministrator, TargetUnknown, TwoPeopleNeeded } from './administration-error.ts';
import type { Actor } from './reasons.ts';

export interface AccountActParts {
  readonly accounts: Accounts;
  readonly directory: Pick<Directory, 'lookUp'>;
  readonly record: ActRecord;
  /** Ends what an account has open, and the remote session that it holds. */
  readonly endEverythingOf: (technician: TechnicianId) => Promise<void>;
  /** Ends the remote session alone. */
  readonly endSessionOf: (technician: TechnicianId) => Promise<void>;
  /** Called after an account was made. */
  readonly accountsChanged: () => Promise<void>;
  readonly randomBytes: DeskContext['randomBytes'];
}

export interface NewAccountTerms {
  readonly accountName: string;
  readonly directoryLogin: string;
  readonly name: string;
  readonly roles: readonly Role[] | null;
  /** Of the owner of the machine, who may type one; others hand on what is made here. */
  readonly password?: string;
}

const ENABLED_BY_TWO =
  'An administrator is brought back by two: take the role away first, enable the account, then propose the role.';

export class AccountActs {
  readonly #parts: AccountActParts;
  readonly #turns = new Turns();

  constructor(parts: AccountActParts) {
    this.#parts = parts;
  }

  /**
   * Makes an account; its first password is shown once and has to be changed at the first sign-in.
   * @throws MalformedAccount, AccountExists, TwoPeopleNeeded, LedgerUnavailable
   */
  async add(
    terms: NewAccountTerms,
    actor: Actor,
  ): Promise<{ readonly account: Account; readonly firstPassword: string }> {
    const isAtMachine = actor.workstationId === null;
    if (!isAtMachine && allows(terms.roles, 'administrator')) throw new TwoPeopleNeeded();
    const { accounts, record, randomBytes, accountsChanged } = this.#parts;
    return await this.#inTurn(actor, async () => {
      const firstPassword = terms.password ?? newFirstPassword(randomBytes);
      const isPasswordGiven = terms.password === undefined;
      const made = { ...terms, password: firstPassword, isPasswordGiven };
      const { roles } = terms;
      const id = await accounts.add(made, async (target) => {
        const reason = null;
        await record.before({ act: 'add-account', target, roles, reason, ...actor });
      });
      await accountsChanged();
      return { account: await this.#account(id), firstPassword };
    });
  }

  /** Disables an account: signed out at once, also where nothing can be written. @throws TargetUnknown, LastAdministrator */
  async disable(id: string, reason: string, actor: Actor): Promise<Account> {
    const { accounts, record, endEverythingOf } = this.#parts;
    return await this.#inTurn(actor, async () => {
      const account = await this.#account(id);
      if (account.id === actor.by) await this.#refuseLast(account);
      const about = { act: 'disable-account', target: account.id, reason, ...actor } as const;
      let isDisabled = false;
      try {
        await accounts.setDisabled(account.id, true);
        isDisabled = true;
      } finally {
        // Written down while carts are told, and each time: the entry of an earlier try may be missing.
        const ended = endEverythingOf(account.id);
        await Promise.all([ended, isDisabled ? record.after(about) : null]);
      }
      return await this.#account(id);
    });
  }

  /**
   * Enables an account. One administrator alone brings no other one back: their role is taken away first, and given again by
   * two (`proposed-acts.ts`).
   * @throws TargetUnknown, TwoPeopleNeeded, DirectoryUnavailable, LedgerUnavailable
   */
  async enable(id: string, reason: string, actor: Actor): Promise<Account> {
    const { accounts, record } = this.#parts;
    return await this.#inTurn(actor, async () => {
      const account = await this.#account(id);
      if (!account.disabled) return account;
      const isAtMachine = actor.workstationId === null;
      if (!isAtMachine && (await this.#wouldAdminister(account)))
        throw new TwoPeopleNeeded(ENABLED_BY_TWO);
      await record.before({ act: 'enable-account', target: account.id, reason, ...actor });
      await accounts.setDisabled(account.id, false);
      return await this.#account(id);
    });
  }

  /**
   * Says which roles an account allows; live sign-ins have them at once.
   * @param roles null allows whatever the directory says
   * @throws TargetUnknown, LastAdministrator, TwoPeopleNeeded, LedgerUnavailable
   */
  async changeRoles(
    id: string,
    roles: readonly Role[] | null,
    reason: string,
    actor: Actor,
  ): Promise<Account> {
    const { accounts, record, endSessionOf } = this.#parts;
    return await this.#inTurn(actor, async () => {
      const account = await this.#account(id);
      const isAtMachine = actor.workstationId === null;
      const isNew = allows(roles, 'administrator') && !allows(account.roles, 'administrator');
      if (!isAtMachine && isNew) throw new TwoPeopleNeeded();
      if (account.id === actor.by && !allows(roles, 'administrator'))
        await this.#refuseLast(account);
      const about = { act: 'change-roles', target: account.id, roles, reason, ...actor } as const;
      if (isNarrower(roles, account.roles)) {
        await accounts.setRoles(account.id, roles);
        const isOut = !allows(roles, 'technician');
        await Promise.all([isOut ? endSessionOf(account.id) : null, record.after(about)]);
      } else {
        await record.before(about);
        await accounts.setRoles(account.id, roles);
      }
      return await this.#account(id);
    });
  }

  /**
   * Gives the role of an administrator, once two have decided so. In turn, so that what is taken from the account
   * meanwhile is not written back.
   * @throws TargetUnknown, NotAllowed, LedgerUnavailable
   */
  async giveAdministrator(id: string, actor: Actor): Promise<void> {
    const { accounts, record } = this.#parts;
    await this.#inTurn(actor, async () => {
      const account = await this.#account(id);
      if (account.roles === null || allows(account.roles, 'administrator')) return;
      const roles = [...account.roles, 'administrator' as const];
      const about = { act: 'give-administrator', target: account.id, reason: null, roles } as const;
      await record.before({ ...about, ...actor });
      await accounts.setRoles(account.id, roles);
    });
  }

  /** Runs one act at a time; whoever asks may have lost the role while waiting. @throws NotAllowed */
  async #inTurn<T>(actor: Actor, work: () => Promise<T>): Promise<T> {
    return await this.#turns.take('accounts', async () => {
      if (actor.workstationId !== null) {
        const own = await this.#parts.accounts.byId(actor.by);
        const isOut = own === null || own.disabled;
        if (isOut || !allows(own.roles, 'administrator')) throw new NotAllowed();
      }
      return await work();
    });
  }

  async #account(id: string): Promise<Account> {
    const found = isId('technician', id) ? await this.#parts.accounts.byId(id) : null;
    if (found === null) throw new TargetUnknown();
    return found;
  }

  /** An account without a list of its own follows the directory. @throws DirectoryUnavailable */
  async #wouldAdminister({ roles, directoryLogin }: Account): Promise<boolean> {
    if (roles !== null) return roles.includes('administrator');
    const person = await this.#parts.directory.lookUp(directoryLogin);
    return person?.roles.includes('administrator') === true;
  }

  /**
   * Somebody else has to be an administrator by both the account and the directory. While the directory does not answer
   * nobody gives the role up. @throws LastAdministrator, DirectoryUnavailable
   */
  async #refuseLast({ id }: Account): Promise<void> {
    const { accounts, directory } = this.#parts;
    for (const other of await accounts.list()) {
      if (other.id === id || other.disabled || !allows(other.roles, 'administrator')) continue;
      const person = await directory.lookUp(other.directoryLogin);
      if (person?.roles.includes('administrator') === true) return;
    }
    throw new LastAdministrator();
  }
}

function allows(roles: readonly Role[] | null, role: Role): boolean {
  return roles === null || roles.includes(role);
}

/** Whether a list of roles allows nothing that the one before did not. */
function isNarrower(now: readonly Role[] | null, before: readonly Role[] | null): boolean {
  if (now === null) return before === null;
  return before === null || now.every((role) => before.includes(role));
}
