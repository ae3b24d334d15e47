/** How the gates refuse. None tells whether an account exists. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** Wrong account, password, or another person than at the first gate: one answer. */
export class SignInRefused extends DomainError {
  readonly code = 'SIGN_IN_REFUSED';
  constructor() {
    super('This account and password do not open this gateway for you.');
  }
}
/** The right password, made by an administrator too long ago. */
export class FirstPasswordExpired extends DomainError {
  readonly code = 'FIRST_PASSWORD_EXPIRED';
  constructor() {
    super('This first password is older than 7 days. Ask an administrator for another one.');
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
/** All gates were passed, and nothing is left of what one may be here. */
export class NoRoleHere extends DomainError {
  readonly code = 'NO_ROLE_HERE';
  constructor() {
    super(
      'Your account allows none of the roles that the directory gives you. Ask your administrator.',
    );
  }
}
/** What was asked wants to know once more that it is still the same person. */
export class ConfirmationRequired extends DomainError {
  readonly code = 'CONFIRMATION_REQUIRED';
  constructor() {
    super('Confirm with your password first that it is you.');
  }
}
/** Password or second factor of a confirmation do not fit: one answer. */
export class ConfirmationRefused extends DomainError {
  readonly code = 'CONFIRMATION_REFUSED';
  constructor() {
    super('This password, or this second factor, is not yours.');
  }
}
/** The first gate is on a provider's page, or on ours: not where it was looked for. */
export class FirstGateElsewhere extends DomainError {
  readonly code = 'FIRST_GATE_ELSEWHERE';
  constructor() {
    super('The first step of the sign-in is another one here. Load the page anew.');
  }
}
