/** Holds a cart's list of files against what the ledger says of that session's transfers. */
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import type { FilesCompared } from '@chaperone/protocol/receipt/countersignature.ts';
import { readReceiptFile, receiptFilesOf } from '@chaperone/protocol/receipt/receipt-files.ts';
import type { ReceiptFile } from '@chaperone/protocol/receipt/receipt-files.ts';
import type { SessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';

const BEGUN = { 'from-cart': 'fetch-begun', 'to-cart': 'send-begun' } as const;
const DONE = { 'record-sealed': 'from-cart', 'send-done': 'to-cart' } as const;

type Transfer = Extract<LedgerFact, { readonly nameCommitment: unknown }>;

/**
 * Tells whether list and ledger agree: every file of the list was begun here, and every file that arrived here under this grant
 * is in the list, whole and of the same size.
 *
 * @param lines as the cart gave them; null when it gave none
 * @param facts of the case, in their order
 */
export function compareFiles(
  lines: readonly string[] | null,
  claims: SessionReceiptClaims,
  facts: readonly LedgerFact[],
): FilesCompared {
  const { files } = claims;
  if (lines === null || files === undefined || files.leftOut > 0) return 'not-compared';
  const { count, root } = receiptFilesOf(lines, files.leftOut);
  if (count !== files.count || root !== files.root) return 'differ';
  const listed = new Map<string, ReceiptFile>();
  for (const line of lines) {
    const file = readReceiptFile(line);
    if (file === undefined) return 'differ';
    listed.set(file.transfer, file);
  }
  const transfers = facts.filter((fact): fact is Transfer => 'nameCommitment' in fact);
  const isBegun = ({ transfer, direction }: ReceiptFile): boolean =>
    transfers.some(({ kind, transferId }) => transferId === transfer && kind === BEGUN[direction]);
  if (![...listed.values()].every(isBegun)) return 'differ';
  return doneUnder(claims, facts).every((fact) => isListed(fact, listed)) ? 'agree' : 'differ';
}

function isListed(fact: Transfer, listed: ReadonlyMap<string, ReceiptFile>): boolean {
  const file = listed.get(fact.transferId);
  return (
    file?.outcome === 'whole' &&
    file.bytes === fact.bytes &&
    DONE[fact.kind as keyof typeof DONE] === file.direction
  );
}

/** Transfers that were begun between the session's grant and its end, and have arrived. */
function doneUnder(claims: SessionReceiptClaims, facts: readonly LedgerFact[]): Transfer[] {
  const isOf = (kind: LedgerFact['kind']) => (fact: LedgerFact) =>
    fact.kind === kind && 'sessionId' in fact && fact.sessionId === claims.session;
  const begin = facts.findIndex(isOf('grant-received'));
  const end = facts.findIndex(isOf('session-ended'));
  const own = new Set<string>();
  for (const fact of facts.slice(begin, end === -1 ? undefined : end)) {
    if (fact.kind === 'fetch-begun' || fact.kind === 'send-begun') own.add(fact.transferId);
  }
  return facts.filter(
    (fact): fact is Transfer =>
      fact.kind in DONE && 'transferId' in fact && own.has(fact.transferId),
  );
}
