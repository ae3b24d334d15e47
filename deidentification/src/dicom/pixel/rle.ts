/**
 * Decodes one frame of RLE Lossless. @see PS3.5 annex G
 *
 *   offset  size  field
 *   0       4     number of segments, 1 to 15
 *   4       60    offset of each segment from the start of this header
 *   64      …     segments in PackBits: one plane of bytes each, the most significant byte of a sample first
 */
import { DeidentificationUnreadable } from '@chaperone/domain/deidentification/deidentification.ts';

const HEADER_BYTES = 64;

/**
 * @param bytesPerSample how many segments make a sample
 * @returns pixels with their samples together, little endian
 * @throws DeidentificationUnreadable
 */
export function decodeRLE(
  frame: Uint8Array,
  pixels: number,
  samples: number,
  bytesPerSample: number,
): Uint8Array {
  const segments = samples * bytesPerSample;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < HEADER_BYTES || view.getUint32(0, true) !== segments) throw broken();
  const result = new Uint8Array(pixels * segments);
  for (let segment = 0; segment < segments; segment += 1) {
    const start = view.getUint32(4 + segment * 4, true);
    const end = segment + 1 < segments ? view.getUint32(8 + segment * 4, true) : frame.length;
    if (start < HEADER_BYTES || end < start || end > frame.length) throw broken();
    const sample = Math.floor(segment / bytesPerSample);
    // Big end first in the file, little end first in the result.
    const place = bytesPerSample - 1 - (segment % bytesPerSample);
    unpack(frame.subarray(start, end), result, sample * bytesPerSample + place, segments, pixels);
  }
  return result;
}

/** Unpacks one plane into every `step`-th byte. What follows the last pixel is padding. */
function unpack(
  packed: Uint8Array,
  result: Uint8Array,
  from: number,
  step: number,
  pixels: number,
): void {
  let at = 0;
  let done = 0;
  while (done < pixels) {
    const count = packed[at];
    if (count === undefined) throw broken();
    at += 1;
    if (count === 128) continue;
    const isRun = count > 128;
    const length = isRun ? 257 - count : count + 1;
    if (at + (isRun ? 1 : length) > packed.length || done + length > pixels) throw broken();
    for (let index = 0; index < length; index += 1) {
      result[from + (done + index) * step] = packed[isRun ? at : at + index] ?? 0;
    }
    at += isRun ? 1 : length;
    done += length;
  }
}

function broken(): DeidentificationUnreadable {
  return new DeidentificationUnreadable('One of the frames cannot be decoded (RLE).');
}
