/**
 * Three gates, in order: the corporate directory, an account of this gateway, and its second factor. All must be the same
 * person.
 *
 * What passes is a cookie bound to one licensed workstation (`live-sign-ins.ts`); it changes at each gate. Guessing is
 * slowed by account, workstation and address; a refusal never tells whether an account exists, and takes as long. What
 * a factor is and whether it fits is `second-factor`'s affair; what somebody does with their own account is in
 * `own-account.ts`.
 */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Directory, Person, Role } from '../../directory/contract.ts';
import type { DatabaseView } from '../../platform/database/database.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { LoopTurns } from '../platform/loop-turns.ts';
import type { FactorHolder, SecondFactors } from '../second-factor/second-factor.ts';
import { takeTurnOf } from './account-turn.ts';
import { Accounts } from './accounts.ts';
import { callerOf } from './caller.ts';
import type { Caller, FirstPassed, Passed } from './caller.ts';
import { FirstGate } from './first-gate.ts';
import type { SignInPosture } from './first-gate.ts';
import { stageOf } from './half-stage.ts';
import { LiveSignIns } from './live-sign-ins.ts';
import type { LiveSignInsOptions } from './live-sign-ins.ts';
import { OwnAccount } from './own-account.ts';
import { isPassword } from './password.ts';
import { RefusalRecord, codeOf } from './refusal-record.ts';
import { rolesInForce } from './roles-in-force.ts';
import { FIRST_PASSWORD_LIFE_MS } from './first-password.ts';
import { FirstPasswordExpired, NoRoleHere, NotSignedIn, SignInRefused } from './sign-in-error.ts';
import type { HeldSignIn } from './sign-in-store.ts';
import type { PersonAtWork } from './standing.ts';
import type { SignInFactor } from './tables.ts';
import { SignInThrottle } from './throttle.ts';
import type { Attempt } from './throttle.ts';

export { AccountExists, Accounts, AccountUnknown, MalformedAccount } from './accounts.ts';
export type { Account, NewAccount } from './accounts.ts';
export type { Caller, Passed } from './caller.ts';
export type { SignInPosture } from './first-gate.ts';
export type { FactorUse } from './own-account.ts';
export { lastSeen, searchAccounts, searchSignIns } from './sign-in-search.ts';
export type { FoundAccount, FoundSignIn } from './sign-in-search.ts';
export { readRoles, rolesInForce } from './roles-in-force.ts';
export {
  ConfirmationRefused,
  ConfirmationRequired,
  FirstGateElsewhere,
  NoRoleHere,
  NotSignedIn,
  SignInRefused,
  SignInThrottled,
  WorkstationNotLicensed,
} from './sign-in-error.ts';
export { ROLE_MIGRATIONS, SIGN_IN_MIGRATIONS, THIRD_GATE_MIGRATIONS } from './tables.ts';
export type { AccountRow, SignInTables } from './tables.ts';
export { endSignInsOf, givePassword } from './account-turn.ts';
export { newFirstPassword } from './first-password.ts';
export { PasswordUnfit, hashPassword } from './password.ts';
export { Standing } from './standing.ts';
export { CookieBinding } from './cookie-binding.ts';
export type { PersonAtWork } from './standing.ts';

export interface SignInOptions extends LiveSignInsOptions {
  readonly directory: Directory;
  /** Null: the third gate stands open, which only a demo may. */
  readonly secondFactors: SecondFactors | null;
  readonly posture: SignInPosture;
}

export class SignIn {
  readonly accounts: Accounts;
  readonly own: OwnAccount;
  readonly live: LiveSignIns;
  readonly #context: DeskContext;
  readonly #options: SignInOptions;
  readonly #throttle: SignInThrottle;
  readonly #first: FirstGate;
  readonly #refusals: RefusalRecord;
  /** Strangers come this far, as many at once as they like. */
  readonly #turns = new LoopTurns();

  constructor(context: DeskContext, options: SignInOptions) {
    this.#context = context;
    this.#options = options;
    this.accounts = new Accounts(context);
    this.live = new LiveSignIns(context, options);
    this.#throttle = new SignInThrottle(context.database, context.clock);
    this.#refusals = new RefusalRecord(context.ledger, context.clock);
    this.#first = new FirstGate(context, {
      ...options,
      throttle: this.#throttle,
      refusals: this.#refusals,
      accountOf: async (login) => (await this.accounts.byLogin(login))?.id ?? null,
    });
    const { accounts, live } = this;
    const { secondFactors } = options;
    const throttle = this.#throttle;
    this.own = new OwnAccount(context, { accounts, live, secondFactors, throttle });
  }

  /** The first gate, with a password. @throws what `FirstGate.passByPassword` throws */
  async passDirectory(
    ask: { readonly login: string; readonly password: string; readonly workstation: string },
    attempt: Attempt,
  ): Promise<FirstPassed> {
    await this.#turns.take();
    return await this.#letOn(await this.#first.passByPassword(ask, attempt), ask.workstation);
  }

  /** The first gate, on a provider's page: sends the browser there. @throws what `FirstGate.beginAtProvider` throws */
  async beginAtProvider(
    ask: { readonly workstation: string; readonly returnTo: string },
    attempt: Attempt,
  ): Promise<{ readonly token: string; readonly address: string }> {
    return await this.#first.beginAtProvider(ask, attempt);
  }

  /** The same browser comes back. @throws what `FirstGate.passByProvider` throws */
  async passProvider(
    token: string | undefined,
    ask: { readonly workstation: string; readonly answer: string },
  ): Promise<FirstPassed> {
    return await this.#letOn(await this.#first.passByProvider(token, ask), ask.workstation);
  }

  /**
   * The second gate. The cookie changes, so that one planted before is worth nothing.
   * @throws NotSignedIn when the first gate was not passed, SignInThrottled, SignInRefused, FirstPasswordExpired, NoRoleHere, LedgerUnavailable
   */
  async passGateway(
    token: string | undefined,
    ask: { readonly accountName: string; readonly password: string },
    attempt: Attempt,
  ): Promise<Passed> {
    await this.#turns.take();
    const half = await this.live.half(token, 'directory-passed');
    const { workstation } = half;
    const name = ask.accountName.trim().toLowerCase();
    const tried = { step: 'gateway', name, workstation, ...attempt } as const;
    const account = await this.accounts.byName(name);
    // Both are looked up always: how long it takes tells nothing.
    const own = await this.accounts.byLogin(half.directoryLogin);
    try {
      const succeed = await this.#throttle.take(tried);
      const place = await this.#throttle.placeOf(tried);
      const right = await isPassword(ask.password, account?.passwordHash ?? null, place);
      const same =
        account !== null && !account.disabled && account.directoryLogin === half.directoryLogin;
      if (!right || !same) throw new SignInRefused();
      const { passwordGivenUtcMs: givenUtcMs } = account;
      const isOld = givenUtcMs !== null && this.#ageOf(givenUtcMs) > FIRST_PASSWORD_LIFE_MS;
      if (isOld) throw new FirstPasswordExpired();
      await succeed();
      const { id: technicianId, hasGivenPassword, passwordHash } = account;
      // It was compared for long: who goes on has the password that is in force now.
      if (!hasGivenPassword) return await this.#afterPassword(half, technicianId, passwordHash);
      const next = await this.live.goOn(half, { technicianId }, passwordHash);
      return { next: 'new-password', token: next.token };
    } catch (fault) {
      const technicianId = account?.id ?? own?.id ?? null;
      this.#refusals.note({ step: 'gateway', workstation, technicianId }, fault);
      throw fault;
    }
  }

  #ageOf(utcMs: number): number {
    return this.#context.clock.utcMs() - utcMs;
  }

  /**
   * Takes a password of one's own in the place of the one that an administrator made.
   * @throws NotSignedIn, PasswordUnfit, SignInThrottled, SignInBusy, LedgerUnavailable
   */
  async chooseFirstPassword(
    token: string | undefined,
    password: string,
    attempt: Attempt,
  ): Promise<Passed> {
    const half = await this.live.half(token, 'new-password');
    const { technicianId } = await this.#holderOf(half);
    await this.own.setPassword({ ...half, technicianId }, password, attempt);
    return await this.#afterPassword(half, technicianId, null);
  }

  /** Who stands at the third gate with this cookie. @throws NotSignedIn unless the first two were passed */
  async atFactor(token: string | undefined): Promise<FactorHolder> {
    return await this.#holderOf(await this.live.half(token, 'password-passed'));
  }

  /** Tells whether a cookie belongs to the third gate, before or after the factor itself. */
  async isAtThirdGate(token: string | undefined): Promise<boolean> {
    const half = await this.live.anyHalf(token);
    return half !== null && ['password-passed', 'factor-passed'].includes(stageOf(half));
  }

  /** Tells whether a cookie belongs to somebody who has to choose a password first. */
  async isAtNewPassword(token: string | undefined): Promise<boolean> {
    const half = await this.live.anyHalf(token);
    return half !== null && stageOf(half) === 'new-password';
  }

  /**
   * The third gate: `use` compares or enrols the factor, and throws when it does not fit.
   * @throws NotSignedIn, SignInThrottled, NoRoleHere, LedgerUnavailable, and what `use` throws
   */
  async passFactor(
    token: string | undefined,
    factor: SignInFactor,
    attempt: Attempt,
    use: (at: FactorHolder, factors: SecondFactors) => Promise<void>,
  ): Promise<Passed> {
    const half = await this.live.half(token, 'password-passed');
    const factors = this.#factors();
    const at = await this.#holderOf(half);
    const { technicianId, workstation } = at;
    const tried = { step: 'second-factor', name: technicianId, workstation, ...attempt } as const;
    const succeed = await this.#throttle.take(tried).catch((fault: unknown) => {
      this.#refusals.note({ step: 'second-factor', workstation, technicianId }, fault);
      throw fault;
    });
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
      const next = await this.live.goOn(half, { technicianId, factor }, null);
      const recoveryCodes = await factors.newRecoveryCodes(technicianId, next.tokenHash);
      return { next: 'recovery-codes', token: next.token, recoveryCodes };
    }
    return await this.#completeRecorded(half, technicianId, factor);
  }

  /** Puts the recovery codes in force that were shown last, and lets their owner in. @throws NotSignedIn, LedgerUnavailable */
  async confirmRecoveryCodes(token: string | undefined): Promise<Passed> {
    const half = await this.live.half(token, 'factor-passed');
    const at = await this.#holderOf(half);
    await this.#factors().confirmRecoveryCodes(at);
    return await this.#completeRecorded(half, at.technicianId, half.factor);
  }

  /** The second factors, where the third gate is closed. @throws NotSignedIn where it stands open */
  #factors(): SecondFactors {
    if (this.#options.secondFactors === null) throw new NotSignedIn();
    return this.#options.secondFactors;
  }

  /** Tells who a cookie belongs to: somebody who passed all gates and whose limits have not passed, or null. */
  async callerOf(token: string | undefined): Promise<Caller | null> {
    return callerOrNull(await this.live.full(token, true));
  }

  /** The same without counting as a use of the cookie. */
  async holderOf(token: string | undefined): Promise<Caller | null> {
    return callerOrNull(await this.live.full(token, false));
  }

  /** Tells whether a cookie still holds, without counting as a use of it. */
  async isHeld(token: string | undefined): Promise<boolean> {
    return (await this.holderOf(token)) !== null;
  }

  /** Writes what is only counted yet. */
  close(): void {
    this.#refusals.flush();
  }

  async signOut(caller: Caller, reason: string): Promise<void> {
    await this.live.store.end(caller.tokenHash);
    this.#context.ledger.appendLater({ kind: 'sign-out', technicianId: caller.id, reason });
  }

  /** Ends every sign-in at a workstation whose licence was retired. */
  async endOfWorkstation(workstation: string): Promise<void> {
    await this.live.store.endOfWorkstation(workstation);
  }

  /** Lists who is signed in, each person once. */
  async atWork(): Promise<readonly PersonAtWork[]> {
    const people = new Map<string, PersonAtWork>();
    for (const { directoryLogin, technicianId } of await this.live.store.full()) {
      if (technicianId !== null) people.set(directoryLogin, { directoryLogin, technicianId });
    }
    return [...people.values()];
  }

  /** Somebody as they are now, by account and directory; without roles when they are in force no more. @throws DirectoryUnavailable */
  async inForce(id: string): Promise<{ readonly id: string; readonly roles: readonly Role[] }> {
    const account = await this.accounts.byId(id);
    if (account === null || account.disabled) return { id, roles: [] };
    const person = await this.#options.directory.lookUp(account.directoryLogin);
    return { id, roles: rolesInForce(person?.roles ?? [], account.roles) };
  }

  /** Which of these roles of the directory somebody's account allows; none when it is disabled. */
  async rolesOf(id: TechnicianId, ofDirectory: readonly Role[]): Promise<readonly Role[]> {
    return await this.accounts.rolesOf(id, ofDirectory);
  }

  /** Gives everything that a person has open the roles that the directory gives them now. */
  async changeRoles(directoryLogin: string, roles: readonly Role[]): Promise<void> {
    await this.live.store.changeRoles(directoryLogin, roles);
  }

  /** Ends every sign-in of a person, half ones too. */
  async endOfPerson(person: PersonAtWork, reason: string): Promise<void> {
    const { directoryLogin, technicianId } = person;
    await this.live.store.endOfLogin(directoryLogin);
    this.#context.ledger.appendLater({ kind: 'sign-out', technicianId, reason });
  }

  async #letOn(person: Person, workstation: string): Promise<FirstPassed> {
    const { login: directoryLogin, displayName: name, roles: directoryRoles } = person;
    const { token } = await this.live.begin({ directoryLogin, name, directoryRoles, workstation });
    return { token, displayName: name };
  }

  /** @param compared the hash with which the password was right; null where the sign-in is of the account already */
  async #afterPassword(
    half: HeldSignIn,
    technicianId: TechnicianId,
    compared: string | null,
  ): Promise<Passed> {
    const { secondFactors } = this.#options;
    if (secondFactors === null) return await this.#complete(half, technicianId, null, compared);
    const found = await secondFactors.factorOf(technicianId);
    const { token } = await this.live.goOn(half, { technicianId }, compared);
    if (found === null) return { next: 'enrolment', token };
    return { next: 'factor', token, factor: found.kind, relyingParty: found.relyingParty };
  }

  /** The same behind the third gate, where nobody else records a refusal. */
  async #completeRecorded(
    half: HeldSignIn,
    technicianId: TechnicianId,
    factor: SignInFactor | null,
  ): Promise<Passed> {
    try {
      return await this.#complete(half, technicianId, factor, null);
    } catch (fault) {
      const { workstation } = half;
      this.#refusals.note({ step: 'gateway', workstation, technicianId }, fault);
      throw fault;
    }
  }

  /** Records the sign-in, then makes it full. @throws NoRoleHere, GatewayOutOfDate, LedgerUnavailable */
  async #complete(
    half: HeldSignIn,
    technicianId: TechnicianId,
    factor: SignInFactor | null,
    compared: string | null,
  ): Promise<Passed> {
    const roles = await this.accounts.rolesOf(technicianId, half.directoryRoles);
    if (roles.length === 0) throw new NoRoleHere();
    // The directory's roles were asked at the first gate; the account may allow fewer.
    this.#options.posture.assertAdmits(roles);
    await this.#context.ledger.append({
      kind: 'sign-in',
      technicianId,
      workstationId: half.workstation,
      factor,
    });
    const nowMs = this.#context.clock.utcMs();
    const full = { state: 'full', technicianId, factor, confirmedUtcMs: nowMs } as const;
    const { token, tokenHash } = await this.live.goOn(half, full, compared);
    await this.accounts.signedIn(technicianId, nowMs);
    const told = await this.#options.secondFactors?.takeUntold(technicianId, half.tokenHash);
    const tell = (told?.uses ?? []).map((use) => ({ ...use, left: told?.left ?? 0 }));
    const held = { ...half, ...full, roles, tokenHash, begunUtcMs: nowMs };
    return { next: 'done', token, caller: callerOf(held, technicianId), tell };
  }

  async #holderOf({ technicianId, tokenHash, workstation }: HeldSignIn): Promise<FactorHolder> {
    const account = technicianId === null ? null : await this.accounts.byId(technicianId);
    // Disabled since the password was right.
    if (account === null || account.disabled) throw new NotSignedIn();
    const { id, accountName, name } = account;
    const at = { technicianId: id, tokenHash };
    const holds = async (view: DatabaseView) => await takeTurnOf(view, at, null);
    return { technicianId: id, accountName, name, holder: tokenHash, workstation, holds };
  }
}

function callerOrNull(held: HeldSignIn | null): Caller | null {
  return held?.technicianId == null ? null : callerOf(held, held.technicianId);
}
