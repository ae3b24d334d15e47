/** Test support: one case from its opening to its destruction, as a gateway and a cart would have written it down. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { newId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { EvidenceBundle, LedgerEvidence } from '@chaperone/protocol/evidence/schema.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { encodeBase64, encodeBase64url } from '@chaperone/protocol/tree/base64.ts';
import { signCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import {
  EMPTY_FRONTIER,
  appendLeaf,
  growFrontier,
  rootOf,
} from '@chaperone/protocol/tree/frontier.ts';
import { proveInclusion } from '@chaperone/protocol/tree/inclusion-proof.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { formatVerifierKey, verifierKeyOf } from '@chaperone/protocol/tree/verifier-key.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { issueCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { nodeCertificateReader } from '../node-certificate-reader.ts';

const SERIAL = 'US-1001';
/** When the first line was written, UTC. */
const BEGIN_MS = 1_700_000_000_000;
const ORIGIN = 'gateway.example/chaperone-ledger';
const random = (length: number): Uint8Array => randomBytes(length);
const ledgerPair = generateKeyPairSync('ed25519');
const rawKey = Buffer.from(ledgerPair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
export const ledgerKey = verifierKeyOf(ORIGIN, rawKey);
export const verifierLine = formatVerifierKey(ledgerKey);
const signLedger = async (message: Uint8Array): Promise<Uint8Array> =>
  Uint8Array.from(sign(null, message, ledgerPair.privateKey));

export const ids = {
  caseId: newId('case', random),
  otherCase: newId('case', random),
  otherSession: newId('session', random),
  sessionId: newId('session', random),
  grantId: newId('grant', random),
  technicianId: newId('technician', random),
  workstationId: newId('workstation', random),
  transferId: newId('transfer', random),
};

type Facts = readonly Readonly<Record<string, unknown>>[];

/** Writes facts as lines, one second after the other. */
export function linesOf(facts: Facts): readonly string[] {
  return facts.map((fact, index) =>
    JSON.stringify({ index, utcMs: BEGIN_MS + index * 1000, fact }),
  );
}

/** Computes the root of lines, base64url. */
export function rootText(lines: readonly string[]): string {
  return encodeBase64url(rootOf(lines.map(lineHash).reduce(appendLeaf, EMPTY_FRONTIER)));
}

/** Signs lines as a whole ledger. */
export async function ledgerOf(lines: readonly string[]): Promise<LedgerEvidence> {
  const root = rootOf(lines.map(lineHash).reduce(appendLeaf, EMPTY_FRONTIER));
  const checkpoint = await signCheckpoint(
    { origin: ORIGIN, size: lines.length, root },
    ledgerKey,
    signLedger,
  );
  return {
    verifierKey: verifierLine,
    checkpoint,
    entries: lines.map((line, index) => ({ index, line, proof: null })),
  };
}

/** Keeps the entries of the case only, each with its proof. */
export async function partOf(
  ledger: LedgerEvidence,
  keep: (line: string) => boolean,
): Promise<LedgerEvidence> {
  const nodes = new Map<string, Uint8Array>();
  let frontier = EMPTY_FRONTIER;
  for (const { line } of ledger.entries) {
    const grown = growFrontier(frontier, lineHash(line));
    for (const { level, index, hash } of grown.made) nodes.set(`${level}/${index}`, hash);
    frontier = grown.frontier;
  }
  const entries: LedgerEvidence['entries'] = [];
  for (const { index, line } of ledger.entries.filter((entry) => keep(entry.line))) {
    const proof = await proveInclusion(index, frontier.size, async (level, at) => {
      return nodes.get(`${level}/${at}`) ?? new Uint8Array(32);
    });
    entries.push({ index, line, proof: proof.map(encodeBase64) });
  }
  return { ...ledger, entries };
}

const cartRoot = await newKeyPair('p256-sha3-256');
const strangeRoot = await newKeyPair('p256-sha3-256');
const cartPair = await newKeyPair('p256-sha3-256');
const YEAR_MS = 365 * 24 * 3_600_000;
const terms = { notBeforeMs: BEGIN_MS - YEAR_MS, notAfterMs: BEGIN_MS + YEAR_MS } as const;
const makeRoot = ({ privateKey, publicKey }: typeof cartRoot): Uint8Array =>
  issueCertificate(
    { profile: 'p256-sha3-256', privateKey },
    {
      subject: { kind: 'other', commonName: 'Cart root' },
      purpose: 'authority',
      publicKey,
      ...terms,
    },
  );
const rootDER = makeRoot(cartRoot);
const strangeRootDER = makeRoot(strangeRoot);
const issuer = {
  profile: 'p256-sha3-256',
  privateKey: cartRoot.privateKey,
  certificate: rootDER,
} as const;
const cartDER = issueCertificate(issuer, {
  subject: { kind: 'cart', serial: parseCartSerial(SERIAL) },
  purpose: 'peer',
  publicKey: cartPair.publicKey,
  ...terms,
});
/** Somebody else's root, of the same name, and a certificate and key of theirs for the same cart. */
export const strangePair = await newKeyPair('p256-sha3-256');
export const strangeRootCertificate = encodePEM('CERTIFICATE', strangeRootDER);
export const strangeCartCertificate = encodePEM(
  'CERTIFICATE',
  issueCertificate(
    { ...issuer, privateKey: strangeRoot.privateKey, certificate: strangeRootDER },
    {
      subject: { kind: 'cart', serial: parseCartSerial(SERIAL) },
      purpose: 'peer',
      publicKey: strangePair.publicKey,
      ...terms,
    },
  ),
);
export const rootCertificate = encodePEM('CERTIFICATE', rootDER);
export const cartCertificate = encodePEM('CERTIFICATE', cartDER);

/** Signs as the cart. */
export async function signAsCart(typ: string, claims: object, pair = cartPair): Promise<string> {
  return await signStatement(typ, claims, pair.privateKey, 'ES256');
}

/** Signs how long a journal is, as the cart or as somebody else. */
export async function headOf(lines: readonly string[], pair = cartPair): Promise<string> {
  const claims = { iss: SERIAL, size: lines.length, root: rootText(lines), iat: 1 };
  return await signAsCart(TYP.journalHead, claims, pair);
}

const { caseId, sessionId, grantId, technicianId, workstationId, transferId } = ids;
const activities = ['view', 'fetch-files'];
const nameCommitment = rootText([]);

export const journalFacts: Facts = [
  { kind: 'agent-started', version: '1' },
  { kind: 'notice-shown', noticeVersion: '1' },
  { kind: 'notice-accepted', noticeVersion: '1', sessionId },
  { kind: 'tunnel-opened', sessionId },
  { kind: 'request-shown', sessionId, caseId, technicianId, workstationId },
  { kind: 'grant-issued', sessionId, grantId, caseId, technicianId, workstationId, activities },
  { kind: 'activity-begun', sessionId, grantId, activity: 'fetch-files' },
  { kind: 'file-fetch-begun', sessionId, grantId, transferId, bytes: 10, nameCommitment },
  { kind: 'file-fetched', sessionId, grantId, transferId, bytes: 10, nameCommitment },
  { kind: 'session-ended', sessionId, grantId, reason: 'operator-ended' },
];
export const journalLines = linesOf(journalFacts);

const grantClaims = {
  jti: grantId,
  iss: SERIAL,
  sub: technicianId,
  name: 'A Technician',
  session: sessionId,
  case: caseId,
  caseNumber: '2026-0001',
  workstation: workstationId,
  workstationKey: nameCommitment,
  activities,
  noticeVersion: '1',
  iat: 1,
  durationS: 3600,
};
export const receiptClaims = {
  iss: SERIAL,
  session: sessionId,
  grant: grantClaims,
  startedUtcMs: 1,
  endedUtcMs: 2,
  reason: 'operator-ended',
  filesFetched: 1,
  bytesFetched: 10,
  filesPlaced: 0,
  bytesPlaced: 0,
  inputRefused: 0,
  journalSize: journalLines.length,
  journalRoot: rootText(journalLines),
  iat: 3,
};
export const receipt = await signAsCart(TYP.sessionReceipt, receiptClaims);

/** Signs as the ledger. */
export async function signAsLedger(typ: string, claims: object): Promise<string> {
  return await signStatement(typ, claims, ledgerPair.privateKey, 'EdDSA');
}

/** Signs a certificate as the ledger. */
export async function certificateOf(changes: object = {}): Promise<string> {
  const claims = {
    iss: 'gateway.example',
    case: caseId,
    caseNumber: '2026-0001',
    cart: SERIAL,
    facility: 'A Hospital',
    demo: false,
    records: 1,
    bytes: 10,
    method: 'cryptographic erase and deletion',
    technique: 't',
    tool: 'chaperone 1',
    verification: {
      method: 'm',
      keysFound: 0,
      recordsFound: 0,
      temporaryFilesFound: 0,
      rowsFound: 0,
      result: 'nothing found',
    },
    decidedBy: { id: technicianId, name: 'A Technician', role: 'technician' },
    decidedUtcMs: 5,
    destroyedUtcMs: 6,
    place: 'here',
    contact: 'there',
    ledgerIndex: 10,
    iat: 7,
    ...changes,
  };
  return await signAsLedger(TYP.destructionCertificate, claims);
}
export const certificate = await certificateOf();

const transfer = {
  caseId,
  transferId,
  by: technicianId,
  bytes: 10,
  nameCommitment,
  digestCommitment: null,
};
export const ledgerFacts: Facts = [
  { kind: 'gateway-started', version: '1', demo: false },
  { kind: 'case-opened', caseId, cart: SERIAL, by: technicianId, detailCommitment: nameCommitment },
  {
    kind: 'cart-connected',
    cart: SERIAL,
    sessionId,
    certificateSerial: nodeCertificateReader.cart(cartCertificate, null).certificateSerial,
  },
  { kind: 'session-requested', caseId, sessionId, technicianId, grantId: null, activities },
  { kind: 'grant-received', caseId, sessionId, technicianId, grantId, activities },
  { kind: 'activity-opened', sessionId, grantId, activity: 'fetch-files' },
  { kind: 'fetch-begun', ...transfer },
  { kind: 'record-sealed', ...transfer, digestCommitment: nameCommitment },
  {
    kind: 'session-ended',
    caseId,
    sessionId,
    grantId,
    reason: 'operator-ended',
    receiptDigest: statementDigest(receipt),
  },
  {
    kind: 'journal-reconciled',
    cart: SERIAL,
    size: journalLines.length,
    root: rootText(journalLines),
  },
  { kind: 'case-resolving', caseId, by: technicianId },
  { kind: 'destruction-step', caseId, step: 'verified' },
  { kind: 'case-resolved', caseId, certificateDigest: statementDigest(certificate), records: 1 },
];
export const ledgerLines = linesOf(ledgerFacts);

/** The whole bundle. */
export async function wholeBundle(): Promise<EvidenceBundle> {
  return {
    format: 'chaperone-evidence/1',
    case: caseId,
    madeUtcMs: 1,
    ledger: await ledgerOf(ledgerLines),
    certificate,
    receipts: [receipt],
    carts: [
      {
        serial: SERIAL,
        certificates: [cartCertificate],
        journal: {
          before: { size: 0, hashes: [] },
          lines: [...journalLines],
          head: await headOf(journalLines),
        },
      },
    ],
    cartRoot: rootCertificate,
  };
}

/** The bundle that a desk gives for one case. */
export async function caseBundle(): Promise<EvidenceBundle> {
  const bundle = await wholeBundle();
  const keep = (line: string): boolean => line.includes(caseId) || line.includes(sessionId);
  return { ...bundle, ledger: await partOf(bundle.ledger, keep) };
}
