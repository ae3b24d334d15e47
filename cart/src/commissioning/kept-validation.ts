/**
 * The last validation, kept until something changes: what is accepted later, also by another process, is what was seen.
 *
 * | file in the data directory | holds |
 * |---|---|
 * | `validation.json` | `{ version: 1, validation }`, mode 0600 |
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { validation } from '@chaperone/protocol/commissioning/validation.ts';
import type { Validation } from '@chaperone/protocol/commissioning/validation.ts';
import { z } from 'zod';

const FILE = 'validation.json';
const schema = z.strictObject({ version: z.literal(1), validation });

export class KeptValidation {
  readonly #file: string;

  constructor(dataDirectory: string) {
    this.#file = path.join(dataDirectory, FILE);
  }

  /** Reads it; one that is damaged counts as none, since validating again costs ten seconds. */
  async read(): Promise<Validation | null> {
    try {
      return schema.parse(JSON.parse(await readFile(this.#file, 'utf8'))).validation;
    } catch (fault) {
      if (fault instanceof SyntaxError || fault instanceof z.ZodError) return null;
      if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw fault;
    }
  }

  async keep(kept: Validation): Promise<void> {
    const making = `${this.#file}.making`;
    await rm(making, { force: true });
    const text = JSON.stringify({ version: 1, validation: kept });
    await writeFile(making, text, { mode: 0o600, flag: 'wx', flush: true });
    await rename(making, this.#file);
  }

  /** Forgets it, before something changes of what it has seen. */
  async forget(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}
