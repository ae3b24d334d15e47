/**
 * Remembers beside the journal how long it was and what its root was, so that damage is noticed at the next start.
 *
 * Two slots of 128 bytes are written in turn: one torn by a power failure leaves the other. A mark is written
 * after its lines are on the disk, so it may lag behind and is never ahead.
 *
 * | slot | `<size> <root, base64url> <first 16 hexadecimal digits of SHA-256 over the two>` and spaces, newline |
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, write } from 'node:fs';
import { promisify } from 'node:util';

const writeAt = promisify(write);

const SLOT_BYTES = 128;
const FORM = /^(\d{1,15}) ([A-Za-z0-9_-]{43}) ([0-9a-f]{16}) *\n$/;

export interface Mark {
  readonly size: number;
  readonly root: string;
}

export class JournalMark {
  readonly #fd: number;
  #slot = 0;

  constructor(file: string) {
    closeSync(openSync(file, 'a', 0o600));
    this.#fd = openSync(file, 'r+');
  }

  /** Writes a mark. Without it the journal is as sound; damage would only be noticed by others. */
  async write(mark: Mark): Promise<void> {
    const text = `${mark.size} ${mark.root}`;
    const slot = Buffer.from(`${`${text} ${checkOf(text)}`.padEnd(SLOT_BYTES - 1)}\n`);
    try {
      await writeAt(this.#fd, slot, 0, SLOT_BYTES, this.#slot * SLOT_BYTES);
      this.#slot = 1 - this.#slot;
    } catch {
      // A full disk: the older mark is still true.
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Reads the newest whole mark; null when there is none. */
export function readMark(file: string): Mark | null {
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch {
    return null;
  }
  const marks = [0, SLOT_BYTES].flatMap((at) => readSlot(text.slice(at, at + SLOT_BYTES)));
  return marks.toSorted((one, other) => other.size - one.size)[0] ?? null;
}

function readSlot(slot: string): readonly Mark[] {
  const [, size, root, check] = FORM.exec(slot) ?? [];
  if (size === undefined || root === undefined || check !== checkOf(`${size} ${root}`)) return [];
  return [{ size: Number(size), root }];
}

function checkOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
