/**
 * PNG pictures of a display: written without loss, and read back as they were written here.
 *
 * Only eight bits a channel, red, green and blue, without filters: what the cart's own pictures have. Anything else is refused; this
 * is no reader for pictures that somebody brings. RFC 2083.
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const HEADER_BYTES = 13;
const EIGHT_BITS_RGB = [8, 2, 0, 0, 0] as const;
/** As in a picture of a screen: 8K UHD. */
const PIXELS_MAX = 7680 * 4320;

/** 0x00RRGGBB each pixel, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
}

export function writePNG({ width, height, pixels }: Pixels): Buffer {
  const rowBytes = width * 3 + 1;
  const rows = Buffer.alloc(rowBytes * height);
  for (let at = 0; at < width * height; at += 1) {
    const row = Math.floor(at / width);
    rows.writeUIntBE((pixels[at] ?? 0) & 0xff_ffff, row * rowBytes + 1 + (at - row * width) * 3, 3);
  }
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(EIGHT_BITS_RGB, 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Reads a picture that {@link writePNG} has written; null when it is another one, or damaged. */
export function readOwnPNG(bytes: Buffer): Pixels | null {
  const [header, data, end, ...more] = chunksOf(bytes) ?? [];
  if (header?.type !== 'IHDR' || data?.type !== 'IDAT' || end?.type !== 'IEND' || more.length > 0)
    return null;
  const { content } = header;
  if (content.length !== HEADER_BYTES) return null;
  const width = content.readUInt32BE(0);
  const height = content.readUInt32BE(4);
  const isOurs = EIGHT_BITS_RGB.every((value, at) => content[8 + at] === value);
  if (!isOurs || width === 0 || height === 0 || width * height > PIXELS_MAX) return null;
  const rowBytes = width * 3 + 1;
  const rows = inflated(data.content, rowBytes * height);
  if (rows === null) return null;
  const pixels = new Uint32Array(width * height);
  for (let row = 0; row < height; row += 1) {
    if (rows[row * rowBytes] !== 0) return null;
    for (let column = 0; column < width; column += 1) {
      pixels[row * width + column] = rows.readUIntBE(row * rowBytes + 1 + column * 3, 3);
    }
  }
  return { width, height, pixels };
}

interface Chunk {
  readonly type: string;
  readonly content: Buffer;
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

function chunksOf(bytes: Buffer): Chunk[] | null {
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return null;
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at < bytes.length;) {
    if (at + 12 > bytes.length) return null;
    const length = bytes.readUInt32BE(at);
    if (at + 12 + length > bytes.length) return null;
    const named = bytes.subarray(at + 4, at + 8 + length);
    if (crc32(named) !== bytes.readUInt32BE(at + 8 + length)) return null;
    chunks.push({ type: named.toString('latin1', 0, 4), content: named.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

function inflated(data: Buffer, length: number): Buffer | null {
  try {
    const plain = inflateSync(data, { maxOutputLength: length + 1 });
    return plain.length === length ? plain : null;
  } catch {
    return null;
  }
}
