/**
 * Sign-ins that are on a provider's page: which browser began each, and at which workstation.
 *
 * An answer counts for the browser that began, by its cookie, and once. So nobody can be signed in as somebody else by a link
 * (RFC 6749 §10.12), and an answer that was looked at on its way is worth nothing elsewhere. In memory: after a restart one
 * begins anew.
 */
import { createHash } from 'node:crypto';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import type { BegunRedirect } from '../../directory/contract.ts';
import type { Clock } from '../../platform/clock/clock.ts';

/** How long the way there and back may take, second factors there included. Milliseconds. */
const AT_PROVIDER_MS = 10 * 60_000;
const TOKEN_BYTES = 32;

interface Begun {
  readonly tokenHash: string;
  readonly redirect: BegunRedirect;
  /** Gives the try back, once it was rightful. */
  readonly succeed: () => Promise<void>;
  readonly atMs: number;
}

export class AtProvider {
  readonly #clock: Clock;
  readonly #randomBytes: RandomBytes;
  /** One for each licensed workstation: the last one that began there. */
  readonly #begun = new Map<string, Begun>();

  constructor(clock: Clock, randomBytes: RandomBytes) {
    this.#clock = clock;
    this.#randomBytes = randomBytes;
  }

  /** Keeps a sign-in that begins, and gives its cookie's value. */
  begin(workstation: string, redirect: BegunRedirect, succeed: () => Promise<void>): string {
    const token = Buffer.from(this.#randomBytes(TOKEN_BYTES)).toString('base64url');
    const atMs = this.#clock.monotonicMs();
    for (const [other, begun] of this.#begun) {
      if (atMs - begun.atMs > AT_PROVIDER_MS) this.#begun.delete(other);
    }
    this.#begun.set(workstation, { tokenHash: hashOf(token), redirect, succeed, atMs });
    return token;
  }

  /** Takes out what this browser began; null when it began nothing, or too long ago. */
  take(token: string | undefined, workstation: string): Omit<Begun, 'tokenHash'> | null {
    const begun = this.#begun.get(workstation);
    if (begun === undefined || token === undefined || hashOf(token) !== begun.tokenHash)
      return null;
    this.#begun.delete(workstation);
    return this.#clock.monotonicMs() - begun.atMs > AT_PROVIDER_MS ? null : begun;
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
