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

/** An acceptance report is not this cart's, or contradicts itself. */
export class AcceptanceReportRefused extends DomainError {
  readonly code = 'ACCEPTANCE_REPORT_REFUSED';

  constructor(why: string, options?: { readonly cause?: unknown }) {
    super(`The acceptance report is not taken. ${why}`, options);
  }
}

/** Another report has this id already: nobody can change what was countersigned. */
export class AcceptanceReportIdTaken extends DomainError {
  readonly code = 'ACCEPTANCE_REPORT_ID_TAKEN';

  constructor() {
    super('Another acceptance report has this id. Validate and sign anew.');
  }
}

export class AcceptanceReportUnknown extends DomainError {
  readonly code = 'ACCEPTANCE_REPORT_UNKNOWN';

  constructor() {
    super('There is no such acceptance report.');
  }
}

/** What is kept is not what came: the disk has changed it. The cart has its own copy, and so may the facility. */
export class AcceptanceReportDamaged extends DomainError {
  readonly code = 'ACCEPTANCE_REPORT_DAMAGED';

  constructor() {
    super('The report was damaged on the disk. The cart has its own copy.');
  }
}
