/** Sixteen bytes a row, as numbers and as characters; and reading what a person types for a place or for bytes. */
import { ReadingFault } from '../worker/worker-call.ts';

export const ROW_BYTES = 16;
const HALF = ROW_BYTES / 2;
/** Bytes that are looked for at most. */
export const SOUGHT_BYTES_MAX = 256;

export interface HexRow {
  readonly offset: string;
  readonly bytes: string;
  readonly text: string;
}

/** @param digits of the offset, so that all rows of a record are as wide */
export function hexRow(bytes: Uint8Array, offset: number, digits: number): HexRow {
  const pairs = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  const left = pairs.slice(0, HALF).join(' ');
  const right = pairs.slice(HALF).join(' ');
  return {
    offset: offset.toString(16).padStart(digits, '0'),
    bytes: `${left}  ${right}`.trimEnd(),
    text: [...bytes]
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCodePoint(byte) : '·'))
      .join(''),
  };
}

export function offsetDigits(bytes: number): number {
  return Math.max(8, Math.max(0, bytes - 1).toString(16).length);
}

/** Reads an offset: `0x1f`, `1fh`, or decimal. */
export function readOffset(text: string): number | null {
  const hex = /^(?:0x([0-9a-f]{1,13})|([0-9a-f]{1,13})h)$/i.exec(text);
  if (hex !== null) return Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/**
 * Reads bytes to look for: pairs of digits, or text as UTF-8.
 * @throws ReadingFault PATTERN_MALFORMED
 */
export function readSought(text: string, isHex: boolean): Uint8Array {
  const bytes = isHex ? readPairs(text) : new TextEncoder().encode(text);
  const fits = bytes !== null && bytes.length > 0 && bytes.length <= SOUGHT_BYTES_MAX;
  if (!fits) throw new ReadingFault('PATTERN_MALFORMED');
  return bytes;
}

function readPairs(text: string): Uint8Array | null {
  const digits = text.replaceAll(/[\s,:-]|0x/gi, '');
  if (!/^(?:[0-9a-f]{2})+$/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Where a sequence of bytes begins, or -1. */
export function indexOfBytes(bytes: Uint8Array, sought: Uint8Array, from = 0): number {
  const [first = 0] = sought;
  for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (at + sought.length > bytes.length) return -1;
    let same = 1;
    while (same < sought.length && bytes[at + same] === sought[same]) same += 1;
    if (same === sought.length) return at;
  }
  return -1;
}

/** Finds bytes in pieces as they come. @returns where they begin, or null @throws ReadingFault */
export async function findBytes(
  pieces: AsyncIterable<Uint8Array>,
  sought: Uint8Array,
  from: number,
  tell: (bytes: number) => void,
): Promise<number | null> {
  let held: Uint8Array = new Uint8Array(0);
  let at = from;
  for await (const piece of pieces) {
    const joined = new Uint8Array(held.length + piece.length);
    joined.set(held);
    joined.set(piece, held.length);
    const found = indexOfBytes(joined, sought);
    if (found !== -1) return at - held.length + found;
    at += piece.length;
    held = joined.slice(Math.max(0, joined.length - sought.length + 1));
    tell(at);
  }
  return null;
}
