/**
 * What somebody does with their own account: confirm that it is still them, choose another password, see where they are
 * signed in, sign out everywhere. What they do with their second factor is in `own-factor.ts`.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import { CONFIRMATION_LIFE_MS } from '@chaperone/protocol/console-api/administration.ts';
import type { DatabaseView } from '../../platform/database/database.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { Turns } from '../platform/turns.ts';
import type { FactorHolder, SecondFactors } from '../second-factor/second-factor.ts';
import { choosePassword, endSignInsOf, takeTurnOf } from './account-turn.ts';
import type { OneSignIn } from './account-turn.ts';
import type { Account, Accounts } from './accounts.ts';
import type { Caller } from './caller.ts';
import type { LiveSignIns } from './live-sign-ins.ts';
import { OwnFactor } from './own-factor.ts';
import { PasswordUnfit, assertFit, hashPassword, isPassword } from './password.ts';
import { ConfirmationRefused, ConfirmationRequired, NotSignedIn } from './sign-in-error.ts';
import type { HeldSignIn } from './sign-in-store.ts';
import type { Attempt, SignInThrottle } from './throttle.ts';

export interface OwnAccountParts {
  readonly accounts: Accounts;
  readonly live: LiveSignIns;
  readonly secondFactors: SecondFactors | null;
  readonly throttle: SignInThrottle;
}

/** Compares a second factor, and throws when it does not fit; null when none was given. */
export type FactorUse = ((at: FactorHolder, factors: SecondFactors) => Promise<void>) | null;

export class OwnAccount {
  readonly factor: OwnFactor;
  readonly #context: DeskContext;
  readonly #parts: OwnAccountParts;
  /** By account: what somebody asks of the slow hash for their own account, one at a time. */
  readonly #turns = new Turns();

  constructor(context: DeskContext, parts: OwnAccountParts) {
    this.#context = context;
    this.#parts = parts;
    this.factor = new OwnFactor(parts.secondFactors, {
      holderOf: async (caller) => await this.holder(caller),
      turns: this.#turns,
    });
  }

  /** The holder of somebody who is in, for their own second factor. @throws NotSignedIn */
  async holder({ id, tokenHash, workstation }: Caller): Promise<FactorHolder> {
    const { accountName, name } = await this.#account(id);
    const at = { technicianId: id, tokenHash };
    const holds = async (view: DatabaseView) => await takeTurnOf(view, at, null);
    return { technicianId: id, accountName, name, holder: tokenHash, workstation, holds };
  }

  /**
   * Takes password and second factor once more, for this cookie alone; throttled as at the gates.
   * @returns until when it counts
   * @throws ConfirmationRefused, SignInThrottled, LedgerUnavailable
   */
  async confirm(
    caller: Caller,
    password: string,
    use: FactorUse,
    attempt: Attempt,
  ): Promise<number> {
    const { throttle, secondFactors, live } = this.#parts;
    const { id: technicianId, workstation, tokenHash } = caller;
    const account = await this.#account(technicianId);
    const where = { workstation, ...attempt };
    const succeed = await throttle.take({ step: 'gateway', name: account.accountName, ...where });
    const about = { technicianId, workstationId: workstation } as const;
    try {
      if (!(await isPassword(password, account.passwordHash))) throw new ConfirmationRefused();
      if (secondFactors !== null) {
        const fits = await throttle.take({ step: 'second-factor', name: technicianId, ...where });
        if (use === null) throw new ConfirmationRefused();
        await use(await this.holder(caller), secondFactors);
        await fits();
      }
    } catch (fault) {
      const code = fault instanceof DomainError ? fault.code : 'INTERNAL_FAULT';
      this.#context.ledger.appendLater({ kind: 'confirmation-refused', ...about, code });
      throw code === 'SECOND_FACTOR_REFUSED' ? new ConfirmationRefused() : fault;
    }
    await succeed();
    await this.#context.ledger.append({ kind: 'sign-in-confirmed', ...about });
    const nowMs = this.#context.clock.utcMs();
    await live.store.confirm(tokenHash, nowMs);
    return nowMs + CONFIRMATION_LIFE_MS;
  }

  /** @throws ConfirmationRequired unless a sign-in or confirmation at this cookie is fresh */
  assertFresh({ confirmedUtcMs }: Caller): void {
    const age = this.#context.clock.utcMs() - confirmedUtcMs;
    if (age < 0 || age > CONFIRMATION_LIFE_MS) throw new ConfirmationRequired();
  }

  /** Takes another password; whatever else is open with the account ends. @throws what `setPassword` throws */
  async changePassword(caller: Caller, password: string, attempt: Attempt): Promise<void> {
    await this.setPassword({ ...caller, technicianId: caller.id }, password, attempt);
  }

  /**
   * Costs two slow hashes: throttled as the gates are, and for one account never more than one at a time.
   * @throws PasswordUnfit, SignInThrottled, SignInBusy, LedgerUnavailable; NotSignedIn when the account was given another
   *   password since, or this sign-in ended
   */
  async setPassword(
    at: OneSignIn & { readonly workstation: string },
    password: string,
    attempt: Attempt,
  ): Promise<void> {
    const { technicianId: name, workstation } = at;
    const account = await this.#account(name);
    // What the rules refuse costs nothing, and is no try.
    assertFit(password, wordsOf(account));
    const tried = { step: 'new-password', name, workstation, ...attempt } as const;
    const succeed = await this.#parts.throttle.take(tried);
    await this.#turns.take(name, async () => await this.#replacePassword(at, password));
    await succeed();
  }

  async #replacePassword(
    at: OneSignIn & { readonly workstation: string },
    password: string,
  ): Promise<void> {
    const { technicianId, workstation } = at;
    const account = await this.#account(technicianId);
    const { passwordHash: from } = account;
    const to = await hashPassword(password, wordsOf(account));
    if (await isPassword(password, from))
      throw new PasswordUnfit('This is the password that you have. Take another.');
    // Both hashes took long. What is refused here already is no entry; what comes later, the last statement refuses.
    if ((await this.#account(technicianId)).passwordHash !== from) throw new NotSignedIn();
    await this.#context.ledger.append({
      kind: 'password-changed',
      technicianId,
      workstationId: workstation,
    });
    const isChosen = await choosePassword(this.#context.database, at, { from, to });
    if (!isChosen) throw new NotSignedIn();
  }

  /** Where somebody is signed in, oldest first. */
  async signIns(caller: Caller): Promise<readonly HeldSignIn[]> {
    const { store } = this.#parts.live;
    const { usedSinceUtcMs, begunSinceUtcMs } = this.#parts.live.limits();
    const own = await store.fullOf(caller.id);
    return own.filter(
      (each) => each.usedUtcMs >= usedSinceUtcMs && each.begunUtcMs >= begunSinceUtcMs,
    );
  }

  async signOutEverywhere(caller: Caller): Promise<void> {
    await endSignInsOf(this.#context.database, caller.id);
    const reason = 'signed out everywhere';
    this.#context.ledger.appendLater({ kind: 'sign-out', technicianId: caller.id, reason });
  }

  async #account(id: TechnicianId): Promise<Account> {
    const account = await this.#parts.accounts.byId(id);
    if (account === null || account.disabled) throw new NotSignedIn();
    return account;
  }
}

/** What an attacker would try first. */
function wordsOf({ accountName, directoryLogin, name }: Account): readonly string[] {
  return [accountName, directoryLogin, name];
}
