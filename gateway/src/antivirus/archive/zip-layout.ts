/**
 * Tells whether a zip is the one that every reader sees: its entries, by the central directory, fill the file from its first byte to
 * the directory without a gap, the directory holds exactly as many records as its end says, and the end is the file's last byte.
 *
 * Readers of zips disagree where a file is not so: some begin at the front and find entries that the directory does not name,
 * some count, some read on. Whoever hides something uses the disagreement; so such a file is looked into by nobody here.
 *
 * @see APPNOTE.TXT 4.3.7 (local header), 4.3.9 (data descriptor), 4.3.12 (central directory), 4.3.14 to 4.3.16 (its end)
 */
import type { ScanSource } from '../contract.ts';
import { TAIL_BYTES } from './kind.ts';

const LOCAL = 0x0403_4b50;
const LOCAL_BYTES = 30;
const CENTRAL = 0x0201_4b50;
const CENTRAL_BYTES = 46;
const END = 0x0605_4b50;
const END_BYTES = 22;
const END64 = 0x0606_4b50;
const END64_BYTES = 56;
const LOCATOR64 = 0x0706_4b50;
const LOCATOR64_BYTES = 20;
const DESCRIPTOR = 0x0807_4b50;
/** With and without its signature, with sizes of 4 and of 8 bytes. */
const DESCRIPTOR_BYTES = new Set([12, 16, 20, 24]);
const HAS_DESCRIPTOR = 0x0008;
/** What central and local header must say alike: encrypted, descriptor, strong encryption, UTF-8, masked. */
const FLAGS_ALIKE = 0x2849;
/** Stands for a value that is in the ZIP64 extra field. */
const ELSEWHERE = 0xffff_ffff;
const EXTRA64 = 1;
/** Bytes of a central directory that are held in memory; a million short names. */
export const DIRECTORY_BYTES_MAX = 64 * 1024 * 1024;

interface Directory {
  readonly at: number;
  readonly bytes: number;
  readonly entries: number;
}

interface Place {
  readonly at: number;
  readonly flags: number;
  readonly method: number;
  readonly packedBytes: number;
  readonly nameBytes: number;
}

/** @param entriesMax more are not even counted: the caller refuses them for their number @throws what reading the source throws */
export async function isPlainZip(source: ScanSource, entriesMax: number): Promise<boolean> {
  const directory = await directoryOf(source);
  if (directory === null || directory.bytes > DIRECTORY_BYTES_MAX) return false;
  if (directory.entries > entriesMax) return true;
  const places = placesOf(await bytesOf(source, directory.at, directory.bytes), directory.entries);
  if (places === null) return false;
  const ordered = places.toSorted((one, other) => one.at - other.at);
  if ((ordered[0]?.at ?? directory.at) !== 0) return false;
  for (const [index, place] of ordered.entries()) {
    const endsAt = ordered[index + 1]?.at ?? directory.at;
    if (!(await fills(source, place, endsAt))) return false;
  }
  return true;
}

/** Finds the central directory by the last record of the file; null when that is not its last byte. */
async function directoryOf(source: ScanSource): Promise<Directory | null> {
  const tailBytes = Math.min(source.bytes, TAIL_BYTES + LOCATOR64_BYTES + END64_BYTES);
  const tailAt = source.bytes - tailBytes;
  const tail = await bytesOf(source, tailAt, tailBytes);
  const at = endIn(tail);
  if (at === null) return null;
  // Parts on several disks are no file.
  if (tail.readUInt32LE(at + 4) !== 0) return null;
  const found = {
    entries: tail.readUInt16LE(at + 10),
    bytes: tail.readUInt32LE(at + 12),
    at: tail.readUInt32LE(at + 16),
  };
  const hasLocator = at >= LOCATOR64_BYTES && tail.readUInt32LE(at - LOCATOR64_BYTES) === LOCATOR64;
  if (!hasLocator) return found.at + found.bytes === tailAt + at ? found : null;
  const end64At = at - LOCATOR64_BYTES - END64_BYTES;
  if (end64At < 0 || tail.readUInt32LE(end64At) !== END64) return null;
  if (Number(tail.readBigUInt64LE(at - LOCATOR64_BYTES + 8)) !== tailAt + end64At) return null;
  const found64 = {
    entries: Number(tail.readBigUInt64LE(end64At + 32)),
    bytes: Number(tail.readBigUInt64LE(end64At + 40)),
    at: Number(tail.readBigUInt64LE(end64At + 48)),
  };
  const isAlike = (short: number, long: number, elsewhere: number): boolean =>
    short === elsewhere || short === long;
  const agrees =
    isAlike(found.entries, found64.entries, 0xffff) &&
    isAlike(found.bytes, found64.bytes, ELSEWHERE) &&
    isAlike(found.at, found64.at, ELSEWHERE);
  return agrees && found64.at + found64.bytes === tailAt + end64At ? found64 : null;
}

/** The only last record whose comment ends with the file; null when there is none, or more than one. */
function endIn(tail: Buffer): number | null {
  let found: number | null = null;
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== END) continue;
    if (at + END_BYTES + tail.readUInt16LE(at + 20) !== tail.length) continue;
    if (found !== null) return null;
    found = at;
  }
  return found;
}

/** Reads the records of a central directory; null unless they are as many as announced and fill it. */
function placesOf(directory: Buffer, entries: number): readonly Place[] | null {
  const places: Place[] = [];
  let at = 0;
  while (at + CENTRAL_BYTES <= directory.length && places.length < entries) {
    if (directory.readUInt32LE(at) !== CENTRAL) return null;
    const nameBytes = directory.readUInt16LE(at + 28);
    const extraBytes = directory.readUInt16LE(at + 30);
    const extraAt = at + CENTRAL_BYTES + nameBytes;
    const next = extraAt + extraBytes + directory.readUInt16LE(at + 32);
    if (next > directory.length || directory.readUInt16LE(at + 34) !== 0) return null;
    const sizes = [24, 20, 42].map((field) => directory.readUInt32LE(at + field));
    const [, packedBytes, localAt] = longSizes(
      sizes,
      directory.subarray(extraAt, extraAt + extraBytes),
    );
    if (packedBytes === undefined || localAt === undefined) return null;
    places.push({
      at: localAt,
      flags: directory.readUInt16LE(at + 8),
      method: directory.readUInt16LE(at + 10),
      packedBytes,
      nameBytes,
    });
    at = next;
  }
  return at === directory.length && places.length === entries ? places : null;
}

/** Sizes and offset, from the ZIP64 extra field where they stand there, in this order. @see APPNOTE.TXT 4.5.3 */
function longSizes(short: readonly number[], extra: Buffer): readonly (number | undefined)[] {
  let at = 0;
  let long: Buffer = Buffer.alloc(0);
  while (at + 4 <= extra.length) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === EXTRA64) long = extra.subarray(at + 4, end);
    at = end;
  }
  let longAt = 0;
  return short.map((value) => {
    if (value !== ELSEWHERE) return value;
    if (longAt + 8 > long.length) return undefined;
    const read = Number(long.readBigUInt64LE(longAt));
    longAt += 8;
    return read;
  });
}

/** Tells whether a local header, its data and its descriptor end where the next begins, and say what the directory says. */
async function fills(source: ScanSource, place: Place, endsAt: number): Promise<boolean> {
  if (place.at + LOCAL_BYTES > endsAt) return false;
  const local = await bytesOf(source, place.at, LOCAL_BYTES);
  if (local.readUInt32LE(0) !== LOCAL) return false;
  const flags = local.readUInt16LE(6);
  const isAlike =
    (flags & FLAGS_ALIKE) === (place.flags & FLAGS_ALIKE) &&
    local.readUInt16LE(8) === place.method &&
    local.readUInt16LE(26) === place.nameBytes;
  if (!isAlike) return false;
  const hasDescriptor = (flags & HAS_DESCRIPTOR) !== 0;
  const said = local.readUInt32LE(18);
  if (!hasDescriptor && said !== place.packedBytes && said !== ELSEWHERE) return false;
  const dataEndsAt =
    place.at + LOCAL_BYTES + place.nameBytes + local.readUInt16LE(28) + place.packedBytes;
  if (!hasDescriptor) return dataEndsAt === endsAt;
  const restBytes = endsAt - dataEndsAt;
  if (!DESCRIPTOR_BYTES.has(restBytes)) return false;
  if (restBytes === 12 || restBytes === 20) return true;
  return (await bytesOf(source, dataEndsAt, 4)).readUInt32LE(0) === DESCRIPTOR;
}

async function bytesOf(source: ScanSource, offset: number, length: number): Promise<Buffer> {
  if (length === 0) return Buffer.alloc(0);
  const pieces: Uint8Array[] = [];
  for await (const piece of await source.read(offset, length)) pieces.push(Uint8Array.from(piece));
  return Buffer.concat(pieces);
}
