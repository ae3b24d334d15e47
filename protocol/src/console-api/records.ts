/**
 * Records of a case as the console works with them: looked at here, or taken out as an export.
 *
 *   GET  /api/cases/{case}/record-kinds                          RecordKinds: what each is, from its bytes
 *   GET  /api/cases/{case}/records/{record}/content              bytes, Range; recorded once for each sign-in
 *   GET  /api/cases/{case}/exports                               ExportList
 *   POST /api/cases/{case}/exports                               NewExport → RecordExport; fresh, permitted by a lead
 *   GET  /api/cases/{case}/exports/{export}/content              bytes, Range, as an attachment; a quarter of an hour
 *   POST /api/cases/{case}/exports/{export}/attestation          Attestation → ExportList; fresh
 *   POST /api/cases/{case}/export-permissions                    {technician} → ExportList; a lead, fresh
 *   POST /api/cases/{case}/export-permissions/{technician}/withdraw   {} → ExportList; a lead
 */
import { RECORD_FORMATS, RECORD_KINDS } from '@chaperone/domain/record-kind/record-kind.ts';
import { z } from 'zod';
import { plain } from './plain-text.ts';

const id = plain(z.string().max(64));
/** Why a record leaves, or why somebody attests for another; characters. */
export const EXPORT_REASON_LENGTH_MAX = 500;
const reason = plain(z.string().trim().min(3).max(EXPORT_REASON_LENGTH_MAX));

export const recordKinds = z.object({
  kinds: z.array(
    z.object({ record: id, kind: z.enum(RECORD_KINDS), format: z.enum(RECORD_FORMATS) }),
  ),
});

const person = z.object({ id, name: z.string() });

export const recordExport = z.object({
  id,
  record: id,
  by: person,
  exportedUtcMs: z.number(),
  /** Null where it cannot be read any more. */
  reason: z.string().nullable(),
  /** Null while it is owed. */
  attestation: z
    .object({
      by: person,
      atUtcMs: z.number(),
      statement: z.string(),
      reason: z.string().nullable(),
    })
    .nullable(),
});

export const exportList = z.object({
  exports: z.array(recordExport),
  permissions: z.array(z.object({ technician: person, by: person, permittedUtcMs: z.number() })),
  /** Whether the one who asks may export; whether they may permit others to. */
  mayExport: z.boolean(),
  mayPermit: z.boolean(),
  /** The words that the one who asks attests: of their own copies, and in the place of others. */
  statements: z.object({ own: z.string(), placed: z.string() }),
});

export const newExport = z.strictObject({ record: id, reason });
/** The reason is asked of who attests in another's place, and is null otherwise. */
export const newAttestation = z.strictObject({ reason: reason.nullable() });
export const newExportPermission = z.strictObject({ technician: id });
