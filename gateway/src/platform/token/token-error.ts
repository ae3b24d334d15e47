/** What can be wrong with a token and the keys in it. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** The token as configured cannot be used: module, label, PIN, or the state that it is in. */
export class TokenUnusable extends DomainError {
  readonly code = 'TOKEN_UNUSABLE';
}

/** A key is not in the token, or is not one that can only be used there. */
export class TokenKeyUnfit extends DomainError {
  readonly code = 'TOKEN_KEY_UNFIT';
}

/** The token does not answer, or answers with a fault, although it was asked again. */
export class TokenUnavailable extends DomainError {
  readonly code = 'TOKEN_UNAVAILABLE';
  /** @param section where the configuration names the token */
  constructor(section: string, what: string, options?: { readonly cause?: unknown }) {
    super(
      `The token of ${section} cannot be used at the moment (${what}). Nothing was done with its keys.`,
      options,
    );
  }
}
