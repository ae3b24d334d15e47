/** Why the gateway could not be asked, or said no. Each message is for the person in front of the workstation. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class GatewayAddressInvalid extends DomainError {
  readonly code = 'GATEWAY_ADDRESS_INVALID';
  constructor() {
    super('The address of the gateway is not one. Write it as https://HOST:PORT, without a path.');
  }
}

export class GatewayUnreachable extends DomainError {
  readonly code = 'GATEWAY_UNREACHABLE';
  constructor(gateway: string, options?: { readonly cause?: unknown }) {
    super(
      `The gateway cannot be reached at ${gateway}, or does not answer. Check address and network; nothing is lost.`,
      options,
    );
  }
}

/** Somebody answers with a certificate of another root: a wrong address, or a device on the way that opens TLS. */
export class GatewayOfAnotherRoot extends DomainError {
  readonly code = 'GATEWAY_OF_ANOTHER_ROOT';
  /** @param issuer who issued the certificate that was shown, printable */
  constructor(gateway: string, issuer: string, options?: { readonly cause?: unknown }) {
    super(
      `What answers at ${gateway} is not the gateway of the given root: its certificate comes from "${issuer}". Nothing ` +
        'was sent. Compare the address and the fingerprint with the licence. If that name is of your own network, a device ' +
        'there opens TLS (inspection): ask its administrators to leave this address alone.',
      options,
    );
  }
}

/** The chain is right, but name or time are not. */
export class GatewayNotVerified extends DomainError {
  readonly code = 'GATEWAY_NOT_VERIFIED';
  constructor(what: 'name' | 'time', options?: { readonly cause?: unknown }) {
    super(
      what === 'name'
        ? 'The certificate of the gateway is for another name. Use the name by which the service centre calls it.'
        : 'The certificate of the gateway is not valid now. Check the clock of this computer.',
      options,
    );
  }
}

export class RootInvalid extends DomainError {
  readonly code = 'ROOT_INVALID';
}

/** The gateway does not take this workstation's certificate any more. */
export class WorkstationNotAdmitted extends DomainError {
  readonly code = 'WORKSTATION_NOT_ADMITTED';
  constructor() {
    super(
      'The gateway does not accept this workstation any more: it was retired, or its certificate has ended. Begin anew: ' +
        'chaperone workstation remove, then enrol with a new licence code.',
    );
  }
}

export class SeatsTaken extends DomainError {
  readonly code = 'SEATS_TAKEN';
  constructor() {
    super(
      'All seats are taken: the service centre has as many workstations as it may. Have one retired, then try again; the ' +
        'licence code is still good.',
    );
  }
}

export class TooManyAttempts extends DomainError {
  readonly code = 'TOO_MANY_ATTEMPTS';
  constructor() {
    super('The gateway was asked too often. Try again in some minutes; nothing is lost.');
  }
}

export class GatewayAnswerRefused extends DomainError {
  readonly code = 'GATEWAY_ANSWER_REFUSED';
  constructor(what: string, options?: { readonly cause?: unknown }) {
    super(
      `The gateway's answer is not usable: ${what}. Nothing was changed here; tell who runs the gateway.`,
      options,
    );
  }
}

/** The gateway said no for a reason that has no class of its own here. */
export class GatewayRefused extends DomainError {
  readonly code = 'GATEWAY_REFUSED';
  /** The gateway's own code. */
  readonly gatewayCode: string;
  constructor(gatewayCode: string, detail: string) {
    super(`The gateway refused (${gatewayCode}). ${detail}`.trim());
    this.gatewayCode = gatewayCode;
  }
}
