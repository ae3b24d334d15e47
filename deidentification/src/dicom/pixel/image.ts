/** What the pixels of a file are, checked against what can be decoded and blanked here. */
import {
  DeidentificationLimitReached,
  DeidentificationUnreadable,
  PixelsWithoutRule,
} from '@chaperone/domain/deidentification/deidentification.ts';
import type { DicomFile } from '../element.ts';
import { find, textOf, ushortOf } from '../element.ts';
import { FRAMES_MAX, FRAME_BYTES_MAX, PIXEL_BYTES_MAX } from '../limits.ts';
import { JPEG_BASELINE } from '../transfer-syntax.ts';

const PHOTOMETRIC = ['MONOCHROME1', 'MONOCHROME2', 'PALETTE COLOR', 'RGB', 'YBR_FULL'] as const;
export type Photometric = (typeof PHOTOMETRIC)[number];

/** A decoded image: samples of a pixel stand together. */
export interface Image {
  readonly columns: number;
  readonly rows: number;
  readonly frames: number;
  readonly samples: 1 | 3;
  readonly bytesPerSample: 1 | 2;
  readonly bitsStored: number;
  readonly isSigned: boolean;
  /** Of the result. */
  readonly photometric: Photometric;
  /** Of the original: what its JPEG frames hold. */
  readonly isRGBInside: boolean;
  /** Of the original: each sample's plane by itself. */
  readonly isPlanar: boolean;
  readonly frameBytes: number;
}

/** @throws DeidentificationUnreadable, PixelsWithoutRule, DeidentificationLimitReached */
export function describeImage({ dataSet, transferSyntax }: DicomFile): Image {
  const number = (tag: number): number | undefined => ushortOf(find(dataSet, tag));
  const rows = number(0x0028_0010) ?? 0;
  const columns = number(0x0028_0011) ?? 0;
  if (rows === 0 || columns === 0) throw unreadable('It does not say how large its image is.');
  const frames = framesOf(textOf(find(dataSet, 0x0028_0008)));
  const samples = number(0x0028_0002);
  const allocated = number(0x0028_0100);
  const bitsStored = number(0x0028_0101) ?? 0;
  const isSigned = number(0x0028_0103) === 1;
  if (samples !== 1 && samples !== 3) throw withoutRule('They have neither one nor three samples.');
  if (allocated !== 8 && allocated !== 16) throw withoutRule('They have neither 8 nor 16 bits.');
  if (bitsStored < 1 || bitsStored > allocated || number(0x0028_0102) !== bitsStored - 1) {
    throw withoutRule('Their bits do not lie as the standard has it.');
  }
  const isJPEG = transferSyntax === JPEG_BASELINE;
  const wide = allocated === 16;
  if ((samples === 3 || isJPEG) && (wide || bitsStored !== 8)) {
    throw withoutRule('Colour is taken with 8 bits a sample only.');
  }
  const said = textOf(find(dataSet, 0x0028_0004));
  const frameBytes = rows * columns * samples * (wide ? 2 : 1);
  if (frameBytes > FRAME_BYTES_MAX) throw limit('One of its frames is too large.');
  if (frameBytes * frames > PIXEL_BYTES_MAX) throw limit('Its frames are too many to be one file.');
  return {
    columns,
    rows,
    frames,
    samples,
    bytesPerSample: wide ? 2 : 1,
    bitsStored,
    isSigned,
    photometric: photometricOf(said, samples, isJPEG),
    isRGBInside: said === 'RGB',
    isPlanar: samples === 3 && number(0x0028_0006) === 1,
    frameBytes,
  };
}

function photometricOf(said: string, samples: 1 | 3, isJPEG: boolean): Photometric {
  if (isJPEG && samples === 3) {
    if (said !== 'RGB' && !said.startsWith('YBR_FULL'))
      throw withoutRule('Their colours are not known.');
    return 'RGB';
  }
  const found = PHOTOMETRIC.find((each) => each === said);
  if (found === undefined) throw withoutRule('Their colours are not known.');
  const isColour = found === 'RGB' || found === 'YBR_FULL';
  if (isColour !== (samples === 3)) throw unreadable('Its colours do not fit its samples.');
  return found;
}

function framesOf(text: string): number {
  if (text === '') return 1;
  const frames = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (frames === 0) throw unreadable('It does not say how many frames it has.');
  if (frames > FRAMES_MAX) throw limit('It has too many frames.');
  return frames;
}

function unreadable(message: string): DeidentificationUnreadable {
  return new DeidentificationUnreadable(`The file is not whole by the DICOM standard. ${message}`);
}
function withoutRule(message: string): PixelsWithoutRule {
  return new PixelsWithoutRule(`Its pixels cannot be cleaned by a rule that is known. ${message}`);
}
function limit(message: string): DeidentificationLimitReached {
  return new DeidentificationLimitReached(`The file takes more than one may. ${message}`);
}
