/**
 * The one place that decides whether whoever holds a TLS connection to the portal is a facility's officer in force.
 *
 * As with carts and workstations the handshake refuses nobody (`rejectUnauthorized: false`), so that a refusal can be
 * recorded with what was shown, and a browser is answered one bare sentence. Every request asks here first: what a
 * certificate says is signed, whether it is in time and in force is asked each time.
 */
import { constants } from 'node:crypto';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { OfficerId } from '@chaperone/domain/id/id.ts';
import {
  CertificateNotInTime,
  judgeCertificate,
  readCertificate,
} from '@chaperone/protocol/x509/certificate.ts';
import { readOfficerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { OfficerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { Root } from '../establishment/establishment.ts';
import type { Registry } from '../registry/registry.ts';
import type { ServerIdentity } from '../server-identity/server-identity.ts';

export const OFFICER_REFUSALS = [
  'no-certificate',
  'foreign',
  'not-in-time',
  'unknown',
  'revoked',
] as const;
export type OfficerRefusal = (typeof OFFICER_REFUSALS)[number];

declare const admitted: unique symbol;

/** An officer whom the authority has admitted just now; whose facility it is, its root has signed. */
export interface AdmittedOfficer {
  readonly id: OfficerId;
  readonly name: string;
  readonly facility: string;
  readonly certificateSerialHex: string;
  /** SHA-256 of the certificate, hexadecimal. */
  readonly fingerprint: string;
  /** UTC. */
  readonly notAfterMs: number;
  readonly [admitted]: true;
}

/** For ledger and log. Whoever connects is told the same whatever the reason. */
export class OfficerRefused extends DomainError {
  readonly code = 'OFFICER_REFUSED';
  readonly reason: OfficerRefusal;
  /** Of a certificate that the facility root has signed; null for any other. */
  readonly shown: { readonly id: OfficerId; readonly certificateSerialHex: string } | null;

  constructor(
    reason: OfficerRefusal,
    shown: OfficerCertificate | null = null,
    options?: { readonly cause: unknown },
  ) {
    super(`The certificate of an officer is not accepted (${reason}).`, options);
    this.reason = reason;
    this.shown =
      shown === null
        ? null
        : { id: shown.officerId, certificateSerialHex: shown.certificateSerialHex };
  }
}

/** A handshake takes two round trips. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Gives the options of the portal's HTTPS server. TLS 1.3 only, where a client's certificate, which has a name in it, is
 * not sent in the clear. `admitOfficer` must be asked for each request.
 */
export function portalServerOptions(identity: ServerIdentity, facilityRoot: Root): TlsOptions {
  return {
    key: identity.key,
    cert: identity.cert,
    ca: [facilityRoot.certificatePEM],
    minVersion: 'TLSv1.3',
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    // Nothing can be resumed: each connection shows its certificate anew.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

/**
 * Admits an officer whose certificate is from our root, for a peer, in time, known to the registry and not revoked.
 * @param nowMs UTC
 * @throws OfficerRefused
 */
export async function admitOfficer(
  socket: TLSSocket,
  facilityRoot: Root,
  registry: Registry,
  nowMs: number,
): Promise<AdmittedOfficer> {
  const x509 = socket.getPeerX509Certificate();
  if (x509 === undefined) throw new OfficerRefused('no-certificate');
  const shown = read(x509.raw, facilityRoot);
  if (nowMs < shown.notBeforeMs || nowMs > shown.notAfterMs)
    throw new OfficerRefused('not-in-time', shown);
  const entry = await registry.certificate(shown.certificateSerialHex);
  if (entry === undefined || entry.fingerprint !== shown.fingerprint || entry.state === 'pending')
    throw new OfficerRefused('unknown', shown);
  if (entry.state === 'revoked') throw new OfficerRefused('revoked', shown);
  const { officerId: id, name, facility, certificateSerialHex, fingerprint, notAfterMs } = shown;
  return { id, name, facility, certificateSerialHex, fingerprint, notAfterMs } as AdmittedOfficer;
}

/** Reads what the facility root has signed, whenever that was. */
function read(der: Uint8Array, root: Root): OfficerCertificate {
  try {
    const shown = readOfficerCertificate(der);
    judgeCertificate(shown, readCertificate(root.certificate), 'peer', shown.notBeforeMs);
    return shown;
  } catch (cause) {
    const reason = cause instanceof CertificateNotInTime ? 'not-in-time' : 'foreign';
    throw new OfficerRefused(reason, null, { cause });
  }
}
