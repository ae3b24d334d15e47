/** Runs a de-identification to its end and gathers what comes of it. */
import type { DeidentificationReport } from '@chaperone/domain/deidentification/report.ts';
import type { RegionTemplate } from '../dicom/template.ts';
import type { Order, Result } from '../deidentify.ts';
import { deidentify } from '../deidentify.ts';
import { fromBytes } from '../source/byte-source.ts';

export const SECRET = new Uint8Array(32).fill(7);
/** A template for files that name no machine: their regions may be trusted. */
export function trustsRegions(columns: number, rows: number): RegionTemplate {
  const nobody = { manufacturer: '', model: '', software: [''] };
  return { name: 'of a test', ...nobody, columns, rows, regions: 'hold-no-text' };
}
export const ORDER: Order = {
  secret: SECRET,
  templates: [],
  words: [],
  replacesAddresses: false,
  requiresDictionary: false,
};

export interface Whole {
  readonly bytes: Buffer;
  readonly report: DeidentificationReport;
  readonly words: readonly string[];
}

export async function gather({ chunks, words }: Result): Promise<Whole> {
  const parts: Uint8Array[] = [];
  for (let next = await chunks.next(); ; next = await chunks.next()) {
    if (next.done === true) return { bytes: Buffer.concat(parts), report: next.value, words };
    parts.push(next.value);
  }
}

export async function run(bytes: Uint8Array, order: Partial<Order> = {}): Promise<Whole> {
  return await gather(await deidentify(fromBytes(bytes), { ...ORDER, ...order }));
}
