/**
 * Verifies evidence offline: a bundle about a case or a whole ledger, or a cart's journal.
 *
 * It reads no file and asks nobody, so that a page can do the same as the program. What reads certificates is handed
 * in (`node-certificate-reader.ts` in Node). What is wrong is reported, not thrown.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { AcceptanceFile } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { evidenceBundle } from '@chaperone/protocol/evidence/schema.ts';
import type { EvidenceBundle } from '@chaperone/protocol/evidence/schema.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import { readAcceptance } from './acceptance-check.ts';
import { checkAgreement } from './agreement-check.ts';
import { checkRoot, readCartSigner } from './cart-signer.ts';
import type { CertificateReader } from './cart-signer.ts';
import { checkCertificate } from './certificate-check.ts';
import { Findings, judge } from './check.ts';
import type { Check, Report } from './check.ts';
import { checkJournal } from './journal-check.ts';
import { checkJournalRules } from './journal-rules.ts';
import { checkLedger } from './ledger-check.ts';
import type { LedgerTrust } from './ledger-check.ts';
import { checkLedgerRules } from './ledger-rules.ts';
import { checkLicenceRules } from './licence-rules.ts';
import type { ReadLine } from './line.ts';
import { checkCountersignatures } from './countersignature-check.ts';
import { checkReceipts } from './receipt-check.ts';
import type { KnownCart } from './receipt-check.ts';
import { readSessionReceipt } from './session-receipt-check.ts';

/** What was handed in is no evidence at all: there is nothing to check. */
export class EvidenceUnusable extends DomainError {
  readonly code = 'EVIDENCE_UNUSABLE';
}

/** A schema repeats names that it does not know; a file may hold millions of them. */
const MESSAGE_CHARACTERS_MAX = 200;

export { verifyAcceptance } from './acceptance-check.ts';
export { verifySessionReceipt } from './session-receipt-check.ts';

export interface VerifyOptions extends LedgerTrust {
  readonly certificates: CertificateReader;
  /** The cart root that the facility keeps, PEM; undefined trusts the one in the bundle. */
  readonly pinnedRoot?: string | undefined;
}

/** Reads what somebody says is an evidence bundle. @throws EvidenceUnusable saying where it is none */
export function readEvidence(value: unknown): EvidenceBundle {
  const parsed = evidenceBundle.safeParse(value);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues
    .slice(0, 3)
    .map(
      ({ path, message }) =>
        `At "${path.map(String).join('.')}": ${message.slice(0, MESSAGE_CHARACTERS_MAX)}.`,
    );
  throw new EvidenceUnusable(`This is not an evidence bundle. ${places.join(' ')}`);
}

/** Reads what says that it is an acceptance file. @throws EvidenceUnusable */
export function readAcceptanceEvidence(value: unknown): AcceptanceFile {
  const file = readAcceptance(value);
  if (file === null)
    throw new EvidenceUnusable(
      'This says that it is an acceptance report of a cart, and has not the form of one: is it copied whole?',
    );
  return file;
}

/** Reads what says that it is a session receipt. @throws EvidenceUnusable */
export function readReceiptEvidence(value: unknown): SessionReceiptFile {
  const file = readSessionReceipt(value);
  if (file === null)
    throw new EvidenceUnusable(
      'This says that it is the receipt of a session, and has not the form of one: is it copied whole?',
    );
  return file;
}

/** Checks everything in a bundle. */
export async function verifyEvidence(
  bundle: EvidenceBundle,
  options: VerifyOptions,
): Promise<Report> {
  const ledger = await checkLedger(bundle.ledger, options);
  const checks: Check[] = [...ledger.checks];
  if (ledger.key === null) return judge(checks);
  const scope = ledger.isWhole ? null : bundle.case;
  if (bundle.case !== null) {
    const hasJournal = bundle.carts.some(({ journal }) => journal !== null);
    checks.push(checkCase(bundle.case, ledger.entries, { isWhole: ledger.isWhole, hasJournal }));
  }
  checks.push(checkLedgerRules(ledger.entries, scope));
  if (ledger.isWhole) checks.push(checkLicenceRules(ledger.entries));
  checks.push(await checkCertificate(bundle.certificate, bundle.case, ledger.key, ledger.entries));
  const carts: KnownCart[] = [];
  const authority = checkRoot(bundle.cartRoot, options.pinnedRoot, options.certificates);
  if (bundle.carts.length > 0) checks.push(authority.check);
  for (const cart of bundle.carts) {
    const { signer, check } = readCartSigner(cart, authority.root, options.certificates);
    checks.push(check);
    if (cart.journal === null) {
      carts.push({ signer, journal: null });
      continue;
    }
    const title = `The journal of cart ${cart.serial} is what the cart signed`;
    const journal = await checkJournal(title, cart.journal, signer);
    checks.push(...journal.checks);
    if (cart.journal.before.size === 0)
      checks.push(checkJournalRules(cart.serial, journal.entries));
    checks.push(checkAgreement(cart.serial, journal, ledger.entries));
    carts.push({ signer, journal });
  }
  checks.push(await checkReceipts(bundle.receipts, carts, ledger.entries, bundle.case));
  const { receipts, countersignatures } = bundle;
  checks.push(
    await checkCountersignatures(
      countersignatures,
      receipts,
      ledger.key,
      ledger.entries,
      bundle.case,
    ),
  );
  return judge(checks);
}

/** A cart's journal as it lies on a disk. */
export interface JournalCopy {
  /** The cart's serial number, or what else to call it. */
  readonly serial: string;
  readonly lines: readonly string[];
  /** What the cart itself noted of its length and root beside it; null when that is not here. */
  readonly mark: { readonly size: number; readonly root: string } | null;
  /** The cart's certificate, PEM, and a head that it signed; null when there are none. */
  readonly certificate: string | null;
  readonly head: string | null;
  /** What is damaged so that it could not become a line, in sentences. */
  readonly damage: readonly string[];
}

/** Checks a journal's lines, its rules, and the signed head when there is one. Lines after the head are lawful. */
export async function verifyJournal(copy: JournalCopy, options: VerifyOptions): Promise<Report> {
  const { serial, lines, mark, certificate, head } = copy;
  const checks: Check[] = [];
  let signer = null;
  if (certificate !== null) {
    const root = options.pinnedRoot ?? null;
    const cart = { serial, certificates: [certificate] };
    const known = readCartSigner(cart, root, options.certificates);
    checks.push(known.check);
    ({ signer } = known);
  }
  const whole = { before: { size: 0, hashes: [] }, lines: [...lines], head };
  const journal = await checkJournal('The journal is in order', whole, signer, true);
  checks.push(...journal.checks);
  const kept = new Findings('The journal on the disk is undamaged');
  for (const damage of copy.damage) kept.problem(damage);
  if (mark === null) kept.note('The cart’s own mark is not here to compare it with.');
  else compareMark(mark, lines.length, journal.rootAt, kept);
  return judge([...checks, kept.done(), checkJournalRules(serial, journal.entries)]);
}

function compareMark(
  { size, root }: { readonly size: number; readonly root: string },
  here: number,
  rootAt: (size: number) => string | undefined,
  found: Findings,
): void {
  const read = rootAt(size);
  if (read === undefined) {
    found.problem(`The cart's mark says ${size} lines, and ${here} are here: the end was cut off.`);
  } else if (read !== root) {
    found.problem(`At least one of the first ${size} lines was altered after the cart wrote it.`);
  } else found.note(`The first ${size} of ${here} lines are as the cart's mark says.`);
}

/** The ledger has to be about the case, from its opening on; a part of it, about nothing else. */
function checkCase(
  caseId: string,
  entries: readonly ReadLine[],
  { isWhole, hasJournal }: { readonly isWhole: boolean; readonly hasJournal: boolean },
): Check {
  const found = new Findings('The entries are those of the case');
  const sessions = new Set(
    entries.filter(({ fact }) => fact['caseId'] === caseId).map(({ fact }) => fact['sessionId']),
  );
  if (!entries.some(({ fact }) => fact.kind === 'case-opened' && fact['caseId'] === caseId)) {
    found.problem('The entry that opened the case is missing.');
  }
  if (!isWhole && !hasJournal) {
    found.note(
      'No journal of a cart is here as a second witness: a session that was left out altogether would not be noticed.',
    );
  }
  for (const { index, fact } of isWhole ? [] : entries) {
    const belongs =
      fact['caseId'] === caseId || ('sessionId' in fact && sessions.has(fact['sessionId']));
    if (!belongs) found.problem(`Entry ${index} (${fact.kind}) is not about this case.`);
  }
  return found.done();
}
