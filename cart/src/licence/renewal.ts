/**
 * Renews the cart's certificate by itself once two thirds of its life are over, and follows a change of the service centre's
 * root. Decision 0017.
 *
 * It looks once a minute whether something is to be done. `by-itself`: outside sessions only, from the last third on, one short
 * exchange, each of which is in the journal before the first packet leaves; a journal that cannot be written keeps the cart
 * from dialling. `with-session`: only while an operator has the cart connected. What failed is tried again after a pause that
 * grows from a quarter of an hour to a day. A session that runs keeps the identity that it began with; whoever begins one asks
 * here for the newest.
 */
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CertificateNotice } from '@chaperone/protocol/panel-api/schema.ts';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { EnrolmentRefused } from './enrolment-error.ts';
import type { CartIdentity } from './identity.ts';
import { readRoots } from './pinned-roots.ts';
import { renew, takeNewRoots } from './renew.ts';
import type { RenewOptions } from './renew.ts';

export const RENEWAL_MODES = ['by-itself', 'with-session'] as const;
export type RenewalMode = (typeof RENEWAL_MODES)[number];

/** What the session is doing: `connected` means that an operator let the cart dial, and that it got through. */
export type SessionStanding = 'none' | 'beginning' | 'connected';

export interface RenewalOptions {
  /** The agent's data directory. */
  readonly directory: string;
  readonly identity: CartIdentity;
  readonly mode: RenewalMode;
  /** Where the gateway answers now, and through which proxy. */
  readonly road: () => Promise<Pick<RenewOptions, 'gateway' | 'proxy'>>;
  readonly session: () => SessionStanding;
  readonly journal: {
    append(facts: readonly JournalFact[]): Promise<void>;
    appendLater(facts: readonly JournalFact[]): void;
  };
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Log;
}

export interface RenewalStanding {
  readonly state: 'good' | 'due' | 'expired' | 'refused';
  readonly renewalDueUtcMs: number;
  readonly expiresUtcMs: number;
  /** Code of the newest attempt that failed, since the last one that succeeded. */
  readonly failure: string | null;
  /** What a person has to do, in words; null when nothing is. */
  readonly advice: string | null;
  /** Whether it is time that somebody in front of the cart knows. */
  readonly notice: CertificateNotice;
}

const LOOK_EVERY_MS = 60_000;
/** The pause after the first failure; it doubles up to the longest. */
const PAUSE_MS = 15 * 60_000;
const PAUSE_MS_MAX = 24 * 60 * 60_000;
/** From then on a person is told that renewing fails: a network that is away over a long weekend is nobody's business. */
const FAILING_MS = 4 * 24 * 60 * 60_000;
/** So long before the end a person is told, but not before half of the time for renewing is over. */
const ENDS_SOON_MS = 30 * 24 * 60 * 60_000;
const ENDS_SOON_PART = 1 / 6;
/** Carts that were enrolled on one day do not all come on one day: up to this part of a life later, at most a week. */
const SPREAD_PART = 1 / 24;
const SPREAD_MS_MAX = 7 * 24 * 60 * 60_000;
const BYTE_MAX = 255;
/** What the gateway says to a certificate that does not count any more. */
const REFUSED_FOR_GOOD: ReadonlySet<string> = new Set(['CART_REFUSED', 'CART_ROOT_RETIRED']);

export class Renewal {
  readonly #options: RenewalOptions;
  readonly #listeners = new Set<(identity: CartIdentity) => void>();
  readonly #stop = new AbortController();
  readonly #spread: number;
  #identity: CartIdentity;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #failures = 0;
  #failure: string | null = null;
  /** When the first attempt failed since the last one that succeeded; the agent's own time, which a restart begins anew. */
  #failingMonotonicMs: number | null = null;
  /** The gateway refused what the cart shows; told with the reason's code. */
  #refusal: string | null = null;
  #notBeforeMonotonicMs = 0;
  #hasAskedInSession = false;

  constructor(options: RenewalOptions) {
    this.#options = options;
    this.#identity = options.identity;
    this.#spread = this.#fraction();
  }

  /** The newest identity, for whatever begins now. */
  get identity(): CartIdentity {
    return this.#identity;
  }

  /** Begins to look. */
  start(): void {
    this.#timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
    void this.look();
  }

  /** Stops, and breaks off an exchange that is under way. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#stop.abort(new Error('the agent stops'));
    await this.#looking;
  }

  /** Calls back with each new identity. */
  onRenewed(listener: (identity: CartIdentity) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Says how the certificate stands, in words for whoever is in front of the cart. */
  due(): RenewalStanding {
    const standing = this.#standing();
    return { ...standing, notice: this.#notice(standing.state) };
  }

  #notice(state: RenewalStanding['state']): CertificateNotice {
    if (state === 'expired' || state === 'refused') return state;
    const { notBeforeMs, notAfterMs } = this.#identity;
    const { clock } = this.#options;
    const soonMs = Math.min(ENDS_SOON_MS, (notAfterMs - notBeforeMs) * ENDS_SOON_PART);
    if (clock.utcMs() >= notAfterMs - soonMs) return 'ends-soon';
    const failing = this.#failingMonotonicMs;
    return failing !== null && clock.monotonicMs() - failing >= FAILING_MS ? 'failing' : 'none';
  }

  #standing(): Omit<RenewalStanding, 'notice'> {
    const { notAfterMs } = this.#identity;
    const nowMs = this.#options.clock.utcMs();
    const standing = {
      renewalDueUtcMs: renewalDueMs(this.#identity),
      expiresUtcMs: notAfterMs,
      failure: this.#failure,
    };
    if (nowMs > notAfterMs) {
      const advice =
        "This cart's certificate has expired. Enrol the cart again with a new licence of the service centre.";
      return { ...standing, state: 'expired', advice };
    }
    if (this.#refusal !== null)
      return { ...standing, state: 'refused', advice: adviceOn(this.#refusal) };
    if (!this.#isWanted(nowMs)) return { ...standing, state: 'good', advice: null };
    const when =
      this.#options.mode === 'by-itself' ? 'when no session runs' : 'in the next session';
    const days = Math.floor((notAfterMs - nowMs) / (24 * 60 * 60_000));
    const advice = `The certificate is to be renewed; the cart does that ${when}. It has ${days} days for it.`;
    return { ...standing, state: 'due', advice };
  }

  /** Looks whether something is to be done, and does it. Never throws. The agent calls it when the session changes, too. */
  look(): Promise<void> {
    if (this.#options.session() !== 'connected') this.#hasAskedInSession = false;
    this.#looking ??= this.#look().finally(() => (this.#looking = null));
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { session, clock, mode } = this.#options;
    if (this.#stop.signal.aborted) return;
    if (session() === 'connected' && !this.#hasAskedInSession) {
      this.#hasAskedInSession = true;
      await this.#askForRoots();
    }
    const isTime = mode === 'by-itself' ? session() === 'none' : session() === 'connected';
    const isPausing = clock.monotonicMs() < this.#notBeforeMonotonicMs;
    if (!isTime || isPausing || !this.#isWanted(clock.utcMs())) return;
    await this.#attempt();
  }

  #isWanted(nowMs: number): boolean {
    const { notAfterMs, notBeforeMs } = this.#identity;
    const spreadMs = Math.min((notAfterMs - notBeforeMs) * SPREAD_PART, SPREAD_MS_MAX);
    if (nowMs >= renewalDueMs(this.#identity) + spreadMs * this.#spread) return true;
    return !isOfIssuingRoot(this.#identity);
  }

  async #attempt(): Promise<void> {
    const { directory, journal, clock, road, log } = this.#options;
    const { signal } = this.#stop;
    const rootsBefore = this.#identity.cartRootPem;
    try {
      await journal.append([
        { kind: 'renewal-begun', before: this.#identity.certificateSerialHex },
      ]);
      const nowMs = (): number => clock.utcMs();
      const renewed = await renew({ ...(await road()), directory, signal, nowMs });
      const facts: JournalFact[] = [
        { kind: 'certificate-renewed', certificateSerial: renewed.certificateSerialHex },
      ];
      if (renewed.cartRootPem !== rootsBefore) facts.push(rootsChanged(renewed.cartRootPem));
      journal.appendLater(facts);
      this.#failures = 0;
      this.#failure = this.#refusal = this.#failingMonotonicMs = null;
      this.#take(renewed);
      // Due again at once: this cart's clock is far ahead of the gateway's, and asking again would not change that.
      if (this.#isWanted(clock.utcMs())) this.#pauseFor(PAUSE_MS_MAX);
    } catch (fault) {
      if (signal.aborted) return;
      this.#failed(fault);
      log.warn({ code: this.#failure }, 'the certificate could not be renewed');
    }
  }

  #failed(fault: unknown): void {
    const code = codeOf(fault);
    this.#failure = code;
    this.#failingMonotonicMs ??= this.#options.clock.monotonicMs();
    if (fault instanceof EnrolmentRefused && REFUSED_FOR_GOOD.has(fault.gatewayCode))
      this.#refusal = fault.gatewayCode;
    this.#options.journal.appendLater([{ kind: 'renewal-failed', code }]);
    this.#pauseFor(Math.min(PAUSE_MS * 2 ** this.#failures, PAUSE_MS_MAX));
    this.#failures += 1;
  }

  /** Pauses for half of the time to all of it: carts that lost the same network do not come back as one. */
  #pauseFor(pauseMs: number): void {
    this.#notBeforeMonotonicMs =
      this.#options.clock.monotonicMs() + pauseMs * (0.5 + this.#fraction() / 2);
  }

  /** Once a session, over a road that the operator opened: has the service centre another root? */
  async #askForRoots(): Promise<void> {
    const { directory, road, journal, log } = this.#options;
    const { signal } = this.#stop;
    try {
      const taken = await takeNewRoots(
        { ...(await road()), directory, signal },
        async (rootsPem) => await journal.append([rootsChanged(rootsPem)]),
      );
      if (taken !== null) this.#take(taken);
    } catch (fault) {
      if (signal.aborted) return;
      log.warn({ code: codeOf(fault) }, 'the roots could not be asked for');
    }
  }

  #take(identity: CartIdentity): void {
    this.#identity = identity;
    for (const listener of this.#listeners) listener(identity);
  }

  #fraction(): number {
    const [byte = 0] = this.#options.randomBytes(1);
    return byte / BYTE_MAX;
  }
}

/** When the last third of the certificate's life begins, UTC milliseconds. */
export function renewalDueMs({
  notBeforeMs,
  notAfterMs,
}: Pick<CartIdentity, 'notBeforeMs' | 'notAfterMs'>): number {
  return notAfterMs - (notAfterMs - notBeforeMs) / 3;
}

/** Tells whether the last third of the certificate's life has begun. @param nowMs UTC */
export function isRenewalDue(identity: CartIdentity, nowMs: number): boolean {
  return nowMs >= renewalDueMs(identity);
}

/** Tells whether the certificate is from the root that certifies now; if not, another one is to be had. */
function isOfIssuingRoot({ ownRootPem, issuingRoot }: CartIdentity): boolean {
  const [der] = decodePEM('CERTIFICATE', ownRootPem);
  return der !== undefined && readCertificate(der).fingerprint === issuingRoot;
}

function rootsChanged(rootsPem: string): JournalFact {
  const fingerprints = (readRoots(rootsPem) ?? []).map(({ fingerprint }) => fingerprint);
  return { kind: 'cart-roots-changed', fingerprints };
}

function codeOf(fault: unknown): string {
  if (fault instanceof EnrolmentRefused) return fault.gatewayCode;
  if (fault instanceof DomainError) return fault.code;
  const { code } = fault as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : 'UNEXPECTED_FAULT';
}

function adviceOn(refusal: string): string {
  return refusal === 'CART_ROOT_RETIRED'
    ? 'The service centre has changed its root while this cart was away. Enrol the cart again with a new licence.'
    : "The service centre does not accept this cart's certificate any more. Ask it why; a cart that was retired is enrolled again with a new licence.";
}
