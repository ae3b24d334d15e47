/** What a running clamd says of itself: which definitions it has loaded (clamd(8), command `VERSION`). */
import { statfs } from 'node:fs/promises';
import { askVersion } from './linux-debian/clamav/ask-version.ts';
import type { ClamdAddress } from './linux-debian/clamav/ask-version.ts';
import { settingsOf } from './linux-debian/clamav/definitions.ts';
import { inMachine } from './machine-file/machine-file.ts';
import { readDefinitionsAnswer } from './linux-debian/clamav/version-answer.ts';
import type { LoadedDefinitions } from './linux-debian/clamav/version-answer.ts';

export type { ClamdAddress } from './linux-debian/clamav/ask-version.ts';
export type { LoadedDefinitions } from './linux-debian/clamav/version-answer.ts';

export type ClamdState =
  | { readonly isReachable: false }
  | { readonly isReachable: true; readonly definitions: LoadedDefinitions | null };

/** TMPFS_MAGIC and RAMFS_MAGIC (statfs(2)). */
const IN_MEMORY: ReadonlySet<number> = new Set([0x0102_1994, 0x8584_58f6]);

/**
 * Names where clamd writes what it scans, if that is on a disk; null when it is in memory, or cannot be seen.
 * @param root the folder in the place of `/`
 */
export async function scannedOnDisk(root = '/'): Promise<string | null> {
  const { temporaryDirectory } = await settingsOf({ root });
  try {
    const { type } = await statfs(inMachine(root, temporaryDirectory));
    return IN_MEMORY.has(type) ? null : temporaryDirectory;
  } catch {
    return null;
  }
}

/** Asks a clamd for its definitions; null ones when it has none that carry a date. Takes some seconds when it is mute. */
export async function askDefinitions(address: ClamdAddress): Promise<ClamdState> {
  const answer = await askVersion([address]);
  if (answer === null) return { isReachable: false };
  return { isReachable: true, definitions: readDefinitionsAnswer(answer) };
}
