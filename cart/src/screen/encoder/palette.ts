/** Numbers the colours of a rectangle, if they are few. */
import type { Pixels } from './pack-pixels.ts';

export const PALETTE_COLOURS_MAX = 256;
/** Slots of the table that numbers colours: four times as many as colours, so that few collide. */
const SLOTS = 1024;
const SLOT_SHIFT = 22;
const FREE = 0xffff_ffff;

export interface Indexed {
  /** In the order in which they first appear. */
  readonly colours: Pixels;
  /** One a pixel. */
  readonly indices: Uint8Array;
}

/** Numbers the colours, or returns null if there are more than allowed. @param coloursMax up to 256 */
export function indexColours(pixels: Pixels, coloursMax = PALETTE_COLOURS_MAX): Indexed | null {
  const indices = new Uint8Array(pixels.length);
  const keys = new Uint32Array(SLOTS).fill(FREE);
  const numbers = new Uint8Array(SLOTS);
  const colours = new Uint32Array(coloursMax);
  let count = 0;
  let last = FREE;
  let number = 0;
  for (let at = 0; at < pixels.length; at += 1) {
    const colour = pixels[at] ?? 0;
    if (colour !== last) {
      let slot = Math.imul(colour, 0x9e37_79b1) >>> SLOT_SHIFT;
      while (keys[slot] !== colour && keys[slot] !== FREE) slot = (slot + 1) % SLOTS;
      if (keys[slot] === FREE) {
        if (count === coloursMax) return null;
        keys[slot] = colour;
        numbers[slot] = count;
        colours[count] = colour;
        count += 1;
      }
      number = numbers[slot] ?? 0;
      last = colour;
    }
    indices[at] = number;
  }
  return { colours: colours.slice(0, count), indices };
}

/**
 * Packs indices into bits, the first pixel highest, each row beginning with a new byte.
 *
 * @param bits 1, 2 or 4 for each index
 */
export function packIndices(indices: Uint8Array, width: number, bits: 1 | 2 | 4): Buffer {
  const perByte = 8 / bits;
  const rowBytes = Math.ceil(width / perByte);
  const height = indices.length / width;
  const packed = Buffer.alloc(rowBytes * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const index = indices[y * width + x] ?? 0;
      if (index === 0) continue;
      const at = y * rowBytes + Math.floor(x / perByte);
      packed[at] = (packed[at] ?? 0) | (index << (8 - bits - (x % perByte) * bits));
    }
  }
  return packed;
}
