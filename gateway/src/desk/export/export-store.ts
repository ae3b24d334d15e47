/** Exports in the database. Rules are the domain's; what is sealed is opened elsewhere. */
import type { CaseId, ExportId, RecordId, TechnicianId } from '@chaperone/domain/id/id.ts';
import type {
  DeletionAttestation,
  DeletionStatement,
  ExportPermission,
  RecordExport,
} from '@chaperone/domain/record-export/record-export.ts';
import type { Database } from '../../platform/database/database.ts';
import type { ExportTables } from './tables.ts';

/** An export with its sealed reasons. */
export interface StoredExport extends RecordExport {
  readonly sealedReason: string | null;
  readonly sealedAttestationReason: string | null;
}

export class ExportStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async permit({
    caseId,
    technicianId,
    permittedBy,
    permittedUtcMs,
  }: ExportPermission): Promise<void> {
    await this.#db
      .insertInto('export_permission')
      .values({
        case_id: caseId,
        technician_id: technicianId,
        permitted_by: permittedBy,
        permitted_at: permittedUtcMs,
      })
      .onConflict((conflict) => conflict.columns(['case_id', 'technician_id']).doNothing())
      .execute();
  }

  /** False when there was none. */
  async withdraw(caseId: CaseId, technicianId: TechnicianId): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('export_permission')
      .where('case_id', '=', caseId)
      .where('technician_id', '=', technicianId)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async permissions(caseId: CaseId): Promise<readonly ExportPermission[]> {
    const rows = await this.#db
      .selectFrom('export_permission')
      .selectAll()
      .where('case_id', '=', caseId)
      .orderBy('permitted_at')
      .execute();
    return rows.map((row) => ({
      caseId: row.case_id as CaseId,
      technicianId: row.technician_id as TechnicianId,
      permittedBy: row.permitted_by as TechnicianId,
      permittedUtcMs: row.permitted_at,
    }));
  }

  /** @param sealedReason null where it was lost: the gateway was killed before it was kept */
  async add(exported: RecordExport, sealedReason: string | null): Promise<void> {
    await this.#db
      .insertInto('record_export')
      .values({
        id: exported.id,
        case_id: exported.caseId,
        record_id: exported.recordId,
        exported_by: exported.by,
        exported_at: exported.exportedUtcMs,
        reason: sealedReason,
      })
      .execute();
  }

  async attest(
    { id, caseId }: RecordExport,
    { by, atUtcMs, statement }: DeletionAttestation,
    sealedReason: string | null,
  ): Promise<void> {
    await this.#db
      .insertInto('export_attestation')
      .values({
        export_id: id,
        case_id: caseId,
        attested_by: by,
        attested_at: atUtcMs,
        statement,
        reason: sealedReason,
      })
      .execute();
  }

  /** Oldest first. */
  async list(caseId: CaseId): Promise<readonly StoredExport[]> {
    const rows = await this.#db
      .selectFrom('record_export')
      .leftJoin('export_attestation', 'export_attestation.export_id', 'record_export.id')
      .select([
        'record_export.id',
        'record_export.case_id',
        'record_export.record_id',
        'record_export.exported_by',
        'record_export.exported_at',
        'record_export.reason',
        'export_attestation.attested_by',
        'export_attestation.attested_at',
        'export_attestation.statement',
        'export_attestation.reason as attestation_reason',
      ])
      .where('record_export.case_id', '=', caseId)
      .orderBy('record_export.exported_at')
      .orderBy('record_export.id')
      .execute();
    return rows.map((row) => ({
      id: row.id as ExportId,
      caseId: row.case_id as CaseId,
      recordId: row.record_id as RecordId,
      by: row.exported_by as TechnicianId,
      exportedUtcMs: row.exported_at,
      attestation:
        row.attested_by === null || row.attested_at === null
          ? null
          : {
              by: row.attested_by as TechnicianId,
              atUtcMs: row.attested_at,
              statement: (row.statement ?? 1) as DeletionStatement,
            },
      sealedReason: row.reason,
      sealedAttestationReason: row.attestation_reason,
    }));
  }

  /** Erases reasons and permissions; that something was exported stays, for the certificate. */
  async eraseTraces(caseId: CaseId): Promise<void> {
    await this.#database.transaction(async (view) => {
      const db = view.db<ExportTables>();
      const nothing = { reason: null };
      await db.updateTable('record_export').set(nothing).where('case_id', '=', caseId).execute();
      await db
        .updateTable('export_attestation')
        .set(nothing)
        .where('case_id', '=', caseId)
        .execute();
      await db.deleteFrom('export_permission').where('case_id', '=', caseId).execute();
    });
  }

  async countTraces(caseId: CaseId): Promise<number> {
    const exports = await this.list(caseId);
    const sealed = exports.flatMap(({ sealedReason, sealedAttestationReason }) =>
      [sealedReason, sealedAttestationReason].filter((each) => each !== null),
    );
    return sealed.length + (await this.permissions(caseId)).length;
  }

  get #db() {
    return this.#database.db<ExportTables>();
  }
}
