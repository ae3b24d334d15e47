/**
 * Acceptance reports on the cart's disk, whole or not at all. They are kept for good: a field engineer makes a few in a cart's life.
 *
 * | in the data directory | holds |
 * |---|---|
 * | `acceptance/<number>-<id>.json` | one `AcceptanceFile`; seconds since 1970 or one more than the last, twelve digits, so that names sort as they were made, whatever the clock says |
 * | `acceptance/refused/` | reports that the gateway will never take |
 * | `acceptance/damaged/` | files that cannot be read |
 */
import { mkdir, readFile, readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import {
  ACCEPTANCE_FILE_BYTES_MAX,
  acceptanceFile,
} from '@chaperone/protocol/commissioning/acceptance-report.ts';
import type { AcceptanceFile } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { syncDirectory, writeWholeFile } from '../platform/whole-file.ts';

/** An acceptance file on this cart cannot be read. The signed report may be at the gateway. */
export class AcceptanceFileDamaged extends DomainError {
  readonly code = 'ACCEPTANCE_FILE_DAMAGED';

  constructor(name: string, options?: { readonly cause?: unknown }) {
    super(
      `The file acceptance/${name} in the data directory is damaged. Validate and accept anew.`,
      options,
    );
  }
}

const FOLDER = 'acceptance';
/** Where files go that are in the way of others. */
export type Aside = 'refused' | 'damaged';
const NAME = /^\d{12}-acpt-[0-9a-z]{26}\.json$/;
const NUMBER_DIGITS = 12;

export class AcceptanceFiles {
  readonly #folder: string;

  constructor(dataDirectory: string) {
    this.#folder = path.join(dataDirectory, FOLDER);
  }

  /** Keeps a report; it is on the disk when this settles. @returns its name */
  async keep(file: AcceptanceFile, id: string, signedS: number): Promise<string> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    // A clock that was wrong once must not make its report the newest for years.
    const made = await Promise.all([this.names(), this.names('refused'), this.names('damaged')]);
    const last = Number.parseInt(made.flat().toSorted().at(-1) ?? '0', 10);
    const number = Math.max(signedS, last + 1);
    const name = `${String(number).padStart(NUMBER_DIGITS, '0')}-${id}.json`;
    await this.write(name, file);
    return name;
  }

  async write(name: string, file: AcceptanceFile): Promise<void> {
    await writeWholeFile(path.join(this.#folder, name), `${JSON.stringify(file, null, 2)}\n`);
  }

  /** Oldest first. */
  async names(aside?: Aside): Promise<readonly string[]> {
    const folder = aside === undefined ? this.#folder : path.join(this.#folder, aside);
    try {
      return (await readdir(folder)).filter((name) => NAME.test(name)).toSorted();
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw fault;
    }
  }

  /** @throws AcceptanceFileDamaged */
  async read(name: string): Promise<AcceptanceFile> {
    const place = path.join(this.#folder, name);
    if ((await stat(place)).size > ACCEPTANCE_FILE_BYTES_MAX) throw new AcceptanceFileDamaged(name);
    return readAcceptanceFile(await readFile(place, 'utf8'), name);
  }

  /** Puts a report aside that need not be sent again, or cannot be. */
  async putAside(name: string, where: Aside): Promise<void> {
    const aside = path.join(this.#folder, where);
    await mkdir(aside, { recursive: true, mode: 0o700 });
    await rename(path.join(this.#folder, name), path.join(aside, name));
    await syncDirectory(this.#folder);
  }
}

/** @throws AcceptanceFileDamaged */
export function readAcceptanceFile(text: string, name: string): AcceptanceFile {
  try {
    return acceptanceFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new AcceptanceFileDamaged(name, { cause });
  }
}
