/**
 * The one place that decides whether whoever holds a TLS connection to the console is a licensed workstation.
 *
 * As with carts the handshake refuses nobody (`rejectUnauthorized: false`): a browser without a certificate is to read a
 * sentence, and a workstation that is being licensed has none yet. So every request asks here first. What the certificate
 * says is read once for each connection; whether it is in time and in force is asked every time.
 */
import { constants } from 'node:crypto';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { WorkstationId } from '@chaperone/domain/id/id.ts';
import { CertificateNotInTime } from '@chaperone/protocol/x509/certificate.ts';
import { admitWorkstationPeer } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { WorkstationCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { Root } from '../establishment/establishment.ts';
import type { Registry, WorkstationUse } from '../registry/registry.ts';
import type { ServerIdentity } from '../server-identity/server-identity.ts';

const SENTENCES = {
  'no-certificate':
    'This page opens on licensed workstations only, and this browser has shown no certificate. Ask your administrator to license this computer, or choose its certificate when the browser asks.',
  foreign:
    "This page opens on licensed workstations only. The certificate that was shown is not a workstation's: choose the right one, or ask your administrator.",
  expired:
    "This workstation's certificate has expired. Let the workstation program renew it, or ask your administrator for a new licence.",
  retired:
    'This workstation has been retired, or its certificate was replaced. Choose the newer certificate, or ask your administrator for a new licence.',
  'not-the-program':
    "Certificates for the workstation are asked for with its program's certificate, and by nothing else.",
} as const;
export const WORKSTATION_REFUSALS = Object.keys(SENTENCES) as readonly WorkstationRefusal[];
export type WorkstationRefusal = keyof typeof SENTENCES;

/** Whoever connects is no workstation in force; or, `not-the-program`, not the part of it that may do this. */
export class WorkstationRefused extends DomainError {
  readonly code = 'WORKSTATION_REFUSED';
  readonly reason: WorkstationRefusal;
  /** Of a certificate that our root has signed; null for any other. */
  readonly shown: {
    readonly workstationId: WorkstationId;
    readonly certificateSerialHex: string;
  } | null;

  constructor(
    reason: WorkstationRefusal,
    shown: WorkstationCertificate | null = null,
    options?: { readonly cause: unknown },
  ) {
    super(SENTENCES[reason], options);
    this.reason = reason;
    this.shown = shown;
  }
}

/** A workstation that connects. */
export interface WorkstationPeer {
  readonly workstationId: WorkstationId;
  readonly label: string;
  readonly use: Exclude<WorkstationUse, 'console'>;
  readonly certificateSerialHex: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** A handshake takes two round trips. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Gives the options of the console's HTTPS server. It sends its root beside its certificate: whoever has only the root's
 * fingerprint finds there the root that it is of. It asks for a certificate of the workstation chain; a browser offers
 * those only. `admitWorkstation` must be asked for each request.
 */
export function consoleServerOptions(
  identity: ServerIdentity,
  roots: { readonly browser: Root; readonly workstation: Root },
): TlsOptions {
  return {
    key: identity.key,
    cert: `${identity.cert}${roots.browser.certificatePEM}`,
    ca: [roots.workstation.certificatePEM],
    minVersion: 'TLSv1.3',
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    // Nothing can be resumed: each connection shows its certificate anew.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

/** What the certificate of a connection says, and its bytes. */
const readBefore = new WeakMap<TLSSocket, WorkstationCertificate>();

/**
 * Admits a workstation whose certificate is from our root, for a peer, in time, known to the registry and not revoked.
 * @param nowMs UTC
 * @throws WorkstationRefused
 */
export async function admitWorkstation(
  socket: TLSSocket,
  workstationRoot: Root,
  registry: Registry,
  nowMs: number,
): Promise<WorkstationPeer> {
  const shown = readBefore.get(socket) ?? read(socket, workstationRoot, nowMs);
  if (nowMs > shown.notAfterMs) throw new WorkstationRefused('expired', shown);
  const entry = await registry.certificate(shown.certificateSerialHex);
  if (entry === undefined || entry.fingerprint !== shown.fingerprint || entry.state === 'pending')
    throw new WorkstationRefused('foreign', shown);
  if (entry.state === 'revoked') throw new WorkstationRefused('retired', shown);
  const { use } = entry;
  if (use === null || use === 'console') throw new WorkstationRefused('foreign', shown);
  const { workstationId, label, certificateSerialHex, notBeforeMs, notAfterMs } = shown;
  return { workstationId, label, use, certificateSerialHex, notBeforeMs, notAfterMs };
}

function read(socket: TLSSocket, root: Root, nowMs: number): WorkstationCertificate {
  const x509 = socket.getPeerX509Certificate();
  if (x509 === undefined) throw new WorkstationRefused('no-certificate');
  try {
    const shown = admitWorkstationPeer(x509.raw, root.certificate, nowMs);
    readBefore.set(socket, shown);
    return shown;
  } catch (cause) {
    const reason = cause instanceof CertificateNotInTime ? 'expired' : 'foreign';
    throw new WorkstationRefused(reason, null, { cause });
  }
}
