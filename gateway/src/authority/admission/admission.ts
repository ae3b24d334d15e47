/**
 * The one place that decides whether whoever holds a TLS connection is a cart in force.
 *
 * The TLS server itself lets everyone finish the handshake (`rejectUnauthorized: false`), so that a refusal can be
 * logged with what was shown; and EST needs connections without a certificate. So every road that serves a cart asks
 * here first. Certificate, purpose, time, and then the registry: TLS resumption would pass over a revocation, so
 * there are no session tickets and a resumed connection is refused.
 */
import { constants } from 'node:crypto';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import {
  CertificateNotInTime,
  judgeCertificate,
  readCertificate,
} from '@chaperone/protocol/x509/certificate.ts';
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { PeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import type { CartRoots } from '../establishment/establishment.ts';
import type { Registry } from '../registry/registry.ts';
import type { ServerIdentity } from '../server-identity/server-identity.ts';

export {
  OFFICER_REFUSALS,
  OfficerRefused,
  admitOfficer,
  portalServerOptions,
} from './officer-admission.ts';
export type { AdmittedOfficer, OfficerRefusal } from './officer-admission.ts';
export {
  WORKSTATION_REFUSALS,
  WorkstationRefused,
  admitWorkstation,
  consoleServerOptions,
} from './workstation-admission.ts';
export type { WorkstationPeer, WorkstationRefusal } from './workstation-admission.ts';

export const CART_REFUSALS = [
  'no-certificate',
  'foreign-authority',
  'retired-root',
  'not-a-cart',
  'not-in-time',
  'unknown',
  'revoked',
  'resumed',
] as const;
export type CartRefusal = (typeof CART_REFUSALS)[number];

/** For the log and the ledger. The peer itself is told nothing but that the connection ends. */
export class CartRefused extends DomainError {
  readonly code = 'CART_REFUSED';
  readonly reason: CartRefusal;
  /** What the shown certificate says, believed or not; null when it says nothing. */
  readonly certificateSerialHex: string | null;
  readonly serial: CartSerial | null;

  constructor(
    reason: CartRefusal,
    shown: Partial<PeerCertificate> = {},
    options?: { readonly cause: unknown },
  ) {
    super(`The cart's certificate is not accepted (${reason}).`, options);
    this.reason = reason;
    this.certificateSerialHex = shown.certificateSerialHex ?? null;
    this.serial = shown.serial ?? null;
  }
}

/** A handshake takes three round trips; a satellite link has 0.7 s each. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Gives the options for the TLS server that carts dial, both for the tunnel and for EST. `admitCart` must be asked for
 * each connection before it is used as a cart's.
 * @param alpnProtocols the names that this server serves
 */
export function tunnelServerOptions(
  identity: ServerIdentity,
  { accepted, bridges }: CartRoots,
  alpnProtocols: readonly string[],
): TlsOptions {
  // A cart that slept through a change of the root believes the new one by this, and is told what to do.
  const bridge = bridges.toReversed().map((der) => encodePEM('CERTIFICATE', der));
  return {
    key: identity.key,
    cert: [identity.cert, ...bridge].join(''),
    ca: accepted.map(({ certificatePEM }) => certificatePEM),
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ALPNProtocols: [...alpnProtocols],
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    // In TLS 1.3 this makes tickets mere names of sessions that are kept nowhere: nothing can be resumed.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

/**
 * Admits a cart whose certificate is from our root, for a peer, in time, known to the registry and not revoked.
 * @param nowMs UTC
 * @throws CartRefused
 */
export async function admitCart(
  socket: TLSSocket,
  cartRoots: CartRoots,
  registry: Registry,
  nowMs: number,
): Promise<PeerCertificate> {
  const shown = socket.getPeerX509Certificate();
  if (shown === undefined) throw new CartRefused('no-certificate');
  const peer = read(shown.raw);
  if (socket.isSessionReused()) throw new CartRefused('resumed', peer);
  judgeIssuer(peer, cartRoots, nowMs);
  if (!socket.authorized) {
    const cause: unknown = socket.authorizationError;
    const reason = String(cause).includes('EXPIRED') ? 'not-in-time' : 'foreign-authority';
    throw new CartRefused(reason, peer, { cause });
  }
  const entry = await registry.certificate(peer.certificateSerialHex);
  if (entry === undefined || entry.fingerprint !== peer.fingerprint || entry.state === 'pending') {
    throw new CartRefused('unknown', peer);
  }
  if (entry.state === 'revoked') throw new CartRefused('revoked', peer);
  return peer;
}

/** @throws CartRefused unless one of the roots that count issued it, for a peer, and it is in time */
function judgeIssuer(peer: PeerCertificate, { accepted, past }: CartRoots, nowMs: number): void {
  let refusal: CartRefused | undefined;
  for (const { certificate } of accepted) {
    try {
      judgeCertificate(peer, readCertificate(certificate), 'peer', nowMs);
      return;
    } catch (cause) {
      const reason = cause instanceof CertificateNotInTime ? 'not-in-time' : 'foreign-authority';
      if (refusal?.reason !== 'not-in-time') refusal = new CartRefused(reason, peer, { cause });
    }
  }
  if (past.some(({ certificate }) => isFrom(peer, certificate)))
    throw new CartRefused('retired-root', peer);
  throw refusal ?? new CartRefused('foreign-authority', peer);
}

function isFrom(peer: PeerCertificate, root: Uint8Array): boolean {
  try {
    judgeCertificate(peer, readCertificate(root), 'peer', peer.notBeforeMs);
    return true;
  } catch {
    return false;
  }
}

function read(der: Uint8Array): PeerCertificate {
  try {
    return readPeerCertificate(der);
  } catch (cause) {
    throw new CartRefused('not-a-cart', {}, { cause });
  }
}
