/**
 * Reads the list of a zip archive from its end (APPNOTE.TXT 6.3.10, 4.3.12 to 4.3.16) without unpacking anything.
 *
 * | record | signature | what is taken |
 * |---|---|---|
 * | end of central directory | 50 4b 05 06 | entries at 10, size at 12, offset at 16; ends with a comment of at most 65,535 |
 * | its locator, Zip64 | 50 4b 06 07 | offset of the record at 8 |
 * | its record, Zip64 | 50 4b 06 06 | entries at 32, size at 40, offset at 48 |
 * | central directory header | 50 4b 01 02 | flags 8, method 10, time 12, sizes 20 and 24, lengths 28, 30, 32, offset 42 |
 */
import { ReadingFault } from '../worker/worker-call.ts';
import { DIRECTORY_BYTES_MAX, ENTRIES_MAX, NAME_LENGTH_MAX } from './entry.ts';
import type { ArchiveEntry, ArchiveListing } from './entry.ts';

export interface PartReader {
  readonly bytes: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const RECORD_BYTES = 56;
const HEADER_BYTES = 46;
const LOCAL_BYTES = 30;
const COMMENT_BYTES_MAX = 65_535;
const ALL_32 = 0xff_ff_ff_ff;
const ALL_16 = 0xff_ff;
const ENCRYPTED = 1;
const UTF_8 = 1 << 11;

interface Directory {
  readonly entries: number;
  readonly bytes: number;
  readonly offset: number;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** @throws ReadingFault ARCHIVE_DAMAGED */
export async function readZip(source: PartReader): Promise<ArchiveListing> {
  const { entries: total, bytes, offset } = await findDirectory(source);
  const isTooLong = bytes > DIRECTORY_BYTES_MAX;
  const directory = await source.read(offset, Math.min(bytes, DIRECTORY_BYTES_MAX));
  const view = viewOf(directory);
  const entries: ArchiveEntry[] = [];
  let at = 0;
  while (entries.length < ENTRIES_MAX && at + HEADER_BYTES <= directory.length) {
    if (view.getUint32(at, true) !== 0x02_01_4b_50) break;
    const lengths = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    const ownBytes = HEADER_BYTES + lengths.reduce((sum, each) => sum + each, 0);
    if (at + ownBytes > directory.length) break;
    entries.push(entryOf(directory.subarray(at, at + ownBytes)));
    at += ownBytes;
  }
  const isAll = entries.length >= total;
  if (isAll) return { entries, total, cut: null };
  if (entries.length >= ENTRIES_MAX) return { entries, total, cut: 'entries' };
  return { entries, total, cut: isTooLong ? 'directory' : 'damaged' };
}

/** Where the bytes of an entry begin, behind its local header. @throws ReadingFault ARCHIVE_DAMAGED */
export async function entryBytesAt(source: PartReader, header: number): Promise<number> {
  const local = await source.read(header, LOCAL_BYTES);
  const view = viewOf(local);
  if (local.length < LOCAL_BYTES || view.getUint32(0, true) !== 0x04_03_4b_50)
    throw new ReadingFault('ARCHIVE_DAMAGED');
  return header + LOCAL_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
}

async function findDirectory(source: PartReader): Promise<Directory> {
  const length = Math.min(source.bytes, END_BYTES + COMMENT_BYTES_MAX);
  const from = source.bytes - length;
  const tail = await source.read(from, length);
  const view = viewOf(tail);
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== 0x06_05_4b_50) continue;
    // Its comment ends where the archive does; what looks like it inside a comment does not.
    if (at + END_BYTES + view.getUint16(at + 20, true) !== tail.length) continue;
    const short = {
      entries: view.getUint16(at + 10, true),
      bytes: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
    };
    const isLong = short.entries === ALL_16 || short.bytes === ALL_32 || short.offset === ALL_32;
    return checked(isLong ? await longDirectory(source, from + at, short) : short, source.bytes);
  }
  throw new ReadingFault('ARCHIVE_DAMAGED');
}

async function longDirectory(
  source: PartReader,
  end: number,
  short: Directory,
): Promise<Directory> {
  const locator = await source.read(Math.max(0, end - LOCATOR_BYTES), LOCATOR_BYTES);
  if (locator.length < LOCATOR_BYTES || viewOf(locator).getUint32(0, true) !== 0x07_06_4b_50)
    return short;
  const recordAt = longAt(locator, 8);
  if (recordAt === null || recordAt + RECORD_BYTES > source.bytes)
    throw new ReadingFault('ARCHIVE_DAMAGED');
  const record = await source.read(recordAt, RECORD_BYTES);
  const [entries, bytes, offset] = [32, 40, 48].map((place) => longAt(record, place));
  const isRecord = viewOf(record).getUint32(0, true) === 0x06_06_4b_50;
  if (!isRecord || entries == null || bytes == null || offset == null)
    throw new ReadingFault('ARCHIVE_DAMAGED');
  return { entries, bytes, offset };
}

function checked(directory: Directory, bytes: number): Directory {
  if (directory.offset + directory.bytes > bytes) throw new ReadingFault('ARCHIVE_DAMAGED');
  return directory;
}

/** A number of 64 bits, or null where it is beyond what counts exactly. */
function longAt(bytes: Uint8Array, at: number): number | null {
  if (at + 8 > bytes.length) return null;
  const value = viewOf(bytes).getBigUint64(at, true);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null;
}

function entryOf(header: Uint8Array): ArchiveEntry {
  const view = viewOf(header);
  const flags = view.getUint16(8, true);
  const method = view.getUint16(10, true);
  const nameBytes = view.getUint16(28, true);
  const name = decodeName(header.subarray(HEADER_BYTES, HEADER_BYTES + nameBytes), flags);
  const long = longValues(
    header.subarray(HEADER_BYTES + nameBytes, HEADER_BYTES + nameBytes + view.getUint16(30, true)),
    {
      bytes: view.getUint32(24, true),
      packed: view.getUint32(20, true),
      at: view.getUint32(42, true),
    },
  );
  const isEncrypted = (flags & ENCRYPTED) !== 0;
  const known = method === 0 ? 'stored' : method === 8 ? 'deflated' : null;
  return {
    name: name.slice(0, NAME_LENGTH_MAX),
    bytes: long.bytes,
    packedBytes: long.packed,
    isFolder: name.endsWith('/'),
    isEncrypted,
    modifiedUtcMs: dosTime(view.getUint16(14, true), view.getUint16(12, true)),
    place: isEncrypted || known === null ? null : { offset: long.at, method: known },
  };
}

/** Zip64 extended information (4.5.3): those values that did not fit, in this order. */
function longValues(
  extra: Uint8Array,
  short: { readonly bytes: number; readonly packed: number; readonly at: number },
): typeof short {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let place = at + 4;
    const next = (value: number): number => {
      if (value !== ALL_32) return value;
      const long = longAt(extra, place);
      place += 8;
      return long ?? value;
    };
    return { bytes: next(short.bytes), packed: next(short.packed), at: next(short.at) };
  }
  return short;
}

/** UTF-8 where the archive says so or it is; the old encoding of zip otherwise, near enough as Windows-1252. */
function decodeName(bytes: Uint8Array, flags: number): string {
  const text = new TextDecoder('utf-8').decode(bytes);
  if ((flags & UTF_8) !== 0 || !text.includes('\u{fffd}')) return text;
  return new TextDecoder('windows-1252').decode(bytes);
}

/** MS-DOS date and time are local to whoever packed; they are shown as they are. */
function dosTime(date: number, time: number): number | null {
  if (date === 0) return null;
  const year = 1980 + (date >> 9);
  const utcMs = Date.UTC(
    year,
    ((date >> 5) & 15) - 1,
    date & 31,
    time >> 11,
    (time >> 5) & 63,
    (time & 31) * 2,
  );
  return Number.isFinite(utcMs) ? utcMs : null;
}
