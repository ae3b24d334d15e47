/** The digest of a patch of a picture: SHA-256 of its pixels, red, green and blue, row by row. */
import { createHash } from 'node:crypto';
import type { MaskArea } from '@chaperone/domain/mask/mask-area.ts';
import type { Picture } from '../picture/picture.ts';

/** Hashes a patch. The area lies inside. The fourth byte of a source's pixel means nothing, and is left out. */
export function anchorDigest(picture: Pick<Picture, 'crop'>, area: MaskArea): string {
  const pixels = picture.crop(area);
  const bytes = Buffer.allocUnsafe(pixels.length * 3);
  let at = 0;
  for (const pixel of pixels) at = bytes.writeUIntBE(pixel & 0xff_ffff, at, 3);
  return createHash('sha256').update(bytes).digest('hex');
}
