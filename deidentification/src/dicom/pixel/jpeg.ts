/** Decodes one frame of JPEG baseline. What stands in the file beside the image, comments and thumbnails, is not taken. */
import { DeidentificationUnreadable } from '@chaperone/domain/deidentification/deidentification.ts';
import jpeg from 'jpeg-js';
import type { Image } from './image.ts';

/** What jpeg-js may use for one frame beside the frame itself: coefficients of 4 bytes for each sample. */
const MEMORY_MB_MAX = 512;

/** @throws DeidentificationUnreadable */
export function decodeJPEG(frame: Uint8Array, image: Image): Uint8Array {
  const { rows, columns, samples, isRGBInside } = image;
  const decoded = attempt(() =>
    jpeg.decode(frame, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      colorTransform: !isRGBInside,
      maxResolutionInMP: Math.max(1, (rows * columns * 1.01) / 1e6),
      maxMemoryUsageInMB: MEMORY_MB_MAX,
    }),
  );
  if (decoded.width !== columns || decoded.height !== rows) throw broken();
  if (samples === 3) return decoded.data;
  const grey = new Uint8Array(rows * columns);
  for (let index = 0; index < grey.length; index += 1) grey[index] = decoded.data[index * 3] ?? 0;
  return grey;
}

/** Whatever the library throws at bytes that are no JPEG, it is the file's fault. */
function attempt<Outcome>(act: () => Outcome): Outcome {
  try {
    return act();
  } catch (cause) {
    throw new DeidentificationUnreadable('One of the frames cannot be decoded (JPEG).', { cause });
  }
}

function broken(): DeidentificationUnreadable {
  return new DeidentificationUnreadable('One of the frames has another size than the file says.');
}
