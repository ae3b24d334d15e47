/**
 * Decodes one frame of DICOM RLE Lossless with one byte a pixel.
 *
 * A frame begins with 16 little-endian 32-bit numbers: how many segments there are and where each begins.
 * 8-bit pixels have one segment.
 *
 * @see DICOM PS3.5 annex G
 */
import { InvalidCine } from './invalid-cine.ts';

const HEADER_BYTES = 64;

/** Decodes a frame of exactly this many pixels. @throws InvalidCine */
export function decodeRLEFrame(encoded: Uint8Array, pixelCount: number): Uint8Array {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  if (encoded.length < HEADER_BYTES || view.getUint32(0, true) !== 1) {
    throw new InvalidCine('An 8-bit RLE frame has one segment.');
  }
  const pixels = new Uint8Array(pixelCount);
  let from = view.getUint32(4, true);
  let to = 0;
  while (to < pixelCount) {
    if (from >= encoded.length) throw new InvalidCine('An RLE frame ends too early.');
    const control = view.getInt8(from);
    from += 1;
    if (control >= 0) {
      const count = Math.min(control + 1, pixelCount - to);
      if (from + count > encoded.length) throw new InvalidCine('An RLE frame ends too early.');
      pixels.set(encoded.subarray(from, from + count), to);
      from += control + 1;
      to += count;
    } else if (control !== -128) {
      if (from >= encoded.length) throw new InvalidCine('An RLE frame ends too early.');
      const count = Math.min(1 - control, pixelCount - to);
      pixels.fill(view.getUint8(from), to, to + count);
      from += 1;
      to += count;
    }
  }
  return pixels;
}
