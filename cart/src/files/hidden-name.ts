/**
 * Names that may tell of patients, hidden: where a case asks for de-identification, the names of files are part of what may not
 * leave. In their place stand a kind, eight digits that are the same each time, and a plain ending.
 *
 * Whoever asks for such a name means the file that has it: the directory is looked through for it.
 */
import { createHmac } from 'node:crypto';
import type { FileEntry } from '@chaperone/protocol/cart-api/schema.ts';
import { FileNotFound } from './file-error.ts';
import { listDirectory } from './listing.ts';

const DIGITS = 8;
/** To which sizes are rounded up, bytes: what is enough to choose by, and too coarse to know a file by. */
const SIZE_STEP_BYTES = 64 * 1024;
/** Endings that say what a file is and nothing else. */
const PLAIN_ENDING = /\.(?:dcm|log|txt|zip|gz|csv|json|xml|pdf|png|jpg|mp4|bin)$/i;

/** Gives names that hide. */
export class HiddenNames {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /**
   * Gives what may be shown of an entry. When a file was written is when somebody was examined, and an exact size finds it elsewhere.
   * @param place as for {@link hide}
   */
  hiddenEntry(place: string, entry: FileEntry): FileEntry {
    const bytes = Math.ceil(entry.bytes / SIZE_STEP_BYTES) * SIZE_STEP_BYTES;
    return { ...entry, name: this.hide(place, entry), bytes, modifiedUtcMs: 0 };
  }

  /** @param place the directory's id and the true path to the entry's own directory */
  hide(place: string, { name, kind }: Pick<FileEntry, 'name' | 'kind'>): string {
    const digits = createHmac('sha256', this.#secret)
      .update(`chaperone hidden name v1\n${place}\n${name}`)
      .digest('hex')
      .slice(0, DIGITS);
    const ending = kind === 'file' ? (PLAIN_ENDING.exec(name)?.[0].toLowerCase() ?? '') : '';
    return `${kind === 'file' ? 'file' : 'folder'}-${digits}${ending}`;
  }

  /**
   * Finds the true path behind a hidden one.
   * @throws FileNotFound, DirectoryUnreadable, StorageFailed
   */
  async reveal(
    directory: string,
    root: string,
    hidden: readonly string[],
  ): Promise<readonly string[]> {
    const path: string[] = [];
    for (const wanted of hidden) {
      const place = [directory, ...path].join('/');
      const { entries } = await listDirectory(root, path);
      const found = entries.find((entry) => this.hide(place, entry) === wanted);
      if (found === undefined) throw new FileNotFound('There is no such file.');
      path.push(found.name);
    }
    return path;
  }
}
