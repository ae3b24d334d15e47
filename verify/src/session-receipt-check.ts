/**
 * Verifies the receipt of one session: the cart signed it, the gateway did, the files in the list are those that it tells of, and
 * the session's end stands in the ledger.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { RECEIPT_FILE_KIND, sessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import { readReceiptFile, receiptFilesOf } from '@chaperone/protocol/receipt/receipt-files.ts';
import type { ReceiptFile } from '@chaperone/protocol/receipt/receipt-files.ts';
import { TYP, sessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import type { SessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import { StatementInvalid } from '@chaperone/protocol/signed/statement.ts';
import { decodeBase64url } from '@chaperone/protocol/tree/base64.ts';
import { parseVerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import type { VerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { CartSigner, checkRoot } from './cart-signer.ts';
import type { CertificateReader, CertifiedKey } from './cart-signer.ts';
import { Findings, judge } from './check.ts';
import type { Check, Report } from './check.ts';
import { readCountersignature } from './countersignature-check.ts';
import { checkLedger } from './ledger-check.ts';
import type { LedgerTrust } from './ledger-check.ts';

export interface ReceiptTrust extends LedgerTrust {
  readonly certificates: CertificateReader;
  readonly pinnedRoot?: string | undefined;
}

/** Files that are named in the report; the list has all. */
const FILES_NAMED_MAX = 200;

/** Tells whether a value says that it is a session receipt. */
export function isSessionReceipt(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === RECEIPT_FILE_KIND
  );
}

/** Reads what says that it is one; null when it is not in the form of one. */
export function readSessionReceipt(value: unknown): SessionReceiptFile | null {
  const parsed = sessionReceiptFile.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Checks everything in the file. */
export async function verifySessionReceipt(
  file: SessionReceiptFile,
  trust: ReceiptTrust,
): Promise<Report> {
  const authority = checkRoot(file.root, trust.pinnedRoot, trust.certificates);
  const signed = await checkSignature(file, authority.root, trust.certificates);
  const checks: Check[] = [authority.check, signed.check];
  const { claims } = signed;
  if (claims === null) return judge(checks);
  checks.push(checkFiles(file.files, claims));
  const key = readKey(file, trust.pinnedKey);
  checks.push(await checkCountersignature(file, claims, key));
  checks.push(...(await checkEntry(file, claims, trust)));
  return judge(checks);
}

async function checkSignature(
  { receipt, certificate }: SessionReceiptFile,
  root: string | null,
  certificates: CertificateReader,
): Promise<{ readonly check: Check; readonly claims: SessionReceiptClaims | null }> {
  const found = new Findings('The receipt is signed by the key of a cart of that root');
  let by: CertifiedKey;
  try {
    by = certificates.cart(certificate, root);
  } catch (fault) {
    if (!(fault instanceof DomainError)) throw fault;
    found.problem(`The certificate in the file: ${fault.message}`);
    return { check: found.done(), claims: null };
  }
  try {
    const signer = new CartSigner(by.serial, [by]);
    const { claims } = await signer.read(receipt, TYP.sessionReceipt, sessionReceiptClaims);
    if (claims.iss !== by.serial)
      found.problem(`It is in the name of ${claims.iss}, and signed by ${by.serial}.`);
    judgeClaims(claims, found);
    return { check: found.done(), claims };
  } catch (fault) {
    if (!(fault instanceof StatementInvalid)) throw fault;
    found.problem('The receipt was altered, or its certificate is not that of who signed it.');
    return { check: found.done(), claims: null };
  }
}

/** Says who was there, when, and what they did; a receipt must not contradict itself. */
function judgeClaims(claims: SessionReceiptClaims, found: Findings): void {
  const { grant, opened, unmaskings, interlocks, watchings = [] } = claims;
  found.note(
    `Cart ${claims.iss}: ${timeOf(claims.startedUtcMs)} to ${timeOf(claims.endedUtcMs)} UTC, ` +
      `ended: ${claims.reason}.`,
  );
  if (claims.startedUtcMs > claims.endedUtcMs) found.problem('It ended before it began.');
  if (grant === null) found.note('Nobody was let in.');
  else {
    found.note(
      `${grant.name} at workstation ${grant.workstation}, case ${grant.caseNumber}; allowed: ${grant.activities.join(', ')}.`,
    );
    if (grant.iss !== claims.iss || grant.session !== claims.session)
      found.problem('The grant inside is that of another cart or session.');
  }
  if (opened !== undefined) {
    found.note(opened.length === 0 ? 'Nothing of it was used.' : `Used: ${opened.join(', ')}.`);
    if (!opened.every((each) => grant?.activities.includes(each) === true))
      found.problem('It says that something was done which was not granted.');
  }
  for (const { name, workstation, utcMs, untilUtcMs } of watchings)
    found.note(
      `${name} at workstation ${workstation} watched, ${timeOf(utcMs)} to ${timeOf(untilUtcMs)} UTC.`,
    );
  if (watchings.length > 0 && grant === null)
    found.problem('It says that somebody watched where nobody was let in.');
  if (watchings.some(({ sub }) => sub === grant?.sub))
    found.problem('It says that who held the session watched it, too.');
  if (unmaskings !== undefined && unmaskings.length > 0)
    found.note(`Hidden data was shown ${unmaskings.length} times.`);
  if (interlocks !== undefined) {
    const { count, heldMs } = interlocks;
    found.note(
      `The clinic needed the cart and held everybody off: times ${count}, seconds in all ${Math.round(heldMs / 1000)}.`,
    );
  }
}

function checkFiles(lines: readonly string[] | null, claims: SessionReceiptClaims): Check {
  const found = new Findings('The list of files is the one that the receipt vouches for');
  const { files, filesFetched, filesPlaced } = claims;
  if (files === undefined) {
    found.note('The receipt is of an earlier version: it counts files and does not name them.');
    if (lines !== null && lines.length > 0)
      found.problem('There is a list, and the receipt vouches for none.');
    return found.done();
  }
  if (lines === null) {
    found.note(
      `It is not here; the receipt vouches for ${files.count} files. Ask the cart for it.`,
    );
    return found.done();
  }
  const computed = receiptFilesOf(lines, files.leftOut);
  if (computed.count !== files.count || computed.root !== files.root) {
    found.problem(
      `The receipt vouches for another list of ${files.count} files: one was altered, left out or added.`,
    );
    return found.done();
  }
  const read = lines.map(readReceiptFile);
  if (read.includes(undefined)) found.problem('A line of the list is not a file.');
  const all = read.flatMap((file) => file ?? []);
  if (files.leftOut > 0) found.note(`${files.leftOut} more files moved than a list holds.`);
  else {
    const whole = (direction: string): number =>
      all.filter((file) => file.direction === direction && file.outcome === 'whole').length;
    // A file that was fetched twice is counted twice and listed once.
    if (whole('from-cart') > filesFetched || whole('to-cart') > filesPlaced)
      found.problem('The receipt counts fewer files than its list has.');
  }
  for (const file of all.slice(0, FILES_NAMED_MAX)) found.note(fileText(file));
  if (all.length === 0) found.note('No file moved.');
  if (all.length > FILES_NAMED_MAX) found.note(`… and ${all.length - FILES_NAMED_MAX} more.`);
  return found.done();
}

function fileText({ direction, outcome, bytes, name, sha256 }: ReceiptFile): string {
  const way = direction === 'from-cart' ? 'Fetched' : 'Sent to the cart';
  const end = outcome === 'whole' ? `SHA-256 ${hexOf(sha256)}` : outcome;
  return `${way}: ${name}, ${bytes} bytes, ${end}.`;
}

/** As other programs write a digest. */
function hexOf(sha256: string | null): string {
  const bytes = sha256 === null ? undefined : decodeBase64url(sha256);
  return [...(bytes ?? [])].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function checkCountersignature(
  { receipt, countersignature }: SessionReceiptFile,
  claims: SessionReceiptClaims,
  key: VerifierKey | string,
): Promise<Check> {
  const found = new Findings("The gateway's ledger has signed it, too");
  if (typeof key === 'string') found.problem(key);
  else if (countersignature === null)
    found.note('Not yet: the gateway had not countersigned when the file was written.');
  else {
    const said = await readCountersignature(countersignature, key, found);
    const isOfIt =
      said === null ||
      (said.receipt === statementDigest(receipt) &&
        said.session === claims.session &&
        said.cart === claims.iss &&
        said.case === claims.grant?.case);
    if (!isOfIt) found.problem('The countersignature is that of another receipt.');
    else if (said !== null)
      found.note(
        `Received ${timeOf(said.receivedUtcMs)} UTC by ${key.name}; files: ${said.files}.`,
      );
  }
  return found.done();
}

async function checkEntry(
  { receipt, ledger }: SessionReceiptFile,
  claims: SessionReceiptClaims,
  trust: ReceiptTrust,
): Promise<readonly Check[]> {
  const found = new Findings('The end of the session stands in the ledger');
  if (ledger === null) {
    found.note('No entry of the ledger is in the file: it was written before that came.');
    return [found.done()];
  }
  const checked = await checkLedger(ledger, trust);
  const digest = statementDigest(receipt);
  const end = checked.entries.find(
    ({ fact }) =>
      fact.kind === 'session-ended' &&
      fact['sessionId'] === claims.session &&
      fact['receiptDigest'] === digest,
  );
  if (end === undefined) found.problem('No entry here names this receipt.');
  else if (end.fact['reason'] !== claims.reason)
    found.problem('The ledger says that it ended for another reason.');
  else found.note(`Entry ${end.index}.`);
  return [...checked.checks, found.done()];
}

/** The key, or why there is none to believe. */
function readKey(
  { ledgerKey }: SessionReceiptFile,
  pinned: string | undefined,
): VerifierKey | string {
  if (pinned !== undefined && pinned !== ledgerKey.trim())
    return 'The ledger key in the file is not the one that was given with --key.';
  try {
    return parseVerifierKey(ledgerKey.trim());
  } catch (fault) {
    if (!(fault instanceof DomainError)) throw fault;
    return fault.message;
  }
}

/** Writes a time; a claim may be a number that is no time (ECMA-262 §21.4.1.1). */
function timeOf(utcMs: number): string {
  const time = new Date(utcMs);
  if (Number.isNaN(time.getTime())) return 'no time that there is';
  return time.toISOString().slice(0, 19).replace('T', ' ');
}
