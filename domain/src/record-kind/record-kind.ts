/**
 * What a record is, decided from its first bytes and never from its name: a name is what somebody at the hospital typed, and
 * a web page that calls itself a picture must not be shown as one.
 *
 * Text includes everything that a browser would run (SVG, HTML): here it is only ever read. What is not recognised is
 * binary, and shown as numbers.
 */

/** How many of a record's first bytes decide; a tar's mark stands at 257, DICOM's at 128. */
export const KIND_HEAD_BYTES = 1024;

export const RECORD_KINDS = [
  'dicom',
  'image',
  'video',
  'recording',
  'archive',
  'text',
  'binary',
] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

export const RECORD_FORMATS = [
  'dicom',
  'png',
  'jpeg',
  'gif',
  'webp',
  'bmp',
  'mp4',
  'webm',
  'screen',
  'zip',
  'gzip',
  'tar',
  'utf-8',
  'utf-16le',
  'utf-16be',
  'unknown',
] as const;
export type RecordFormat = (typeof RECORD_FORMATS)[number];

export interface RecordNature {
  readonly kind: RecordKind;
  readonly format: RecordFormat;
}

interface Mark extends RecordNature {
  readonly at: number;
  readonly bytes: readonly number[];
}

const ascii = (text: string): readonly number[] => [...text].map((letter) => letter.charCodeAt(0));

/** Marks of formats, the surest first. WebP and AVI share their first four bytes, so that one looks at eight. */
const MARKS: readonly Mark[] = [
  { kind: 'dicom', format: 'dicom', at: 128, bytes: ascii('DICM') },
  { kind: 'image', format: 'png', at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { kind: 'image', format: 'jpeg', at: 0, bytes: [0xff, 0xd8, 0xff] },
  { kind: 'image', format: 'gif', at: 0, bytes: ascii('GIF87a') },
  { kind: 'image', format: 'gif', at: 0, bytes: ascii('GIF89a') },
  { kind: 'image', format: 'webp', at: 8, bytes: ascii('WEBPVP8') },
  { kind: 'video', format: 'webm', at: 0, bytes: [0x1a, 0x45, 0xdf, 0xa3] },
  { kind: 'video', format: 'mp4', at: 4, bytes: ascii('ftyp') },
  // protocol/recording/recording-format.ts, whose test compares.
  { kind: 'recording', format: 'screen', at: 0, bytes: [0x89, ...ascii('CHREC'), 0x0a, 0x1a] },
  { kind: 'archive', format: 'zip', at: 0, bytes: [0x50, 0x4b, 0x03, 0x04] },
  { kind: 'archive', format: 'zip', at: 0, bytes: [0x50, 0x4b, 0x05, 0x06] },
  { kind: 'archive', format: 'gzip', at: 0, bytes: [0x1f, 0x8b, 0x08] },
  { kind: 'archive', format: 'tar', at: 257, bytes: ascii('ustar') },
];

const BINARY: RecordNature = { kind: 'binary', format: 'unknown' };

/**
 * Tells what begins with these bytes.
 * @param head the first `KIND_HEAD_BYTES` of the record, or all of it; from an untrusted source
 */
export function natureOf(head: Uint8Array): RecordNature {
  const found = MARKS.find(({ at, bytes }) =>
    bytes.every((byte, index) => head[at + index] === byte),
  );
  if (found !== undefined) return { kind: found.kind, format: found.format };
  if (isBitmap(head)) return { kind: 'image', format: 'bmp' };
  return textNature(head) ?? BINARY;
}

/** "BM" alone begins many a text: the size of a known header has to follow (BITMAPCOREHEADER and its successors). */
export function isBitmap(head: Uint8Array): boolean {
  const headerBytes = new Set([12, 40, 52, 56, 108, 124]);
  const isMarked = head[0] === 0x42 && head[1] === 0x4d && head.length > 18;
  return isMarked && head[15] === 0 && headerBytes.has(head[14] ?? 0);
}

function textNature(head: Uint8Array): RecordNature | null {
  if (head[0] === 0xff && head[1] === 0xfe) return { kind: 'text', format: 'utf-16le' };
  if (head[0] === 0xfe && head[1] === 0xff) return { kind: 'text', format: 'utf-16be' };
  // An empty file is a text without lines.
  return head.every(isOfText) ? { kind: 'text', format: 'utf-8' } : null;
}

/** Tab, line feed, form feed, carriage return, escape (colours of terminals), and whatever prints; also Latin-1. */
function isOfText(byte: number): boolean {
  return byte >= 0x20 ? byte !== 0x7f : [0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte);
}
