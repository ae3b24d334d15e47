/** What can be wrong with what this workstation has of itself. Each message is for the person in front of it. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class NotEnrolled extends DomainError {
  readonly code = 'NOT_ENROLLED';
  constructor() {
    super(
      'This workstation is not enrolled. Ask for a licence code, then: chaperone workstation enrol',
    );
  }
}

export class AlreadyEnrolled extends DomainError {
  readonly code = 'ALREADY_ENROLLED';
  constructor(workstation: string, gateway: string) {
    super(
      `This workstation is enrolled already, as ${workstation} of ${gateway}. To begin anew: chaperone workstation remove`,
    );
  }
}

export class IdentityDamaged extends DomainError {
  readonly code = 'IDENTITY_DAMAGED';
  constructor(what: string, options?: { readonly cause?: unknown }) {
    super(
      `What this workstation has of its identity is not whole: ${what}. Begin anew: chaperone workstation remove, then ` +
        'enrol with a new licence code.',
      options,
    );
  }
}

export class IdentityExpired extends DomainError {
  readonly code = 'IDENTITY_EXPIRED';
  constructor(atMs: number) {
    super(
      `The certificate of this workstation ended on ${new Date(atMs).toISOString().slice(0, 10)}. Begin anew: chaperone ` +
        'workstation remove, then enrol with a new licence code.',
    );
  }
}
