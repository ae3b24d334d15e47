/** Targets of acceptance reports: what a cart sends to its desk, and files of them; signed by a liar or not at all. */
import {
  AcceptanceReportRefused,
  CommissioningRequestMalformed,
} from '@chaperone/gateway/desk/commissioning/commissioning-error.ts';
import { checkReport, readReportBody } from '@chaperone/gateway/desk/commissioning/check-report.ts';
import { contradictionsOf } from '@chaperone/protocol/commissioning/acceptance-check.ts';
import { ACCEPTANCE_TYP } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { firewallText, requestOf } from '@chaperone/protocol/commissioning/firewall-text.ts';
import { sampleClaims } from '@chaperone/protocol/commissioning/testing/sample-report.ts';
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import {
  AcceptanceFileDamaged,
  readAcceptanceFile,
} from '@chaperone/cart/acceptance/acceptance-file.ts';
import { isAcceptance } from '@chaperone/verify/acceptance-check.ts';
import { nodeCertificateReader } from '@chaperone/verify/node-certificate-reader.ts';
import { reportOf } from '@chaperone/verify/report.ts';
import {
  EvidenceUnusable,
  readAcceptanceEvidence,
  verifyAcceptance,
} from '@chaperone/verify/verify.ts';
import {
  NOW_MS,
  SERIAL,
  cartCertificate,
  cartKey,
  cartRoot,
  ledgerKey,
  ledgerLine,
  ledgerPrivateKey,
  pem,
} from '../fixture/authorities.ts';
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
    holds(
      !/[^\n\P{Cc}]/u.test(firewallText(requestOf(read.claims))),
      'the text has control characters',
    );
    return read.certificateSerial;
  },
};

const fileWith = (report: Uint8Array): Buffer =>
  Buffer.from(
    JSON.stringify({
      kind: 'chaperone-acceptance',
      version: 1,
      report: Buffer.from(report).toString(),
      receipt: null,
      root: pem(cartRoot.certificate),
      ledgerKey: ledgerLine,
    }),
  );
const receiptFor = async (jws: string): Promise<Buffer> =>
  await signText(
    Buffer.from(
      JSON.stringify({
        iss: ledgerKey.name,
        report: claims.jti,
        cart: SERIAL,
        sha256: statementDigest(jws),
        receivedUtcMs: NOW_MS,
        iat: NOW_MS / 1000,
      }),
    ),
    { typ: ACCEPTANCE_TYP.receipt, key: ledgerPrivateKey, algorithm: 'EdDSA' },
  );
const goodFile = async (): Promise<Buffer> => {
  const file = fileWith(await signText(Buffer.from(JSON.stringify(claims)), signer));
  const read = JSON.parse(file.toString()) as { readonly report: string };
  const receipt = (await receiptFor(read.report)).toString();
  return Buffer.from(JSON.stringify({ ...read, receipt }));
};

const evidence: Target = {
  name: 'evidence-acceptance-file',
  entry: 'verify/src/acceptance-check.ts › isAcceptance, verifyAcceptance (verify.ts)',
  refusals: [EvidenceUnusable, SyntaxError],
  limits: 'ACCEPTANCE_FILE_BYTES_MAX; every fault is told, none is thrown',
  form: 'json',
  weight: 0.2,
  seeds: async () => [await goodFile()],
  vary: async (chance) => fileWith(await signChanged(claims, chance, signer)),
  feed: async (input) => {
    const value: unknown = JSON.parse(input.toString('utf8'));
    if (!isAcceptance(value)) throw new EvidenceUnusable('none');
    const read = readAcceptanceEvidence(value);
    return reportOf(await verifyAcceptance(read, { certificates: nodeCertificateReader }));
  },
};

const kept: Target = {
  name: 'disk-acceptance-file',
  entry: 'cart/src/acceptance/acceptance-file.ts › readAcceptanceFile (acceptance.ts)',
  refusals: [AcceptanceFileDamaged],
  limits: 'ACCEPTANCE_FILE_BYTES_MAX',
  form: 'json',
  seeds: async () => [await goodFile()],
  feed: (input) => readAcceptanceFile(input.toString('utf8'), 'one.json').version,
};

export const ACCEPTANCE_TARGETS: readonly Target[] = [report, evidence, kept];
