/** What somebody asks for when a licence is issued or renewed, and what they get. */
import type { LicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import type { Licence } from '@chaperone/domain/licence/licence.ts';
import type { GivenTerms } from '../registry/registry.ts';

export interface LicenceOrder {
  /** Who asked for it, for the registry. */
  readonly by: string;
  /** How long the code can be redeemed; 30 days unless said otherwise, at most 365. */
  readonly lifetimeMs?: number | undefined;
}

/** What a cart's licence is to allow; what is left out is everything, from now on, without an end. */
export interface CartLicenceOrder extends LicenceOrder {
  readonly features?: readonly string[] | undefined;
  readonly validFromUtcMs?: number | undefined;
  readonly validUntilUtcMs?: number | null | undefined;
  /** Where the cart stands. Its cases are of this facility and of no other, letter by letter (decision 0047). */
  readonly facility?: string | undefined;
  readonly model?: string | undefined;
}

/** What is left out stays as it was, but for the end: it is said each time. */
export interface RenewalOrder extends Omit<CartLicenceOrder, 'lifetimeMs'> {
  /** Null: it does not end. */
  readonly validUntilUtcMs: number | null;
}

/** A licence, and what it allows now; a workstation's has no terms. */
export type CartLicence = Licence & { readonly terms: GivenTerms | null };

export interface IssuedLicence {
  readonly licence: CartLicence;
  /** Shown now and never again: only its digest is kept. */
  readonly code: LicenceCode;
}
