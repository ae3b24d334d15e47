/** Encodes a rectangle as Raw, which every viewer knows. @see RFC 6143 section 7.7.1 */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import { writeRectangleHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { packPixels, type Pixels } from './pack-pixels.ts';

/** Encodes one rectangle, header and content. */
export function encodeRaw(pixels: Pixels, area: Rectangle, format: PixelFormat): Buffer {
  const header = writeRectangleHeader(area, ENCODING.raw);
  return Buffer.concat([header, packPixels(pixels, format)]);
}
