/** Cases in the database. Rules are the domain's; what is sealed is opened elsewhere. */
import type { CartSerial, CaseId, TechnicianId } from '@chaperone/domain/id/id.ts';
import type { UnresolvedLimit } from '@chaperone/domain/service-case/unresolved-limit.ts';
import type { CaseState, ServiceCase } from '@chaperone/domain/service-case/service-case.ts';
import type { Database, DatabaseView } from '../../platform/database/database.ts';
import type { CaseRow, CaseTables } from './tables.ts';

/** A case with what only the desk keeps of it. */
export interface StoredCase extends ServiceCase {
  readonly openedBy: TechnicianId;
  readonly detail: string | null;
  readonly decision: Decision | null;
  readonly certificate: string | null;
}

export interface DecidedBy {
  /** Nobody, where the limit of time has decided. */
  readonly id: TechnicianId | UnresolvedLimit;
  readonly name: string;
  readonly role: string;
}

export interface Decision {
  readonly by: DecidedBy;
  readonly atUtcMs: number;
  /** Index of the ledger entry `case-resolving`. */
  readonly ledgerIndex: number;
}

export interface StoredNote {
  readonly by: TechnicianId;
  readonly atUtcMs: number;
  readonly sealed: string;
}

export interface NewStoredCase {
  readonly id: CaseId;
  readonly facility: string;
  readonly cart: CartSerial;
  readonly openedUtcMs: number;
  readonly openedBy: TechnicianId;
  readonly number: string;
  readonly detail: string;
  /** Designated from the beginning. */
  readonly designated: readonly TechnicianId[];
}

export class CaseStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Takes the next number of a year: `SC-2026-0042`. A number that is then not used leaves a gap. */
  async nextNumber(year: number): Promise<string> {
    return await this.#database.transaction(async (view) => {
      const { last } = await view
        .db<CaseTables>()
        .insertInto('case_number')
        .values({ year, last: 1 })
        .onConflict((conflict) =>
          conflict.column('year').doUpdateSet((row) => ({ last: row('case_number.last', '+', 1) })),
        )
        .returning('last')
        .executeTakeFirstOrThrow();
      return `SC-${year}-${String(last).padStart(4, '0')}`;
    });
  }

  async add(entry: NewStoredCase): Promise<void> {
    await this.#database.transaction(async (view) => {
      const db = view.db<CaseTables>();
      await db
        .insertInto('service_case')
        .values({
          id: entry.id,
          number: entry.number,
          state: 'open',
          facility: entry.facility,
          cart: entry.cart,
          opened_at: entry.openedUtcMs,
          opened_by: entry.openedBy,
          resolved_at: null,
          legal_hold: 0,
          detail: entry.detail,
          decided_at: null,
          decided_by: null,
          decided_by_person: null,
          decision_index: null,
          certificate: null,
        })
        .execute();
      for (const technician of entry.designated)
        await this.#designate(view, entry.id, technician, entry.openedUtcMs);
    });
  }

  async find(id: string): Promise<StoredCase | null> {
    const row = await this.#database
      .db<CaseTables>()
      .selectFrom('service_case')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) return null;
    const [found] = await this.#withDesignations([row]);
    return found ?? null;
  }

  /** The open case of a cart, or null. */
  async openOf(cart: string): Promise<StoredCase | null> {
    const rows = await this.#database
      .db<CaseTables>()
      .selectFrom('service_case')
      .selectAll()
      .where('cart', '=', cart)
      .where('state', '=', 'open')
      .execute();
    const [found] = await this.#withDesignations(rows);
    return found ?? null;
  }

  /** Newest first. */
  async list(state: CaseState | null, limit: number): Promise<readonly StoredCase[]> {
    let query = this.#database.db<CaseTables>().selectFrom('service_case').selectAll();
    if (state !== null) query = query.where('state', '=', state);
    return await this.#withDesignations(
      await query.orderBy('opened_at', 'desc').limit(limit).execute(),
    );
  }

  /** Every case that is not resolved. */
  async unresolved(): Promise<readonly CaseId[]> {
    const rows = await this.#database
      .db<CaseTables>()
      .selectFrom('service_case')
      .select('id')
      .where('state', '!=', 'resolved')
      .orderBy('opened_at')
      .execute();
    return rows.map(({ id }) => id as CaseId);
  }

  async designate(id: CaseId, technician: TechnicianId, atUtcMs: number): Promise<void> {
    await this.#designate(this.#database, id, technician, atUtcMs);
  }

  async addNote(id: CaseId, note: StoredNote): Promise<void> {
    await this.#database
      .db<CaseTables>()
      .insertInto('case_note')
      .values({ case_id: id, written_at: note.atUtcMs, written_by: note.by, sealed: note.sealed })
      .execute();
  }

  async notes(id: CaseId): Promise<readonly StoredNote[]> {
    const rows = await this.#database
      .db<CaseTables>()
      .selectFrom('case_note')
      .selectAll()
      .where('case_id', '=', id)
      .orderBy('id')
      .execute();
    return rows.map((row) => ({
      by: row.written_by as TechnicianId,
      atUtcMs: row.written_at,
      sealed: row.sealed,
    }));
  }

  /** Writes the decision down; false when the case was not open any more. */
  async decide(id: CaseId, decision: Decision): Promise<boolean> {
    const result = await this.#database
      .db<CaseTables>()
      .updateTable('service_case')
      .set({
        state: 'resolving',
        decided_at: decision.atUtcMs,
        decided_by: decision.by.id,
        decided_by_person: JSON.stringify(decision.by),
        decision_index: decision.ledgerIndex,
      })
      .where('id', '=', id)
      .where('state', '=', 'open')
      .executeTakeFirst();
    return result.numUpdatedRows === 1n;
  }

  async setLegalHold(id: CaseId, isHeld: boolean): Promise<void> {
    const db = this.#database.db<CaseTables>();
    const held = db.updateTable('service_case').set({ legal_hold: isHeld ? 1 : 0 });
    await held.where('id', '=', id).where('state', '=', 'open').execute();
  }

  /** Keeps the certificate unless there is one, and gives the one that is kept. */
  async keepCertificate(id: CaseId, jws: string): Promise<string> {
    const db = this.#database.db<CaseTables>();
    const kept = db.updateTable('service_case').set({ certificate: jws });
    await kept.where('id', '=', id).where('certificate', 'is', null).execute();
    const row = await db
      .selectFrom('service_case')
      .select('certificate')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return row.certificate ?? jws;
  }

  async complete(id: CaseId, resolvedUtcMs: number): Promise<void> {
    await this.#database
      .db<CaseTables>()
      .updateTable('service_case')
      .set({ state: 'resolved', resolved_at: resolvedUtcMs })
      .where('id', '=', id)
      .where('state', '=', 'resolving')
      .execute();
  }

  async eraseTraces(id: CaseId): Promise<void> {
    await this.#database.transaction(async (view) => {
      const db = view.db<CaseTables>();
      await db.deleteFrom('case_note').where('case_id', '=', id).execute();
      await db.updateTable('service_case').set({ detail: null }).where('id', '=', id).execute();
    });
  }

  async countTraces(id: CaseId): Promise<number> {
    const db = this.#database.db<CaseTables>();
    const notes = await db.selectFrom('case_note').select('id').where('case_id', '=', id).execute();
    const found = await this.find(id);
    return notes.length + (found?.detail == null ? 0 : 1);
  }

  async #designate(
    view: DatabaseView,
    id: CaseId,
    technician: TechnicianId,
    atUtcMs: number,
  ): Promise<void> {
    await view
      .db<CaseTables>()
      .insertInto('case_designation')
      .values({ case_id: id, technician_id: technician, designated_at: atUtcMs })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async #withDesignations(rows: readonly CaseRow[]): Promise<readonly StoredCase[]> {
    if (rows.length === 0) return [];
    const designations = await this.#database
      .db<CaseTables>()
      .selectFrom('case_designation')
      .selectAll()
      .where(
        'case_id',
        'in',
        rows.map((row) => row.id),
      )
      .orderBy('designated_at')
      .execute();
    const byCase = Map.groupBy(designations, (each) => each.case_id);
    return rows.map((row) =>
      storedCase(
        row,
        (byCase.get(row.id) ?? []).map((each) => each.technician_id as TechnicianId),
      ),
    );
  }
}

function storedCase(row: CaseRow, designated: readonly TechnicianId[]): StoredCase {
  const decided =
    row.decided_by_person === null || row.decided_at === null || row.decision_index === null;
  return {
    id: row.id as CaseId,
    number: row.number,
    state: row.state,
    facility: row.facility,
    cart: row.cart as CartSerial,
    openedUtcMs: row.opened_at,
    openedBy: row.opened_by as TechnicianId,
    resolvedUtcMs: row.resolved_at,
    legalHold: row.legal_hold === 1,
    designated,
    detail: row.detail,
    decision: decided
      ? null
      : {
          by: JSON.parse(row.decided_by_person ?? '') as DecidedBy,
          atUtcMs: row.decided_at ?? 0,
          ledgerIndex: row.decision_index ?? 0,
        },
    certificate: row.certificate,
  };
}
