/**
 * Parts of a zlib stream as RFB sends them: a rectangle's data are one part, which ends with a sync flush, on a byte, and refers to
 * the plain bytes before it. Each is inflated on its own here, whoever has to make it stand on its own.
 *
 * @see rfbproto, Tight Encoding; RFC 6143 §7.7.6; RFC 1950 §2.2
 */
import { constants, inflateRawSync } from 'node:zlib';
import { MalformedRFB } from './malformed-rfb.ts';

/** By which a zlib stream begins. */
export const ZLIB_HEADER_BYTES = 2;
const ZLIB_DEFLATE_METHOD = 8;
const ZLIB_PRESET_DICTIONARY = 0x20;
/** How far back zlib data may refer. */
const WINDOW_BYTES = 32 * 1024;

/** Tells whether data begin a stream that refers to nothing before it. */
export function beginsZlib(data: Buffer): boolean {
  return (
    data.length >= ZLIB_HEADER_BYTES &&
    (data.readUInt8(0) & 15) === ZLIB_DEFLATE_METHOD &&
    data.readUInt16BE(0) % 31 === 0 &&
    (data.readUInt8(1) & ZLIB_PRESET_DICTIONARY) === 0
  );
}

/** What follows the header by which a stream begins. @throws MalformedRFB */
export function withoutZlibHeader(data: Buffer): Buffer {
  if (!beginsZlib(data)) throw new MalformedRFB("A rectangle's zlib stream does not begin as one.");
  return data.subarray(ZLIB_HEADER_BYTES);
}

/**
 * Inflates one part.
 * @param window the plain bytes that it may refer to; empty at the beginning
 * @throws MalformedRFB when it cannot be, or is more than it may
 */
export function inflatePart(data: Buffer, window: Buffer, plainBytesMax: number): Buffer {
  try {
    return inflateRawSync(data, {
      ...(window.length === 0 ? {} : { dictionary: window }),
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: plainBytesMax,
    });
  } catch (cause) {
    throw new MalformedRFB("A rectangle's data cannot be inflated.", { cause });
  }
}

/** The same of a part whose plain bytes are known. @throws MalformedRFB also when they are fewer */
export function inflateWhole(data: Buffer, window: Buffer, plainBytes: number): Buffer {
  const plain = inflatePart(data, window, plainBytes);
  if (plain.length !== plainBytes)
    throw new MalformedRFB("A Tight rectangle's data do not fill it.");
  return plain;
}

/** What the next part may refer to. */
export function windowBehind(before: Buffer, plain: Buffer): Buffer {
  const seen = plain.length >= WINDOW_BYTES ? plain : Buffer.concat([before, plain]);
  return Buffer.from(seen.subarray(-WINDOW_BYTES));
}
