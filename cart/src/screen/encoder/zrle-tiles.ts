/**
 * Packs a rectangle into the tiles of ZRLE, each in the form that has the fewest bytes before it is deflated.
 *
 * | first byte | a tile of 64x64 at most                                              |
 * |------------|----------------------------------------------------------------------|
 * | 0          | its pixels                                                           |
 * | 1          | one colour                                                           |
 * | 2 to 16    | so many colours, then their numbers in 1, 2 or 4 bits                |
 * | 128        | runs: a colour and a length each                                     |
 * | 130 to 255 | 128 less colours, then runs: a number, and a length unless it is one |
 *
 * @see RFC 6143 section 7.7.6
 */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import { compactPixelBytes, packCompactPixels, type Pixels } from './pack-pixels.ts';
import { indexColours, packIndices, type Indexed } from './palette.ts';

/** Pixels along a side of a tile, by ZRLE's definition. */
const SIDE = 64;
const PACKED_COLOURS_MAX = 16;
const RUN_COLOURS_MAX = 127;
const PLAIN_RUNS = 128;
const IS_RUN = 0x80;
/** A run's length less one is the sum of its bytes, of which only the last is not this. */
const LENGTH_BYTE_MAX = 255;

/** Packs all tiles of a rectangle, from the top left on. */
export function packZRLETiles(
  pixels: Pixels,
  { width, height }: Rectangle,
  format: PixelFormat,
): Buffer {
  const parts: Buffer[] = [];
  for (let y = 0; y < height; y += SIDE) {
    for (let x = 0; x < width; x += SIDE) {
      const tileWidth = Math.min(SIDE, width - x);
      const tileHeight = Math.min(SIDE, height - y);
      const tile = new Uint32Array(tileWidth * tileHeight);
      for (let row = 0; row < tileHeight; row += 1) {
        const at = (y + row) * width + x;
        tile.set(pixels.subarray(at, at + tileWidth), row * tileWidth);
      }
      parts.push(...packTile(tile, tileWidth, format));
    }
  }
  return Buffer.concat(parts);
}

function packTile(tile: Pixels, width: number, format: PixelFormat): Buffer[] {
  const indexed = indexColours(tile, RUN_COLOURS_MAX);
  if (indexed?.colours.length === 1) {
    return [Buffer.of(1), packCompactPixels(indexed.colours, format)];
  }
  const starts = runStarts(tile);
  const pixelBytes = compactPixelBytes(format);
  const rawBytes = tile.length * pixelBytes;
  const plainRunBytes = starts.length * (pixelBytes + 1);
  const colours = indexed?.colours.length ?? 0;
  const isPacked = colours > 0 && colours <= PACKED_COLOURS_MAX;
  const packedBytes = isPacked
    ? colours * pixelBytes + packedLength(tile, width, colours)
    : Infinity;
  const runBytes = colours > 0 ? colours * pixelBytes + runLength(starts, tile.length) : Infinity;
  const least = Math.min(rawBytes, plainRunBytes, packedBytes, runBytes);
  if (indexed !== null && packedBytes === least) return packed(indexed, width, format);
  if (indexed !== null && runBytes === least) return paletteRuns(indexed, starts, format);
  if (plainRunBytes === least) return plainRuns(tile, starts, format);
  return [Buffer.of(0), packCompactPixels(tile, format)];
}

/** Where runs of one colour begin; they go on over the ends of rows. */
function runStarts(tile: Pixels): number[] {
  const starts: number[] = [];
  for (let at = 0; at < tile.length; at += 1) {
    if (at === 0 || tile[at] !== tile[at - 1]) starts.push(at);
  }
  return starts;
}

function bitsFor(colours: number): 1 | 2 | 4 {
  return colours === 2 ? 1 : colours <= 4 ? 2 : 4;
}

function packedLength(tile: Pixels, width: number, colours: number): number {
  return Math.ceil((width * bitsFor(colours)) / 8) * (tile.length / width);
}

function packed({ colours, indices }: Indexed, width: number, format: PixelFormat): Buffer[] {
  return [
    Buffer.of(colours.length),
    packCompactPixels(colours, format),
    packIndices(indices, width, bitsFor(colours.length)),
  ];
}

/** Bytes of runs by number, about: those longer than 256 have some more. */
function runLength(starts: readonly number[], end: number): number {
  let bytes = starts.length;
  for (const [at, start] of starts.entries()) {
    if ((starts[at + 1] ?? end) - start > 1) bytes += 1;
  }
  return bytes;
}

function paletteRuns(
  { colours, indices }: Indexed,
  starts: readonly number[],
  format: PixelFormat,
): Buffer[] {
  const runs: number[] = [];
  for (const [at, start] of starts.entries()) {
    const index = indices[start] ?? 0;
    const length = (starts[at + 1] ?? indices.length) - start;
    if (length === 1) runs.push(index);
    else runs.push(index | IS_RUN, ...lengthBytes(length));
  }
  const palette = packCompactPixels(colours, format);
  return [Buffer.of(PLAIN_RUNS + colours.length), palette, Buffer.from(runs)];
}

function plainRuns(tile: Pixels, starts: readonly number[], format: PixelFormat): Buffer[] {
  const each = compactPixelBytes(format);
  const colours = packCompactPixels(
    Uint32Array.from(starts, (start) => tile[start] ?? 0),
    format,
  );
  const parts: Buffer[] = [Buffer.of(PLAIN_RUNS)];
  for (const [at, start] of starts.entries()) {
    const length = (starts[at + 1] ?? tile.length) - start;
    parts.push(colours.subarray(at * each, (at + 1) * each), Buffer.from(lengthBytes(length)));
  }
  return parts;
}

function lengthBytes(length: number): number[] {
  const full = Math.floor((length - 1) / LENGTH_BYTE_MAX);
  return [...Array<number>(full).fill(LENGTH_BYTE_MAX), (length - 1) % LENGTH_BYTE_MAX];
}
