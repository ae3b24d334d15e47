/**
 * Work for a case, as the ledger tells of it, and the decision to resolve that ends it.
 *
 * The decision is recorded before it takes effect. After a kill only the ledger may know of it; whether it is still meant
 * is read here.
 */
import type { LedgerFact } from './ledger-entry.ts';

/** Entries that give somebody more than before, or keep the case: none may follow the decision. */
export const CASE_WORK: ReadonlySet<string> = new Set<LedgerFact['kind']>([
  'technician-designated',
  'note-added',
  'session-requested',
  'grant-received',
  'activity-opened',
  'unmask-asked',
  'watch-asked',
  'watch-granted',
  'fetch-begun',
  'send-begun',
  'snapshot-taken',
  'recording-begun',
  'recording-off',
  'record-exported',
  'record-viewed',
  'record-deidentified',
  'export-permitted',
  'legal-hold-proposed',
  'legal-hold-set',
]);

/**
 * Finds the decision to resolve that is to be carried out, in the entries of one case in their order.
 *
 * When work went on after it, whoever decided was told that it had failed, and is to decide again: then it is null.
 */
export function standingDecision<Line extends { readonly fact: Pick<LedgerFact, 'kind'> }>(
  lines: readonly Line[],
): Line | null {
  const at = lines.findLastIndex(({ fact }) => fact.kind === 'case-resolving');
  const hasWorkAfter = lines.slice(at + 1).some(({ fact }) => CASE_WORK.has(fact.kind));
  return hasWorkAfter ? null : (lines[at] ?? null);
}
