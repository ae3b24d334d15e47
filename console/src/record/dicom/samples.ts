/**
 * The pixels of one frame as numbers, and how they become a picture: grey values through a window (PS3.3 C.11.2.1.2), colours
 * as they are or made brighter by the same rule.
 */
import { ReadingFault } from '../worker/worker-call.ts';
import { guarded } from './dicom-file.ts';
import type { DataSet } from './dicom-file.ts';
import type { ImageTerms, Window } from './image-terms.ts';

export type Samples =
  | { readonly is: 'grey'; readonly values: Uint8Array | Uint16Array | Int16Array | Int8Array }
  /** Four bytes a pixel: red, green, blue, opaque. */
  | { readonly is: 'colour'; readonly rgba: Uint8ClampedArray };

/** One table for each colour, as it is stored (PS3.3 C.7.6.3.1.5). */
export interface Palette {
  readonly first: number;
  readonly red: Uint8Array;
  readonly green: Uint8Array;
  readonly blue: Uint8Array;
}

export const PLAIN_WINDOW: Window = { center: 128, width: 256 };

/** @throws ReadingFault IMAGE_NOT_SHOWN */
export function paletteOf(dataSet: DataSet): Palette {
  const [red, green, blue] = guarded(() =>
    ['01', '02', '03'].map((channel) =>
      channelOf(dataSet, `x002811${channel}`, `x002812${channel}`),
    ),
  );
  if (red === undefined || green === undefined || blue === undefined)
    throw new ReadingFault('IMAGE_NOT_SHOWN');
  return { first: red.first, red: red.values, green: green.values, blue: blue.values };
}

function channelOf(
  dataSet: DataSet,
  descriptor: string,
  data: string,
): { readonly first: number; readonly values: Uint8Array } {
  const element = dataSet.elements[data];
  const bits = dataSet.uint16(descriptor, 2);
  // A count that does not fit is written as none.
  const count = dataSet.uint16(descriptor, 0) || 65_536;
  const first = dataSet.uint16(descriptor, 1) ?? 0;
  if (element === undefined || (bits !== 8 && bits !== 16))
    throw new ReadingFault('IMAGE_NOT_SHOWN');
  const bytes = dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  const values = new Uint8Array(count);
  // Eight bits may be stored one by one, or each in a number of sixteen.
  const isWide = bytes.length >= count * 2;
  for (let at = 0; at < count; at += 1) {
    if (!isWide) values[at] = bytes[at] ?? 0;
    else values[at] = (bits === 16 ? bytes[at * 2 + 1] : bytes[at * 2]) ?? 0;
  }
  return { first, values };
}

/**
 * Reads grey values, or the colours of a palette.
 * @param bytes low byte first
 */
export function greyOrPalette(
  bytes: Uint8Array,
  terms: ImageTerms,
  palette: Palette | null,
): Samples {
  const values = valuesOf(bytes, terms);
  if (palette === null) return { is: 'grey', values };
  const rgba = new Uint8ClampedArray(values.length * 4);
  const last = palette.red.length - 1;
  for (let at = 0; at < values.length; at += 1) {
    const index = Math.min(last, Math.max(0, (values[at] ?? 0) - palette.first));
    rgba[at * 4] = palette.red[index] ?? 0;
    rgba[at * 4 + 1] = palette.green[index] ?? 0;
    rgba[at * 4 + 2] = palette.blue[index] ?? 0;
    rgba[at * 4 + 3] = 255;
  }
  return { is: 'colour', rgba };
}

function valuesOf(
  bytes: Uint8Array,
  { rows, columns, bitsAllocated, bitsStored, isSigned }: ImageTerms,
): Uint8Array | Uint16Array | Int16Array | Int8Array {
  const count = rows * columns;
  const spare = bitsAllocated - bitsStored;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bitsAllocated === 8) {
    if (!isSigned) return bytes.slice(0, count);
    const signed = new Int8Array(count);
    for (let at = 0; at < count; at += 1)
      signed[at] = (view.getInt8(at) << (24 + spare)) >> (24 + spare);
    return signed;
  }
  const values = isSigned ? new Int16Array(count) : new Uint16Array(count);
  // Bits above those that are stored may hold what old files drew over the picture.
  const mask = (1 << bitsStored) - 1;
  for (let at = 0; at < count; at += 1) {
    const value = view.getUint16(at * 2, true);
    values[at] = isSigned ? (value << (16 + spare)) >> (16 + spare) : value & mask;
  }
  return values;
}

/** Puts three samples a pixel together, and turns YBR into RGB (PS3.3 C.7.6.3.1.2). */
export function colourOf(
  bytes: Uint8Array,
  pixels: number,
  { isPlanar, isYBR }: { readonly isPlanar: boolean; readonly isYBR: boolean },
): Samples {
  const rgba = new Uint8ClampedArray(pixels * 4);
  const step = isPlanar ? 1 : 3;
  const next = isPlanar ? pixels : 1;
  for (let at = 0; at < pixels; at += 1) {
    const first = bytes[at * step] ?? 0;
    const second = bytes[at * step + next] ?? 0;
    const third = bytes[at * step + 2 * next] ?? 0;
    put(rgba, at, first, second, third, isYBR);
  }
  return { is: 'colour', rgba };
}

/** Y Y B R for each two pixels side by side. */
export function colourOf422(bytes: Uint8Array, pixels: number): Samples {
  const rgba = new Uint8ClampedArray(pixels * 4);
  for (let at = 0; at < pixels; at += 1) {
    const pair = (at >> 1) * 4;
    put(rgba, at, bytes[pair + (at & 1)] ?? 0, bytes[pair + 2] ?? 0, bytes[pair + 3] ?? 0, true);
  }
  return { is: 'colour', rgba };
}

function put(
  rgba: Uint8ClampedArray,
  pixel: number,
  first: number,
  second: number,
  third: number,
  isYBR: boolean,
): void {
  const at = pixel * 4;
  const blue = second - 128;
  const red = third - 128;
  rgba[at] = isYBR ? first + 1.402 * red : first;
  rgba[at + 1] = isYBR ? first - 0.344136 * blue - 0.714136 * red : second;
  rgba[at + 2] = isYBR ? first + 1.772 * blue : third;
  rgba[at + 3] = 255;
}

/** The window that shows all of a frame's grey values. */
export function fullWindow(samples: Samples, { slope, intercept }: ImageTerms): Window {
  if (samples.is === 'colour') return PLAIN_WINDOW;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of samples.values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const [from, to] = [low * slope + intercept, high * slope + intercept].toSorted((a, b) => a - b);
  if (from === undefined || to === undefined || !Number.isFinite(from)) return PLAIN_WINDOW;
  return { center: (from + to + 1) / 2, width: Math.max(1, to - from + 1) };
}

/** Makes the picture: four bytes a pixel. */
export function paint(
  samples: Samples,
  terms: ImageTerms,
  window: Window,
  isInverted: boolean,
): Uint8ClampedArray<ArrayBuffer> {
  if (samples.is === 'colour') return paintColour(samples.rgba, window, isInverted);
  const { values } = samples;
  const isDark = (terms.photometric === 'MONOCHROME1') !== isInverted;
  const offset = terms.isSigned ? 32_768 : 0;
  const table = new Uint8Array(65_536);
  for (let value = 0; value < table.length; value += 1) {
    const grey = windowed((value - offset) * terms.slope + terms.intercept, window);
    table[value] = isDark ? 255 - grey : grey;
  }
  const rgba = new Uint8ClampedArray(values.length * 4);
  for (let at = 0; at < values.length; at += 1) {
    const grey = table[(values[at] ?? 0) + offset] ?? 0;
    rgba[at * 4] = grey;
    rgba[at * 4 + 1] = grey;
    rgba[at * 4 + 2] = grey;
    rgba[at * 4 + 3] = 255;
  }
  return rgba;
}

function paintColour(
  colours: Uint8ClampedArray,
  window: Window,
  isInverted: boolean,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(colours);
  const isPlain = window.center === PLAIN_WINDOW.center && window.width === PLAIN_WINDOW.width;
  if (isPlain && !isInverted) return rgba;
  const table = Uint8Array.from({ length: 256 }, (_, value) => {
    const level = isPlain ? value : windowed(value, window);
    return isInverted ? 255 - level : level;
  });
  for (let at = 0; at < rgba.length; at += 1)
    if (at % 4 !== 3) rgba[at] = table[rgba[at] ?? 0] ?? 0;
  return rgba;
}

/** The linear function of a window; 0 to 255. */
export function windowed(value: number, { center, width }: Window): number {
  if (width <= 1) return value < center - 0.5 ? 0 : 255;
  const part = (value - (center - 0.5)) / (width - 1) + 0.5;
  return Math.round(Math.min(1, Math.max(0, part)) * 255);
}
