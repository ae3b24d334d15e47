/** Checks an acceptance report before it counts for anything (docs/protocol.md section 3, "Acceptance report"). */
import { contradictionsOf } from '@chaperone/protocol/commissioning/acceptance-check.ts';
import {
  ACCEPTANCE_TYP,
  acceptanceReportClaims,
} from '@chaperone/protocol/commissioning/acceptance-report.ts';
import type { AcceptanceReportClaims } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { newReport } from '@chaperone/protocol/commissioning/service.ts';
import { StatementInvalid, chainOf, readStatement } from '@chaperone/protocol/signed/statement.ts';
import { MalformedCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { PeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { CertificateEntry } from '../../authority/contract.ts';
import { AcceptanceReportRefused, CommissioningRequestMalformed } from './commissioning-error.ts';

export interface CheckedReport {
  readonly claims: AcceptanceReportClaims;
  readonly certificateSerial: string;
}

/** Reads a report's JWS from a body. @throws CommissioningRequestMalformed */
export function readReportBody(body: Buffer): string {
  try {
    return newReport.parse(JSON.parse(body.toString('utf8'))).report;
  } catch (cause) {
    throw new CommissioningRequestMalformed('This is not a report.', { cause });
  }
}

/**
 * Gives what a report says, when the cart that brings it has signed it. The key may be that of a certificate before: a report
 * waits on the cart while the gateway is out of reach, and certificates are renewed meanwhile.
 * @param jws not trusted
 * @param held every certificate that this cart was given
 * @throws AcceptanceReportRefused
 */
export async function checkReport(
  jws: string,
  serial: string,
  held: readonly Pick<CertificateEntry, 'fingerprint' | 'state' | 'revocationReason'>[],
): Promise<CheckedReport> {
  const { claims, certificate } = await readSigned(jws);
  const { fingerprint, certificateSerialHex } = certificate;
  const entry = held.find((each) => each.fingerprint === fingerprint);
  const isOwn =
    entry?.state === 'released' ||
    (entry?.state === 'revoked' && entry.revocationReason === 'superseded');
  if (!isOwn) throw new AcceptanceReportRefused("Its key was never this cart's, or was revoked.");
  if (claims.iss !== serial || certificate.serial !== serial)
    throw new AcceptanceReportRefused('It is of another cart.');
  if (claims.certificate.serial !== certificateSerialHex)
    throw new AcceptanceReportRefused('It names another certificate than that of its key.');
  const [contradiction] = contradictionsOf(claims);
  if (contradiction !== undefined) throw new AcceptanceReportRefused(contradiction);
  return { claims, certificateSerial: certificateSerialHex };
}

async function readSigned(jws: string): Promise<{
  readonly claims: AcceptanceReportClaims;
  readonly certificate: PeerCertificate;
}> {
  try {
    const [leaf = ''] = chainOf(jws);
    const certificate = readPeerCertificate(new Uint8Array(Buffer.from(leaf, 'base64')));
    const { publicKey } = certificate;
    const algorithm = publicKey.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256';
    const { report } = ACCEPTANCE_TYP;
    const claims = await readStatement(jws, report, acceptanceReportClaims, publicKey, algorithm);
    return { claims, certificate };
  } catch (cause) {
    if (cause instanceof StatementInvalid || cause instanceof MalformedCertificate)
      throw new AcceptanceReportRefused('It is not signed as a report is.', { cause });
    throw cause;
  }
}
