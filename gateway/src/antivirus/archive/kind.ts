/**
 * What kind of container a content is, by its first and last bytes.
 *
 * | kind | is |
 * |---|---|
 * | zip, gzip, tar | looked into here, entry by entry |
 * | opaque | a container that nothing here looks into: not released |
 * | encrypted | one that nobody can look into without its key: not released |
 * | leaf | anything else; what is inside a document (PDF, OLE) is the scanner's affair |
 */

export type ContainerKind = 'zip' | 'gzip' | 'tar' | 'opaque' | 'encrypted' | 'leaf';

/** Bytes of the start that are enough for every kind: an ISO 9660 image says so at 32,769. */
export const HEAD_BYTES = 32_774;
/** Bytes of the end in which a zip's last record stands: 22 and a comment of at most 65,535 (APPNOTE.TXT 4.3.16). */
export const TAIL_BYTES = 22 + 65_535;

const TAR_BLOCK_BYTES = 512;
const END_RECORD_BYTES = 22;
const END_RECORD = 0x0605_4b50;

type Mark = readonly [at: number, mark: string];

/** At their offsets, as latin1. */
const OPAQUE: readonly Mark[] = [
  [0, 'Rar!\x1a\x07'],
  [0, '7z\xbc\xaf\x27\x1c'],
  [0, '\xfd7zXZ\0'],
  [0, 'BZh'],
  [0, '\x28\xb5\x2f\xfd'],
  [0, '\x04\x22\x4d\x18'],
  [0, '\x02\x21\x4c\x18'],
  [0, '\xff\x06\x00\x00sNaPpY'],
  [0, 'LRZI'],
  [0, 'LZIP'],
  [0, '\x1f\x9d'],
  [0, '\x1f\xa0'],
  [0, 'MSCF'],
  [0, 'ISc('],
  [0, '\x60\xea'],
  [7, '**ACE**'],
  [0, '070701'],
  [0, '070702'],
  [0, '070707'],
  [0, '\xc7\x71'],
  [0, '!<arch>\n'],
  [0, '\xed\xab\xee\xdb'],
  [0, 'MSWIM\0\0\0'],
  [0, 'xar!'],
  [0, 'hsqs'],
  [0, 'ITSF'],
  [0, 'QFI\xfb'],
  [0, 'KDMV'],
  [0, 'conectix'],
  [0, 'vhdxfile'],
  [0, '\x89LZO\0\r\n\x1a\n'],
  [32_769, 'CD001'],
];
/** Frames of zstd that a reader skips (RFC 8878 3.1.2), and .lzma of before xz: its properties, its dictionary, its size. */
const OPAQUE_STARTS = /^(?:[\x50-\x5f]\x2a\x4d\x18|\x5d\0\0[^]{2}(?:\xff{8}|[^]{5}\0{3}))/;
/** A script, Windows, Linux, macOS in both orders of bytes and as a fat file. */
const PROGRAM = /^(?:#!|MZ|\x7fELF|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe)/;
const PACKED_INSIDE =
  /\x1f\x8b\x08[\0-\x1f][^]{4}[\0\x02\x04][\0-\x0d\xff]|\xfd7zXZ\0|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|PK\x03\x04[\x0a-\x3f]\0|\x28\xb5\x2f\xfd|BZh[1-9]1AY&SY/;
const ENCRYPTED: readonly Mark[] = [
  [0, 'age-encryption.org/'],
  [0, '-----BEGIN AGE ENCRYPTED FILE-----'],
  [0, '-----BEGIN PGP MESSAGE-----'],
  [0, 'Salted__'],
  [0, 'LUKS\xba\xbe'],
];
const ZIP: readonly Mark[] = [
  [0, 'PK\x03\x04'],
  [0, 'PK\x05\x06'],
  [0, 'PK\x07\x08'],
  [0, 'PK00PK\x03\x04'],
];

/**
 * Tells the kind of a content.
 * @param head its first `HEAD_BYTES`, or all of it
 */
export function kindOfHead(head: Uint8Array): ContainerKind {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const has = ([at, mark]: Mark): boolean =>
    bytes.toString('latin1', at, at + mark.length) === mark;
  if (ZIP.some(has)) return 'zip';
  if (has([0, '\x1f\x8b'])) return 'gzip';
  if (ENCRYPTED.some(has)) return 'encrypted';
  // The levels of LHA: `-lh5-` and its like, at 2.
  if (OPAQUE.some(has) || /^-l[hz][0-9a-z]-$/.test(bytes.toString('latin1', 2, 7))) return 'opaque';
  if (OPAQUE_STARTS.test(bytes.toString('latin1', 0, 13))) return 'opaque';
  return isTarHeader(bytes) ? 'tar' : 'leaf';
}

/** Tells whether a content runs by itself: what is packed behind its beginning is then unpacked by it. */
export function isProgram(head: Uint8Array): boolean {
  return PROGRAM.test(Buffer.from(head.subarray(0, 4)).toString('latin1'));
}

/**
 * Finds the beginning of an archive anywhere in a piece of a program. What it is packed with is known by more than its first two
 * bytes, so that machine code is not taken for it.
 */
export function holdsArchive(piece: Uint8Array): boolean {
  return PACKED_INSIDE.test(
    Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1'),
  );
}
/** Bytes of one piece that have to be looked at again with the next, so that no beginning is cut. */
export const ARCHIVE_MARK_BYTES = 10;

/**
 * Tells whether a content ends as a zip does: what comes before it, such as a program that unpacks it, changes nothing.
 * @param tail its last `TAIL_BYTES`, or all of it
 * @param isExact whether only a record counts that is the very end: an archive may hold a whole zip shortly before its own
 */
export function endsAsZip(tail: Uint8Array, isExact: boolean): boolean {
  const bytes = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let at = bytes.length - END_RECORD_BYTES; at >= 0; at -= 1) {
    if (bytes.readUInt32LE(at) !== END_RECORD) continue;
    const end = at + END_RECORD_BYTES + bytes.readUInt16LE(at + 20);
    if (isExact ? end === bytes.length : end <= bytes.length) return true;
  }
  return false;
}

/** A block whose sum is right is a header of tar, of whatever age (POSIX.1-2001, ustar). */
function isTarHeader(bytes: Buffer): boolean {
  if (bytes.length < TAR_BLOCK_BYTES) return false;
  if (bytes.toString('latin1', 257, 262) === 'ustar') return true;
  const [, octal] = /^[ 0]*([0-7]{1,7})[\0 ]/.exec(bytes.toString('latin1', 148, 156)) ?? [];
  if (octal === undefined) return false;
  let sum = 8 * 0x20;
  for (let at = 0; at < TAR_BLOCK_BYTES; at += 1) if (at < 148 || at >= 156) sum += bytes[at] ?? 0;
  return sum === Number.parseInt(octal, 8);
}
