/** Where the bytes of one frame lie: beside each other, or in fragments (PS3.5 A.4). */
import { ReadingFault } from '../worker/worker-call.ts';
import type { DicomFile, Element } from './dicom-file.ts';
import type { ImageTerms } from './image-terms.ts';

interface Fragment {
  readonly offset: number;
  readonly position: number;
  readonly length: number;
}

/** Finds the bytes of each frame, once for a file. */
export class FrameBytes {
  readonly #bytes: Uint8Array;
  readonly #terms: ImageTerms;
  readonly #element: Element;
  readonly #fragments: readonly (readonly Fragment[])[] | null;

  /** @throws ReadingFault FRAMES_UNREADABLE */
  constructor({ dataSet }: DicomFile, terms: ImageTerms) {
    const element = dataSet.elements['x7fe00010'];
    if (element === undefined) throw new ReadingFault('IMAGE_ABSENT');
    this.#bytes = dataSet.byteArray;
    this.#terms = terms;
    this.#element = element;
    this.#fragments =
      element.encapsulatedPixelData === true
        ? fragmentsOf(element, terms.frames, this.#bytes)
        : null;
  }

  /** @throws ReadingFault FRAMES_UNREADABLE */
  of(frame: number): Uint8Array {
    if (this.#fragments === null) return this.#native(frame);
    const own = this.#fragments[frame] ?? [];
    const total = own.reduce((sum, { length }) => sum + length, 0);
    const joined = new Uint8Array(total);
    let at = 0;
    for (const { position, length } of own) {
      joined.set(this.#bytes.subarray(position, position + length), at);
      at += length;
    }
    if (total === 0) throw new ReadingFault('FRAMES_UNREADABLE');
    return joined;
  }

  #native(frame: number): Uint8Array {
    const { rows, columns, samples, bitsAllocated, photometric } = this.#terms;
    // Of two pixels side by side, 4:2:2 stores the colour once.
    const each = photometric === 'YBR_FULL_422' ? 2 : samples;
    const length = rows * columns * each * (bitsAllocated / 8);
    const from = this.#element.dataOffset + frame * length;
    const end = Math.min(this.#bytes.length, this.#element.dataOffset + this.#element.length);
    if (from + length > end) throw new ReadingFault('FRAMES_UNREADABLE');
    return this.#bytes.subarray(from, from + length);
  }
}

function fragmentsOf(
  { fragments = [], basicOffsetTable = [] }: Element,
  frames: number,
  bytes: Uint8Array,
): readonly (readonly Fragment[])[] {
  if (frames === 1) return [fragments];
  if (fragments.length === frames) return fragments.map((fragment) => [fragment]);
  const starts =
    basicOffsetTable.length === frames
      ? new Set(basicOffsetTable)
      : // Without a table a JPEG's own beginning tells where a frame begins.
        new Set(
          fragments
            .filter(({ position }) => bytes[position] === 0xff && bytes[position + 1] === 0xd8)
            .map(({ offset }) => offset),
        );
  const found: Fragment[][] = [];
  for (const fragment of fragments) {
    if (starts.has(fragment.offset)) found.push([fragment]);
    else found.at(-1)?.push(fragment);
  }
  if (found.length !== frames) throw new ReadingFault('FRAMES_UNREADABLE');
  return found;
}
