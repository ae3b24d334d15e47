/** Lists an archive, and shows the beginning of one entry; nothing is unpacked anywhere but in passing. */
import type { RecordFormat } from '@chaperone/domain/record-kind/record-kind.ts';
import type { RangeSource } from '../reading/range-source.ts';
import { ReadingFault } from '../worker/worker-call.ts';
import { ENTRY_BYTES_MAX, UNPACKED_BYTES_MAX } from './entry.ts';
import type { ArchiveEntry, ArchiveListing } from './entry.ts';
import { TarReader } from './tar-headers.ts';
import { entryBytesAt, readZip } from './zip-directory.ts';

/** How often it is told how far a reading is; bytes. */
const TELL_EVERY_BYTES = 8 * 1024 * 1024;
const TAR_PIECE_BYTES = 64 * 1024;
/** How much of a packed single file is looked at, to tell whether it is a tar. */
const HEAD_BYTES = 1024;

/** @throws ReadingFault */
export async function listArchive(
  source: RangeSource,
  format: RecordFormat,
  tell: (bytes: number) => void,
  signal: AbortSignal,
): Promise<ArchiveListing> {
  if (format === 'zip') return await readZip(source);
  if (format === 'tar') return await listTar(source, tell, signal);
  return await listGzip(source, tell, signal);
}

/** The beginning of an entry. @throws ReadingFault */
export async function readEntry(source: RangeSource, entry: ArchiveEntry): Promise<Uint8Array> {
  const { place, bytes, packedBytes } = entry;
  if (place === null) throw new ReadingFault('ENTRY_CANNOT_BE_SHOWN');
  const length = Math.min(bytes, ENTRY_BYTES_MAX);
  if (place.method === 'unpacked')
    return await collect(skipped(unpacked(source.stream(), 'gzip'), place.offset), length);
  if (packedBytes === null) return await source.read(place.offset, length);
  const at = await entryBytesAt(source, place.offset);
  if (place.method === 'stored') return await source.read(at, length);
  const packed = source.stream(at, Math.min(source.bytes, at + packedBytes));
  return await collect(unpacked(packed, 'deflate-raw'), length);
}

async function listTar(
  source: RangeSource,
  tell: (bytes: number) => void,
  signal: AbortSignal,
): Promise<ArchiveListing> {
  const reader = new TarReader('stored');
  let at = 0;
  let toldAt = 0;
  while (at < source.bytes && reader.wantsMore) {
    if (signal.aborted) throw new ReadingFault('CANCELLED');
    // Contents are left out: only headers are asked for.
    const skip = Math.min(reader.skip, source.bytes - at);
    if (skip > 0) {
      reader.leaveOut(skip);
      at += skip;
      continue;
    }
    const piece = await source.read(at, TAR_PIECE_BYTES);
    reader.take(piece);
    at += piece.length;
    if (at - toldAt >= TELL_EVERY_BYTES) tell((toldAt = at));
  }
  return reader.listing(at >= source.bytes, null);
}

async function listGzip(
  source: RangeSource,
  tell: (bytes: number) => void,
  signal: AbortSignal,
): Promise<ArchiveListing> {
  const reader = new TarReader('unpacked');
  let bytes = 0;
  let head = new Uint8Array(0);
  let isTar: boolean | null = null;
  let cut: ArchiveListing['cut'] = null;
  let isWhole = true;
  let toldAt = 0;
  try {
    for await (const piece of unpacked(source.stream(0, source.bytes, signal), 'gzip')) {
      if (isTar === null) {
        const joined = new Uint8Array(head.length + piece.length);
        joined.set(head);
        joined.set(piece, head.length);
        head = joined;
        if (head.length < HEAD_BYTES) continue;
        isTar = isTarHead(head);
        bytes = head.length;
        if (isTar) reader.take(head);
      } else {
        bytes += piece.length;
        if (isTar) reader.take(piece);
      }
      if (bytes - toldAt >= TELL_EVERY_BYTES) tell((toldAt = bytes));
      if (bytes > UNPACKED_BYTES_MAX) cut = 'unpacked';
      if (cut !== null || (isTar && !reader.wantsMore)) {
        isWhole = false;
        break;
      }
    }
  } catch (fault) {
    if (fault instanceof ReadingFault) throw fault;
    cut = 'damaged';
  }
  if (isTar === null) bytes = head.length;
  return isTar === true ? reader.listing(isWhole, cut) : single(source, bytes, cut);
}

/** A packed file by itself: one entry without a name of its own. */
function single(source: RangeSource, bytes: number, cut: ArchiveListing['cut']): ArchiveListing {
  const place = { offset: 0, method: 'unpacked' } as const;
  const entry: ArchiveEntry = {
    ...{ name: '', bytes, packedBytes: source.bytes, isFolder: false, isEncrypted: false },
    ...{ modifiedUtcMs: null, place },
  };
  return { entries: [entry], total: 1, cut };
}

function isTarHead(head: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(head.subarray(257, 262)) === 'ustar';
}

async function* unpacked(
  packed: AsyncIterable<Uint8Array>,
  format: 'gzip' | 'deflate-raw',
): AsyncGenerator<Uint8Array> {
  const pieces = packed[Symbol.asyncIterator]();
  let failure: unknown = null;
  const stream = new ReadableStream<BufferSource>({
    pull: async (controller) => {
      try {
        const { done, value } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      } catch (fault) {
        failure = fault;
        controller.error(fault);
      }
    },
    cancel: async () => void (await pieces.return?.()),
  });
  const reader = stream.pipeThrough(new DecompressionStream(format)).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (fault) {
    throw failure ?? fault;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function* skipped(
  pieces: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const piece of pieces) {
    if (left >= piece.length) left -= piece.length;
    else {
      yield piece.subarray(left);
      left = 0;
    }
  }
}

async function collect(pieces: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const all = new Uint8Array(length);
  let at = 0;
  for await (const piece of pieces) {
    const part = piece.subarray(0, length - at);
    all.set(part, at);
    at += part.length;
    if (at >= length) break;
  }
  return all.subarray(0, at);
}
