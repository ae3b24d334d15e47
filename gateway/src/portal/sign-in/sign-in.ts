/**
 * Who is signed in at the portal. In memory only: after a restart everybody types a code again.
 *
 * A sign-in hangs on three things that must come together: the officer's certificate, the very one with which it was begun,
 * and the cookie. An officer has one at a time; a newer takes its place. It ends when nothing is asked for a while, after
 * a working day, at sign-out, and at once when the officer is retired.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { OfficerId, RandomBytes } from '@chaperone/domain/id/id.ts';
import type { PortalFact } from '@chaperone/domain/ledger-entry/portal-fact.ts';
import type { AdmittedOfficer } from '../../authority/contract.ts';
import type { Ledger } from '../../ledger/contract.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import { OfficerCodeRefused } from '../officer/officer.ts';
import type { Officers } from '../officer/officer.ts';
import { OfficerThrottled } from './sign-in-error.ts';

export { OfficerThrottled } from './sign-in-error.ts';

type EndReason = Extract<PortalFact, { kind: 'officer-sign-out' }>['reason'];

export const IDLE_MS = 15 * 60_000;
export const LIMIT_MS = 8 * 60 * 60_000;
const TOKEN_BYTES = 32;
const OFFICERS_MAX = 10_000;
/** Three codes of a million count at a time: at this pace some 0.2 % a day, for one who has the certificate's key already. */
const CODE_TRIES = { burst: 5, perSecond: 1 / 120 } as const;
/** Refusals that the ledger is told of: enough to see that somebody tries, too few to fill it. */
const REFUSALS_TOLD = { burst: 10, perSecond: 1 / 60 } as const;

interface SignIn {
  readonly tokenHash: Buffer;
  /** Of the certificate. */
  readonly fingerprint: string;
  readonly begunMs: number;
  usedMs: number;
}

export interface SignInParts {
  readonly officers: Pick<Officers, 'useCode'>;
  readonly ledger: Pick<Ledger, 'append' | 'appendLater'>;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}

export class SignIns {
  readonly #parts: SignInParts;
  readonly #held = new Map<OfficerId, SignIn>();
  readonly #codes: RateLimit;
  readonly #told: RateLimit;

  constructor(parts: SignInParts) {
    this.#parts = parts;
    const now = (): number => parts.clock.monotonicMs();
    this.#codes = new RateLimit({ ...CODE_TRIES, keysMax: OFFICERS_MAX, now });
    this.#told = new RateLimit({ ...REFUSALS_TOLD, keysMax: OFFICERS_MAX, now });
  }

  /**
   * Signs an officer in by a code.
   * @returns the cookie's value
   * @throws OfficerThrottled, OfficerCodeRefused, FactorSecretDamaged, LedgerUnavailable
   */
  async begin(officer: AdmittedOfficer, code: string): Promise<string> {
    const { officers, ledger, clock, randomBytes } = this.#parts;
    try {
      if (!this.#codes.take(officer.id))
        throw new OfficerThrottled(Math.ceil(1 / CODE_TRIES.perSecond));
      await officers.useCode(officer, code);
    } catch (fault) {
      if (fault instanceof OfficerThrottled || fault instanceof OfficerCodeRefused)
        this.tellRefusal(officer.id, officer.certificateSerialHex, fault.code);
      throw fault;
    }
    this.#codes.giveBack(officer.id);
    // Widening: without its record nobody comes in.
    await ledger.append({
      kind: 'officer-sign-in',
      officerId: officer.id,
      certificateSerial: officer.certificateSerialHex,
    });
    this.endOf(officer.id, 'replaced');
    const token = Buffer.from(randomBytes(TOKEN_BYTES)).toString('base64url');
    const nowMs = clock.monotonicMs();
    this.#held.set(officer.id, {
      tokenHash: hashOf(token),
      fingerprint: officer.fingerprint,
      begunMs: nowMs,
      usedMs: nowMs,
    });
    return token;
  }

  /** Tells whether this officer, by this certificate, is in with this cookie; and that something was asked. */
  use(officer: AdmittedOfficer, token: string | undefined): boolean {
    const held = this.#held.get(officer.id);
    if (held === undefined || token === undefined) return false;
    const isOwn =
      held.fingerprint === officer.fingerprint && timingSafeEqual(held.tokenHash, hashOf(token));
    if (!isOwn) return false;
    const nowMs = this.#parts.clock.monotonicMs();
    const reason =
      nowMs - held.begunMs > LIMIT_MS ? 'limit' : nowMs - held.usedMs > IDLE_MS ? 'idle' : null;
    if (reason !== null) {
      this.endOf(officer.id, reason);
      return false;
    }
    held.usedMs = nowMs;
    return true;
  }

  /** Ends an officer's sign-in, if there is one. */
  endOf(officer: OfficerId, reason: EndReason): void {
    if (!this.#held.delete(officer)) return;
    this.#parts.ledger.appendLater({ kind: 'officer-sign-out', officerId: officer, reason });
  }

  /** Writes down that somebody with an officer's certificate was turned away; of a flood only the beginning. */
  tellRefusal(officerId: OfficerId, certificateSerial: string, code: string): void {
    if (!this.#told.take(officerId)) return;
    const fact = { officerId, certificateSerial, code } as const;
    this.#parts.ledger.appendLater({ kind: 'officer-refused', ...fact });
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
