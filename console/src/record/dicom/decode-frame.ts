/** Decodes one frame by its transfer syntax. What is packed as a plain JPEG is unpacked by the browser itself. */
import { Decoder } from 'jpeg-lossless-decoder-js';
import { imageSizeOf } from '../image/image-size.ts';
import { ReadingFault } from '../worker/worker-call.ts';
import { SYNTAX } from './dicom-file.ts';
import type { ImageTerms } from './image-terms.ts';
import { decodeRLE } from './rle.ts';
import { colourOf, colourOf422, greyOrPalette } from './samples.ts';
import type { Palette, Samples } from './samples.ts';

/** Unpacks a JPEG into four bytes a pixel; a page of its own has it, a test gives another. */
export type UnpackJPEG = (
  bytes: Uint8Array,
  columns: number,
  rows: number,
) => Promise<Uint8ClampedArray>;

const ADOBE = [0xff, 0xee, 0x00, 0x0e, 0x41, 0x64, 0x6f, 0x62, 0x65, 0x00, 0x64, 0, 0, 0, 0, 0];

/** @throws ReadingFault FRAMES_UNREADABLE, IMAGE_NOT_SHOWN */
export async function decodeFrame(
  bytes: Uint8Array,
  terms: ImageTerms,
  palette: Palette | null,
  unpackJPEG: UnpackJPEG,
): Promise<Samples> {
  const { transferSyntax: syntax, rows, columns, samples, bitsAllocated } = terms;
  const pixels = rows * columns;
  if (syntax === SYNTAX.rle) {
    const planes = decodeRLE(bytes, pixels, samples, bitsAllocated / 8);
    if (samples === 1) return greyOrPalette(planes, terms, palette);
    return colourOf(planes, pixels, { isPlanar: true, isYBR: isYBR(terms) });
  }
  if (syntax === SYNTAX.jpegBaseline || syntax === SYNTAX.jpegExtended)
    return await plainJPEG(bytes, terms, palette, unpackJPEG);
  if (syntax === SYNTAX.jpegLossless || syntax === SYNTAX.jpegLosslessFirst) {
    const unpacked = losslessJPEG(bytes, terms);
    if (samples === 1) return greyOrPalette(unpacked, terms, palette);
    return colourOf(unpacked, pixels, { isPlanar: false, isYBR: isYBR(terms) });
  }
  return native(bytes, terms, palette);
}

function native(bytes: Uint8Array, terms: ImageTerms, palette: Palette | null): Samples {
  const { rows, columns, samples, bitsAllocated, photometric, isPlanar } = terms;
  const isBig = terms.transferSyntax === SYNTAX.explicitBig && bitsAllocated === 16;
  if (samples === 1) return greyOrPalette(isBig ? swapped(bytes) : bytes, terms, palette);
  if (photometric === 'YBR_FULL_422') return colourOf422(bytes, rows * columns);
  return colourOf(bytes, rows * columns, { isPlanar, isYBR: isYBR(terms) });
}

function isYBR({ photometric }: ImageTerms): boolean {
  return photometric.startsWith('YBR');
}

function swapped(bytes: Uint8Array): Uint8Array {
  const turned = new Uint8Array(bytes.length);
  for (let at = 0; at + 1 < turned.length; at += 2) {
    turned[at] = bytes[at + 1] ?? 0;
    turned[at + 1] = bytes[at] ?? 0;
  }
  return turned;
}

async function plainJPEG(
  bytes: Uint8Array,
  terms: ImageTerms,
  palette: Palette | null,
  unpackJPEG: UnpackJPEG,
): Promise<Samples> {
  const { rows, columns, samples, bitsAllocated, photometric } = terms;
  const size = imageSizeOf(bytes, 'jpeg');
  // What the file says of itself decides how much memory it takes, not what its picture says.
  if (size === null || size.width !== columns || size.height !== rows || bitsAllocated !== 8)
    throw new ReadingFault('FRAMES_UNREADABLE');
  const rgba = await unpackJPEG(photometric === 'RGB' ? saidRGB(bytes) : bytes, columns, rows);
  if (samples === 3) return { is: 'colour', rgba };
  const values = new Uint8Array(rows * columns);
  for (let at = 0; at < values.length; at += 1) values[at] = rgba[at * 4] ?? 0;
  return greyOrPalette(values, terms, palette);
}

/** A decoder takes three samples for YBR unless the picture says otherwise; one that says anything itself is believed. */
function saidRGB(bytes: Uint8Array): Uint8Array {
  const mark = bytes[3];
  if (bytes[2] === 0xff && (mark === 0xe0 || mark === 0xee)) return bytes;
  const said = new Uint8Array(bytes.length + ADOBE.length);
  said.set(bytes.subarray(0, 2));
  said.set(ADOBE, 2);
  said.set(bytes.subarray(2), 2 + ADOBE.length);
  return said;
}

function losslessJPEG(
  bytes: Uint8Array,
  { rows, columns, samples, bitsAllocated }: ImageTerms,
): Uint8Array {
  const size = imageSizeOf(bytes, 'jpeg');
  if (size === null || size.width !== columns || size.height !== rows)
    throw new ReadingFault('FRAMES_UNREADABLE');
  const own = new Uint8Array(bytes);
  const sampleBytes = bitsAllocated / 8;
  const unpacked = new Decoder().decode(own.buffer, 0, own.length, sampleBytes);
  const expected = rows * columns * samples;
  if (unpacked.length < expected) throw new ReadingFault('FRAMES_UNREADABLE');
  if (unpacked instanceof Uint8Array || sampleBytes === 1)
    return Uint8Array.from(unpacked.subarray(0, expected));
  const low = new Uint8Array(expected * 2);
  const view = new DataView(low.buffer);
  for (let at = 0; at < expected; at += 1) view.setUint16(at * 2, unpacked[at] ?? 0, true);
  return low;
}
