/**
 * Reads the head of a result again, as a stranger would, and looks in every value of it for what was to be gone.
 *
 * Values that can only be one of the standard's terms, or that are written by this program, are not searched: that a
 * patient is called Linear makes no file of a linear transducer a leak.
 */
import { ResidueFound } from '@chaperone/domain/deidentification/deidentification.ts';
import type { DataElement, DataSet } from '../dicom/element.ts';
import { textOf } from '../dicom/element.ts';
import { keptForm } from '../dicom/kept.ts';
import { readDicom } from '../dicom/reader.ts';
import { fromBytes } from '../source/byte-source.ts';
import { ByteSearch } from './byte-search.ts';
import { ENCODED_SIGNS_MIN } from './encoded-forms.ts';
import type { OriginalValues } from './original-values.ts';

/** Written by this program, whatever the original said. */
const OURS: ReadonlySet<number> = new Set([
  0x0012_0062, 0x0012_0063, 0x0012_0064, 0x0028_0301, 0x0028_0303, 0x0028_0004, 0x0008_0016,
]);
const PREAMBLE_BYTES = 128;

/** @throws ResidueFound */
export async function checkHead(head: Uint8Array, originals: OriginalValues): Promise<void> {
  if (head.subarray(0, PREAMBLE_BYTES).some((byte) => byte !== 0)) throw residue();
  const { dataSet, meta, pixels } = await readDicom({
    ...fromBytes(head),
    // The pixels are written after this: to the reader the file ends where they do.
    bytes: Number.MAX_SAFE_INTEGER,
  });
  if (pixels === null) throw residue();
  const encoded = new ByteSearch([], originals.encoded(), ENCODED_SIGNS_MIN);
  for (const element of meta.elements) {
    if (element.vr === 'UI') check(element, originals, encoded);
  }
  checkSet(dataSet, originals, encoded);
}

function checkSet(dataSet: DataSet, originals: OriginalValues, encoded: ByteSearch): void {
  for (const element of dataSet.elements) {
    if (OURS.has(element.tag)) continue;
    const kind = keptForm(element.tag)?.kind;
    if (kind === 'terms' || kind === 'equipment' || kind === 'scheme') continue;
    for (const item of element.items ?? []) checkSet(item, originals, encoded);
    check(element, originals, encoded);
    if (kind === 'palette' && new ByteSearch(originals.anywhere).finds(element.value))
      throw residue();
  }
}

function check(element: DataElement, originals: OriginalValues, encoded: ByteSearch): void {
  const text = textOf(element).toLowerCase();
  if (text === '') return;
  if (text.split('\\').some((part) => originals.whole.has(part.trim()))) throw residue();
  for (const value of originals.anywhere) if (text.includes(value)) throw residue();
  // The zero keeps two values apart: no text that is looked for has one.
  if (encoded.finds(Buffer.from(`${text}\0`))) throw residue();
}

export function residue(): ResidueFound {
  return new ResidueFound(
    'Something of the original was found in the result, which was thrown away.',
  );
}
