/**
 * Why the gateway could not be reached, in kinds that a person can act on.
 *
 * The code goes to the panel and into the journal; what the other side said (an issuer's name) goes into the log only.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { ClockSkewed } from '../consent/consent.ts';
import {
  NameFiltered,
  NameMissing,
  NameServersMissing,
  NameServersRefuse,
  NameServersSilent,
  NoRoute,
  PortClosed,
  PortDropped,
  RoadRefused,
} from '../road/road.ts';

export class GatewayNameUnknown extends DomainError {
  readonly code = 'GATEWAY_NAME_UNKNOWN';
}
export class GatewayUnreachable extends DomainError {
  readonly code = 'GATEWAY_UNREACHABLE';
}
export class GatewayTimedOut extends DomainError {
  readonly code = 'GATEWAY_TIMED_OUT';
}
/** Something answers, but not with TLS 1.3 and our protocol. */
export class GatewayIncompatible extends DomainError {
  readonly code = 'GATEWAY_INCOMPATIBLE';
}
/** Another certificate than the service centre's: most often an inspecting firewall, named by `issuer`. */
export class GatewayUntrusted extends DomainError {
  readonly code = 'GATEWAY_UNTRUSTED';
  readonly issuer: string;

  constructor(message: string, issuer: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.issuer = issuer;
  }
}
/** The service centre closed the door after it saw this cart's certificate. */
export class CartRefused extends DomainError {
  readonly code = 'CART_REFUSED';
}
export class CartCertificateExpired extends DomainError {
  readonly code = 'CART_CERTIFICATE_EXPIRED';
}
/** The service centre has another root now, and this cart was away while it changed (decision 0017). */
export class CartRootRetired extends DomainError {
  readonly code = 'CART_ROOT_RETIRED';
}

/** What the road says of a name that it cannot find is one thing to an operator; the validation tells them apart. */
const NAME_UNKNOWN = [
  NameFiltered,
  NameMissing,
  NameServersMissing,
  NameServersRefuse,
  NameServersSilent,
] as const;
const UNREACHABLE = [NoRoute, PortClosed, RoadRefused] as const;
/** Before any certificate was looked at, these mean that the other side speaks something else. */
const SPEAKS_OTHERWISE =
  /WRONG_VERSION|UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_APPLICATION_PROTOCOL|PACKET_LENGTH|BAD_RECORD_TYPE|HTTP_REQUEST/;
const ALERT = /ALERT/;

/** Says what a failed attempt to connect means, by the error of the road or of the socket. */
export function dialFailure(cause: unknown): DomainError {
  if (NAME_UNKNOWN.some((kind) => cause instanceof kind)) {
    return new GatewayNameUnknown("The gateway's name cannot be found. Check the network's DNS.", {
      cause,
    });
  }
  if (UNREACHABLE.some((kind) => cause instanceof kind)) return unreachable(cause);
  if (cause instanceof PortDropped) return timedOut(cause);
  // Proxies and PAC files speak for themselves.
  if (cause instanceof DomainError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ETIMEDOUT') return timedOut(cause);
  if (SPEAKS_OTHERWISE.test(code)) {
    return new GatewayIncompatible('What answers at the address of the gateway is not a gateway.', {
      cause,
    });
  }
  if (ALERT.test(code)) return cartRefused(cause);
  return unreachable(cause);
}

function unreachable(cause: unknown): GatewayUnreachable {
  return new GatewayUnreachable('The gateway cannot be reached. Check the network.', { cause });
}

export function timedOut(cause?: unknown): GatewayTimedOut {
  return new GatewayTimedOut('The gateway does not answer.', { cause });
}

/** Says what it means that the gateway closed the door after the handshake, before its first request. */
export function cartRefused(cause: unknown): DomainError {
  return new CartRefused('The gateway does not accept this cart.', { cause });
}

/** Says what it means that a certificate was not believed. @param reason a code of OpenSSL, or of a wrong name */
export function notBelieved(reason: string, issuer: string): DomainError {
  if (reason === 'CERT_NOT_YET_VALID') {
    return new ClockSkewed("The gateway's certificate lies in the future. Check the cart's clock.");
  }
  return new GatewayUntrusted(
    'The certificate is not the one of the service centre. Something on the network may inspect TLS.',
    issuer,
    { cause: reason },
  );
}
