/** How the third gate refuses. A refusal tells nothing about what would have been right. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** A wrong, old or used code, or a passkey's answer to something else. */
export class SecondFactorRefused extends DomainError {
  readonly code = 'SECOND_FACTOR_REFUSED';
  constructor(options: { readonly cause?: unknown } = {}) {
    super('This was not accepted as your second factor.', options);
  }
}
/** The signature is right, but its counter went back: somebody else may hold a copy of the key. */
export class PasskeyCloneSuspected extends DomainError {
  readonly code = 'PASSKEY_CLONE_SUSPECTED';
  constructor() {
    super('This key was used elsewhere since. Tell your administrator.');
  }
}
/** The factor of this account was enrolled under another name of the console, or is of another kind. */
export class FactorNotHere extends DomainError {
  readonly code = 'FACTOR_NOT_HERE';
}
/** The account has its second factor already. */
export class FactorEnrolled extends DomainError {
  readonly code = 'FACTOR_ENROLLED';
  constructor() {
    super('This account has a second factor already. Sign in with it.');
  }
}
