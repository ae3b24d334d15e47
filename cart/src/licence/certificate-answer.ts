/** The answers of EST that carry certificates, read with suspicion. */
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { readCertificatesOnly } from '@chaperone/protocol/est/certificates-only.ts';
import { EST_ANSWER_CHARACTERS_MAX, decodeESTBody } from '@chaperone/protocol/est/est.ts';
import { judgeCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { EnrolmentAnswerRefused } from './enrolment-error.ts';
import { issuerAmong, readRoots } from './pinned-roots.ts';

export interface ExpectedCertificate {
  readonly serial: CartSerial;
  readonly keyThumbprint: string;
  /** PEM of the roots that may have issued it. */
  readonly rootsPem: string;
  readonly nowMs: number;
}

/**
 * Accepts a certificate for this cart and this key, from a root of this cart, and nothing else.
 * @returns PEM
 * @throws EnrolmentAnswerRefused
 */
export function acceptCertificate(answer: string, expected: ExpectedCertificate): string {
  const [der, second] = certificatesIn(answer);
  if (der === undefined || second !== undefined)
    throw new EnrolmentAnswerRefused('not one certificate');
  const certificate = readAnswered(() => readPeerCertificate(der));
  if (certificate.serial !== expected.serial) {
    throw new EnrolmentAnswerRefused('its certificate is for another serial number');
  }
  if (certificate.keyThumbprint !== expected.keyThumbprint) {
    throw new EnrolmentAnswerRefused('its certificate is for another key');
  }
  const refused = "its certificate is not from the licence's root, or not in time";
  const root = issuerAmong(certificate, readRoots(expected.rootsPem) ?? []);
  if (root === undefined) throw new EnrolmentAnswerRefused(refused);
  try {
    judgeCertificate(certificate, root, 'peer', expected.nowMs);
  } catch (cause) {
    throw new EnrolmentAnswerRefused(refused, { cause });
  }
  return encodePEM('CERTIFICATE', der);
}

/** The certificates of an answer, as DER. @throws EnrolmentAnswerRefused */
export function certificatesIn(answer: string): readonly Uint8Array[] {
  return readAnswered(() => readCertificatesOnly(decodeESTBody(answer, EST_ANSWER_CHARACTERS_MAX)));
}

/** @throws EnrolmentAnswerRefused for whatever reading throws */
export function readAnswered<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw new EnrolmentAnswerRefused('it cannot be read', { cause });
  }
}
