/**
 * What is written down before a profile is tried, and taken away when the change has come to its end.
 *
 * | file in the data directory | holds |
 * |---|---|
 * | `network-change.json` | `{ version: 1, id, interface, proof, previousUuid }` |
 *
 * As long as it is there, something has to be kept or taken back. It holds no settings and no secret: the last good profile
 * lies untouched where NetworkManager has it.
 */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { CHANGE_PROOFS } from '@chaperone/domain/network/network-change.ts';
import type { ChangeProof } from '@chaperone/domain/network/network-change.ts';
import { z } from 'zod';
import { syncDirectory, writeWholeFile } from '../platform/whole-file.ts';

const FILE = 'network-change.json';
const schema = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  interface: z.string().min(1).max(15),
  /** Absent in files of older versions. */
  proof: z.enum(CHANGE_PROOFS).default('gateway'),
  /** Of the profile that was in force before and is none of the cart's; null: it was the cart's own, or none. */
  previousUuid: z.uuid().nullable(),
});

export interface BegunChange {
  readonly id: string;
  readonly interface: string;
  readonly proof: ChangeProof;
  readonly previousUuid: string | null;
}

export class ChangeFile {
  readonly #directory: string;

  constructor(dataDirectory: string) {
    this.#directory = dataDirectory;
  }

  /** On the disk when it settles. */
  async write(change: BegunChange): Promise<void> {
    await writeWholeFile(this.#file, `${JSON.stringify({ version: 1, ...change })}\n`);
  }

  /** @returns `none` when there is no file; `damaged` when it says nothing that can be read */
  async read(): Promise<BegunChange | 'none' | 'damaged'> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
      throw fault;
    }
    try {
      const { version: _, ...change } = schema.parse(JSON.parse(text));
      return change;
    } catch {
      return 'damaged';
    }
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
    await syncDirectory(this.#directory);
  }

  get #file(): string {
    return path.join(this.#directory, FILE);
  }
}
