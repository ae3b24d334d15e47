/** What whoever sends a piece is told when its case was resolved meanwhile. */
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { CaseKeyMissing } from '../../vault/contract.ts';
import type { DeskContext } from '../platform/desk-context.ts';

/** Resolving a case closes what is being received for it, which then looks like a disk that failed. */
export async function caseGoneOr(
  { vault }: DeskContext,
  caseId: CaseId,
  fault: unknown,
): Promise<unknown> {
  const code = fault instanceof Error && 'code' in fault ? fault.code : null;
  if (code !== 'VAULT_UNAVAILABLE') return fault;
  return await vault.records(caseId).then(
    () => fault,
    (gone: unknown) => (gone instanceof CaseKeyMissing ? gone : fault),
  );
}
