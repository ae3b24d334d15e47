/** Targets of acceptance reports: what a cart sends to its desk, signed by a liar or not at all. */
import {
  AcceptanceReportRefused,
  CommissioningRequestMalformed,
} from '@chaperone/gateway/desk/commissioning/commissioning-error.ts';
import { checkReport, readReportBody } from '@chaperone/gateway/desk/commissioning/check-report.ts';
import { contradictionsOf } from '@chaperone/protocol/commissioning/acceptance-check.ts';
import { ACCEPTANCE_TYP } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { firewallText } from '@chaperone/protocol/commissioning/firewall.ts';
import { sampleClaims } from '@chaperone/protocol/commissioning/testing/sample-report.ts';
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { SERIAL, cartCertificate, cartKey } from '../fixture/authorities.ts';
import { signChanged, signText } from '../fixture/sign-text.ts';
import type { Signer } from '../fixture/sign-text.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const own = readPeerCertificate(cartCertificate);
const held = [{ fingerprint: own.fingerprint, state: 'released', revocationReason: null }] as const;
const claims = sampleClaims({
  iss: SERIAL,
  certificate: {
    serial: own.certificateSerialHex,
    notAfterUtcMs: own.notAfterMs,
    signature: '2.16.840.1.101.3.4.3.10',
  },
});
const signer: Signer = {
  typ: ACCEPTANCE_TYP.report,
  key: cartKey,
  algorithm: 'ES256',
  x5c: [Buffer.from(cartCertificate).toString('base64')],
};
const bodyOf = (report: Uint8Array): Buffer =>
  Buffer.from(JSON.stringify({ report: Buffer.from(report).toString() }));

const report: Target = {
  name: 'commissioning-report',
  entry:
    'gateway/src/desk/commissioning/check-report.ts › readReportBody, checkReport (acceptance-check.ts, firewall.ts)',
  refusals: [CommissioningRequestMalformed, AcceptanceReportRefused],
  limits: 'REPORT_CHARACTERS_MAX; own key and serial; nothing that contradicts itself',
  form: 'json',
  words: ['eyJhbGciOiJub25lIn0', '.', 'e30', ACCEPTANCE_TYP.report],
  weight: 0.3,
  seeds: async () => [bodyOf(await signText(Buffer.from(JSON.stringify(claims)), signer))],
  vary: async (chance) => bodyOf(await signChanged(claims, chance, signer)),
  feed: async (input) => {
    const read = await checkReport(readReportBody(input), SERIAL, held);
    holds(read.claims.iss === SERIAL, 'of another cart');
    holds(contradictionsOf(read.claims).length === 0, 'it contradicts itself');
    holds(!/[^\n\P{Cc}]/u.test(firewallText(read.claims)), 'the text has control characters');
    return read.certificateSerial;
  },
};

export const ACCEPTANCE_TARGETS: readonly Target[] = [report];
