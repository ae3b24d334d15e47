/**
 * The time that a granted session survives without its technician's connection. Monotonic, one timer a session.
 */
import { DEFAULT_SESSION_LIMITS } from '@chaperone/domain/session/limits.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { LiveGrant } from './live-cart.ts';

/** The cart counts the lease; the desk waits a little longer, so that it hears what the cart says of its end. */
const LEASE_MS = DEFAULT_SESSION_LIMITS.leaseMs + 5_000;

export class Leases {
  readonly #clock: Clock;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins a lease unless it runs already: a connection that comes and breaks again gets no new one. */
  begin(granted: LiveGrant, passed: () => void): void {
    const { session } = granted.session;
    if (this.#timers.has(session)) return;
    granted.leaseEndsMonotonicMs = this.#clock.monotonicMs() + LEASE_MS;
    const timer = setTimeout(() => {
      this.#timers.delete(session);
      passed();
    }, LEASE_MS);
    this.#timers.set(session, timer);
  }

  stop(granted: LiveGrant): void {
    const { session } = granted.session;
    clearTimeout(this.#timers.get(session));
    this.#timers.delete(session);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}
