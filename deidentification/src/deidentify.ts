/**
 * The door: takes one file, finds out what it is, and gives its de-identified form, or refuses.
 *
 * What it is is read from its bytes alone; a name proves nothing. Neither DICOM ultrasound nor a log: refused.
 */
import type { ByteSource } from './source/byte-source.ts';
import { deidentifyDicom } from './dicom/dicom.ts';
import type { DicomOrder, Result } from './dicom/dicom.ts';
import { isDicom } from './dicom/reader.ts';
import { deidentifyLog } from './log/log.ts';
import type { LogOrder } from './log/log.ts';

export type { Result } from './dicom/dicom.ts';

export type Order = DicomOrder & LogOrder;

const HEAD_BYTES = 132;

/** @throws DeidentificationRefused; also the chunks end in one when something is found on the way */
export async function deidentify(source: ByteSource, order: Order): Promise<Result> {
  const head = await source.read(0, Math.min(source.bytes, HEAD_BYTES));
  return isDicom(head) ? await deidentifyDicom(source, order) : await deidentifyLog(source, order);
}
