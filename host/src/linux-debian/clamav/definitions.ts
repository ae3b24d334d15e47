/**
 * When the antivirus definitions in use were built.
 *
 * clamd's word counts, because it tells of what it has loaded; only where no clamd answers does the file count that the
 * next scan would load. A clamd that names no date has no dated container, and then the age is unknown.
 */
import path from 'node:path';
import type { Machine } from '../../contract.ts';
import { inMachine, readHead } from '../../machine-file/machine-file.ts';
import { askVersion } from './ask-version.ts';
import { DEFAULT_CLAMD_SETTINGS, readClamdSettings } from './clamd-settings.ts';
import type { ClamdSettings } from './clamd-settings.ts';
import { DATABASE_HEADER_BYTES, readDatabaseHeader } from './database-header.ts';
import { readVersionAnswer } from './version-answer.ts';

const CLAMD_CONF = 'etc/clamav/clamd.conf';
const CLAMD_CONF_BYTES_MAX = 64 * 1024;
/** Only these carry the date that counts: `main` changes once in years (clamd looks for exactly these names, too). */
const DAILY = ['daily.cld', 'daily.cvd', 'daily.cud'] as const;

/** Gives milliseconds UTC, or null when it cannot be known. */
export async function readDefinitionsUtcMs(machine: Machine): Promise<number | null> {
  const settings = await settingsOf(machine);
  const answer = await askVersion(addressesOf(machine, settings));
  if (answer !== null) return readVersionAnswer(answer);
  return await newestBuilt(inMachine(machine.root, settings.databaseDirectory));
}

/** What the machine's clamd.conf says, or what holds without one. */
export async function settingsOf({ root }: Pick<Machine, 'root'>): Promise<ClamdSettings> {
  const text = await readHead(inMachine(root, CLAMD_CONF), CLAMD_CONF_BYTES_MAX);
  return text === null ? DEFAULT_CLAMD_SETTINGS : readClamdSettings(text.toString('utf8'));
}

function addressesOf({ root, clamdSocket }: Machine, { localSocket, tcp }: ClamdSettings) {
  if (clamdSocket !== undefined) return [{ path: path.resolve(clamdSocket) }];
  const local = localSocket === null ? [] : [{ path: inMachine(root, localSocket) }];
  return tcp === null ? local : [...local, tcp];
}

async function newestBuilt(directory: string): Promise<number | null> {
  let newest: number | null = null;
  for (const name of DAILY) {
    const head = await readHead(path.join(directory, name), DATABASE_HEADER_BYTES);
    const builtUtcMs = head === null ? null : readDatabaseHeader(head);
    if (builtUtcMs !== null && (newest === null || builtUtcMs > newest)) newest = builtUtcMs;
  }
  return newest;
}
