/**
 * What this cart's licence allows now, as the agent asks it whenever something new is to begin. It never ends anything.
 *
 * Later terms are looked for beside each session, and while the licence is not simply in force also once a day and after a refusal, if the
 * cart may dial by itself at all (`renewal` in its configuration); one look at a time, and not more than one a minute. A look that
 * fails leaves what is held. Decision 0016.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import {
  licenceStanding,
  requireFeatures,
  requireInForce,
} from '@chaperone/domain/licence/licence-terms.ts';
import type { LicenceStanding } from '@chaperone/domain/licence/licence-terms.ts';
import type { HeldLicence } from './identity.ts';
import type { RenewalMode, SessionStanding } from './renewal.ts';

/**
 * Tells whether the cart may dial for its licence now: beside a session that got through, or, if it renews by itself, while none is
 * under way. With sessions it asks for nothing that no operator has begun (docs/protocol.md section 1).
 */
export function mayDialForLicence(mode: RenewalMode, session: SessionStanding): boolean {
  return session === 'connected' || (mode === 'by-itself' && session === 'none');
}

export interface LicenceInForceOptions {
  /** Null on a cart that was enrolled by a gateway of an earlier version: everything is allowed, without an end. */
  readonly held: HeldLicence | null;
  readonly utcMs: () => number;
  readonly monotonicMs: () => number;
  /** Whether the cart may dial now, see {@link mayDialForLicence}. */
  readonly mayDial: () => boolean;
  /** Asks the gateway. */
  readonly refresh: (signal: AbortSignal) => Promise<HeldLicence | null>;
  /** Told why a look failed; nobody waits for it. */
  readonly onFailure: (fault: unknown) => void;
}

const TELL_EVERY_MS = 60 * 60 * 1000;
const LOOK_EVERY_MS = 24 * 60 * 60 * 1000;
const LOOK_PAUSE_MS = 60 * 1000;

export class LicenceInForce {
  readonly #options: LicenceInForceOptions;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<() => void>();
  #held: HeldLicence | null;
  #lookedMonotonicMs = -Infinity;
  #looking: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: LicenceInForceOptions) {
    this.#options = options;
    this.#held = options.held;
  }

  get held(): HeldLicence | null {
    return this.#held;
  }

  /** Judged by this cart's clock; null when there are no terms to judge. */
  standing(): LicenceStanding | null {
    return this.#held === null ? null : licenceStanding(this.#held, this.#options.utcMs());
  }

  /** Lets something new begin, or looks for later terms and refuses. @throws LicenceNotInForce */
  requireInForce(): void {
    if (this.#held === null) return;
    try {
      requireInForce(this.#held, this.#options.utcMs());
    } catch (fault) {
      this.look();
      throw fault;
    }
  }

  /** @throws FeatureNotLicensed */
  requireFeatures(wanted: readonly Activity[]): void {
    if (this.#held !== null) requireFeatures(this.#held, wanted);
  }

  /** Calls back whenever other terms are held. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins to look from time to time while the licence is not simply in force. */
  start(): void {
    const look = (): void => {
      // What was in force an hour ago may be over: whoever shows it is told, also when nobody answers.
      this.#tell();
      const sinceMs = this.#options.monotonicMs() - this.#lookedMonotonicMs;
      if (this.standing() !== 'in-force' && sinceMs >= LOOK_EVERY_MS) this.look();
    };
    this.#timer = setInterval(look, TELL_EVERY_MS).unref();
    look();
  }

  /** Takes what a renewal of the identity has brought. */
  take(held: HeldLicence | null): void {
    this.#held = held;
    this.#tell();
  }

  /** Looks for later terms, unless that was done a moment ago. Nobody has to wait for it. */
  look(): void {
    const nowMs = this.#options.monotonicMs();
    const isTooSoon = nowMs - this.#lookedMonotonicMs < LOOK_PAUSE_MS;
    if (isTooSoon || this.#looking !== null || this.#stop.signal.aborted) return;
    // Without a licence root there is nobody to ask about terms: the next renewal brings both.
    if (this.#held === null || !this.#options.mayDial()) return;
    this.#lookedMonotonicMs = nowMs;
    this.#looking = this.#look().finally(() => {
      this.#looking = null;
    });
  }

  /** Waits for a look that is under way. */
  async settled(): Promise<void> {
    await this.#looking;
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stop.abort(new Error('the agent stops'));
    await this.#looking;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  async #look(): Promise<void> {
    try {
      this.take(await this.#options.refresh(this.#stop.signal));
    } catch (fault) {
      if (!this.#stop.signal.aborted) this.#options.onFailure(fault);
    }
  }
}
