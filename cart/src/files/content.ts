/**
 * Reads one file for a technician: from a byte on, with the digest of the whole and, when it goes on, of the blocks before; or
 * one part, with the digest of the part.
 *
 * The file is held open from the first look to the last byte, so it cannot be exchanged under way. If it is written
 * to meanwhile, what was read is no one version of it: the reading fails and a new one begins with a new tag.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { FILE_HEAD_BYTES } from '@chaperone/domain/file-kind/file-kind.ts';
import { BLOCK_BYTES } from '@chaperone/domain/transfer/block.ts';
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
  /** The `Range` header as it came: `bytes=N-` and `bytes=N-M` are taken. @see RFC 9110 section 14.2 */
  readonly range: string | undefined;
  /** The `chaperone-blocks` header as it came: the digests of the blocks before the first byte are wanted. */
  readonly blocks?: string | undefined;
  /** The `If-Match` header as it came: one strong entity tag or `*`. @see RFC 9110 section 13.1.1 */
  readonly ifMatch: string | undefined;
  /** What the file is by its content, base64url, where that is known: the tag is then made of this. */
  readonly contentTag?: string;
}

export class Content {
  readonly etag: string;
  readonly bytesTotal: number;
  /** The first byte that is sent, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Whether a part was asked for: nothing else is read, and the digest is that of the part. */
  readonly isPart: boolean;
  /** How many digests come first: of the blocks before `from`, the last as far as the file goes. */
  readonly blockCount: number;
  readonly #handle: FileHandle;
  readonly #before: BigIntStats;
  readonly #hash: Hash = createHash('sha256');
  readonly #spare: ArrayBuffer[] = [];
  readonly #lists = new WeakSet<Buffer>();

  private constructor(handle: FileHandle, before: BigIntStats, etag: string, span: Span) {
    this.#handle = handle;
    this.#before = before;
    this.etag = etag;
    this.bytesTotal = Number(before.size);
    this.from = span.from;
    this.to = span.to;
    this.isPart = span.isPart;
    this.blockCount = span.blockCount;
  }

  /** Opens a file. @throws FileNotFound, DirectoryUnreadable, FileChanged, RangeRefused, StorageFailed */
  static async open(order: ContentOrder): Promise<Content> {
    const handle = await openRegularFile(order.root, order.segments);
    try {
      const stat = await handle.stat({ bigint: true });
      const etag = order.contentTag === undefined ? etagOf(stat) : `"d-${order.contentTag}"`;
      if (order.ifMatch !== undefined && order.ifMatch !== '*' && order.ifMatch !== etag) {
        throw new FileChanged('The file has changed since it was first asked for.');
      }
      return new Content(handle, stat, etag, spanOf(order, Number(stat.size)));
    } catch (cause) {
      await handle.close();
      throw fileError(cause);
    }
  }

  /** Gives the first bytes of the file, by which its kind is told. @throws StorageFailed */
  async head(): Promise<Buffer> {
    const buffer = Buffer.alloc(Math.min(FILE_HEAD_BYTES, this.bytesTotal));
    try {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, 0);
      return buffer.subarray(0, bytesRead);
    } catch (cause) {
      throw fileError(cause);
    }
  }

  /**
   * Reads the file, giving out the digests of the blocks before `from` if they are wanted, then what comes from there on.
   * The part before is read too, for the digest of the whole.
   * @throws FileChanged, StorageFailed
   */
  async *read(): AsyncGenerator<Buffer, void, undefined> {
    let position = this.isPart ? this.from : 0;
    let block = createHash('sha256');
    while (position < this.to) {
      const chunk = await this.#readAt(position);
      this.#hash.update(chunk);
      const skipped = Math.max(0, Math.min(chunk.length, this.from - position));
      position += chunk.length;
      if (skipped > 0 && this.blockCount > 0) {
        block.update(chunk.subarray(0, skipped));
        if (position % BLOCK_BYTES === 0 || position >= this.from) {
          yield this.#listed(block.digest());
          block = createHash('sha256');
        }
      }
      if (skipped < chunk.length) yield chunk.subarray(skipped);
    }
    await this.#refuseChange();
  }

  /** Tells whether what `read` gave is content, and not digests. */
  isContent(chunk: Buffer): boolean {
    return !this.#lists.has(chunk);
  }

  /** Takes back the room of a chunk that `read` gave and that nobody looks at any more; without it nothing is reused. */
  recycle(chunk: Buffer): void {
    const { buffer } = chunk;
    const isOurs = buffer instanceof ArrayBuffer && buffer.byteLength === READ_BYTES;
    if (isOurs && this.#spare.length < SPARE_MAX) this.#spare.push(buffer);
  }

  /** Gives SHA-256 over the whole file, or over the part, in base64; once, after `read` has ended. */
  digest(): string {
    return this.#hash.digest('base64');
  }

  /** Gives SHA-256 over the whole file, read once more, in base64. @throws FileChanged, StorageFailed */
  async wholeDigest(): Promise<string> {
    const hash = createHash('sha256');
    for (let position = 0; position < this.bytesTotal;) {
      const chunk = await this.#readAt(position, this.bytesTotal);
      hash.update(chunk);
      position += chunk.length;
      this.recycle(chunk);
    }
    await this.#refuseChange();
    return hash.digest('base64');
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #listed(digest: Buffer): Buffer {
    this.#lists.add(digest);
    return digest;
  }

  async #refuseChange(): Promise<void> {
    const after = await this.#handle.stat({ bigint: true }).catch((cause: unknown) => {
      throw fileError(cause);
    });
    if (etagOf(after) !== etagOf(this.#before)) throw changed();
  }

  async #readAt(position: number, to = this.to): Promise<Buffer> {
    // Never across the end of a block: where one begins depends on where the last read ended.
    const toBlockEnd = BLOCK_BYTES - (position % BLOCK_BYTES);
    const wanted = Math.min(READ_BYTES, to - position, toBlockEnd);
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

interface Span {
  readonly from: number;
  readonly to: number;
  readonly isPart: boolean;
  readonly blockCount: number;
}

const RANGE = /^bytes=(\d{1,15})-(\d{1,15})?$/;

/** @throws RangeRefused */
function spanOf({ range, blocks }: ContentOrder, bytesTotal: number): Span {
  if (blocks !== undefined && blocks !== String(BLOCK_BYTES)) {
    throw new RangeRefused(`Blocks have ${BLOCK_BYTES} bytes.`);
  }
  if (range === undefined) return { from: 0, to: bytesTotal, isPart: false, blockCount: 0 };
  const [, first, last] = RANGE.exec(range) ?? [];
  const from = Number(first ?? Number.NaN);
  if (last !== undefined) return partOf(from, Number(last), bytesTotal, blocks);
  // With blocks it may be that nothing but their digests is wanted.
  const isEnd = from === bytesTotal && from > 0;
  if (!Number.isSafeInteger(from) || from > bytesTotal || (isEnd && blocks === undefined)) {
    throw new RangeRefused('Only "bytes=N-" with N inside the file is served.');
  }
  if (blocks !== undefined && from % BLOCK_BYTES !== 0 && !isEnd) {
    throw new RangeRefused('With blocks a range begins where a block does.');
  }
  const blockCount = blocks === undefined ? 0 : Math.ceil(from / BLOCK_BYTES);
  return { from, to: bytesTotal, isPart: false, blockCount };
}

/** @throws RangeRefused */
function partOf(from: number, last: number, bytesTotal: number, blocks: string | undefined): Span {
  if (blocks !== undefined || !(from <= last) || last >= bytesTotal) {
    throw new RangeRefused('A part lies inside the file, and has no list of blocks.');
  }
  return { from, to: last + 1, isPart: true, blockCount: 0 };
}
