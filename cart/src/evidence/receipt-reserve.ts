/**
 * Room on the disk that is kept for receipts of sessions that end when there is no other.
 *
 * A file of a fixed size in `receipts/`, written in full while there is room; a receipt that finds none is then written over a part of
 * it, in place, which needs no new block where a file system replaces blocks (ext4, xfs, tmpfs; not one that copies them, btrfs or zfs). So
 * it outlives the agent, and is put on the shelf once there is room, if need be at the next start. What has been put there is
 * overwritten here: the lists hold names of files. Decision 0048.
 *
 * | bytes | hold |
 * |---|---|
 * | 64 | SHA-256 of the receipt's bytes, hexadecimal |
 * | 1 | space |
 * | 1 to 7 | how many bytes the receipt has, decimal |
 * | 1 | LF |
 * | that many | the receipt: JSON, UTF-8, no LF |
 * | 1 | LF |
 *
 * and so on; what does not begin so is the end. One whose digest is another was cut off while it was written, and counts for nothing.
 */
import { createHash } from 'node:crypto';
import { open, readFile, statfs } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { SessionId } from '@chaperone/domain/id/id.ts';
import { sessionId } from '@chaperone/protocol/cart-api/schema.ts';
import { sessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import type { Log } from '../platform/log.ts';
import { writeWholeFile } from '../platform/whole-file.ts';

/** Bytes: a receipt has some kilobytes, and some three hundred bytes more for each file that moved. */
export const RESERVE_BYTES = 512 * 1024;
/** Bytes that have to be free: what is kept for later must not be what is missing now. */
const FREE_BYTES_MIN = 2 * RESERVE_BYTES;
const FILE = '.reserve';
const HEAD = /^([0-9a-f]{64}) (\d{1,7})$/;
const HEAD_BYTES_MAX = 64 + 1 + 7;
const LF = 0x0a;

/** A receipt that is not on the shelf yet. */
export interface WaitingReceipt {
  readonly sessionId: SessionId;
  readonly endedUtcMs: number;
  readonly isGranted: boolean;
  readonly file: SessionReceiptFile;
}

const waitingReceipt = z.strictObject({
  sessionId,
  endedUtcMs: z.number().int(),
  isGranted: z.boolean(),
  file: sessionReceiptFile,
});

export class ReceiptReserve {
  readonly #file: string;
  readonly #log: Pick<Log, 'warn'>;
  #isThere = false;
  #usedBytes = 0;
  #isWritten = false;
  #held = new Map<SessionId, WaitingReceipt>();

  private constructor(file: string, log: Pick<Log, 'warn'>) {
    this.#file = file;
    this.#log = log;
  }

  /** Reads what waits in it. */
  static async open(directory: string, log: Pick<Log, 'warn'>): Promise<ReceiptReserve> {
    const reserve = new ReceiptReserve(path.join(directory, FILE), log);
    const content = await readFile(reserve.#file).catch(() => null);
    if (content?.length === RESERVE_BYTES) reserve.#read(content);
    return reserve;
  }

  /** What waits in it, the oldest first. */
  held(): readonly WaitingReceipt[] {
    return [...this.#held.values()];
  }

  /** Makes it, if it is not there; without room for it the agent does without. Never throws. */
  async make(): Promise<void> {
    if (this.#isThere) return;
    try {
      const { bavail, bsize } = await statfs(path.dirname(this.#file));
      if (bavail * bsize < FREE_BYTES_MIN) return;
      await writeWholeFile(this.#file, '\0'.repeat(RESERVE_BYTES));
      this.#isThere = true;
    } catch (fault) {
      this.#log.warn({ err: fault }, 'there is no room to keep for receipts on a full disk');
    }
  }

  /**
   * Keeps a receipt here until {@link clear}; the same again changes nothing. Never throws.
   * @returns whether it is on the disk
   */
  async hold(receipt: WaitingReceipt): Promise<boolean> {
    if (this.#held.has(receipt.sessionId)) return true;
    const record = recordOf(receipt);
    if (!this.#isThere || this.#usedBytes + record.length > RESERVE_BYTES) return false;
    try {
      await this.#overwrite(record, this.#usedBytes);
    } catch (fault) {
      this.#log.warn({ err: fault }, 'a receipt could not be written where room is kept for it');
      return false;
    }
    this.#usedBytes += record.length;
    this.#held.set(receipt.sessionId, receipt);
    return true;
  }

  /** Overwrites what it held: all of it is on the shelf. Never throws. */
  async clear(): Promise<void> {
    if (!this.#isWritten) return;
    try {
      await this.#overwrite(Buffer.alloc(RESERVE_BYTES), 0);
      this.#isWritten = false;
      this.#usedBytes = 0;
      this.#held = new Map();
    } catch (fault) {
      this.#log.warn({ err: fault }, 'what was kept of receipts could not be overwritten');
    }
  }

  async #overwrite(bytes: Buffer, at: number): Promise<void> {
    await using handle = await open(this.#file, 'r+');
    this.#isWritten = true;
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
    await handle.sync();
  }

  #read(content: Buffer): void {
    this.#isThere = true;
    this.#isWritten = content.some((byte) => byte !== 0);
    for (;;) {
      const found = recordAt(content, this.#usedBytes);
      if (found === null) return;
      this.#usedBytes = found.end;
      this.#held.set(found.receipt.sessionId, found.receipt);
    }
  }
}

function recordOf(receipt: WaitingReceipt): Buffer {
  const body = Buffer.from(JSON.stringify(receipt), 'utf8');
  return Buffer.concat([
    Buffer.from(`${digestOf(body)} ${body.length}\n`),
    body,
    Buffer.from('\n'),
  ]);
}

/** Null where nothing whole begins. */
function recordAt(
  content: Buffer,
  at: number,
): { readonly receipt: WaitingReceipt; readonly end: number } | null {
  const head = content.subarray(at, at + HEAD_BYTES_MAX + 1);
  const [, digest, length] = HEAD.exec(head.subarray(0, head.indexOf(LF)).toString('latin1')) ?? [];
  if (digest === undefined) return null;
  const begin = at + head.indexOf(LF) + 1;
  const body = content.subarray(begin, begin + Number(length));
  if (digestOf(body) !== digest) return null;
  try {
    const receipt = waitingReceipt.parse(JSON.parse(body.toString('utf8')));
    return { receipt: receipt as WaitingReceipt, end: begin + body.length + 1 };
  } catch {
    // Of another version, which nobody here can put on the shelf.
    return null;
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
