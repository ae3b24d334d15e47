/** Refusals of the commissioning service that are its own. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** A cart measures or asks more than commissioning takes. It is told when to try again. */
export class CommissioningThrottled extends DomainError {
  readonly code = 'COMMISSIONING_THROTTLED';
  readonly waitSeconds: number;

  constructor(waitSeconds: number) {
    super(`This cart has asked for much already. Try again in ${waitSeconds} s.`);
    this.waitSeconds = waitSeconds;
  }
}

export class CommissioningMethodRefused extends DomainError {
  readonly code = 'COMMISSIONING_METHOD_REFUSED';
  readonly allowed: string;

  constructor(allowed: string) {
    super(`This address takes ${allowed} only.`);
    this.allowed = allowed;
  }
}

/** A number, a body or a report has not the form that `protocol/src/commissioning/service.ts` says. */
export class CommissioningRequestMalformed extends DomainError {
  readonly code = 'COMMISSIONING_REQUEST_MALFORMED';
}

/** A body is larger than what is taken at its address; the rest of it was not read. */
export class CommissioningBodyTooLarge extends DomainError {
  readonly code = 'COMMISSIONING_BODY_TOO_LARGE';

  constructor(bytesMax: number) {
    super(`At most ${bytesMax} bytes are taken here.`);
  }
}
