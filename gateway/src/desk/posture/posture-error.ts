/** Why a posture report is not taken, and why a machine that lacks something keeps people out. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { Lack } from '@chaperone/domain/posture/posture.ts';

/** Signature, kind, shape, or another workstation's: one answer. */
export class PostureReportInvalid extends DomainError {
  readonly code = 'POSTURE_REPORT_INVALID';
  constructor(options?: { readonly cause?: unknown }) {
    super(
      "The report is not signed with this workstation's key. Let the workstation program make it anew.",
      options,
    );
  }
}

/** The workstation's clock and the gateway's are too far apart for the report to mean anything. */
export class PostureClockWrong extends DomainError {
  readonly code = 'POSTURE_CLOCK_WRONG';
  constructor(message: string) {
    super(message);
  }
}

/** This report, or a later one, has been taken before. */
export class PostureReportStale extends DomainError {
  readonly code = 'POSTURE_REPORT_STALE';
  constructor() {
    super('A report of this workstation that is as new or newer has come already. Make a new one.');
  }
}

export class PostureReportsTooMany extends DomainError {
  readonly code = 'POSTURE_REPORTS_TOO_MANY';
  readonly waitSeconds: number;
  constructor(waitSeconds: number) {
    super(`This workstation reports too often. Wait ${waitSeconds} seconds, then report again.`);
    this.waitSeconds = waitSeconds;
  }
}

/** Nobody new comes in from a workstation that lacks something; the message says what to do. */
export class WorkstationOutOfDate extends DomainError {
  readonly code = 'WORKSTATION_OUT_OF_DATE';
  readonly lacks: readonly Lack[];
  constructor(lacks: readonly Lack[]) {
    super(lacks.map(({ sentence }) => sentence).join(' '));
    this.lacks = lacks;
  }
}

/** What the gateway lacks is the administrators' affair: others only learn that it is not they who can mend it. */
export class GatewayOutOfDate extends DomainError {
  readonly code = 'GATEWAY_OUT_OF_DATE';
  constructor() {
    super(
      "This gateway's own machine is not up to date, so only administrators can sign in until it is. Ask your administrator.",
    );
  }
}
