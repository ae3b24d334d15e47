/** Test support: takes records through the quarantine, as a demo without a scanner does. */
import { beginScan, releaseUnscanned } from '@chaperone/domain/quarantine/quarantine.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import type { OpenedVault } from '../vault.ts';

/** Releases each record of this vault when it arrives. */
export function releaseOnArrival(vault: OpenedVault): OpenedVault {
  vault.quarantine.attend(async (record) => await release(vault, record));
  return vault;
}

/** Releases one record that waits. */
export async function release(
  { quarantine }: OpenedVault,
  { caseId, id }: Pick<CaseRecord, 'caseId' | 'id'>,
): Promise<void> {
  const scanning = beginScan({ state: 'waiting' });
  await quarantine.move(caseId, id, 'waiting', scanning);
  const released = releaseUnscanned(scanning, { kind: 'no-scanner' }, 0);
  await quarantine.move(caseId, id, 'scanning', released);
}
