/** Test support: signs an acceptance report as a cart does. */
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { ACCEPTANCE_TYP } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import type { AcceptanceReportClaims } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { sampleClaims } from '@chaperone/protocol/commissioning/testing/sample-report.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { systemRandom } from '../../../platform/random/random.ts';
import type { CartCredentials } from './enrolment-road.ts';

/** Claims of a cart, with an id of their own unless one is given. */
export function claimsOf(
  { serial, certificate }: CartCredentials,
  changes: Partial<AcceptanceReportClaims> = {},
): AcceptanceReportClaims {
  const { certificateSerialHex, notAfterMs } = readPeerCertificate(certificate);
  return sampleClaims({
    iss: serial,
    jti: newId('acceptance', systemRandom),
    certificate: {
      serial: certificateSerialHex,
      notAfterUtcMs: notAfterMs,
      signature: '2.16.840.1.101.3.4.3.10',
    },
    ...changes,
  });
}

export async function signReport(
  { key, certificate }: Pick<CartCredentials, 'key' | 'certificate'>,
  claims: object,
  typ: string = ACCEPTANCE_TYP.report,
): Promise<string> {
  const x5c = [Buffer.from(certificate).toString('base64')];
  return await signStatement(typ, claims, key, 'ES256', x5c);
}
