/**
 * Two gates, in order: the corporate directory, then an account of this gateway. Both must be the same person.
 *
 * What passes is a cookie bound to one licensed workstation, with an idle and an absolute limit. Guessing is slowed by
 * account and by address; a refusal never tells whether an account exists, and takes as long.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Directory, Role } from '../../directory/contract.ts';
import { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { Accounts } from './accounts.ts';
import { isPassword } from './password.ts';
import { SignInStore } from './sign-in-store.ts';
import type { PersonAtWork } from './standing.ts';
import type { HeldSignIn } from './sign-in-store.ts';

export { AccountExists, Accounts, MalformedAccount } from './accounts.ts';
export type { Account, NewAccount } from './accounts.ts';
export { SIGN_IN_MIGRATIONS } from './tables.ts';
export { PasswordUnfit } from './password.ts';
export { Standing } from './standing.ts';

/** How long the second gate may take after the first, milliseconds. */
const HALF_MS = 5 * 60_000;
/** Whoever works longer than a shift signs in again (NIST SP 800-63B: at most 12 hours). */
const ABSOLUTE_MS = 12 * 60 * 60_000;
/** The idle limit is renewed at most this often, to spare the disk. */
const TOUCH_EVERY_MS = 20_000;
/** Tries: a few for a mistyping hand, then one every half minute; an address carries several people. */
const TRIES_PER_ACCOUNT = { burst: 5, perSecond: 1 / 30 } as const;
const TRIES_PER_ADDRESS = { burst: 20, perSecond: 1 / 3 } as const;
const KEYS_REMEMBERED_MAX = 10_000;

/** Wrong account, password, or another person than at the first gate: one answer. */
export class SignInRefused extends DomainError {
  readonly code = 'SIGN_IN_REFUSED';
  constructor() {
    super('This account and password do not open this gateway for you.');
  }
}
export class SignInThrottled extends DomainError {
  readonly code = 'SIGN_IN_THROTTLED';
  constructor() {
    super('Too many attempts. Wait half a minute, then try again.');
  }
}
export class WorkstationNotLicensed extends DomainError {
  readonly code = 'WORKSTATION_NOT_LICENSED';
  constructor() {
    super('This workstation has no licence in force.');
  }
}
export class NotSignedIn extends DomainError {
  readonly code = 'NOT_SIGNED_IN';
  constructor() {
    super('Sign in first.');
  }
}

/** Somebody who passed both gates. */
export interface Caller {
  readonly id: TechnicianId;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly workstation: string;
  readonly signedInUtcMs: number;
  readonly tokenHash: string;
}

export interface SignInOptions {
  readonly directory: Directory;
  readonly isWorkstationLicensed: (workstation: string) => Promise<boolean>;
  readonly idleMs: number;
}

export interface Attempt {
  readonly address: string;
}

export class SignIn {
  readonly accounts: Accounts;
  readonly #context: DeskContext;
  readonly #options: SignInOptions;
  readonly #store: SignInStore;
  readonly #perAccount: RateLimit;
  readonly #perAddress: RateLimit;

  constructor(context: DeskContext, options: SignInOptions) {
    this.#context = context;
    this.#options = options;
    this.accounts = new Accounts(context);
    this.#store = new SignInStore(context.database, context.randomBytes);
    const now = (): number => context.clock.monotonicMs();
    const keysMax = KEYS_REMEMBERED_MAX;
    this.#perAccount = new RateLimit({ ...TRIES_PER_ACCOUNT, keysMax, now });
    this.#perAddress = new RateLimit({ ...TRIES_PER_ADDRESS, keysMax, now });
  }

  /**
   * The first gate.
   * @throws SignInThrottled, WorkstationNotLicensed, DirectoryRefusal, DirectoryAccountUnfit, DirectoryUnavailable
   */
  async passDirectory(
    ask: { readonly login: string; readonly password: string; readonly workstation: string },
    attempt: Attempt,
  ): Promise<{ readonly token: string; readonly displayName: string }> {
    const giveBack = this.#try(`directory ${ask.login.trim().toLowerCase()}`, attempt);
    const { workstation } = ask;
    try {
      if (!(await this.#options.isWorkstationLicensed(workstation)))
        throw new WorkstationNotLicensed();
      const person = await this.#options.directory.authenticate(ask.login, ask.password);
      giveBack();
      const nowMs = this.#context.clock.utcMs();
      await this.#store.endOlder(nowMs - this.#options.idleMs, nowMs - ABSOLUTE_MS);
      const token = await this.#store.begin({
        state: 'half',
        directoryLogin: person.login,
        name: person.displayName,
        roles: person.roles,
        technicianId: null,
        workstation,
        begunUtcMs: nowMs,
        usedUtcMs: nowMs,
      });
      return { token, displayName: person.displayName };
    } catch (fault) {
      this.#refused('directory', workstation, fault);
      throw fault;
    }
  }

  /**
   * The second gate. The cookie changes, so that one planted before is worth nothing.
   * @throws NotSignedIn when the first gate was not passed, SignInThrottled, SignInRefused, LedgerUnavailable
   */
  async passGateway(
    token: string | undefined,
    ask: { readonly accountName: string; readonly password: string },
    attempt: Attempt,
  ): Promise<{ readonly token: string; readonly caller: Caller }> {
    const half = await this.#held(token, 'half');
    if (half === null) throw new NotSignedIn();
    const accountName = ask.accountName.trim().toLowerCase();
    const giveBack = this.#try(`gateway ${accountName}`, attempt);
    try {
      const account = await this.accounts.byName(accountName);
      const right = await isPassword(ask.password, account?.passwordHash ?? null);
      const same =
        account !== null && !account.disabled && account.directoryLogin === half.directoryLogin;
      if (!right || !same) throw new SignInRefused();
      giveBack();
      const { workstation, name, roles, directoryLogin } = half;
      await this.#context.ledger.append({
        kind: 'sign-in',
        technicianId: account.id,
        workstationId: workstation,
      });
      const nowMs = this.#context.clock.utcMs();
      const times = { begunUtcMs: nowMs, usedUtcMs: nowMs };
      const full = {
        state: 'full',
        directoryLogin,
        name,
        roles,
        technicianId: account.id,
        workstation,
      } as const;
      const next = await this.#store.begin({ ...full, ...times });
      await this.#store.end(half.tokenHash);
      const caller = callerOf({ ...full, ...times, tokenHash: '' }, account.id);
      return { token: next, caller };
    } catch (fault) {
      this.#refused('gateway', half.workstation, fault);
      throw fault;
    }
  }

  /** Tells who a cookie belongs to: somebody who passed both gates and whose limits have not passed, or null. */
  async callerOf(token: string | undefined): Promise<Caller | null> {
    const held = await this.#held(token, 'full');
    if (held?.technicianId == null) return null;
    return callerOf(held, held.technicianId);
  }

  /** The same without counting as a use of the cookie. */
  async holderOf(token: string | undefined): Promise<Caller | null> {
    const held = await this.#held(token, 'full', false);
    return held?.technicianId == null ? null : callerOf(held, held.technicianId);
  }

  /** Tells whether a cookie still holds, without counting as a use of it. */
  async isHeld(token: string | undefined): Promise<boolean> {
    return (await this.holderOf(token)) !== null;
  }

  async signOut(caller: Caller, reason: string): Promise<void> {
    await this.#store.end(caller.tokenHash);
    this.#context.ledger.appendLater({ kind: 'sign-out', technicianId: caller.id, reason });
  }

  /** Ends every sign-in at a workstation whose licence was retired. */
  async endOfWorkstation(workstation: string): Promise<void> {
    await this.#store.endOfWorkstation(workstation);
  }

  /** Lists who is signed in, each person once. */
  async atWork(): Promise<readonly PersonAtWork[]> {
    const people = new Map<string, PersonAtWork>();
    for (const { directoryLogin, technicianId, roles } of await this.#store.full()) {
      if (technicianId !== null)
        people.set(directoryLogin, { directoryLogin, technicianId, roles });
    }
    return [...people.values()];
  }

  /** Gives everything that a person has open other roles. */
  async changeRoles(directoryLogin: string, roles: readonly Role[]): Promise<void> {
    await this.#store.changeRoles(directoryLogin, roles);
  }

  /** Ends every sign-in of a person, half ones too. */
  async endOfPerson(person: PersonAtWork, reason: string): Promise<void> {
    const { directoryLogin, technicianId } = person;
    await this.#store.endOfLogin(directoryLogin);
    this.#context.ledger.appendLater({ kind: 'sign-out', technicianId, reason });
  }

  async #held(
    token: string | undefined,
    state: 'half' | 'full',
    isUse = true,
  ): Promise<HeldSignIn | null> {
    if (token === undefined || !/^[A-Za-z0-9_-]{43}$/.test(token)) return null;
    const held = await this.#store.find(token);
    if (held?.state !== state) return null;
    const nowMs = this.#context.clock.utcMs();
    const idleMs = state === 'half' ? HALF_MS : this.#options.idleMs;
    if (nowMs - held.usedUtcMs > idleMs || nowMs - held.begunUtcMs > ABSOLUTE_MS) {
      await this.#store.end(held.tokenHash);
      return null;
    }
    if (!(await this.#options.isWorkstationLicensed(held.workstation))) return null;
    if (isUse && state === 'full' && nowMs - held.usedUtcMs >= TOUCH_EVERY_MS) {
      await this.#store.touch(held.tokenHash, nowMs);
    }
    return held;
  }

  /** Uses up one try of the account and the address. @throws SignInThrottled */
  #try(account: string, { address }: Attempt): () => void {
    // Both are used up, so that who is slowed by one does not save the other.
    const byAccount = this.#perAccount.take(account.slice(0, 300));
    const byAddress = this.#perAddress.take(address);
    if (!byAccount || !byAddress) throw new SignInThrottled();
    return () => {
      this.#perAccount.giveBack(account.slice(0, 300));
      this.#perAddress.giveBack(address);
    };
  }

  /** The throttle bounds how many of these there can be. */
  #refused(step: 'directory' | 'gateway', workstation: string, fault: unknown): void {
    const code = fault instanceof DomainError ? fault.code : 'INTERNAL_FAULT';
    const workstationId = /^wrks-[0-9a-z]{26}$/.test(workstation) ? workstation : null;
    this.#context.ledger.appendLater({ kind: 'sign-in-refused', step, workstationId, code });
  }
}

function callerOf(held: HeldSignIn, id: TechnicianId): Caller {
  const { name, roles, workstation, begunUtcMs, tokenHash } = held;
  return { id, name, roles, workstation, signedInUtcMs: begunUtcMs, tokenHash };
}
