/** Test support: PNGs, sound and otherwise. */
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** One chunk with its checksum. */
export function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(data.length + 12);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, data.length + 8)), data.length + 8);
  return bytes;
}

export interface Said {
  readonly depth?: number;
  readonly colour?: number;
  readonly interlace?: number;
}

export function header(width: number, height: number, said: Said = {}): Buffer {
  const { depth = 8, colour = 2, interlace = 0 } = said;
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colour, 0, 0, interlace], 8);
  return chunk('IHDR', data);
}

/** Lines of pixels, each with its filter before it. */
export function lines(width: number, height: number, samples = 3): Buffer {
  return Buffer.alloc(height * (1 + width * samples));
}

export function makePNG(...chunks: readonly Uint8Array[]): Buffer {
  return Buffer.concat([SIGNATURE, ...chunks]);
}

/** A sound picture. */
export function soundPNG(width = 64, height = 48): Buffer {
  const pixels = lines(width, height);
  for (let at = 0; at < pixels.length; at += 1)
    if (at % (1 + width * 3) !== 0) pixels[at] = (at * 7) & 0xff;
  const data = deflateSync(pixels);
  const middle = data.length >> 1;
  return makePNG(
    header(width, height),
    chunk('IDAT', data.subarray(0, middle)),
    chunk('IDAT', data.subarray(middle)),
    chunk('IEND', Buffer.alloc(0)),
  );
}
