/**
 * A licence on its way to an identity: typed on site, or put there at the depot, and redeemed as soon as the gateway is there.
 *
 * A licence that waits is thrown away only when the gateway has said that its code is worth nothing. Everything else can be the road:
 * a portal that answers in the gateway's place, a proxy with a word of its own, a clock that is wrong. It then waits, and the state says
 * by which code it failed last.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { refusedGateway } from '@chaperone/domain/network/gateway-rule.ts';
import type { AnchorsFloor } from '@chaperone/protocol/est/licence-file.ts';
import type { EngineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import { AlreadyEnrolled, EnrolmentUnreachable } from '../licence/licence.ts';
import { SessionUnderWay } from './commissioning-refused.ts';
import { admitFields, refusedLicence } from './field-rule.ts';
import type { Order } from './order.ts';
import type { GatewayAddress, LicencePart, LicenceToRedeem } from './parts.ts';
import type { SiteAtWork } from './site-at-work.ts';
import type { Validations } from './validations.ts';

export interface EnterLicence {
  /** As typed. */
  readonly code: string;
  /** Null: it came with the configuration, or with a licence that waits. */
  readonly rootFingerprint: string | null;
  readonly gateway?: GatewayAddress;
  /** Its id, where a file says it. */
  readonly licence?: string | null;
  /** What the root said when that file was made. */
  readonly anchors?: AnchorsFloor | null;
  readonly replace?: boolean;
}

export interface LicenceEntryOptions {
  readonly licence: LicencePart;
  readonly configuredFingerprint: string | null;
  readonly site: SiteAtWork;
  readonly order: Order;
  readonly validations: Validations;
  /** The identity on the disk is another one now: everything that holds it is made anew. */
  readonly onEnrolled: (certificateSerial: string) => Promise<void>;
  readonly tell: () => void;
}

/** What the gateway says of a code that is worth nothing, to this cart and at any other time. */
const WORTH_NOTHING: ReadonlySet<string> = new Set([
  'LICENCE_USED',
  'LICENCE_EXPIRED',
  'LICENCE_RETIRED',
  'LICENCE_UNKNOWN',
  'LICENCE_CODE_MISTYPED',
  'MALFORMED_LICENCE_FILE',
]);

export class LicenceEntry {
  readonly #options: LicenceEntryOptions;
  #trouble: string | null = null;

  constructor(options: LicenceEntryOptions) {
    this.#options = options;
  }

  /**
   * Brings to its end what a power cut left over: a licence that waits although the identity holds it was redeemed, and its
   * gateway is this cart's.
   */
  async recover(): Promise<void> {
    const { licence, site } = this.#options;
    try {
      const waiting = await licence.waiting();
      if (waiting === null || waiting.licence === null) return;
      if ((await licence.enrolment())?.licence.id !== waiting.licence) return;
      if (waiting.gateway !== null) await site.set({ gateway: waiting.gateway });
      await licence.dropWaiting();
    } catch (fault) {
      // What is damaged is said by whatever asks for it.
      if (!(fault instanceof DomainError)) throw fault;
    }
  }

  /**
   * Redeems a licence, or keeps it when that cannot be done yet.
   * @returns whether the cart is enrolled now
   * @throws FieldsRefused before the network is asked, AlreadyEnrolled, and what the gateway says of a code that is worth nothing
   */
  async enter(entered: EnterLicence, signal: AbortSignal): Promise<boolean> {
    const { licence, configuredFingerprint, order } = this.#options;
    const { code, gateway = null, replace = false } = entered;
    const rootFingerprint =
      entered.rootFingerprint ?? (await this.#readable())?.rootFingerprint ?? configuredFingerprint;
    admitFields(refusedLicence(code, rootFingerprint, configuredFingerprint));
    if (gateway !== null) admitFields(refusedGateway(gateway));
    const typed = {
      ...{ code, rootFingerprint: rootFingerprint ?? '', gateway },
      licence: entered.licence ?? null,
      anchors: entered.anchors ?? null,
    };
    return order.changing(async () => {
      if (!replace && (await licence.enrolment()) !== null) throw new AlreadyEnrolled();
      const toRedeem = { ...typed, before: firstOf(await this.#readable(), code) };
      await licence.keepWaiting(toRedeem);
      return this.#redeem(toRedeem, replace, signal, false);
    });
  }

  /**
   * Tries a licence that waits.
   * @param isPartOfValidation a validation that runs does it, and goes on
   * @returns whether the cart is enrolled now
   */
  async enrolWaiting(signal: AbortSignal, isPartOfValidation = false): Promise<boolean> {
    const { licence, order } = this.#options;
    const waiting = await licence.waiting();
    if (waiting === null) return (await licence.enrolment()) !== null;
    return order.changing(() => this.#redeem(waiting, true, signal, isPartOfValidation));
  }

  /** The same beside something else: what keeps it from being redeemed is in the state, and not the other act's failure. */
  async tryWaiting(signal: AbortSignal, isPartOfValidation = false): Promise<void> {
    try {
      if ((await this.#options.licence.waiting()) === null) return;
      await this.enrolWaiting(signal, isPartOfValidation);
    } catch (fault) {
      if (!(fault instanceof DomainError) && !signal.aborted) throw fault;
    }
  }

  async state(): Promise<Pick<EngineerState, 'isPrestaged' | 'enrolTrouble'>> {
    try {
      const isPrestaged = (await this.#options.licence.waiting()) !== null;
      return { isPrestaged, enrolTrouble: isPrestaged ? this.#trouble : null };
    } catch (fault) {
      if (!(fault instanceof DomainError)) throw fault;
      return { isPrestaged: true, enrolTrouble: fault.code };
    }
  }

  /** One that is damaged keeps nobody from entering another. */
  async #readable(): Promise<LicenceToRedeem | null> {
    try {
      return await this.#options.licence.waiting();
    } catch (fault) {
      if (!(fault instanceof DomainError)) throw fault;
      return null;
    }
  }

  async #redeem(
    toRedeem: LicenceToRedeem,
    replace: boolean,
    until: AbortSignal,
    isPartOfValidation: boolean,
  ): Promise<boolean> {
    const { licence, site, order, validations, onEnrolled, tell } = this.#options;
    const overtaken = new AbortController();
    const signal = AbortSignal.any([until, overtaken.signal]);
    order.letBreakOff(() => overtaken.abort(new SessionUnderWay()));
    await (isPartOfValidation ? validations.forgetLast() : validations.forget());
    const { gateway } = toRedeem;
    try {
      const { certificateSerial } = await licence.redeem({
        ...{ licence: toRedeem, replace, signal },
        site: { ...site.inForce, gateway: gateway ?? site.inForce.gateway },
        onSending: () => order.letBreakOff(null),
        // The licence names its gateway: an identity of that gateway never stands beside the address of another.
        onGranted: async () => {
          if (gateway !== null) await site.set({ gateway });
        },
      });
      await licence.dropWaiting();
      this.#trouble = null;
      await onEnrolled(certificateSerial);
      return true;
    } catch (fault) {
      const failure = failureOf(fault, signal);
      if (WORTH_NOTHING.has(failure.code)) {
        const { before = null } = toRedeem;
        await (before === null ? licence.dropWaiting() : licence.keepWaiting(before));
        throw failure;
      }
      this.#trouble = failure.code;
      return false;
    } finally {
      tell();
    }
  }
}

/** What waits again if a code is worth nothing: what lay there first, not what was typed since; the same code again hides nothing. */
function firstOf(waiting: LicenceToRedeem | null, code: string): LicenceToRedeem | null {
  if (waiting === null) return null;
  const { before = null, ...last } = waiting;
  const first = before ?? last;
  return first.code === code ? null : first;
}

/** @throws the fault when it says nothing of the licence */
function failureOf(fault: unknown, signal: AbortSignal): DomainError {
  if (signal.aborted && fault === signal.reason) {
    // It took too long; anybody else who broke it off has a reason of their own.
    if (fault instanceof DOMException && fault.name === 'TimeoutError')
      return new EnrolmentUnreachable({ cause: fault });
    throw fault;
  }
  if (!(fault instanceof DomainError)) throw fault;
  return fault;
}
