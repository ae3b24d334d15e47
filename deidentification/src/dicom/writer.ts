/**
 * Writes a data set in explicit little endian, the file's head included. What is written is ASCII and of even length.
 *
 * @see PS3.5 section 7.1.2, PS3.10 section 7.1
 */
import { EXPLICIT_LITTLE_ENDIAN } from './transfer-syntax.ts';

export type WrittenElement =
  | { readonly tag: number; readonly vr: string; readonly value: Uint8Array }
  | {
      readonly tag: number;
      readonly vr: 'SQ';
      readonly items: readonly (readonly WrittenElement[])[];
    };

const LONG = new Set(['OB', 'OW', 'SQ', 'UN', 'UT']);
const ITEM = 0xfffe_e000;
const PREAMBLE_BYTES = 128;
/** Ours, made once from a random UUID. */
export const IMPLEMENTATION_CLASS_UID = '2.25.186124571301927431871263419726110453283';
export const IMPLEMENTATION_VERSION = 'CHAPERONE_1';

/** Makes the bytes of a text value, padded to an even number. UI with NUL, all others with a space. PS3.5 section 6.2. */
export function ascii(vr: string, text: string): Uint8Array {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length % 2 === 0) return bytes;
  return Buffer.concat([bytes, Buffer.from([vr === 'UI' ? 0 : 0x20])]);
}

export function ushort(value: number): Uint8Array {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

/** Writes elements in ascending order of their tags. */
export function writeElements(elements: readonly WrittenElement[]): Buffer {
  const ordered = elements.toSorted((a, b) => a.tag - b.tag);
  return Buffer.concat(ordered.flatMap((each) => writeElement(each)));
}

/** Writes preamble and meta information; the data set follows. */
export function writeHead(sopClass: string, sopInstance: string): Buffer {
  const ui = (tag: number, uid: string): WrittenElement => ({
    tag,
    vr: 'UI',
    value: ascii('UI', uid),
  });
  const rest = writeElements([
    { tag: 0x0002_0001, vr: 'OB', value: Buffer.from([0, 1]) },
    ui(0x0002_0002, sopClass),
    ui(0x0002_0003, sopInstance),
    ui(0x0002_0010, EXPLICIT_LITTLE_ENDIAN),
    ui(0x0002_0012, IMPLEMENTATION_CLASS_UID),
    { tag: 0x0002_0013, vr: 'SH', value: ascii('SH', IMPLEMENTATION_VERSION) },
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(rest.length);
  const group = writeElements([{ tag: 0x0002_0000, vr: 'UL', value: length }]);
  return Buffer.concat([Buffer.alloc(PREAMBLE_BYTES), Buffer.from('DICM', 'latin1'), group, rest]);
}

/** Writes what stands before the pixels; their bytes follow, padded to an even number. */
export function writePixelHead(vr: 'OB' | 'OW', bytes: number): Buffer {
  return elementHead(0x7fe0_0010, vr, bytes + (bytes % 2));
}

function writeElement(element: WrittenElement): Uint8Array[] {
  if (!('items' in element)) {
    const { tag, vr, value } = element;
    const padding = value.length % 2 === 1 ? [Buffer.from([vr === 'UI' ? 0 : 0x20])] : [];
    return [elementHead(tag, vr, value.length + padding.length), value, ...padding];
  }
  const items = element.items.map((item) => {
    const bytes = writeElements(item);
    const head = Buffer.alloc(8);
    head.writeUInt16LE(ITEM >>> 16, 0);
    head.writeUInt16LE(ITEM & 0xffff, 2);
    head.writeUInt32LE(bytes.length, 4);
    return Buffer.concat([head, bytes]);
  });
  const length = items.reduce((sum, item) => sum + item.length, 0);
  return [elementHead(element.tag, 'SQ', length), ...items];
}

function elementHead(tag: number, vr: string, length: number): Buffer {
  const isLong = LONG.has(vr);
  const head = Buffer.alloc(isLong ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (isLong) head.writeUInt32LE(length, 8);
  else head.writeUInt16LE(length, 6);
  return head;
}
