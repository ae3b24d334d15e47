/** What a round does with records beside the cart: uploads that resume, de-identification in the vault, exports. */
import assert from 'node:assert/strict';
import { recordExport } from '@chaperone/protocol/console-api/records.ts';
import { recordSummary } from '@chaperone/protocol/console-api/schema.ts';
import { Refused } from '../../harness/technician.ts';
import type { Acknowledged } from './acknowledged.ts';
import type { KillDay } from './kill-day.ts';
import { digestOf } from './kill-files.ts';
import type { KnownFile } from './kill-files.ts';

/** Pieces of an upload. */
const PIECE_BYTES = 1024 * 1024;

export interface CaseAtWork {
  readonly day: KillDay;
  readonly caseId: string;
  readonly acknowledged: Acknowledged;
}

/** Uploads a file piece by piece, and goes on where the gateway says. @returns the record */
export async function upload(
  { day, caseId, acknowledged }: CaseAtWork,
  name: string,
  { content, digest }: KnownFile,
): Promise<string> {
  const { technician } = day;
  const begun = await technician.beginUpload(caseId, name, content.length);
  let offset = begun.bytes;
  for (;;) {
    const isNextLast = offset + PIECE_BYTES >= content.length;
    acknowledged.uploads.set(begun.id, { bytes: offset, isNextLast });
    const piece = content.subarray(offset, offset + PIECE_BYTES);
    const record = await technician.uploadPiece(caseId, begun.id, offset, piece);
    offset += piece.length;
    if (record === null) continue;
    acknowledged.uploads.delete(begun.id);
    acknowledged.records.set(record, digest);
    return record;
  }
}

/** Has a record de-identified, once. */
export async function deidentify(
  { day, caseId, acknowledged }: CaseAtWork,
  record: string,
): Promise<void> {
  await day.technician.released(caseId, record);
  try {
    const at = `/api/cases/${caseId}/records/${record}/deidentification`;
    const made = await day.technician.ask(recordSummary, 'POST', at);
    assert.equal(made.origin, 'de-identified');
    acknowledged.records.set(made.id, Buffer.from(made.sha256, 'base64url').toString('hex'));
  } catch (fault) {
    // The answer may have been cut off by the blow.
    if (!(fault instanceof Refused && fault.code === 'ALREADY_DEIDENTIFIED')) throw fault;
  }
}

/** Exports a record by permission of the lead. */
export async function exportOne(
  { day, caseId, acknowledged }: CaseAtWork,
  record: string,
  file: KnownFile | undefined,
): Promise<void> {
  const { technician, lead } = day;
  await technician.released(caseId, record);
  const at = `/api/cases/${caseId}/exports`;
  const whom = { technician: technician.person?.id ?? '' };
  await lead.call('POST', `/api/cases/${caseId}/export-permissions`, whom);
  const asked = { record, reason: 'planted-words-of-a-note on an export' };
  const { id } = await technician.ask(recordExport, 'POST', at, asked);
  acknowledged.exports.add(id);
  const response = await technician.raw('GET', `${at}/${id}/content`);
  assert.equal(digestOf(Buffer.from(await response.arrayBuffer())), file?.digest);
}
