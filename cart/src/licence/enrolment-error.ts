/** What can go wrong between a cart and its licence. Each message is for the field engineer in front of it. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class NotEnrolled extends DomainError {
  readonly code = 'NOT_ENROLLED';
  constructor() {
    super('This cart is not enrolled. Enrol it with its licence: chaperone cart enrol');
  }
}

export class AlreadyEnrolled extends DomainError {
  readonly code = 'ALREADY_ENROLLED';
  constructor() {
    super('This cart is enrolled already. To exchange its identity, say so explicitly.');
  }
}

export class IdentityDamaged extends DomainError {
  readonly code = 'IDENTITY_DAMAGED';
  constructor(what: string, options?: { readonly cause?: unknown }) {
    super(
      `This cart's identity is not whole: ${what}. Enrol the cart again with a new licence.`,
      options,
    );
  }
}

export class RootFingerprintMismatch extends DomainError {
  readonly code = 'ROOT_FINGERPRINT_MISMATCH';
  constructor() {
    super(
      'This gateway is not the one of the licence: its root has another fingerprint. The licence code was not sent; ' +
        "compare the gateway's address and the fingerprint with the licence.",
    );
  }
}

export class EnrolmentUnreachable extends DomainError {
  readonly code = 'ENROLMENT_UNREACHABLE';
  constructor(options?: { readonly cause?: unknown }) {
    super(
      'The gateway cannot be reached or does not answer. Check the network; nothing is lost.',
      options,
    );
  }
}

export class GatewayNotVerified extends DomainError {
  readonly code = 'GATEWAY_NOT_VERIFIED';
  constructor(options?: { readonly cause?: unknown }) {
    super(
      "The gateway's certificate is not accepted. Check this cart's clock and the gateway's name.",
      options,
    );
  }
}

/** The gateway said no for a reason that has no class of its own here. */
export class EnrolmentRefused extends DomainError {
  readonly code = 'ENROLMENT_REFUSED';
  /** The gateway's own code. */
  readonly gatewayCode: string;
  constructor(gatewayCode: string, detail: string) {
    super(`The gateway refused (${gatewayCode}). ${detail}`.trim());
    this.gatewayCode = gatewayCode;
  }
}

export class EnrolmentAnswerRefused extends DomainError {
  readonly code = 'ENROLMENT_ANSWER_REFUSED';
  constructor(what: string, options?: { readonly cause?: unknown }) {
    super(`The gateway's answer is not usable: ${what}. The cart is as it was.`, options);
  }
}
