/** How the gates refuse. None tells whether an account exists. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** Wrong account, password, or another person than at the first gate: one answer. */
export class SignInRefused extends DomainError {
  readonly code = 'SIGN_IN_REFUSED';
  constructor() {
    super('This account and password do not open this gateway for you.');
  }
}
export class SignInThrottled extends DomainError {
  readonly code = 'SIGN_IN_THROTTLED';
  readonly waitSeconds: number;
  constructor(waitSeconds: number) {
    super(`Too many attempts. Wait ${waitSeconds} seconds, then try again.`);
    this.waitSeconds = waitSeconds;
  }
}
export class WorkstationNotLicensed extends DomainError {
  readonly code = 'WORKSTATION_NOT_LICENSED';
  constructor() {
    super('This workstation has no licence in force.');
  }
}
export class NotSignedIn extends DomainError {
  readonly code = 'NOT_SIGNED_IN';
  constructor() {
    super('Sign in first.');
  }
}
