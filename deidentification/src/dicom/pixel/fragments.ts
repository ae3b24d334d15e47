/**
 * Walks over encapsulated pixels without reading them, and finds which fragments make which frame.
 *
 *   item  basic offset table: one 32-bit offset for each frame, or empty
 *   item  fragment …
 *   sequence delimiter
 *
 * @see PS3.5 annex A.4
 */
import {
  DeidentificationLimitReached,
  DeidentificationUnreadable,
} from '@chaperone/domain/deidentification/deidentification.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import { FRAGMENTS_MAX, FRAMES_MAX, FRAME_COMPRESSED_BYTES_MAX } from '../limits.ts';

export interface Fragment {
  readonly offset: number;
  readonly bytes: number;
}

export interface Fragments {
  readonly frames: readonly (readonly Fragment[])[];
  /** The first byte after the sequence delimiter. */
  readonly end: number;
}

const ITEM_HEAD_BYTES = 8;
const ITEM = 0xfffe_e000;
const SEQUENCE_END = 0xfffe_e0dd;

/** @throws DeidentificationUnreadable, DeidentificationLimitReached */
export async function findFragments(
  source: ByteSource,
  offset: number,
  frames: number,
): Promise<Fragments> {
  let at = offset;
  const fragments: Fragment[] = [];
  let table: readonly number[] | null = null;
  for (;;) {
    const head = Buffer.from(await source.read(at, ITEM_HEAD_BYTES));
    if (head.length < ITEM_HEAD_BYTES) throw broken('Its pixels end in the middle.');
    const tag = ((head.readUInt16LE(0) << 16) | head.readUInt16LE(2)) >>> 0;
    const bytes = head.readUInt32LE(4);
    at += ITEM_HEAD_BYTES;
    if (tag === SEQUENCE_END) break;
    if (tag !== ITEM || at + bytes > source.bytes)
      throw broken('Its pixels are no sequence of items.');
    if (table === null) table = await offsetTable(source, at, bytes);
    else fragments.push({ offset: at, bytes });
    if (fragments.length > FRAGMENTS_MAX) throw limit();
    at += bytes;
  }
  return { frames: divide(fragments, table ?? [], frames), end: at };
}

async function offsetTable(source: ByteSource, at: number, bytes: number): Promise<number[]> {
  if (bytes % 4 !== 0) throw broken('Its table of frames is damaged.');
  if (bytes > FRAMES_MAX * 4) throw limit();
  const table = Buffer.from(await source.read(at, bytes));
  return Array.from({ length: bytes / 4 }, (_, index) => table.readUInt32LE(index * 4));
}

function divide(
  fragments: readonly Fragment[],
  table: readonly number[],
  frames: number,
): readonly (readonly Fragment[])[] {
  const checked = (each: readonly (readonly Fragment[])[]): readonly (readonly Fragment[])[] => {
    for (const frame of each) {
      const bytes = frame.reduce((sum, fragment) => sum + fragment.bytes, 0);
      if (bytes > FRAME_COMPRESSED_BYTES_MAX) throw limit();
    }
    return each;
  };
  if (fragments.length === frames) return checked(fragments.map((fragment) => [fragment]));
  if (frames === 1) return checked([fragments]);
  const first = fragments[0];
  if (table.length !== frames || first === undefined) {
    throw broken('It does not say which of its fragments make which frame.');
  }
  const starts = table.map((each) => first.offset - ITEM_HEAD_BYTES + each);
  const groups: Fragment[][] = starts.map(() => []);
  let current = -1;
  for (const fragment of fragments) {
    if (fragment.offset - ITEM_HEAD_BYTES === starts[current + 1]) current += 1;
    const group = groups[current];
    if (group === undefined) throw broken('Its table of frames is damaged.');
    group.push(fragment);
  }
  if (current !== frames - 1) throw broken('Its table of frames is damaged.');
  return checked(groups);
}

function broken(message: string): DeidentificationUnreadable {
  return new DeidentificationUnreadable(`The file is not whole by the DICOM standard. ${message}`);
}
function limit(): DeidentificationLimitReached {
  return new DeidentificationLimitReached(
    'The file takes more than one may. Its frames are too large or too many.',
  );
}
