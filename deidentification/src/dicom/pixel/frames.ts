/** Gives the frames of a file one after another, decoded, so that memory holds one of them. */
import { DeidentificationUnreadable } from '@chaperone/domain/deidentification/deidentification.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import type { DicomFile } from '../element.ts';
import { JPEG_BASELINE, isEncapsulatedSyntax } from '../transfer-syntax.ts';
import { findFragments } from './fragments.ts';
import type { Image } from './image.ts';
import { decodeJPEG } from './jpeg.ts';
import { decodeRLE } from './rle.ts';

export interface Frames {
  /** The first byte of the file after its pixels. */
  readonly end: number;
  /** Samples of a pixel together, little endian. The array is the taker's. @throws DeidentificationUnreadable */
  frame(index: number): Promise<Uint8Array>;
}

/** @throws DeidentificationUnreadable, DeidentificationLimitReached */
export async function openFrames(
  source: ByteSource,
  file: DicomFile,
  image: Image,
): Promise<Frames> {
  const { pixels, transferSyntax } = file;
  if (pixels === null) throw unreadable('It has no pixels.');
  if (isEncapsulatedSyntax(transferSyntax) !== (pixels.kind === 'encapsulated')) {
    throw unreadable('Its pixels are stored in another way than it says.');
  }
  if (pixels.kind === 'native') {
    const wanted = image.frameBytes * image.frames;
    // One byte of padding makes it even; more would be a place for something else.
    if (pixels.bytes !== wanted + (wanted % 2))
      throw unreadable('It has not as many pixels as it says.');
    return {
      end: pixels.offset + pixels.bytes,
      frame: async (index) => {
        const bytes = await source.read(pixels.offset + index * image.frameBytes, image.frameBytes);
        if (bytes.length !== image.frameBytes) throw unreadable('Its pixels are cut short.');
        return image.isPlanar ? interleave(bytes, image) : Uint8Array.from(bytes);
      },
    };
  }
  const { frames, end } = await findFragments(source, pixels.offset, image.frames);
  return {
    end,
    frame: async (index) => {
      const parts: Uint8Array[] = [];
      for (const { offset, bytes } of frames[index] ?? [])
        parts.push(await source.read(offset, bytes));
      const packed = parts.length === 1 ? (parts[0] ?? NOTHING) : Buffer.concat(parts);
      if (transferSyntax === JPEG_BASELINE) return decodeJPEG(packed, image);
      return decodeRLE(packed, image.rows * image.columns, image.samples, image.bytesPerSample);
    },
  };
}

const NOTHING = new Uint8Array();

function interleave(planes: Uint8Array, { rows, columns, samples }: Image): Uint8Array {
  const pixels = rows * columns;
  const result = new Uint8Array(planes.length);
  for (let sample = 0; sample < samples; sample += 1) {
    for (let index = 0; index < pixels; index += 1) {
      result[index * samples + sample] = planes[sample * pixels + index] ?? 0;
    }
  }
  return result;
}

function unreadable(message: string): DeidentificationUnreadable {
  return new DeidentificationUnreadable(`The file is not whole by the DICOM standard. ${message}`);
}
