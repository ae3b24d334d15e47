/** Checks an evidence bundle, part by part. Everything happens here: nothing is asked of anybody. */
import { evidenceBundle } from '@chaperone/protocol/evidence/schema.ts';
import type { EvidenceBundle } from '@chaperone/protocol/evidence/schema.ts';
import { checkAgreement } from './agreement-check.ts';
import { readCartSigner } from './cart-signer.ts';
import { checkCertificate } from './certificate-check.ts';
import { Findings } from './check.ts';
import type { Check } from './check.ts';
import { checkJournal } from './journal-check.ts';
import { checkJournalRules } from './journal-rules.ts';
import { checkLedger } from './ledger-check.ts';
import type { LedgerTrust } from './ledger-check.ts';
import { checkLedgerRules } from './ledger-rules.ts';
import type { ReadLine } from './line.ts';
import { checkReceipts } from './receipt-check.ts';
import type { KnownCart } from './receipt-check.ts';

export interface Verification {
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

/** Checks what somebody says is an evidence bundle. */
export async function verifyEvidence(
  value: unknown,
  trust: LedgerTrust = {},
): Promise<Verification> {
  const parsed = evidenceBundle.safeParse(value);
  if (!parsed.success) {
    const found = new Findings('The file is an evidence bundle');
    for (const { path, message } of parsed.error.issues)
      found.problem(`At "${path.join('.')}": ${message}`);
    return judge([found.done()]);
  }
  return judge(await checkBundle(parsed.data, trust));
}

/** Sums up. */
export function judge(checks: readonly Check[]): Verification {
  return { ok: checks.every(({ holds }) => holds), checks };
}

async function checkBundle(bundle: EvidenceBundle, trust: LedgerTrust): Promise<readonly Check[]> {
  const ledger = await checkLedger(bundle.ledger, trust);
  const checks = [...ledger.checks];
  if (ledger.key === null) return checks;
  if (bundle.case !== null && !ledger.isWhole) checks.push(checkCase(bundle.case, ledger.entries));
  checks.push(checkLedgerRules(ledger.entries));
  checks.push(await checkCertificate(bundle.certificate, bundle.case, ledger.key, ledger.entries));
  const carts: KnownCart[] = [];
  for (const cart of bundle.carts) {
    const { signer, check } = readCartSigner(cart, bundle.cartRoot);
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
  checks.push(await checkReceipts(bundle.receipts, carts, ledger.entries));
  return checks;
}

/** A part of a ledger has to be about its case, from the opening on. */
function checkCase(caseId: string, entries: readonly ReadLine[]): Check {
  const found = new Findings('The entries are those of the case');
  const sessions = new Set(
    entries.filter(({ fact }) => fact['caseId'] === caseId).map(({ fact }) => fact['sessionId']),
  );
  if (!entries.some(({ fact }) => fact.kind === 'case-opened' && fact['caseId'] === caseId)) {
    found.problem('The entry that opened the case is missing.');
  }
  for (const { index, fact } of entries) {
    const belongs =
      fact['caseId'] === caseId || ('sessionId' in fact && sessions.has(fact['sessionId']));
    if (!belongs) found.problem(`Entry ${index} (${fact.kind}) is not about this case.`);
  }
  return found.done();
}
