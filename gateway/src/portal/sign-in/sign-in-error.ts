/** Why an officer with a good certificate is not in. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** More codes than a person mistypes. */
export class OfficerThrottled extends DomainError {
  readonly code = 'OFFICER_THROTTLED';
  readonly waitSeconds: number;
  constructor(waitSeconds: number) {
    super('Too many codes were wrong. Wait a little.');
    this.waitSeconds = waitSeconds;
  }
}
