/**
 * Reads a DICOM file (PS3.10) as far as it has to be understood to be cleaned, within limits of memory, depth and number.
 *
 * It is strict where a lenient reader would guess: whatever does not add up refuses the file, since what is misread
 * is not cleaned. Explicit and implicit little endian; other encodings are refused. Pixels are not read, only found.
 *
 *   offset  size  field
 *   0       128   preamble, of no meaning: never written again
 *   128     4     "DICM"
 *   132     …     file meta information, explicit little endian, group 0002
 *   …       …     data set in the transfer syntax of (0002,0010)
 *
 * @see PS3.10 section 7.1, PS3.5 sections 7.1 and 7.5, PS3.5 annex A
 */
import {
  DeidentificationLimitReached,
  DeidentificationUnreadable,
  TransferSyntaxWithoutRule,
} from '@chaperone/domain/deidentification/deidentification.ts';
import type { ByteSource } from '../source/byte-source.ts';
import type { DataElement, DataSet, DicomFile, PixelPlace } from './element.ts';
import { find, textOf } from './element.ts';
import { DEPTH_MAX, ELEMENTS_MAX, HEADER_BYTES_MAX, TRAILER_BYTES_MAX } from './limits.ts';
import { vrOf } from './vr.ts';
import { isImplicitSyntax, isReadableSyntax } from './transfer-syntax.ts';

const PREAMBLE_BYTES = 128;
const MAGIC = 'DICM';
const UNDEFINED_LENGTH = 0xffff_ffff;
export const PIXEL_DATA = 0x7fe0_0010;
const ITEM = 0xfffe_e000;
const ITEM_END = 0xfffe_e00d;
const SEQUENCE_END = 0xfffe_e0dd;
/** Value representations with a 32-bit length after two reserved bytes. @see PS3.5 table 7.1-1 */
const LONG = new Set([
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'SQ',
  'SV',
  'UC',
  'UN',
  'UR',
  'UT',
  'UV',
]);
const SHORT = new Set([
  'AE',
  'AS',
  'AT',
  'CS',
  'DA',
  'DS',
  'DT',
  'FD',
  'FL',
  'IS',
  'LO',
  'LT',
  'PN',
  'SH',
  'SL',
  'SS',
  'ST',
  'TM',
  'UI',
  'UL',
  'US',
]);

/** Tells whether a file calls itself DICOM. @param head its first bytes, at least 132 where it has them */
export function isDicom(head: Uint8Array): boolean {
  return (
    head.length >= PREAMBLE_BYTES + MAGIC.length &&
    Buffer.from(head.subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + MAGIC.length)).toString('latin1') ===
      MAGIC
  );
}

/**
 * Reads a file up to its pixels.
 * @throws DeidentificationUnreadable, TransferSyntaxWithoutRule, DeidentificationLimitReached
 */
export async function readDicom(source: ByteSource): Promise<DicomFile> {
  const head = await source.read(0, Math.min(source.bytes, HEADER_BYTES_MAX));
  if (!isDicom(head)) throw unreadable('It has no DICOM preamble.');
  const reader = new Reader(head, source.bytes);
  reader.at = PREAMBLE_BYTES + MAGIC.length;
  const meta = reader.meta();
  const transferSyntax = textOf(find(meta, 0x0002_0010));
  if (transferSyntax === '') throw unreadable('It does not say how it is stored.');
  if (!isReadableSyntax(transferSyntax)) {
    throw new TransferSyntaxWithoutRule(
      'It is stored in a way that is not taken apart here: big endian, deflated, JPEG 2000, JPEG-LS, lossless JPEG or video.',
    );
  }
  const isImplicit = isImplicitSyntax(transferSyntax);
  const { dataSet, pixels } = reader.body(isImplicit);
  return { meta, transferSyntax, dataSet, pixels, isImplicit };
}

/**
 * Reads what follows the pixels. None of it is kept; its values are searched for in the result.
 * @throws DeidentificationUnreadable, DeidentificationLimitReached
 */
export async function readTrailer(
  source: ByteSource,
  offset: number,
  isImplicit: boolean,
): Promise<DataSet> {
  const bytes = source.bytes - offset;
  if (bytes > TRAILER_BYTES_MAX) throw limit('Too much follows its pixels.');
  if (bytes <= 0) return { elements: [] };
  const tail = await source.read(offset, bytes);
  const reader = new Reader(tail, tail.length);
  try {
    return reader.body(isImplicit).dataSet;
  } catch (fault) {
    if (!(fault instanceof DeidentificationUnreadable)) throw fault;
    // Bytes that belong to nothing. They are dropped; what can be read in them is searched for.
    return { elements: [{ tag: 0x0001_0001, vr: 'UN', value: tail, items: null }] };
  }
}

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #fileBytes: number;
  #count = 0;

  constructor(bytes: Uint8Array, fileBytes: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fileBytes = fileBytes;
  }

  meta(): DataSet {
    const elements: DataElement[] = [];
    while (this.#has(4) && this.#view.getUint16(this.at, true) === 2) {
      elements.push(this.#element(false, 0));
    }
    return { elements };
  }

  /** Reads to the pixels, or to the end where there are none. */
  body(isImplicit: boolean): { readonly dataSet: DataSet; readonly pixels: PixelPlace | null } {
    const elements: DataElement[] = [];
    let before = -1;
    while (this.at < this.#fileBytes) {
      const start = this.at;
      const { tag, length } = this.#head(isImplicit);
      // Ascending and once each: a second value under the same tag would be another reader's first. PS3.5 section 7.1.
      if (tag <= before) throw unreadable('Its elements are not in their order.');
      before = tag;
      if (tag === PIXEL_DATA) return { dataSet: { elements }, pixels: this.#pixels(length) };
      this.at = start;
      elements.push(this.#element(isImplicit, 0));
    }
    return { dataSet: { elements }, pixels: null };
  }

  #pixels(length: number): PixelPlace {
    if (length === UNDEFINED_LENGTH) return { kind: 'encapsulated', offset: this.at };
    if (this.at + length > this.#fileBytes) throw unreadable('Its pixels are cut short.');
    return { kind: 'native', offset: this.at, bytes: length };
  }

  #element(isImplicit: boolean, depth: number): DataElement {
    this.#count += 1;
    if (this.#count > ELEMENTS_MAX) throw limit('It has too many elements.');
    const { tag, vr, length } = this.#head(isImplicit);
    if (tag >>> 16 === 0xfffe) throw unreadable('A delimiter stands where an element should.');
    if (vr === 'SQ' || length === UNDEFINED_LENGTH) {
      // Of unknown representation and length it is a sequence in implicit encoding. PS3.5 section 6.2.2, note 2.
      const within = isImplicit || vr === 'UN';
      if (vr !== 'SQ' && vr !== 'UN')
        throw unreadable('A value that is no sequence has no length.');
      return { tag, vr: 'SQ', value: NOTHING, items: this.#items(length, within, depth + 1) };
    }
    return { tag, vr, value: this.#take(length), items: null };
  }

  #items(length: number, isImplicit: boolean, depth: number): readonly DataSet[] {
    if (depth > DEPTH_MAX) throw limit('Its sequences are nested too deeply.');
    const end = length === UNDEFINED_LENGTH ? null : this.at + length;
    if (end !== null && end > this.#bytes.length) throw this.#tooShort();
    const items: DataSet[] = [];
    while (end === null || this.at < end) {
      this.#count += 1;
      if (this.#count > ELEMENTS_MAX) throw limit('It has too many elements.');
      const { tag, length: itemLength } = this.#delimiter();
      if (tag === SEQUENCE_END && end === null) return items;
      if (tag !== ITEM) throw unreadable('A sequence holds something that is no item.');
      items.push(this.#item(itemLength, isImplicit, depth));
      if (end !== null && this.at > end) throw unreadable('An item is longer than its sequence.');
    }
    return items;
  }

  #item(length: number, isImplicit: boolean, depth: number): DataSet {
    const end = length === UNDEFINED_LENGTH ? null : this.at + length;
    const elements: DataElement[] = [];
    let before = -1;
    while (end === null || this.at < end) {
      if (end === null && this.#tag() === ITEM_END) {
        this.#delimiter();
        return { elements };
      }
      const element = this.#element(isImplicit, depth);
      if (element.tag <= before) throw unreadable('Its elements are not in their order.');
      before = element.tag;
      elements.push(element);
      if (end !== null && this.at > end) throw unreadable('An element is longer than its item.');
    }
    return { elements };
  }

  #head(isImplicit: boolean): {
    readonly tag: number;
    readonly vr: string;
    readonly length: number;
  } {
    const tag = this.#tag();
    this.#skip(4);
    if (isImplicit) return { tag, vr: vrOf(tag), length: this.#uint32() };
    if (!this.#has(2)) throw this.#tooShort();
    const vr = String.fromCharCode(this.#bytes[this.at] ?? 0, this.#bytes[this.at + 1] ?? 0);
    this.#skip(2);
    if (LONG.has(vr)) {
      this.#skip(2);
      return { tag, vr, length: this.#uint32() };
    }
    if (!SHORT.has(vr)) throw unreadable('It has a value representation that is not known.');
    if (!this.#has(2)) throw this.#tooShort();
    const length = this.#view.getUint16(this.at, true);
    this.#skip(2);
    return { tag, vr, length };
  }

  #delimiter(): { readonly tag: number; readonly length: number } {
    const tag = this.#tag();
    this.#skip(4);
    return { tag, length: this.#uint32() };
  }

  #tag(): number {
    if (!this.#has(4)) throw this.#tooShort();
    const group = this.#view.getUint16(this.at, true);
    return ((group << 16) | this.#view.getUint16(this.at + 2, true)) >>> 0;
  }

  #uint32(): number {
    if (!this.#has(4)) throw this.#tooShort();
    const value = this.#view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  #take(length: number): Uint8Array {
    if (!this.#has(length)) throw this.#tooShort();
    const value = this.#bytes.subarray(this.at, this.at + length);
    this.at += length;
    return value;
  }

  #skip(length: number): void {
    if (!this.#has(length)) throw this.#tooShort();
    this.at += length;
  }

  #has(length: number): boolean {
    return this.at + length <= this.#bytes.length;
  }

  #tooShort(): DeidentificationUnreadable | DeidentificationLimitReached {
    if (this.#bytes.length < this.#fileBytes) return limit('Too much stands before its pixels.');
    return unreadable('It ends in the middle of an element.');
  }
}

const NOTHING = new Uint8Array();

function unreadable(message: string): DeidentificationUnreadable {
  return new DeidentificationUnreadable(`The file is not whole by the DICOM standard. ${message}`);
}

function limit(message: string): DeidentificationLimitReached {
  return new DeidentificationLimitReached(`The file takes more than one may. ${message}`);
}
