/** The rectangle that says a desktop's name in an update, in order with the pixels. @see rfbproto, DesktopName Pseudo-encoding */
import { ENCODING } from './encoding.ts';
import { writeRectangleHeader } from './server-message.ts';

/** Writes a DesktopName rectangle. */
export function writeDesktopName(name: string): Buffer {
  const text = Buffer.from(name, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  const nowhere = { x: 0, y: 0, width: 0, height: 0 };
  return Buffer.concat([writeRectangleHeader(nowhere, ENCODING.desktopName), length, text]);
}
