/** What the engineer page says of the ledger: from the running agent, or from the disk where none runs. */
import type { EngineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import { EvidenceUnreadable, lookAtEvidence } from '../evidence/evidence.ts';
import type { CartEvidence } from '../evidence/evidence.ts';
import type { Log } from '../platform/log.ts';

/** Null, too, where what was kept cannot be read: `chaperone cart status` says that. */
export async function ledgerDiverged(
  dataDirectory: string,
  running: Pick<CartEvidence, 'standing'> | null,
  log: Pick<Log, 'warn'>,
): Promise<EngineerState['ledgerDiverged']> {
  try {
    const standing = running?.standing() ?? (await lookAtEvidence(dataDirectory, log)).standing;
    const { diverged } = standing;
    return diverged === null ? null : { code: diverged.code, noticedUtcMs: diverged.utcMs };
  } catch (fault) {
    if (!(fault instanceof EvidenceUnreadable)) throw fault;
    return null;
  }
}
