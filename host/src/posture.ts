/** Reads the posture of a machine, of whatever kind it is (docs/decisions/0011-posture.md). */
import type { Posture } from '@chaperone/domain/posture/posture.ts';
import type { Machine, SystemKind } from './contract.ts';
import { linuxDebian } from './linux-debian/linux-debian.ts';
import { unsupported } from './unsupported/unsupported.ts';

export type { Machine } from './contract.ts';

/** The first that fits; the last one always does. */
const KINDS: readonly SystemKind[] = [linuxDebian];

/** Gives what this machine says of itself. Takes up to a minute when apt is slow. */
export async function readPosture(machine: Partial<Machine> = {}): Promise<Posture> {
  const whole = { root: '/', platform: process.platform, ...machine };
  for (const kind of KINDS) if (await kind.isOf(whole)) return await kind.read(whole);
  return await unsupported.read(whole);
}
