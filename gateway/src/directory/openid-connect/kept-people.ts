/**
 * The refresh tokens of those who came in: how the provider is asked about them again.
 *
 * In memory only. A restart of the gateway forgets them, so that everybody signs in anew; a stolen disk has none.
 */
import type { Clock } from '../../platform/clock/clock.ts';
import type { Person } from '../contract.ts';

export interface KeptPerson {
  readonly person: Person;
  /** The provider's own identifier (OpenID Connect Core 1.0 §2 `sub`), which must stay the same. */
  readonly subject: string;
  readonly refreshToken: string;
}

/** Nobody is signed in for longer than 12 hours; whom nobody asks about is forgotten then. */
const KEPT_MS = 13 * 3_600_000;
const PEOPLE_MAX = 10_000;

export class KeptPeople {
  readonly #clock: Clock;
  /** By login, those asked about least recently first. */
  readonly #kept = new Map<string, KeptPerson & { readonly atMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keep(kept: KeptPerson): void {
    const nowMs = this.#clock.monotonicMs();
    this.#kept.delete(kept.person.login);
    this.#kept.set(kept.person.login, { ...kept, atMs: nowMs });
    for (const [login, { atMs }] of this.#kept) {
      if (nowMs - atMs <= KEPT_MS && this.#kept.size <= PEOPLE_MAX) break;
      this.#kept.delete(login);
    }
  }

  find(login: string): KeptPerson | null {
    const kept = this.#kept.get(login);
    return kept === undefined || this.#clock.monotonicMs() - kept.atMs > KEPT_MS ? null : kept;
  }

  forget(login: string): void {
    this.#kept.delete(login);
  }
}
