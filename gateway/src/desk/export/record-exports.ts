/**
 * Exports of a case's records: permitted by a lead, made with a reason, owed until their deletion is attested.
 *
 * Permission and export are recorded in the ledger before they take effect; a withdrawn permission takes effect first.
 * Everything happens in the case's turn, so that none begins beside the decision to resolve (decision 0031).
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId, RecordId, TechnicianId } from '@chaperone/domain/id/id.ts';
import {
  DELETION_STATEMENTS,
  ExportUnknown,
  admitTaking,
  attestDeletion,
  beginExport,
  countsOf,
  owedOf,
  permitExports,
} from '@chaperone/domain/record-export/record-export.ts';
import type { ExportCounts, RecordExport } from '@chaperone/domain/record-export/record-export.ts';
import { CaseNotOpen } from '@chaperone/domain/service-case/service-case.ts';
import type { CaseTraces } from '../../vault/contract.ts';
import { commitTo } from '../platform/commitment.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { ServiceCases } from '../service-case/service-case.ts';
import { ExportStore } from './export-store.ts';
import type { StoredExport } from './export-store.ts';

/** Who acts, with the roles in force. */
export interface ExportPerson {
  readonly id: TechnicianId;
  readonly roles: readonly string[];
}

/** An export as it is shown: reasons unsealed, null where they are erased or the disk has damaged them. */
export interface ToldExport extends RecordExport {
  readonly reason: string | null;
  readonly attestationReason: string | null;
  /** The words that were attested. */
  readonly statement: string | null;
}

export interface ToldExportPermission {
  readonly technicianId: TechnicianId;
  readonly permittedBy: TechnicianId;
  readonly permittedUtcMs: number;
}

export type CasesOfExports = Pick<ServiceCases, 'inTurn'>;

export class RecordExports {
  readonly #context: DeskContext;
  readonly #store: ExportStore;

  constructor(context: DeskContext) {
    this.#context = context;
    this.#store = new ExportStore(context.database);
  }

  /** @throws ExportNotPermitted, CaseNotOpen, LedgerUnavailable */
  async permit(
    cases: CasesOfExports,
    caseId: CaseId,
    technicianId: TechnicianId,
    by: ExportPerson,
  ): Promise<void> {
    const { ledger, clock } = this.#context;
    const permission = permitExports({ caseId, technicianId }, by, clock.utcMs());
    await cases.inTurn(caseId, async ({ state }) => {
      refuseUnlessOpen(state);
      const there = await this.#store.permissions(caseId);
      if (there.some((each) => each.technicianId === technicianId)) return;
      await ledger.append({ kind: 'export-permitted', caseId, technicianId, by: by.id });
      await this.#store.permit(permission);
    });
  }

  /** Takes a permission back; what was exported with it stays owed. Done twice, nothing more happens. */
  async withdraw(caseId: CaseId, technicianId: TechnicianId, by: ExportPerson): Promise<void> {
    const wasThere = await this.#store.withdraw(caseId, technicianId);
    const fact = { caseId, technicianId, by: by.id };
    if (wasThere) this.#context.ledger.appendLater({ kind: 'export-withdrawn', ...fact });
  }

  async permissions(caseId: CaseId): Promise<readonly ToldExportPermission[]> {
    return await this.#store.permissions(caseId);
  }

  /**
   * Decides that a record leaves; its bytes are taken with `take`.
   * @throws ExportNotPermitted, CaseNotOpen, RecordUnknown, RecordInQuarantine, CaseKeyMissing, LedgerUnavailable
   */
  async begin(
    cases: CasesOfExports,
    asked: { readonly caseId: CaseId; readonly recordId: RecordId; readonly reason: string },
    by: ExportPerson,
  ): Promise<RecordExport> {
    const { vault, ledger, clock, randomBytes } = this.#context;
    const { caseId, recordId } = asked;
    const id = newId('export', randomBytes);
    let exported: RecordExport | null = null;
    await cases.inTurn(caseId, async ({ state }) => {
      refuseUnlessOpen(state);
      const there = await this.#store.permissions(caseId);
      const permission = there.find(({ technicianId }) => technicianId === by.id) ?? null;
      const begun = beginExport({ id, caseId, recordId, by: by.id }, permission, clock.utcMs());
      // What may not be read is refused before it is written down.
      await vault.content(caseId, recordId);
      const { commitment, salt } = commitTo(asked.reason, randomBytes);
      const sealed = await vault.sealText(caseId, JSON.stringify({ reason: asked.reason, salt }));
      const fact = { caseId, recordId, by: by.id, exportId: id, reasonCommitment: commitment };
      await ledger.append({ kind: 'record-exported', ...fact });
      await this.#store.add(begun, sealed);
      exported = begun;
    });
    if (exported === null) throw new TypeError('What was begun in the case’s turn is there.');
    return exported;
  }

  /**
   * Makes the rows of exports that stand in the ledger alone: the gateway was killed in between. Of such a one no byte has
   * left, but nobody can know that from the ledger, and what the certificate counts is what the ledger says; it is owed
   * like every other. Its reason was in memory alone, and is gone. Call it once at start, before a destruction goes on.
   */
  async takeUp(unresolved: readonly CaseId[]): Promise<void> {
    const { ledger, log } = this.#context;
    for (const caseId of unresolved) {
      const known = new Set((await this.#store.list(caseId)).map(({ id }) => id));
      for (const { fact, utcMs } of await ledger.entriesOf(caseId)) {
        if (fact.kind !== 'record-exported' || fact.exportId === undefined) continue;
        if (known.has(fact.exportId)) continue;
        const { exportId: id, recordId, by } = fact;
        const exported = { id, caseId, recordId, by, exportedUtcMs: utcMs, attestation: null };
        await this.#store.add(exported, null);
        log.warn({ caseId, exportId: id }, 'an export of the ledger has its row again');
      }
    }
  }

  /**
   * Finds an export of which somebody takes the bytes now. A permission that was withdrawn since stops this, too.
   * @throws ExportUnknown, ExportOver, ExportNotPermitted
   */
  async take(caseId: CaseId, exportId: string, by: ExportPerson): Promise<RecordExport> {
    const found = await this.#find(caseId, exportId);
    const there = await this.#store.permissions(caseId);
    const permission = there.find(({ technicianId }) => technicianId === by.id) ?? null;
    admitTaking(found, by.id, permission, this.#context.clock.utcMs());
    return found;
  }

  /**
   * Takes a person's word that the copies of an export are deleted.
   * @throws ExportUnknown, ExportAttested, AttestationNotYours, CaseNotOpen, LedgerUnavailable
   */
  async attest(
    cases: CasesOfExports,
    asked: { readonly caseId: CaseId; readonly exportId: string; readonly reason: string | null },
    by: ExportPerson,
  ): Promise<void> {
    const { vault, ledger, clock, randomBytes } = this.#context;
    const { caseId } = asked;
    await cases.inTurn(caseId, async ({ state }) => {
      refuseUnlessOpen(state);
      const found = await this.#find(caseId, asked.exportId);
      const { attestation } = attestDeletion(found, by, asked.reason, clock.utcMs());
      if (attestation === null) throw new TypeError('An attestation was given.');
      const reason = found.by === by.id ? null : asked.reason;
      const committed = reason === null ? null : commitTo(reason, randomBytes);
      const sealed =
        committed === null
          ? null
          : await vault.sealText(caseId, JSON.stringify({ reason, salt: committed.salt }));
      await ledger.append({
        kind: 'export-attested',
        caseId,
        recordId: found.recordId,
        exportId: found.id,
        by: by.id,
        statement: attestation.statement,
        reasonCommitment: committed?.commitment ?? null,
      });
      await this.#store.attest(found, attestation, sealed);
    });
  }

  /** All of a case, oldest first. */
  async list(caseId: CaseId): Promise<readonly ToldExport[]> {
    const found = await this.#store.list(caseId);
    return await Promise.all(found.map(async (each) => await this.#tell(each)));
  }

  /** How many copies left, and of how many the deletion is attested; also once the case is destroyed. */
  async exportsOf(caseId: CaseId): Promise<ExportCounts> {
    return countsOf(await this.#store.list(caseId));
  }

  /** How many copies keep the case from being resolved. */
  async owed(caseId: CaseId): Promise<number> {
    return owedOf(await this.#store.list(caseId)).length;
  }

  /** What the vault erases with a case. */
  traces(): CaseTraces {
    return {
      tables: ['record_export', 'export_attestation', 'export_permission'],
      eraseTraces: async (id) => await this.#store.eraseTraces(id),
      countTraces: async (id) => await this.#store.countTraces(id),
      count: async (id) => {
        const { count, attested } = await this.exportsOf(id);
        return {
          exports: count,
          'exports-attested': attested,
          'exports-not-attested': count - attested,
        };
      },
    };
  }

  async #find(caseId: CaseId, exportId: string): Promise<StoredExport> {
    const found = (await this.#store.list(caseId)).find(({ id }) => id === exportId);
    if (found === undefined) throw new ExportUnknown('There is no such export.');
    return found;
  }

  async #tell(found: StoredExport): Promise<ToldExport> {
    const { sealedReason, sealedAttestationReason, ...exported } = found;
    const { caseId, attestation } = exported;
    return {
      ...exported,
      reason: await this.#unseal(caseId, sealedReason),
      attestationReason: await this.#unseal(caseId, sealedAttestationReason),
      statement: attestation === null ? null : DELETION_STATEMENTS[attestation.statement],
    };
  }

  async #unseal(caseId: CaseId, sealed: string | null): Promise<string | null> {
    if (sealed === null) return null;
    try {
      const text = await this.#context.vault.unsealText(caseId, sealed);
      return (JSON.parse(text) as { readonly reason: string }).reason;
    } catch (fault) {
      if (!(fault instanceof DomainError)) throw fault;
      // One reason that cannot be read holds up no list, and no attestation.
      this.#context.log.error({ err: fault, caseId }, 'the reason of an export cannot be read');
      return null;
    }
  }
}

/** @throws CaseNotOpen */
function refuseUnlessOpen(state: string): void {
  if (state !== 'open') throw new CaseNotOpen('This case is not open any more.');
}
