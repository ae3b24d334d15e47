/**
 * How far the collector has confirmed the ledger: one small file with its own digest.
 *
 * A damaged file, or one of another ledger, counts as none: then everything is sent again, since an entry twice is less than
 * one never.
 *
 * | line | holds |
 * |---|---|
 * | 1 | JSON: `format`, `ledger` (its verifier key), `confirmed`, `settled` |
 * | 2 | SHA-256 of line 1, hexadecimal |
 */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../platform/durable-file/durable-file.ts';
import { readSmallFile } from '../../platform/small-file/small-file.ts';

const POSITION_BYTES_MAX = 4096;

const count = z.int().min(0);
const content = z
  .strictObject({ format: z.literal(1), ledger: z.string(), confirmed: count, settled: count })
  .refine(({ confirmed, settled }) => settled <= confirmed);

export interface Position {
  /** Entries that the collector has confirmed. */
  readonly confirmed: number;
  /** Those of which it was heard again, long enough after: nothing of them is in its memory only. */
  readonly settled: number;
}

const BEGINNING: Position = { confirmed: 0, settled: 0 };

export class PositionFile {
  readonly #file: string;
  readonly #ledger: string;

  /** @param ledger the verifier key of the ledger that is forwarded */
  constructor(directory: string, ledger: string) {
    this.#file = path.join(directory, 'position');
    this.#ledger = ledger;
  }

  /** @returns the beginning where there is no usable position, and whether there was one that is not */
  async read(): Promise<{ readonly position: Position; readonly isDamaged: boolean }> {
    const text = await this.#text();
    if (text === null) return { position: BEGINNING, isDamaged: false };
    const [line = '', digest = '', ...rest] = text.split('\n');
    const isWhole = digest === digestOf(line) && rest.join('') === '';
    const read = isWhole ? content.safeParse(JSON.parse(line)) : null;
    if (read?.success !== true || read.data.ledger !== this.#ledger)
      return { position: BEGINNING, isDamaged: true };
    const { confirmed, settled } = read.data;
    return { position: { confirmed, settled }, isDamaged: false };
  }

  /** @throws DiskFull */
  async keep({ confirmed, settled }: Position): Promise<void> {
    const line = JSON.stringify({ format: 1, ledger: this.#ledger, confirmed, settled });
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    await writeDurably(this.#file, `${line}\n${digestOf(line)}\n`);
  }

  async #text(): Promise<string | null> {
    try {
      const bytes = await readSmallFile(this.#file, POSITION_BYTES_MAX);
      return bytes === null ? '' : bytes.toString();
    } catch (fault) {
      if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return null;
      throw fault;
    }
  }
}

function digestOf(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}
