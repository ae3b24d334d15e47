/**
 * Finds every file below a directory of a cart, by the cart's own listings, before any of them is fetched.
 *
 * The cart lists regular files only and follows no link, so the walk ends; that it ends soon is not left to the cart. What it
 * names is not trusted: each name obeys the rules of file names, or the walk is refused. It fetches nothing.
 */
import { checkFileName } from '@chaperone/domain/file-name/file-name.ts';
import type { Listing } from '@chaperone/protocol/cart-api/schema.ts';
import { CartMisbehaved } from '../tunnel/tunnel.ts';
import { FolderTooLarge } from './transfer-error.ts';

/** Files of one folder: each is a line of the ledger and a row. A study of thousands of slices fits. */
export const FOLDER_FILES_MAX = 5000;
/** Directories: each is a question to the cart. */
const DIRECTORIES_MAX = 1000;
/** Directories below each other, as a cart's inbox makes them. */
const DEPTH_MAX = 32;
/** Questions to the cart at once; it answers four, and somebody may look at a listing meanwhile. */
const AT_ONCE_MAX = 3;

export interface FoundFile {
  readonly name: string;
  /** Where it lies, relative to the cart's directory. */
  readonly path: string;
  /** Where it will lie, relative, below the folder's own name. */
  readonly folder: string;
  readonly bytes: number;
}

interface Place {
  readonly path: string;
  readonly folder: string;
  readonly depth: number;
}

/**
 * @param root the folder's path on the cart, checked; '' for the whole directory
 * @param name what the folder is called here, checked; '' leaves it out
 * @throws FolderTooLarge, FileNameRefused, CartMisbehaved, and what `list` throws
 */
export async function walkFolder(
  root: string,
  name: string,
  list: (path: string) => Promise<Listing>,
): Promise<readonly FoundFile[]> {
  const files: FoundFile[] = [];
  let places: readonly Place[] = [{ path: root, folder: name, depth: 1 }];
  let directories = 1;
  while (places.length > 0) {
    const next: Place[] = [];
    for (let at = 0; at < places.length; at += AT_ONCE_MAX) {
      const some = places.slice(at, at + AT_ONCE_MAX);
      const listings = await Promise.all(some.map(async ({ path }) => await list(path)));
      for (const [index, place] of some.entries()) {
        const found = sorted(place, listings[index]);
        files.push(...found.files);
        next.push(...found.places);
        directories += found.places.length;
        if (files.length > FOLDER_FILES_MAX) throw tooLarge(`${FOLDER_FILES_MAX} files`);
        if (directories > DIRECTORIES_MAX) throw tooLarge(`${DIRECTORIES_MAX} directories`);
      }
    }
    places = next;
  }
  return files;
}

function sorted(
  { path, folder, depth }: Place,
  listing: Listing | undefined,
): { readonly files: readonly FoundFile[]; readonly places: readonly Place[] } {
  if (listing?.truncated !== false) throw tooLarge('what a listing holds');
  const names = new Set(listing.entries.map(({ name }) => name));
  if (names.size !== listing.entries.length) throw new CartMisbehaved('LISTING_MALFORMED');
  const files: FoundFile[] = [];
  const places: Place[] = [];
  for (const { name, kind, bytes } of listing.entries) {
    checkFileName(name);
    if (kind === 'file') files.push({ name, path: join(path, name), folder, bytes });
    else places.push({ path: join(path, name), folder: join(folder, name), depth: depth + 1 });
  }
  if (depth >= DEPTH_MAX && places.length > 0) throw tooLarge(`${DEPTH_MAX} levels`);
  return { files, places };
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

function tooLarge(what: string): FolderTooLarge {
  return new FolderTooLarge(
    `This folder has more than ${what}. Fetch the folders in it one by one.`,
  );
}
