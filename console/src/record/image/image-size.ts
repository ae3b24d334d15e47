/**
 * How large a picture is, from its own header: before anybody unpacks it, since a few bytes may say billions of pixels.
 *
 * PNG (W3C, 11.2.2 IHDR), JPEG (ITU-T T.81 B.2.2, frame header), GIF89a (18, logical screen), WebP (RFC 9649 §2.5 to 2.7),
 * BMP (BITMAPCOREHEADER and BITMAPINFOHEADER).
 */
import type { RecordFormat } from '@chaperone/domain/record-kind/record-kind.ts';

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** @param bytes the beginning of the picture; of a JPEG as far as its frame header @returns null where it does not say */
export function imageSizeOf(bytes: Uint8Array, format: RecordFormat): ImageSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const size = sizeBy(format, view);
    return size !== null && size.width > 0 && size.height > 0 ? size : null;
  } catch (fault) {
    // It ends before it says.
    if (fault instanceof RangeError) return null;
    throw fault;
  }
}

function sizeBy(format: RecordFormat, view: DataView): ImageSize | null {
  switch (format) {
    case 'png':
      return { width: view.getUint32(16), height: view.getUint32(20) };
    case 'gif':
      return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    case 'bmp':
      return bitmapSize(view);
    case 'webp':
      return webpSize(view);
    case 'jpeg':
      return jpegSize(view);
    default:
      return null;
  }
}

function bitmapSize(view: DataView): ImageSize {
  if (view.getUint32(14, true) === 12)
    return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
  // A negative height is one that begins at the top.
  return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
}

function webpSize(view: DataView): ImageSize | null {
  const kind = view.getUint8(15);
  const medium = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  if (kind === 0x58) return { width: medium(24) + 1, height: medium(27) + 1 };
  if (kind === 0x4c) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3f_ff) + 1, height: ((bits >>> 14) & 0x3f_ff) + 1 };
  }
  if (kind !== 0x20) return null;
  return { width: view.getUint16(26, true) & 0x3f_ff, height: view.getUint16(28, true) & 0x3f_ff };
}

function jpegSize(view: DataView): ImageSize | null {
  let at = 2;
  while (at + 4 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return null;
    const mark = view.getUint8(at + 1);
    // Any number of these may fill the room before a mark.
    if (mark === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = mark >= 0xc0 && mark <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(mark);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    if (mark === 0xd9 || mark === 0xda) return null;
    const hasNoLength = mark === 0x01 || (mark >= 0xd0 && mark <= 0xd8);
    at += hasNoLength ? 2 : 2 + view.getUint16(at + 2);
  }
  return null;
}
