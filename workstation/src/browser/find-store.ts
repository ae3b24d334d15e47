/**
 * Where the browsers of this account keep their certificates.
 *
 * | browser | its store |
 * |---|---|
 * | Chromium, Chrome | `~/.pki/nssdb` when it is there, otherwise `~/.local/share/pki/nssdb`; older ones know only the first |
 * | Firefox | the profile that it starts with, below `~/.mozilla/firefox` or where snap and flatpak put it |
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { readSmallFile } from '../platform/small-file.ts';
import { BrowserNotFound } from './browser-error.ts';
import { startingProfile } from './firefox-profiles.ts';

const FIREFOX_FOLDERS = [
  '.mozilla/firefox',
  '.config/mozilla/firefox',
  'snap/firefox/common/.mozilla/firefox',
  '.var/app/org.mozilla.firefox/.mozilla/firefox',
] as const;

/** Gives the directory of Chromium's store, whether it is there yet or not. */
export function chromiumStore(environment: NodeJS.ProcessEnv = process.env): string {
  const home = homeOf(environment);
  const older = path.join(home, '.pki', 'nssdb');
  const data = environment['XDG_DATA_HOME'];
  const base =
    data !== undefined && path.isAbsolute(data) ? data : path.join(home, '.local', 'share');
  const newer = path.join(base, 'pki', 'nssdb');
  // Where there is neither, every Chromium finds one that is made at the older place.
  return !existsSync(older) && existsSync(newer) ? newer : older;
}

/** Gives the directory of Firefox's profile. @throws BrowserNotFound, FileUnreadable */
export async function firefoxStore(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  for (const folder of FIREFOX_FOLDERS) {
    const base = path.join(homeOf(environment), folder);
    const text = await readSmallFile(path.join(base, 'profiles.ini'));
    const profile = text === null ? undefined : startingProfile(text);
    if (profile !== undefined) return path.resolve(base, profile);
  }
  throw new BrowserNotFound(
    'There is no profile of Firefox yet. Start Firefox once as the person who uses it, or name the directory of the ' +
      'profile: --store DIRECTORY.',
  );
}

function homeOf(environment: NodeJS.ProcessEnv): string {
  return environment['HOME'] ?? homedir();
}
