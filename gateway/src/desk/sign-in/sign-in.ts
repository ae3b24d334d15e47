/**
 * Three gates, in order: the corporate directory, an account of this gateway, and its second factor. All must be the same
 * person.
 *
 * What passes is a cookie bound to one licensed workstation, with an idle and an absolute limit; it changes at each gate.
 * Guessing is slowed by account, workstation and address; a refusal never tells whether an account exists, and takes as
 * long. What a factor is and whether it fits is `second-factor`'s affair.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Directory, Role } from '../../directory/contract.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { FactorHolder, FactorKind, SecondFactors } from '../second-factor/second-factor.ts';
import { Accounts } from './accounts.ts';
import { stageMsMax, stageOf } from './half-stage.ts';
import type { HalfStage } from './half-stage.ts';
import { isPassword } from './password.ts';
import { NotSignedIn, SignInRefused, WorkstationNotLicensed } from './sign-in-error.ts';
import { SignInStore } from './sign-in-store.ts';
import type { HeldSignIn } from './sign-in-store.ts';
import type { PersonAtWork } from './standing.ts';
import type { SignInFactor } from './tables.ts';
import { SignInThrottle } from './throttle.ts';

export { AccountExists, Accounts, AccountUnknown, MalformedAccount } from './accounts.ts';
export type { Account, NewAccount } from './accounts.ts';
export {
  NotSignedIn,
  SignInRefused,
  SignInThrottled,
  WorkstationNotLicensed,
} from './sign-in-error.ts';
export { SIGN_IN_MIGRATIONS, THIRD_GATE_MIGRATIONS } from './tables.ts';
export { endSignInsOf } from './sign-in-store.ts';
export { PasswordUnfit } from './password.ts';
export { Standing } from './standing.ts';

/** Whoever works longer than a shift signs in again (NIST SP 800-63B: at most 12 hours). */
const ABSOLUTE_MS = 12 * 60 * 60_000;
/** The idle limit is renewed at most this often, to spare the disk. */
const TOUCH_EVERY_MS = 20_000;

/** Somebody who passed all gates. */
export interface Caller {
  readonly id: TechnicianId;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly workstation: string;
  readonly signedInUtcMs: number;
  readonly tokenHash: string;
}

/** How current the machines are between which somebody signs in. */
export interface SignInPosture {
  /** @throws WorkstationOutOfDate */
  readonly assertCurrent: (workstation: string) => Promise<void>;
  /** While the gateway's own machine lacks something, administrators alone come in. @throws GatewayOutOfDate */
  readonly assertAdmits: (roles: readonly Role[]) => void;
}

export interface SignInOptions {
  readonly directory: Directory;
  /** Null: the third gate stands open, which only a demo may. */
  readonly secondFactors: SecondFactors | null;
  readonly isWorkstationLicensed: (workstation: string) => Promise<boolean>;
  readonly posture: SignInPosture;
  readonly idleMs: number;
}

export interface Attempt {
  readonly address: string;
}

/** A recovery code of which its owner may not know that somebody used it. */
export interface UseToTell {
  readonly utcMs: number;
  readonly workstation: string;
  readonly left: number;
}

/** What comes after a gate, with the new value of the cookie. */
export type Passed = { readonly token: string } & (
  | { readonly next: 'done'; readonly caller: Caller; readonly tell: readonly UseToTell[] }
  | {
      readonly next: 'factor';
      readonly factor: FactorKind;
      /** Of a passkey: the console's name under which it works. */
      readonly relyingParty: string | null;
    }
  | { readonly next: 'enrolment' }
  | { readonly next: 'recovery-codes'; readonly recoveryCodes: readonly string[] }
);

export class SignIn {
  readonly accounts: Accounts;
  readonly #context: DeskContext;
  readonly #options: SignInOptions;
  readonly #store: SignInStore;
  readonly #throttle: SignInThrottle;

  constructor(context: DeskContext, options: SignInOptions) {
    this.#context = context;
    this.#options = options;
    this.accounts = new Accounts(context);
    this.#store = new SignInStore(context.database, context.randomBytes);
    this.#throttle = new SignInThrottle(context.database, context.clock);
  }

  /**
   * The first gate.
   * @throws SignInThrottled, WorkstationNotLicensed, WorkstationOutOfDate, GatewayOutOfDate, DirectoryRefusal, DirectoryAccountUnfit, DirectoryUnavailable
   */
  async passDirectory(
    ask: { readonly login: string; readonly password: string; readonly workstation: string },
    attempt: Attempt,
  ): Promise<{ readonly token: string; readonly displayName: string }> {
    const { workstation } = ask;
    try {
      if (!(await this.#options.isWorkstationLicensed(workstation)))
        throw new WorkstationNotLicensed();
      await this.#options.posture.assertCurrent(workstation);
    } catch (fault) {
      this.#throttle.takeStranger(attempt.address);
      this.#refused('directory', workstation, fault);
      throw fault;
    }
    const name = ask.login.trim().toLowerCase();
    const succeed = await this.#throttle.take({ step: 'directory', name, workstation, ...attempt });
    try {
      const person = await this.#options.directory.authenticate(ask.login, ask.password);
      await succeed();
      this.#options.posture.assertAdmits(person.roles);
      const nowMs = this.#context.clock.utcMs();
      await this.#store.endOlder(nowMs - this.#options.idleMs, nowMs - ABSOLUTE_MS);
      const { token } = await this.#store.begin({
        state: 'half',
        directoryLogin: person.login,
        name: person.displayName,
        roles: person.roles,
        technicianId: null,
        factor: null,
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
  ): Promise<Passed> {
    const half = await this.#half(token, 'directory-passed');
    const { workstation } = half;
    const name = ask.accountName.trim().toLowerCase();
    const succeed = await this.#throttle.take({ step: 'gateway', name, workstation, ...attempt });
    try {
      const account = await this.accounts.byName(name);
      const right = await isPassword(ask.password, account?.passwordHash ?? null);
      const same =
        account !== null && !account.disabled && account.directoryLogin === half.directoryLogin;
      if (!right || !same) throw new SignInRefused();
      await succeed();
      return await this.#afterPassword(half, account.id);
    } catch (fault) {
      this.#refused('gateway', workstation, fault);
      throw fault;
    }
  }

  /** Who stands at the third gate with this cookie. @throws NotSignedIn unless the first two were passed */
  async atFactor(token: string | undefined): Promise<FactorHolder> {
    return await this.#holderOf(await this.#half(token, 'password-passed'));
  }

  /** Tells whether a cookie belongs to the third gate, before or after the factor itself. */
  async isAtThirdGate(token: string | undefined): Promise<boolean> {
    const half = await this.#held(token, 'half');
    return half !== null && stageOf(half) !== 'directory-passed';
  }

  /**
   * The third gate: `use` compares or enrols the factor, and throws when it does not fit.
   * @throws NotSignedIn, SignInThrottled, LedgerUnavailable, and what `use` throws
   */
  async passFactor(
    token: string | undefined,
    factor: SignInFactor,
    attempt: Attempt,
    use: (at: FactorHolder, factors: SecondFactors) => Promise<void>,
  ): Promise<Passed> {
    const half = await this.#half(token, 'password-passed');
    const factors = this.#factors();
    const at = await this.#holderOf(half);
    const { technicianId, workstation } = at;
    const tried = { step: 'second-factor', name: technicianId, workstation, ...attempt } as const;
    const succeed = await this.#throttle.take(tried);
    try {
      await use(at, factors);
    } catch (fault) {
      this.#context.ledger.appendLater({
        kind: 'second-factor-refused',
        technicianId,
        workstationId: workstation,
        factor,
        code: codeOf(fault),
      });
      throw fault;
    }
    await succeed();
    // Whoever came in by a recovery code has lost the factor: new codes would be their finder's, too.
    if (factor !== 'recovery-code' && (await factors.needsRecoveryCodes(technicianId))) {
      const next = await this.#goOn(half, { factor });
      const recoveryCodes = await factors.newRecoveryCodes(technicianId, next.tokenHash);
      return { next: 'recovery-codes', token: next.token, recoveryCodes };
    }
    return await this.#complete(half, technicianId, factor);
  }

  /** Puts the recovery codes in force that were shown last, and lets their owner in. @throws NotSignedIn, LedgerUnavailable */
  async confirmRecoveryCodes(token: string | undefined): Promise<Passed> {
    const half = await this.#half(token, 'factor-passed');
    const at = await this.#holderOf(half);
    await this.#factors().confirmRecoveryCodes(at);
    return await this.#complete(half, at.technicianId, half.factor);
  }

  /** The second factors, where the third gate is closed. @throws NotSignedIn where it stands open */
  #factors(): SecondFactors {
    if (this.#options.secondFactors === null) throw new NotSignedIn();
    return this.#options.secondFactors;
  }

  /** Tells who a cookie belongs to: somebody who passed all gates and whose limits have not passed, or null. */
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

  async #afterPassword(half: HeldSignIn, technicianId: TechnicianId): Promise<Passed> {
    const { secondFactors } = this.#options;
    if (secondFactors === null) return await this.#complete(half, technicianId, null);
    const found = await secondFactors.factorOf(technicianId);
    const { token } = await this.#goOn(half, { technicianId });
    if (found === null) return { next: 'enrolment', token };
    return { next: 'factor', token, factor: found.kind, relyingParty: found.relyingParty };
  }

  /** Records the sign-in, then makes it full. */
  async #complete(
    half: HeldSignIn,
    technicianId: TechnicianId,
    factor: SignInFactor | null,
  ): Promise<Passed> {
    await this.#context.ledger.append({
      kind: 'sign-in',
      technicianId,
      workstationId: half.workstation,
      factor,
    });
    const { token, held } = await this.#goOn(half, { state: 'full', technicianId, factor });
    const told = await this.#options.secondFactors?.takeUntold(technicianId, half.tokenHash);
    const tell = (told?.uses ?? []).map((use) => ({ ...use, left: told?.left ?? 0 }));
    return { next: 'done', token, caller: callerOf(held, technicianId), tell };
  }

  /** Puts another sign-in, with another cookie, in the place of a half one. @throws NotSignedIn when it was used already */
  async #goOn(
    half: HeldSignIn,
    change: Partial<HeldSignIn>,
  ): Promise<{ readonly token: string; readonly tokenHash: string; readonly held: HeldSignIn }> {
    if (!(await this.#store.end(half.tokenHash))) throw new NotSignedIn();
    const nowMs = this.#context.clock.utcMs();
    const next = { ...half, ...change, begunUtcMs: nowMs, usedUtcMs: nowMs };
    const begun = await this.#store.begin(next);
    return { ...begun, held: { ...next, tokenHash: begun.tokenHash } };
  }

  /** @throws NotSignedIn */
  async #half(token: string | undefined, stage: HalfStage): Promise<HeldSignIn> {
    const half = await this.#held(token, 'half');
    if (half === null || stageOf(half) !== stage) throw new NotSignedIn();
    return half;
  }

  async #holderOf({ technicianId, tokenHash, workstation }: HeldSignIn): Promise<FactorHolder> {
    const account = technicianId === null ? null : await this.accounts.byId(technicianId);
    // Disabled since the password was right.
    if (account === null || account.disabled) throw new NotSignedIn();
    const { id, accountName, name } = account;
    return { technicianId: id, accountName, name, holder: tokenHash, workstation };
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
    const idleMs = state === 'half' ? stageMsMax(held) : this.#options.idleMs;
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

  /** The throttle bounds how many of these there can be. */
  #refused(step: 'directory' | 'gateway', workstation: string, fault: unknown): void {
    const code = codeOf(fault);
    const workstationId = /^wrks-[0-9a-z]{26}$/.test(workstation) ? workstation : null;
    this.#context.ledger.appendLater({ kind: 'sign-in-refused', step, workstationId, code });
  }
}

function codeOf(fault: unknown): string {
  return fault instanceof DomainError ? fault.code : 'INTERNAL_FAULT';
}

function callerOf(held: HeldSignIn, id: TechnicianId): Caller {
  const { name, roles, workstation, begunUtcMs, tokenHash } = held;
  return { id, name, roles, workstation, signedInUtcMs: begunUtcMs, tokenHash };
}
