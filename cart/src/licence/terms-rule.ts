/**
 * Which terms a cart takes, of all that the licence root ever signed for it: a captured gateway has kept them all, and may
 * give back those that allowed more. Decision 0016.
 */
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { LICENCE_LIFETIME_MAX_MS } from '@chaperone/domain/licence/licence.ts';
import type { LicenceStatement } from '@chaperone/protocol/licence/licence-statement.ts';

/** What the terms must belong to. */
export interface TermsBound {
  readonly serial: CartSerial;
  /** What the cart holds already, by the same licence root: it never goes back behind that. */
  readonly held: LicenceStatement | null;
  /** The code that was used just now; absent whenever none was. */
  readonly redeemed?: RedeemedCode;
}

export interface RedeemedCode {
  /** Id of its licence; null where the code was typed, which says none. */
  readonly licence: string | null;
  /** When the certificate for it begins, UTC. */
  readonly certifiedUtcMs: number;
}

/** Judges terms that the licence root signed. @returns why they are not taken, or null */
export function refusedTerms(terms: LicenceStatement, bound: TermsBound): string | null {
  const { serial, held, redeemed } = bound;
  if (terms.serial !== serial) return 'its licence is for another serial number';
  const isNamed = redeemed !== undefined && redeemed.licence !== null;
  if (isNamed && redeemed.licence !== String(terms.id))
    return 'its licence is not the one whose code was used';
  // The first terms of a licence are signed when its code is made, and no code lives longer than this.
  if (
    redeemed !== undefined &&
    terms.issuedUtcMs + LICENCE_LIFETIME_MAX_MS < redeemed.certifiedUtcMs
  )
    return 'its licence is older than its code can be';
  if (held === null) return null;
  return isBefore(terms, held, redeemed)
    ? 'its licence is older than the one that this cart has'
    : null;
}

/** Numbers count within one licence; between two it is the instant at which the licence root signed that says which is later. */
function isBefore(
  terms: LicenceStatement,
  held: LicenceStatement,
  redeemed: RedeemedCode | undefined,
): boolean {
  if (held.id === terms.id) return terms.number < held.number;
  if (redeemed === undefined) return terms.issuedUtcMs <= held.issuedUtcMs;
  // A file says whose the code is. What is typed does not, and two licences may be issued within one second.
  return redeemed.licence === null && terms.issuedUtcMs < held.issuedUtcMs;
}
