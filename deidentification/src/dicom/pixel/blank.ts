/** Makes rectangles of a frame black, and takes out what hides in bits that no image uses. */
import type { DataSet } from '../element.ts';
import { find } from '../element.ts';
import type { Image } from './image.ts';
import type { Rectangle } from './rectangle.ts';

/** The sample values of black in an image. @see PS3.3 section C.7.6.3.1.2 */
export function blackOf(image: Image, dataSet: DataSet): readonly number[] {
  switch (image.photometric) {
    case 'RGB':
      return [0, 0, 0];
    case 'YBR_FULL':
      return [0, 128, 128];
    case 'MONOCHROME1':
      return [image.isSigned ? 2 ** (image.bitsStored - 1) - 1 : 2 ** image.bitsStored - 1];
    case 'MONOCHROME2':
      return [image.isSigned ? 2 ** (image.bitsStored - 1) : 0];
    case 'PALETTE COLOR':
      return [darkestIndex(dataSet, 2 ** image.bitsStored - 1)];
  }
}

/** Blanks rectangles in place. */
export function blank(
  frame: Uint8Array,
  image: Image,
  rectangles: readonly Rectangle[],
  black: readonly number[],
): void {
  const { columns, samples, bytesPerSample } = image;
  const pixelBytes = samples * bytesPerSample;
  const pixel = Buffer.alloc(pixelBytes);
  for (const [sample, value] of black.entries()) {
    pixel.writeUIntLE(value, sample * bytesPerSample, bytesPerSample);
  }
  for (const { x, y, width, height } of rectangles) {
    for (let row = y; row < y + height; row += 1) {
      const from = (row * columns + x) * pixelBytes;
      Buffer.from(frame.buffer, frame.byteOffset + from, width * pixelBytes).fill(pixel);
    }
  }
}

/** Clears the bits above those that are stored: overlays were once kept there. @see PS3.5 section 8.1.2 */
export function clearUnusedBits(frame: Uint8Array, { bitsStored, bytesPerSample }: Image): void {
  if (bitsStored === bytesPerSample * 8) return;
  const mask = 2 ** bitsStored - 1;
  for (let at = 0; at < frame.length; at += bytesPerSample) {
    frame[at] = (frame[at] ?? 0) & mask & 0xff;
    if (bytesPerSample === 2) frame[at + 1] = (frame[at + 1] ?? 0) & (mask >>> 8);
  }
}

function darkestIndex(dataSet: DataSet, indexMax: number): number {
  const [red, green, blue] = [0x0028_1201, 0x0028_1202, 0x0028_1203].map((tag) =>
    Buffer.from(find(dataSet, tag)?.value ?? []),
  );
  if (red === undefined || green === undefined || blue === undefined) return 0;
  const entries = Math.min(red.length, green.length, blue.length) >>> 1;
  let darkest = { index: 0, light: Number.POSITIVE_INFINITY };
  for (let entry = 0; entry < entries && entry <= indexMax; entry += 1) {
    const light = [red, green, blue].reduce((sum, each) => sum + each.readUInt16LE(entry * 2), 0);
    if (light < darkest.light) darkest = { index: entry, light };
  }
  return darkest.index;
}
