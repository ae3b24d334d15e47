/**
 * Where the cart's network profiles are kept: keyfiles that root alone reads, each written whole or not at all.
 *
 * | place | holds | after a power cut |
 * |---|---|---|
 * | profiles directory | the last good profile of an interface | it is what comes up |
 * | runtime directory | the one that is being tried, with the same UUID; it hides the other | gone: it is in memory |
 *
 * NetworkManager is told to read them anew by whoever changed them.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import { writeWholeFile } from '../../platform/whole-file.ts';
import { readKeyfile, writeKeyfile } from './keyfile.ts';
import type { ReadKeyfile } from './keyfile.ts';

export interface ProfilePlaces {
  readonly profilesDirectory: string;
  /** In memory, and read by NetworkManager: nothing in it outlives a restart of the machine. */
  readonly runtimeDirectory: string;
}

/** A keyfile with the largest CA file is read whole. */
const FILE_BYTES_MAX = 1024 * 1024;

export class ProfileStore {
  readonly #places: ProfilePlaces;

  constructor(places: ProfilePlaces) {
    this.#places = places;
  }

  /** Puts a profile where it is tried and survives no restart. It does not come up by itself. */
  async writeTrial(
    interfaceName: string,
    profile: NetworkProfile,
    changeId: string,
  ): Promise<void> {
    const { runtimeDirectory } = this.#places;
    await mkdir(runtimeDirectory, { recursive: true, mode: 0o755 });
    const text = keyfileOf(interfaceName, profile, changeId, false);
    await writeWholeFile(this.#file(runtimeDirectory, interfaceName), text);
  }

  /** Makes a profile the good one. Once this has settled it is what comes up, whatever happens. */
  async writeKept(interfaceName: string, profile: NetworkProfile, changeId: string): Promise<void> {
    const { profilesDirectory } = this.#places;
    await mkdir(profilesDirectory, { recursive: true, mode: 0o755 });
    const text = keyfileOf(interfaceName, profile, changeId, true);
    await writeWholeFile(this.#file(profilesDirectory, interfaceName), text);
  }

  /** Takes away what was tried, on whichever interface. */
  async removeTrials(): Promise<void> {
    const { runtimeDirectory } = this.#places;
    for (const name of await namesIn(runtimeDirectory)) {
      if (name.startsWith('chaperone-') && name.endsWith(SUFFIX))
        await rm(path.join(runtimeDirectory, name), { force: true });
    }
  }

  /** Tells the good profile of an interface; null when the cart never set one up. */
  async readKept(interfaceName: string): Promise<ReadKeyfile | null> {
    const file = this.#file(this.#places.profilesDirectory, interfaceName);
    const text = await readIfThere(file);
    if (text === null) return null;
    return readKeyfile(text);
  }

  /** Takes away what a crash left half written. */
  async prune(): Promise<void> {
    for (const directory of [this.#places.profilesDirectory, this.#places.runtimeDirectory]) {
      for (const name of await namesIn(directory)) {
        if (/^\.chaperone-.*\.making-[0-9a-f]+$/.test(name))
          await rm(path.join(directory, name), { force: true });
      }
    }
  }

  #file(directory: string, interfaceName: string): string {
    return path.join(directory, `chaperone-${interfaceName}${SUFFIX}`);
  }
}

const SUFFIX = '.nmconnection';

/**
 * The UUID of the cart's profile of an interface: always the same, so that a profile that is tried hides the one before
 * instead of standing beside it (version 5 of RFC 9562, of the interface's name).
 */
export function profileUuid(interfaceName: string): string {
  const namespace = Buffer.from('6f1b0b5c3f9d4c0e8b6a0d5e7c1a9f42', 'hex');
  const hash = createHash('sha1').update(namespace).update(interfaceName).digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function keyfileOf(
  interfaceName: string,
  profile: NetworkProfile,
  changeId: string,
  isAutomatic: boolean,
): string {
  const uuid = profileUuid(interfaceName);
  return writeKeyfile({ interfaceName, uuid, changeId, isAutomatic, profile });
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    if ((await stat(file)).size > FILE_BYTES_MAX) return null;
    return await readFile(file, 'utf8');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fault;
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fault;
  }
}
