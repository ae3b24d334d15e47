/** Checks a certificate of destruction: its signature, and that the ledger says the same. */
import { UNRESOLVED_LIMIT } from '@chaperone/domain/service-case/unresolved-limit.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { TYP, destructionCertificateClaims } from '@chaperone/protocol/signed/claims.ts';
import type { DestructionCertificateClaims } from '@chaperone/protocol/signed/claims.ts';
import { StatementInvalid, readStatement } from '@chaperone/protocol/signed/statement.ts';
import { VerifierKeyMalformed, parseVerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import type { VerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { isStrict } from './cart-signer.ts';
import { Findings, judge } from './check.ts';
import type { Check, Report } from './check.ts';
import { textOf } from './line.ts';
import type { ReadLine } from './line.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Checks the certificate, or that none is due. */
export async function checkCertificate(
  jws: string | null,
  caseId: string | null,
  key: VerifierKey,
  entries: readonly ReadLine[],
): Promise<Check> {
  const found = new Findings('The certificate of destruction is signed, and the ledger agrees');
  const resolved = entries.filter(
    ({ fact }) => fact.kind === 'case-resolved' && (caseId === null || fact['caseId'] === caseId),
  );
  if (jws === null) {
    if (caseId !== null && resolved.length > 0)
      found.problem('The case is resolved, but its certificate is missing.');
    else
      found.note(
        'None is due: no case of this bundle is resolved, or the bundle is about all cases.',
      );
    return found.done();
  }
  const claims = await readCertificate(jws, key, found);
  if (claims !== null) compare(jws, claims, caseId, entries, found);
  return found.done();
}

/**
 * Checks a certificate that came by itself: who signed it, and that it does not contradict itself. Whether the ledger says the same,
 * only evidence of the case shows.
 *
 * @param pinnedKey without it nothing can be said: the certificate brings no key
 */
export async function verifyCertificate(
  jws: string,
  pinnedKey: string | undefined,
): Promise<Report> {
  const found = new Findings('The certificate of destruction is signed by the ledger');
  if (pinnedKey === undefined) {
    found.problem("It brings no key: give the ledger's key that you wrote down.");
    return judge([found.done()]);
  }
  try {
    const key = parseVerifierKey(pinnedKey);
    const claims = await readCertificate(jws, key, found);
    if (claims !== null) {
      judgeItself(claims, found);
      found.note('Whether the ledger says the same, the evidence of the case shows.');
    }
  } catch (fault) {
    if (!(fault instanceof VerifierKeyMalformed)) throw fault;
    found.problem(fault.message);
  }
  return judge([found.done()]);
}

async function readCertificate(
  jws: string,
  key: VerifierKey,
  found: Findings,
): Promise<DestructionCertificateClaims | null> {
  if (!isStrict(jws)) {
    found.problem("The certificate is not signed by the ledger's key, or was altered.");
    return null;
  }
  const raw = Uint8Array.from(key.publicKey);
  const publicKey = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
  try {
    const typ = TYP.destructionCertificate;
    return await readStatement(jws, typ, destructionCertificateClaims, publicKey, 'EdDSA');
  } catch (fault) {
    if (!(fault instanceof StatementInvalid)) throw fault;
    found.problem("The certificate is not signed by the ledger's key, or was altered.");
    return null;
  }
}

function compare(
  jws: string,
  claims: DestructionCertificateClaims,
  caseId: string | null,
  entries: readonly ReadLine[],
  found: Findings,
): void {
  if (caseId !== null && claims.case !== caseId)
    found.problem('The certificate is about another case.');
  const decision = entries.find(({ index }) => index === claims.ledgerIndex);
  if (decision?.fact.kind !== 'case-resolving' || decision.fact['caseId'] !== claims.case) {
    found.problem(`Entry ${claims.ledgerIndex} is not here as the decision to resolve this case.`);
  } else if (decision.fact['by'] !== claims.decidedBy.id) {
    found.problem('The certificate names another person as the one who decided than the ledger.');
  }
  const own = entries.filter(
    ({ fact }) => fact.kind === 'case-resolved' && fact['caseId'] === claims.case,
  );
  if (own.length === 0) found.problem('The ledger does not say that this case is resolved.');
  for (const { index, fact } of own) {
    if (index <= claims.ledgerIndex)
      found.problem(`Entry ${index} resolves the case before it was decided.`);
    if (fact['certificateDigest'] !== statementDigest(jws)) {
      found.problem(`Entry ${index} names another certificate than this one.`);
    }
    if (fact['records'] !== claims.records) {
      found.problem(
        `The certificate says ${claims.records} records, entry ${index} says ${textOf(fact['records'])}.`,
      );
    }
  }
  if (decision?.fact['by'] === UNRESOLVED_LIMIT)
    checkAnnounced(decision, claims.case, entries, found);
  const opened = entries.find(
    ({ fact }) => fact.kind === 'case-opened' && fact['caseId'] === claims.case,
  );
  if (opened !== undefined && opened.fact['cart'] !== claims.cart) {
    found.problem('The certificate names another cart than the one the case was opened for.');
  }
  judgeItself(claims, found);
}

/** What the certificate says must agree with itself. */
function judgeItself(claims: DestructionCertificateClaims, found: Findings): void {
  const { keysFound, recordsFound, temporaryFilesFound, rowsFound } = claims.verification;
  if (keysFound + recordsFound + temporaryFilesFound + rowsFound !== 0) {
    found.problem('The certificate itself says that something was still found.');
  }
  compareSanitization(claims, found);
  if (claims.destroyedUtcMs < claims.decidedUtcMs)
    found.problem('It was destroyed before it was decided.');
  const when = timeText(claims.destroyedUtcMs);
  found.note(
    `Case ${claims.caseNumber}: ${claims.records} records, ${claims.bytes} bytes, destroyed ${when}.`,
  );
  if (claims.demo) found.note('Made in demo mode.');
}

/** Nobody decided: then it must have been announced, and the announcement must not have been taken back. */
function checkAnnounced(
  decision: ReadLine,
  caseId: string,
  entries: readonly ReadLine[],
  found: Findings,
): void {
  const told = entries.filter(
    ({ index, fact }) =>
      index < decision.index &&
      fact['caseId'] === caseId &&
      /^case-end-(announced|reminded|withdrawn)$/.test(fact.kind),
  );
  if (told.at(-1)?.fact.kind !== 'case-end-reminded') {
    found.problem('The limit of time destroyed the case without a reminder that stands.');
    return;
  }
  const announced = told.findLast(({ fact }) => fact.kind === 'case-end-announced');
  const days = Math.floor((decision.utcMs - (announced?.utcMs ?? decision.utcMs)) / DAY_MS);
  found.note(
    `Nobody resolved the case: the limit of time did, ${days} days after it was announced.`,
  );
}

/** What the certificate says of NIST SP 800-88r2 §4.6 must agree with itself. Earlier versions said nothing of it. */
function compareSanitization(claims: DestructionCertificateClaims, found: Findings): void {
  const { sanitization } = claims;
  if (sanitization === undefined) return;
  const { counts, decidedFor, verifiedUtcMs, category } = sanitization;
  const origins = Object.entries(counts).filter(([name]) => name.startsWith('records-'));
  const records = origins.reduce((sum, [, count]) => sum + count, 0);
  if (records !== claims.records) {
    found.problem(
      `The certificate says ${claims.records} records, and ${records} by their origins.`,
    );
  }
  const exports = counts['exports'] ?? 0;
  const attested = counts['exports-attested'] ?? 0;
  const unattested = counts['exports-not-attested'] ?? 0;
  if (exports !== attested + unattested)
    found.problem(`Of ${exports} exports, the certificate accounts for ${attested + unattested}.`);
  if (unattested > 0)
    found.note(`${unattested} exports were not attested as deleted: copies may exist elsewhere.`);
  if (verifiedUtcMs < claims.decidedUtcMs) found.problem('It was verified before it was decided.');
  const isByLimit = claims.decidedBy.id === UNRESOLVED_LIMIT;
  if (isByLimit !== (decidedFor === 'unresolved-limit')) {
    found.problem('Whether a person or the limit decided, the certificate says in two ways.');
  }
  found.note(`Sanitised by the category "${category}" of NIST SP 800-88r2.`);
}

/** Writes a time; a claim may be a number that is no time (ECMA-262 §21.4.1.1). */
function timeText(utcMs: number): string {
  const time = new Date(utcMs);
  return Number.isNaN(time.getTime()) ? 'at no time that there is' : time.toISOString();
}
