/**
 * The certificate of whoever stands at the other end: a cart, a workstation, or a facility's security officer.
 */
import type { CartSerial, OfficerId, WorkstationId } from '@chaperone/domain/id/id.ts';
import { MalformedCertificate, judgeCertificate, readCertificate } from './certificate.ts';
import type { ReadCertificate } from './certificate.ts';

export interface PeerCertificate extends ReadCertificate {
  /** The serial number on the cart's plate. */
  readonly serial: CartSerial;
}

export interface WorkstationCertificate extends ReadCertificate {
  readonly workstationId: WorkstationId;
  readonly label: string;
}

export interface OfficerCertificate extends ReadCertificate {
  readonly officerId: OfficerId;
  readonly name: string;
  readonly facility: string;
}

/**
 * Reads a cart's certificate, for example `socket.getPeerX509Certificate().raw`. It does not judge it.
 * @throws MalformedCertificate when it is not in the form of a cart's certificate
 */
export function readPeerCertificate(der: Uint8Array): PeerCertificate {
  const read = readCertificate(der);
  if (read.subject.kind !== 'cart' || read.purpose !== 'peer') {
    throw new MalformedCertificate("This is not a cart's certificate.");
  }
  return { ...read, serial: read.subject.serial };
}

/**
 * Reads the certificate of a workstation's signing key. It does not judge it.
 * @throws MalformedCertificate when it is not in the form of one
 */
export function readWorkstationCertificate(der: Uint8Array): WorkstationCertificate {
  return readOf(der, 'signer');
}

/**
 * Reads the certificate with which a workstation signs, and judges it against the pinned workstation authority: the check
 * that a cart makes before it believes that a request comes from a licensed workstation. The certificate of a workstation's
 * TLS key is none: whoever holds only that can connect, and sign nothing.
 * @param nowMs UTC
 * @throws MalformedCertificate, CertificateNotTrusted, CertificateNotInTime
 */
export function admitWorkstationCertificate(
  der: Uint8Array,
  workstationAuthority: Uint8Array,
  nowMs: number,
): WorkstationCertificate {
  const certificate = readWorkstationCertificate(der);
  judgeCertificate(certificate, readCertificate(workstationAuthority), 'signer', nowMs);
  return certificate;
}

/**
 * Reads the certificate with which a workstation connects, for example `socket.getPeerX509Certificate().raw`, and judges it
 * against the workstation authority. Whether it is still in force says the registry.
 * @param nowMs UTC
 * @throws MalformedCertificate, CertificateNotTrusted, CertificateNotInTime
 */
export function admitWorkstationPeer(
  der: Uint8Array,
  workstationAuthority: Uint8Array,
  nowMs: number,
): WorkstationCertificate {
  const certificate = readOf(der, 'peer');
  judgeCertificate(certificate, readCertificate(workstationAuthority), 'peer', nowMs);
  return certificate;
}

/**
 * Reads the certificate of a facility's security officer. It does not judge it.
 * @throws MalformedCertificate when it is not in the form of an officer's certificate
 */
export function readOfficerCertificate(der: Uint8Array): OfficerCertificate {
  const read = readCertificate(der);
  if (read.subject.kind !== 'officer' || read.purpose !== 'peer') {
    throw new MalformedCertificate("This is not an officer's certificate.");
  }
  const { id, name, facility } = read.subject;
  return { ...read, officerId: id, name, facility };
}

function readOf(der: Uint8Array, purpose: 'peer' | 'signer'): WorkstationCertificate {
  const read = readCertificate(der);
  if (read.subject.kind !== 'workstation' || read.purpose !== purpose) {
    throw new MalformedCertificate("This is not a workstation's certificate.");
  }
  return { ...read, workstationId: read.subject.id, label: read.subject.label };
}
