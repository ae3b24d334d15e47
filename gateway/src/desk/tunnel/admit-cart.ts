/**
 * The one place that judges who stands at the other end of a tunnel connection.
 *
 * TLS has checked the chain and possession of the key (`rejectUnauthorized` is off so that a refusal can be
 * written down with its reason); here the result is looked at, then the form and revocation. Resumption is off, so no
 * connection passes by.
 */
import type { TLSSocket } from 'node:tls';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { CART_ALPN } from '@chaperone/protocol/cart-api/version.ts';
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { PeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { CartIdentity } from './cart-link.ts';

export class CartNotAdmitted extends DomainError {
  readonly code = 'CART_NOT_ADMITTED';
  /** Which rule refused it: stable, for the ledger. */
  readonly rule: string;
  readonly certificate: PeerCertificate | null;

  constructor(rule: string, certificate: PeerCertificate | null, options?: { readonly cause?: unknown }) {
    super('This cart is not admitted.', options);
    this.rule = rule;
    this.certificate = certificate;
  }
}

/** Asks the authority about one certificate by its serial number (lower-case hexadecimal). */
export type AskRevoked = (certificateSerial: string) => boolean | Promise<boolean>;

/**
 * Admits a cart by its certificate.
 * @throws CartNotAdmitted saying which rule refused it
 */
export async function admitCart(socket: TLSSocket, isRevoked: AskRevoked): Promise<CartIdentity> {
  const x509 = socket.getPeerX509Certificate();
  if (x509 === undefined) throw new CartNotAdmitted('NO_CERTIFICATE', null);
  let certificate: PeerCertificate;
  try {
    certificate = readPeerCertificate(x509.raw);
  } catch (cause) {
    throw new CartNotAdmitted('CERTIFICATE_MALFORMED', null, { cause });
  }
  if (!socket.authorized) throw new CartNotAdmitted(untrusted(socket), certificate);
  if (socket.isSessionReused()) throw new CartNotAdmitted('SESSION_REUSED', certificate);
  if (socket.alpnProtocol !== CART_ALPN) throw new CartNotAdmitted('WRONG_PROTOCOL', certificate);
  if (await isRevoked(certificate.certificateSerialHex)) {
    throw new CartNotAdmitted('CERTIFICATE_REVOKED', certificate);
  }
  return {
    serial: certificate.serial,
    certificateSerial: certificate.certificateSerialHex,
    key: certificate.publicKey,
    keyThumbprint: certificate.keyThumbprint,
    algorithm: certificate.publicKey.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256',
  };
}

/** OpenSSL's words for it, in the two kinds that a person can do something about. */
function untrusted(socket: TLSSocket): string {
  const reason = String(socket.authorizationError);
  return /EXPIRED|NOT_YET_VALID/.test(reason) ? 'CERTIFICATE_EXPIRED' : 'CERTIFICATE_UNTRUSTED';
}
