/**
 * How somebody who is in replaces their own second factor or recovery codes. That it is still them was confirmed just
 * before; what a factor is and whether it fits is `second-factor`'s affair.
 */
import { FactorNotHere } from '../second-factor/second-factor.ts';
import type {
  CodeOffer,
  FactorHolder,
  RelyingParty,
  SecondFactors,
} from '../second-factor/second-factor.ts';
import type { Turns } from '../platform/turns.ts';
import type { Caller } from './caller.ts';

export type HeldFactor = Awaited<ReturnType<SecondFactors['held']>>;

export interface OwnFactorParts {
  readonly holderOf: (caller: Caller) => Promise<FactorHolder>;
  /** By account, for what costs slow hashes. */
  readonly turns: Turns;
}

export class OwnFactor {
  readonly #factors: SecondFactors | null;
  readonly #holderOf: OwnFactorParts['holderOf'];
  readonly #turns: Turns;

  /** @param factors null where the third gate stands open */
  constructor(factors: SecondFactors | null, { holderOf, turns }: OwnFactorParts) {
    this.#factors = factors;
    this.#holderOf = holderOf;
    this.#turns = turns;
  }

  async held({ id }: Caller): Promise<HeldFactor> {
    const none = { kind: null, enrolledUtcMs: null, recoveryCodesLeft: 0 };
    return this.#factors === null ? none : await this.#factors.held(id);
  }

  /** Asks their passkey, to confirm that it is them. @throws FactorNotHere */
  async askPasskey(caller: Caller, party: RelyingParty): Promise<object> {
    return await this.#required().askPasskey(await this.#holderOf(caller), party);
  }

  /** @throws FactorNotHere */
  async offerCode(caller: Caller): Promise<CodeOffer> {
    return await this.#required().offerCode(await this.#replacing(caller));
  }

  /** @throws SecondFactorRefused, FactorNotHere, LedgerUnavailable */
  async takeCode(caller: Caller, code: string): Promise<HeldFactor> {
    await this.#required().enrolCode(await this.#replacing(caller), code);
    return await this.held(caller);
  }

  /** @throws FactorNotHere */
  async offerPasskey(caller: Caller, party: RelyingParty): Promise<object> {
    return await this.#required().offerPasskey(await this.#replacing(caller), party);
  }

  /** @throws SecondFactorRefused, FactorEnrolled, FactorNotHere, LedgerUnavailable */
  async takePasskey(caller: Caller, party: RelyingParty, response: object): Promise<HeldFactor> {
    await this.#required().enrolPasskey(await this.#replacing(caller), party, response);
    return await this.held(caller);
  }

  /** Makes new ones; those from before are worth nothing any more. @throws SignInBusy, FactorNotHere, LedgerUnavailable */
  async newRecoveryCodes(caller: Caller): Promise<readonly string[]> {
    const factors = this.#required();
    return await this.#turns.take(caller.id, async () => {
      const codes = await factors.newRecoveryCodes(caller.id, caller.tokenHash);
      await factors.confirmRecoveryCodes(await this.#holderOf(caller));
      return codes;
    });
  }

  async #replacing(caller: Caller): Promise<FactorHolder> {
    return { ...(await this.#holderOf(caller)), isReplacing: true };
  }

  #required(): SecondFactors {
    if (this.#factors !== null) return this.#factors;
    throw new FactorNotHere('This gateway asks for no second factor.');
  }
}
