/**
 * Checks that bytes are one whole PNG of a screen, and nothing else: what a browser makes of a canvas.
 *
 * It comes from a workstation and is opened by whoever looks at the case, so that it fails closed: chunks that could carry
 * something beside the pixels, a checksum that is wrong, pixels that are too few or too many, and bytes after the end are refused.
 *
 * | offset | size | field of a chunk |
 * |---|---|---|
 * | 0 | 4 | length of the data, big-endian |
 * | 4 | 4 | type, ASCII |
 * | 8 | length | data |
 * | 8 + length | 4 | CRC-32 of type and data |
 *
 * @see PNG (Third Edition), sections 5 and 11
 */
import { promisify } from 'node:util';
import { crc32, inflate } from 'node:zlib';
import { SnapshotNotPNG } from './snapshot-error.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Length, type and CRC. */
const CHUNK_OVERHEAD_BYTES = 12;
/** Pixels of a screen: four thousand by four thousand. Guards the memory that inflating takes (64 MiB). */
export const SNAPSHOT_PIXELS_MAX = 4096 * 4096;
const HEADER_BYTES = 13;
/** Colour types without a palette, by their samples: truecolour, and the same with alpha. Each sample is a byte. */
const SAMPLES: Readonly<Record<number, number>> = { 2: 3, 6: 4 };
/** Types of filter, of which each line of pixels begins with one (section 9.2). */
const FILTERS_MAX = 4;
/** Chunks of a picture. Browsers cut pixels into pieces of 4 KiB at least; each costs time beside its bytes. */
const CHUNKS_MAX = 16_384;
/** What may stand between header and pixels, each once: how colours are meant. Bytes that each has. */
const ABOUT_COLOUR: Readonly<Record<string, number>> = {
  sRGB: 1,
  gAMA: 4,
  cHRM: 32,
  sBIT: 4,
  pHYs: 9,
};

interface InflatedWithInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}
const inflated = promisify(inflate) as unknown as (
  bytes: Uint8Array,
  options: { readonly info: true; readonly maxOutputLength: number },
) => Promise<InflatedWithInfo>;

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

interface Header extends PictureSize {
  readonly lineBytes: number;
}

/** Tells the size of a picture that can be kept. @throws SnapshotNotPNG */
export async function checkPNG(bytes: Uint8Array): Promise<PictureSize> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!view.subarray(0, SIGNATURE.length).equals(SIGNATURE))
    throw new SnapshotNotPNG('A picture of the screen is a PNG.');
  const { header, data } = readChunks(view);
  await checkPixels(header, data);
  return { width: header.width, height: header.height };
}

function readChunks(view: Buffer): { readonly header: Header; readonly data: Buffer } {
  let header: Header | null = null;
  let isDataOver = false;
  const data: Buffer[] = [];
  const about = new Set<string>();
  for (let at = SIGNATURE.length; ;) {
    const length = at + CHUNK_OVERHEAD_BYTES <= view.length ? view.readUInt32BE(at) : -1;
    const end = at + CHUNK_OVERHEAD_BYTES + length;
    if (data.length > CHUNKS_MAX) refuseChunk();
    if (length < 0 || end > view.length) throw new SnapshotNotPNG('The picture is cut short.');
    const type = view.toString('latin1', at + 4, at + 8);
    const content = view.subarray(at + 8, end - 4);
    if (crc32(view.subarray(at + 4, end - 4)) !== view.readUInt32BE(end - 4))
      throw new SnapshotNotPNG('A checksum of the picture is wrong.');
    if (header === null) header = type === 'IHDR' ? readHeader(content) : refuseChunk();
    else if (type === 'IDAT' && !isDataOver) data.push(content);
    else if (type === 'IEND' && data.length > 0 && length === 0 && end === view.length)
      return { header, data: Buffer.concat(data) };
    else if (data.length > 0 || ABOUT_COLOUR[type] !== length || about.has(type)) refuseChunk();
    else about.add(type);
    isDataOver = data.length > 0 && type !== 'IDAT';
    at = end;
  }
}

function refuseChunk(): never {
  throw new SnapshotNotPNG('A picture of the screen has pixels and nothing else.');
}

function readHeader(content: Buffer): Header {
  if (content.length !== HEADER_BYTES) throw new SnapshotNotPNG('The picture has no header.');
  const width = content.readUInt32BE(0);
  const height = content.readUInt32BE(4);
  const [depth, colour = -1, compression, filter, interlace] = content.subarray(8);
  const samples = SAMPLES[colour];
  const isPlain = depth === 8 && compression === 0 && filter === 0 && interlace === 0;
  if (samples === undefined || !isPlain)
    throw new SnapshotNotPNG('A picture of the screen has eight bits a colour, line by line.');
  if (width === 0 || height === 0 || width * height > SNAPSHOT_PIXELS_MAX)
    throw new SnapshotNotPNG(`A picture of the screen has 1 to ${SNAPSHOT_PIXELS_MAX} pixels.`);
  return { width, height, lineBytes: 1 + width * samples };
}

async function checkPixels({ height, lineBytes }: Header, data: Buffer): Promise<void> {
  const expected = height * lineBytes;
  let pixels: Buffer;
  try {
    const { buffer, engine } = await inflated(data, { info: true, maxOutputLength: expected });
    if (engine.bytesWritten !== data.length)
      throw new SnapshotNotPNG('Something comes after the pixels of the picture.');
    pixels = buffer;
  } catch (cause) {
    if (cause instanceof SnapshotNotPNG) throw cause;
    throw new SnapshotNotPNG('The pixels of the picture cannot be read.', { cause });
  }
  if (pixels.length !== expected)
    throw new SnapshotNotPNG('The picture has not as many pixels as its header says.');
  for (let at = 0; at < expected; at += lineBytes) {
    if ((pixels[at] ?? 255) > FILTERS_MAX)
      throw new SnapshotNotPNG('A line of the picture has an unknown filter.');
  }
}
