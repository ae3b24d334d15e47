/**
 * A record leaves the console: somebody takes a copy of it to a workstation, where no vault seals it and no destruction
 * of a case reaches it. So each export is an act with a reason, and stays owed until its copy is attested as deleted.
 *
 *   permitted → exported (owed) → attested
 *
 * Permission is of one person in one case and comes from somebody else, a lead (decision 0031). An attestation is a
 * person's word, not a proof: it says who gave it, which words, and when. A lead may give it in the place of
 * somebody who cannot, with a reason. While one is owed the case is not resolved.
 */
import { DomainError } from '../error/domain-error.ts';
import type { CaseId, ExportId, RecordId, TechnicianId } from '../id/id.ts';

/** How long what was exported can be taken, milliseconds: a large record over a slow line, and a second try. */
export const EXPORT_LIFE_MS = 15 * 60_000;

/** What is attested, by number. A text is never changed: another one gets the next number. */
export const DELETION_STATEMENTS = {
  1: 'Every copy of this record outside Chaperone that I made, or gave to somebody, is deleted: on workstations, on carriers, in mail and in backups.',
  2: 'On behalf of the person who exported this record: as far as could be found out, every copy of it outside Chaperone is deleted.',
} as const;
export type DeletionStatement = keyof typeof DELETION_STATEMENTS;

export interface DeletionAttestation {
  readonly by: TechnicianId;
  readonly atUtcMs: number;
  readonly statement: DeletionStatement;
}

export interface RecordExport {
  readonly id: ExportId;
  readonly caseId: CaseId;
  readonly recordId: RecordId;
  readonly by: TechnicianId;
  readonly exportedUtcMs: number;
  /** Null while it is owed. */
  readonly attestation: DeletionAttestation | null;
}

/** Somebody may export in one case. */
export interface ExportPermission {
  readonly caseId: CaseId;
  readonly technicianId: TechnicianId;
  readonly permittedBy: TechnicianId;
  readonly permittedUtcMs: number;
}

/** Counts for a certificate. */
export interface ExportCounts {
  readonly count: number;
  readonly attested: number;
}

/** Nobody has permitted this person to take records of this case out. */
export class ExportNotPermitted extends DomainError {
  readonly code = 'EXPORT_NOT_PERMITTED';
}
/** There is no such export, or it is not this person's. */
export class ExportUnknown extends DomainError {
  readonly code = 'EXPORT_UNKNOWN';
}
/** It can be taken no more: its time is over, or its deletion was attested. */
export class ExportOver extends DomainError {
  readonly code = 'EXPORT_OVER';
}
/** Its deletion was attested before: once is enough, and the first word stays. */
export class ExportAttested extends DomainError {
  readonly code = 'EXPORT_ATTESTED';
}
/** Somebody attests for another without being a lead, or without saying why. */
export class AttestationNotYours extends DomainError {
  readonly code = 'ATTESTATION_NOT_YOURS';
}
/** Copies of the case's records are outside, and nobody has attested that they are deleted. */
export class ExportsOwed extends DomainError {
  readonly code = 'EXPORTS_OWED';
  /** @param owed how many */
  constructor(owed: number) {
    super(sentenceOf(owed));
  }
}

/**
 * Permits somebody to export in a case.
 * @param by who permits, with the roles in force
 * @throws ExportNotPermitted: a lead permits, and nobody permits themselves
 */
export function permitExports(
  { caseId, technicianId }: Pick<ExportPermission, 'caseId' | 'technicianId'>,
  by: { readonly id: TechnicianId; readonly roles: readonly string[] },
  nowUtcMs: number,
): ExportPermission {
  if (!by.roles.includes('lead'))
    throw new ExportNotPermitted('Only a lead permits somebody to export records.');
  if (by.id === technicianId)
    throw new ExportNotPermitted('Nobody permits themselves to export records: ask another lead.');
  return { caseId, technicianId, permittedBy: by.id, permittedUtcMs: nowUtcMs };
}

/**
 * Decides that a record leaves the console.
 * @throws ExportNotPermitted
 */
export function beginExport(
  asked: Pick<RecordExport, 'id' | 'caseId' | 'recordId' | 'by'>,
  permission: ExportPermission | null,
  nowUtcMs: number,
): RecordExport {
  assertPermitted(asked, permission);
  return { ...asked, exportedUtcMs: nowUtcMs, attestation: null };
}

function assertPermitted(
  asked: Pick<RecordExport, 'caseId' | 'by'>,
  permission: ExportPermission | null,
): void {
  const isTheirs = permission?.caseId === asked.caseId && permission.technicianId === asked.by;
  if (!isTheirs) {
    throw new ExportNotPermitted(
      'A lead has to permit you to export records of this case. Looking at them here needs no permission.',
    );
  }
}

/**
 * Admits somebody who takes the bytes of an export: only who made it, only for a while, only as long as they are permitted to export.
 * @param permission what stands now; null when there is none, or none any more
 * @throws ExportUnknown, ExportOver, ExportNotPermitted
 */
export function admitTaking(
  exported: RecordExport,
  by: TechnicianId,
  permission: ExportPermission | null,
  nowUtcMs: number,
): void {
  if (exported.by !== by) throw new ExportUnknown('There is no such export.');
  assertPermitted(exported, permission);
  if (exported.attestation !== null)
    throw new ExportOver('The deletion of this copy was attested. Export the record again.');
  const ageMs = nowUtcMs - exported.exportedUtcMs;
  // A clock that was set back opens nothing anew.
  if (ageMs < 0 || ageMs >= EXPORT_LIFE_MS)
    throw new ExportOver('The time to take this copy is over. Export the record again.');
}

/**
 * Takes somebody's word that the copies are deleted.
 * @param by who says so; somebody else than who exported has to be a lead and says why
 * @throws ExportAttested, AttestationNotYours
 */
export function attestDeletion(
  exported: RecordExport,
  by: { readonly id: TechnicianId; readonly roles: readonly string[] },
  reason: string | null,
  nowUtcMs: number,
): RecordExport {
  if (exported.attestation !== null)
    throw new ExportAttested('The deletion of this copy was attested before.');
  const isOwn = by.id === exported.by;
  if (!isOwn && !by.roles.includes('lead'))
    throw new AttestationNotYours('Only who exported this record, or a lead, can attest this.');
  if (!isOwn && (reason === null || reason.trim() === ''))
    throw new AttestationNotYours('Say why you attest this in the place of who exported it.');
  const statement: DeletionStatement = isOwn ? 1 : 2;
  return { ...exported, attestation: { by: by.id, atUtcMs: nowUtcMs, statement } };
}

/** What is still owed. */
export function owedOf(exports: readonly RecordExport[]): readonly RecordExport[] {
  return exports.filter(({ attestation }) => attestation === null);
}

export function countsOf(exports: readonly RecordExport[]): ExportCounts {
  const owed = owedOf(exports).length;
  return { count: exports.length, attested: exports.length - owed };
}

/** Counts and nothing else: who exported what is in the case's own list of exports, behind its own gate. */
function sentenceOf(owed: number): string {
  return owed === 1
    ? 'One exported record is not attested as deleted.'
    : `${owed} exported records are not attested as deleted.`;
}
