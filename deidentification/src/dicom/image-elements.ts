/** The description of the decoded image, written anew. @see PS3.3 section C.7.6.3 */
import { PixelsWithoutRule } from '@chaperone/domain/deidentification/deidentification.ts';
import type { DataSet } from './element.ts';
import { find } from './element.ts';
import type { Image } from './pixel/image.ts';
import { ascii, ushort } from './writer.ts';
import type { WrittenElement } from './writer.ts';

const DESCRIPTORS = [0x0028_1101, 0x0028_1102, 0x0028_1103] as const;
const COLOURS = 0x0100;

/** @throws PixelsWithoutRule when a palette is not whole */
export function imageElements(
  image: Image,
  dataSet: DataSet,
  kept: readonly WrittenElement[],
): readonly WrittenElement[] {
  const us = (tag: number, value: number): WrittenElement => ({
    tag,
    vr: 'US',
    value: ushort(value),
  });
  const bits = image.bytesPerSample * 8;
  const elements = [
    us(0x0028_0002, image.samples),
    { tag: 0x0028_0004, vr: 'CS', value: ascii('CS', image.photometric) },
    us(0x0028_0010, image.rows),
    us(0x0028_0011, image.columns),
    us(0x0028_0100, bits),
    us(0x0028_0101, image.bitsStored),
    us(0x0028_0102, image.bitsStored - 1),
    us(0x0028_0103, image.isSigned ? 1 : 0),
    ...(image.samples === 3 ? [us(0x0028_0006, 0)] : []),
    ...(find(dataSet, 0x0028_0008) === undefined
      ? []
      : [{ tag: 0x0028_0008, vr: 'IS', value: ascii('IS', String(image.frames)) }]),
  ];
  if (image.photometric === 'PALETTE COLOR') checkPalette(kept);
  return elements;
}

function checkPalette(kept: readonly WrittenElement[]): void {
  for (const tag of DESCRIPTORS) {
    const descriptor = valueOf(kept, tag);
    const colours = valueOf(kept, tag + COLOURS);
    // Number of entries (0 is 65536), first pixel value, bits of an entry.
    const entries = descriptor.length === 6 ? descriptor.readUInt16LE(0) || 65_536 : 0;
    const bits = descriptor.length === 6 ? descriptor.readUInt16LE(4) : 0;
    const isWhole = colours.length === (bits === 8 ? entries + (entries % 2) : entries * 2);
    if (entries === 0 || (bits !== 8 && bits !== 16) || !isWhole) {
      throw new PixelsWithoutRule(
        'Its pixels cannot be cleaned by a rule that is known. Its palette is not whole.',
      );
    }
  }
}

function valueOf(kept: readonly WrittenElement[], tag: number): Buffer {
  const found = kept.find((each) => each.tag === tag);
  return Buffer.from(found !== undefined && 'value' in found ? found.value : []);
}
