/**
 * Reads one file for a technician: from a byte on, with the digest of the whole.
 *
 * The file is held open from the first look to the last byte, so it cannot be exchanged under way. If it is written
 * to meanwhile, what was read is no one version of it: the reading fails and a new one begins with a new tag.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { FileChanged, fileError, RangeRefused } from './file-error.ts';
import { openRegularFile } from './tree.ts';

/** Read at once: large enough for full speed, small enough to be cut soon. */
const READ_BYTES = 256 * 1024;
/** Kept for the next reads: as many as are under way at once. Memory that is asked for anew costs more than the reading. */
const SPARE_MAX = 6;

export interface ContentOrder {
  /** As configured. */
  readonly root: string;
  /** Checked by `checkRelativePath`. */
  readonly segments: readonly string[];
  /** The `Range` header as it came: only `bytes=N-` is taken. @see RFC 9110 section 14.2 */
  readonly range: string | undefined;
  /** The `If-Match` header as it came: one strong entity tag or `*`. @see RFC 9110 section 13.1.1 */
  readonly ifMatch: string | undefined;
}

export class Content {
  readonly etag: string;
  readonly bytesTotal: number;
  /** The first byte that is sent. */
  readonly from: number;
  readonly #handle: FileHandle;
  readonly #before: BigIntStats;
  readonly #hash: Hash = createHash('sha256');
  readonly #spare: ArrayBuffer[] = [];

  private constructor(handle: FileHandle, before: BigIntStats, etag: string, from: number) {
    this.#handle = handle;
    this.#before = before;
    this.etag = etag;
    this.bytesTotal = Number(before.size);
    this.from = from;
  }

  /** Opens a file. @throws FileNotFound, DirectoryUnreadable, FileChanged, RangeRefused, StorageFailed */
  static async open(order: ContentOrder): Promise<Content> {
    const handle = await openRegularFile(order.root, order.segments);
    try {
      const stat = await handle.stat({ bigint: true });
      const etag = etagOf(stat);
      if (order.ifMatch !== undefined && order.ifMatch !== '*' && order.ifMatch !== etag) {
        throw new FileChanged('The file has changed since it was first asked for.');
      }
      return new Content(handle, stat, etag, firstByte(order.range, Number(stat.size)));
    } catch (cause) {
      await handle.close();
      throw fileError(cause);
    }
  }

  /**
   * Reads the file, giving out what comes from `from` on. The part before is read too, for the digest of the whole.
   * @throws FileChanged, StorageFailed
   */
  async *read(): AsyncGenerator<Buffer, void, undefined> {
    let position = 0;
    while (position < this.bytesTotal) {
      const chunk = await this.#readAt(position);
      this.#hash.update(chunk);
      const skipped = Math.max(0, Math.min(chunk.length, this.from - position));
      position += chunk.length;
      if (skipped < chunk.length) yield chunk.subarray(skipped);
    }
    const after = await this.#handle.stat({ bigint: true }).catch((cause: unknown) => {
      throw fileError(cause);
    });
    if (etagOf(after) !== etagOf(this.#before)) throw changed();
  }

  /** Takes back the room of a chunk that `read` gave and that nobody looks at any more; without it nothing is reused. */
  recycle(chunk: Buffer): void {
    const { buffer } = chunk;
    const isOurs = buffer instanceof ArrayBuffer && buffer.byteLength === READ_BYTES;
    if (isOurs && this.#spare.length < SPARE_MAX) this.#spare.push(buffer);
  }

  /** Gives SHA-256 over the whole file in base64; once, after `read` has ended. */
  digest(): string {
    return this.#hash.digest('base64');
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #readAt(position: number): Promise<Buffer> {
    const wanted = Math.min(READ_BYTES, this.bytesTotal - position);
    // Not from Node's pool: the chunk lives until the network has taken it.
    const room = Math.min(READ_BYTES, this.bytesTotal);
    const buffer = Buffer.from(this.#spare.pop() ?? Buffer.allocUnsafeSlow(room).buffer, 0, wanted);
    try {
      const { bytesRead } = await this.#handle.read(buffer, 0, wanted, position);
      if (bytesRead === 0) throw changed();
      return buffer.subarray(0, bytesRead);
    } catch (cause) {
      throw fileError(cause);
    }
  }
}

function changed(): FileChanged {
  return new FileChanged('The file changed while it was read.');
}

/** A strong tag over what changes when the file does; hashed, so that it tells nothing of the disk. */
function etagOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  const facts = [dev, ino, size, mtimeNs, ctimeNs].join(':');
  return `"${createHash('sha256').update(facts).digest('base64url').slice(0, 22)}"`;
}

function firstByte(range: string | undefined, bytesTotal: number): number {
  if (range === undefined) return 0;
  const from = Number(/^bytes=(\d{1,15})-$/.exec(range)?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(from) || from > bytesTotal || (from === bytesTotal && from > 0)) {
    throw new RangeRefused('Only "bytes=N-" with N inside the file is served.');
  }
  return from;
}
