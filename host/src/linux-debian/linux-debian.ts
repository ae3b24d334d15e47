/** Debian and what is made of it, such as Ubuntu: ClamAV and apt. */
import type { Machine, SystemKind } from '../contract.ts';
import { inMachine, readHead } from '../machine-file/machine-file.ts';
import { readUpdates } from './apt/updates.ts';
import { readDefinitionsUtcMs } from './clamav/definitions.ts';
import { rebootRequiredSince } from './reboot-required.ts';

const OS_RELEASE_BYTES_MAX = 16 * 1024;

export const linuxDebian: SystemKind = {
  isOf: async ({ root, platform }) => {
    if (platform !== 'linux') return false;
    const text = await readHead(inMachine(root, 'etc/os-release'), OS_RELEASE_BYTES_MAX);
    return text !== null && isMadeOfDebian(text.toString('utf8'));
  },
  read: async (machine: Machine) => {
    const [antivirusDefinitionsUtcMs, updates, rebootRequiredSinceUtcMs] = await Promise.all([
      readDefinitionsUtcMs(machine),
      readUpdates(machine),
      rebootRequiredSince(machine),
    ]);
    return {
      system: 'linux-debian',
      antivirusDefinitionsUtcMs,
      ...updates,
      rebootRequiredSinceUtcMs,
    };
  },
};

/** Reads `ID` and `ID_LIKE` of os-release(5). */
export function isMadeOfDebian(text: string): boolean {
  return text.split('\n').some((line) => {
    const [, value] = /^ID(?:_LIKE)?=["']?([a-z0-9._ -]*)["']?\s*$/.exec(line) ?? [];
    return value?.split(' ').includes('debian') === true;
  });
}
