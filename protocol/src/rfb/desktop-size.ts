/**
 * Writes the rectangles that tell a viewer of another size of the picture.
 *
 * @see rfbproto, DesktopSize and ExtendedDesktopSize Pseudo-encoding
 */
import { ENCODING } from './encoding.ts';
import { writeRectangleHeader, type FramebufferSize } from './server-message.ts';

/** Writes DesktopSize. */
export function writeDesktopSize({ width, height }: FramebufferSize): Buffer {
  return writeRectangleHeader({ x: 0, y: 0, width, height }, ENCODING.desktopSize);
}

/** Writes ExtendedDesktopSize. @param layout its screens as a server said them; null: one that is the whole picture */
export function writeExtendedDesktopSize(
  { width, height }: FramebufferSize,
  layout: Buffer | null,
): Buffer {
  const header = writeRectangleHeader({ x: 0, y: 0, width, height }, ENCODING.extendedDesktopSize);
  // One screen: number 0, at 0, 0, no flags.
  const one = Buffer.alloc(20);
  one.writeUInt8(1, 0);
  one.writeUInt16BE(width, 12);
  one.writeUInt16BE(height, 14);
  return Buffer.concat([header, layout ?? one]);
}
