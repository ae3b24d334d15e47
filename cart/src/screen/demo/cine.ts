/**
 * Reads a multi-frame PALETTE COLOR ultrasound cine from a DICOM file: indices and palette, not yet colours.
 *
 * Only what the demo's own sample needs is understood: RLE Lossless, 8 bits a pixel, palettes of 256
 * entries with 8 or 16 bits.
 *
 * @see DICOM PS3.3 C.7.6.3 (palettes) and C.7.6.5 (cine)
 */
import dicomParser from 'dicom-parser';
import { InvalidCine } from './invalid-cine.ts';
import { decodeRLEFrame } from './rle.ts';

const RLE_LOSSLESS = '1.2.840.10008.1.2.5';
const PALETTE_ENTRIES = 256;
const DEFAULT_FRAME_TIME_MS = 40;

/** 256 colours as 0xRRGGBB. */
export type Palette = Uint32Array;

export interface Cine {
  readonly width: number;
  readonly height: number;
  readonly frameTimeMs: number;
  readonly palette: Palette;
  /** One palette index a pixel, row by row. */
  readonly frames: readonly Uint8Array[];
}

/** Reads a cine from the bytes of a DICOM file. @throws InvalidCine */
export function readCine(bytes: Uint8Array): Cine {
  const dataSet = parse(bytes);
  const width = dataSet.uint16('x00280011') ?? 0;
  const height = dataSet.uint16('x00280010') ?? 0;
  const isPlayable =
    dataSet.string('x00020010') === RLE_LOSSLESS &&
    dataSet.string('x00280004') === 'PALETTE COLOR' &&
    dataSet.uint16('x00280100') === 8 &&
    width > 0 &&
    height > 0;
  const pixelData = dataSet.elements['x7fe00010'];
  const fragments = pixelData?.fragments;
  if (!isPlayable || fragments === undefined) {
    throw new InvalidCine('The demo plays 8-bit PALETTE COLOR cines in RLE Lossless.');
  }
  const frames = fragments.map(({ position, length }) =>
    decodeRLEFrame(bytes.subarray(position, position + length), width * height),
  );
  const frameTimeMs = Number(dataSet.string('x00181063')) || DEFAULT_FRAME_TIME_MS;
  return { width, height, frameTimeMs, palette: readPalette(dataSet), frames };
}

function parse(bytes: Uint8Array): dicomParser.DataSet {
  try {
    return dicomParser.parseDicom(bytes);
  } catch (cause) {
    throw new InvalidCine('This is not a DICOM file.', { cause });
  }
}

function readPalette(dataSet: dicomParser.DataSet): Palette {
  const red = readChannel(dataSet, 'x00281101', 'x00281201');
  const green = readChannel(dataSet, 'x00281102', 'x00281202');
  const blue = readChannel(dataSet, 'x00281103', 'x00281203');
  return Uint32Array.from(
    { length: PALETTE_ENTRIES },
    (_, index) => ((red[index] ?? 0) << 16) | ((green[index] ?? 0) << 8) | (blue[index] ?? 0),
  );
}

/** The descriptor holds the number of entries, the first index mapped, and the bits of an entry. */
function readChannel(dataSet: dicomParser.DataSet, descriptor: string, data: string): Uint8Array {
  const entries = dataSet.uint16(descriptor, 0);
  const first = dataSet.uint16(descriptor, 1);
  const bits = dataSet.uint16(descriptor, 2);
  const element = dataSet.elements[data];
  const isKnown = entries === PALETTE_ENTRIES && first === 0 && (bits === 8 || bits === 16);
  if (!isKnown || element === undefined || element.length < (PALETTE_ENTRIES * bits) / 8) {
    throw new InvalidCine('The demo knows palettes of 256 entries with 8 or 16 bits.');
  }
  const view = new DataView(
    dataSet.byteArray.buffer,
    dataSet.byteArray.byteOffset + element.dataOffset,
    element.length,
  );
  // The high byte of a 16-bit entry is its 8-bit value.
  return Uint8Array.from({ length: PALETTE_ENTRIES }, (_, index) =>
    bits === 16 ? view.getUint16(2 * index, true) >> 8 : view.getUint8(index),
  );
}
