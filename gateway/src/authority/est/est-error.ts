/** Refusals that are EST's own. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class EnrolmentCredentialsMissing extends DomainError {
  readonly code = 'ENROLMENT_CREDENTIALS_MISSING';
  constructor() {
    super("Give the cart's serial number as name and the licence code as password (HTTP Basic).");
  }
}

export class EnrolmentThrottled extends DomainError {
  readonly code = 'ENROLMENT_THROTTLED';
  readonly waitSeconds: number;
  constructor(waitSeconds: number) {
    super(
      `Too many licence codes did not work. Try again in ${Math.ceil(waitSeconds / 60)} minutes.`,
    );
    this.waitSeconds = waitSeconds;
  }
}

export class EnrolmentMethodRefused extends DomainError {
  readonly code = 'ENROLMENT_METHOD_REFUSED';
  readonly allowed: string;
  constructor(allowed: string) {
    super(`This address takes ${allowed} only.`);
    this.allowed = allowed;
  }
}
