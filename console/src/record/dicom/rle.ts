/**
 * RLE Lossless (PS3.5 Annex G): a header of sixteen numbers of 32 bits, the first the count of segments, then where each
 * begins; each segment one byte of every sample, packed as PackBits.
 */
import { ReadingFault } from '../worker/worker-call.ts';

const HEADER_BYTES = 64;
const SEGMENTS_MAX = 15;

/**
 * Unpacks a frame into planes, one behind the other, of samples with their low byte first.
 * @param pixels of one plane
 * @param planes samples of a pixel
 * @param sampleBytes 1 or 2
 * @throws ReadingFault FRAMES_UNREADABLE
 */
export function decodeRLE(
  packed: Uint8Array,
  pixels: number,
  planes: number,
  sampleBytes: number,
): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  if (packed.length < HEADER_BYTES) throw new ReadingFault('FRAMES_UNREADABLE');
  const segments = view.getUint32(0, true);
  if (segments !== planes * sampleBytes || segments > SEGMENTS_MAX)
    throw new ReadingFault('FRAMES_UNREADABLE');
  const decoded = new Uint8Array(pixels * planes * sampleBytes);
  for (let segment = 0; segment < segments; segment += 1) {
    const from = view.getUint32(4 + 4 * segment, true);
    const isLast = segment + 1 === segments;
    const to = isLast ? packed.length : view.getUint32(8 + 4 * segment, true);
    if (from < HEADER_BYTES || to < from || to > packed.length)
      throw new ReadingFault('FRAMES_UNREADABLE');
    const plane = Math.floor(segment / sampleBytes);
    // The highest byte of a sample comes first.
    const byte = sampleBytes - 1 - (segment % sampleBytes);
    unpack(
      packed.subarray(from, to),
      decoded,
      plane * pixels * sampleBytes + byte,
      sampleBytes,
      pixels,
    );
  }
  return decoded;
}

function unpack(
  packed: Uint8Array,
  into: Uint8Array,
  start: number,
  step: number,
  count: number,
): void {
  let at = 0;
  let done = 0;
  while (done < count && at < packed.length) {
    const head = packed[at] ?? 0;
    at += 1;
    if (head === 128) continue;
    if (head < 128) {
      const run = Math.min(head + 1, count - done, packed.length - at);
      for (let each = 0; each < run; each += 1)
        into[start + (done + each) * step] = packed[at + each] ?? 0;
      at += head + 1;
      done += run;
    } else {
      const run = Math.min(257 - head, count - done);
      const value = packed[at] ?? 0;
      for (let each = 0; each < run; each += 1) into[start + (done + each) * step] = value;
      at += 1;
      done += run;
    }
  }
  if (done < count) throw new ReadingFault('FRAMES_UNREADABLE');
}
