/** Why a workstation is not licensed here. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** With TLS a workstation's program enrols; in a demo without TLS, its browser. */
export class EnrolmentFormRefused extends DomainError {
  readonly code = 'ENROLMENT_FORM_REFUSED';
  constructor(isGated: boolean) {
    super(
      isGated
        ? 'This console licenses workstations by their program: run `chaperone workstation enrol` on the computer.'
        : 'This console has no TLS, so it asks for no certificate: enter the licence code on its page, in the browser.',
    );
  }
}
/** Codes are typed a few times, not tried. */
export class WorkstationEnrolmentThrottled extends DomainError {
  readonly code = 'WORKSTATION_ENROLMENT_THROTTLED';
  readonly waitSeconds: number;
  constructor(waitSeconds: number) {
    super(
      `Too many licence codes were tried from here. Wait ${waitSeconds} seconds, then try again.`,
    );
    this.waitSeconds = waitSeconds;
  }
}
