/**
 * Until when a machine that is kept by apt is known to be up to date.
 *
 * What apt knows is as old as the newest list of a security suite: its `Date` is signed by the archive, and a failed
 * update does not change it. The stamps of Debian's daily job are not asked: apt-get ends well, and they are written, also
 * when an archive could not be reached. An archive whose lists expire after a week renews the date within that.
 */
import type { Posture } from '@chaperone/domain/posture/posture.ts';
import type { Machine } from '../../contract.ts';
import { inMachine, namesIn, readHead } from '../../machine-file/machine-file.ts';
import { countPending } from './pending.ts';
import { readSecurityRelease } from './release-file.ts';
import { lastUpgradeUtcMs } from './upgrade-history.ts';

const LISTS = 'var/lib/apt/lists';
/** A release file begins with its fields; what follows is one line for each index. */
const RELEASE_HEAD_BYTES = 16 * 1024;
export type Updates = Pick<
  Posture,
  'updatesKnownUtcMs' | 'securityUpdatesPending' | 'upgradedUtcMs'
>;

export async function readUpdates(machine: Machine): Promise<Updates> {
  const [updatesKnownUtcMs, securityUpdatesPending, upgradedUtcMs] = await Promise.all([
    updatesKnown(machine),
    countPending(machine),
    lastUpgradeUtcMs(machine),
  ]);
  return { updatesKnownUtcMs, securityUpdatesPending, upgradedUtcMs };
}

async function updatesKnown({ root }: Machine): Promise<number | null> {
  const dates: number[] = [];
  for (const name of await namesIn(inMachine(root, LISTS))) {
    if (!/_(?:In)?Release$/.test(name)) continue;
    const head = await readHead(inMachine(root, `${LISTS}/${name}`), RELEASE_HEAD_BYTES);
    const dated = head === null ? null : readSecurityRelease(head.toString('utf8'));
    if (dated !== null) dates.push(dated);
  }
  return dates.length === 0 ? null : Math.max(...dates);
}
