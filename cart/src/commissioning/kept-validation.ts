/**
 * The last validation, kept until something changes: what is accepted later, also by another process, is what was seen.
 *
 * | file in the data directory | holds |
 * |---|---|
 * | `validation.json` | `{ version: 1, validation }`, mode 0600 |
 */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { validation } from '@chaperone/protocol/commissioning/validation.ts';
import type { Validation } from '@chaperone/protocol/commissioning/validation.ts';
import { z } from 'zod';
import { writeWholeFile } from '../platform/whole-file.ts';

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
    await writeWholeFile(this.#file, JSON.stringify({ version: 1, validation: kept }));
  }

  /** Forgets it, before something changes of what it has seen. */
  async forget(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}
