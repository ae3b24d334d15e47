/**
 * Lists one directory: what could be fetched from it, and the directories below.
 *
 * Left out are symbolic links, devices, pipes and sockets, names that the rules of file names refuse (they could not
 * be asked for), and files that are still arriving in an inbox.
 */
import { lstat, opendir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { checkFileName } from '@chaperone/domain/file-name/file-name.ts';
import { LISTED_ENTRIES_MAX } from '@chaperone/protocol/cart-api/schema.ts';
import type { FileEntry, Listing } from '@chaperone/protocol/cart-api/schema.ts';
import { fileError } from './file-error.ts';
import { isStagingName } from './staging-name.ts';
import { itself, openDirectory, within } from './tree.ts';

/** Entries that are looked at before a listing is cut short; a directory may hold millions. */
const SEEN_ENTRIES_MAX = 50_000;

/**
 * Lists a directory, in the order of names.
 * @param segments checked by `checkRelativePath`
 * @throws FileNotFound, DirectoryUnreadable, StorageFailed
 */
export async function listDirectory(root: string, segments: readonly string[]): Promise<Listing> {
  await using directory = await openDirectory(root, segments);
  try {
    return await listEntries(directory);
  } catch (cause) {
    throw fileError(cause);
  }
}

async function listEntries(directory: FileHandle): Promise<Listing> {
  const entries: FileEntry[] = [];
  let seen = 0;
  // As bytes: a name that is not UTF-8 would otherwise come out as another name.
  const names = await opendir(itself(directory), { encoding: 'buffer' as BufferEncoding });
  for await (const found of names) {
    seen += 1;
    if (entries.length >= LISTED_ENTRIES_MAX || seen > SEEN_ENTRIES_MAX) {
      return { entries: sorted(entries), truncated: true };
    }
    const name = servedName(found.name as unknown as Buffer);
    const entry = name === null ? null : await entryOf(directory, name);
    if (entry !== null) entries.push(entry);
  }
  return { entries: sorted(entries), truncated: false };
}

async function entryOf(directory: FileHandle, name: string): Promise<FileEntry | null> {
  try {
    const stat = await lstat(within(directory, name));
    if (!stat.isFile() && !stat.isDirectory()) return null;
    return {
      name,
      kind: stat.isFile() ? 'file' : 'directory',
      bytes: stat.isFile() ? stat.size : 0,
      modifiedUtcMs: Math.trunc(stat.mtimeMs),
    };
  } catch {
    // It went away while the directory was read.
    return null;
  }
}

function servedName(bytes: Buffer): string | null {
  try {
    const name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return isStagingName(name) ? null : checkFileName(name);
  } catch {
    return null;
  }
}

function sorted(entries: readonly FileEntry[]): FileEntry[] {
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
