/** Granted sessions in the database. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { CaseId, GrantId, SessionId, TechnicianId } from '@chaperone/domain/id/id.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';
import type { Database } from '../../platform/database/database.ts';
import type { SessionRow, SessionTables } from './tables.ts';

/** A session that the operator has granted, as the desk keeps it. */
export interface GrantedSession {
  readonly session: SessionId;
  readonly grant: GrantId;
  readonly caseId: CaseId;
  readonly cart: string;
  readonly technician: TechnicianId;
  readonly workstation: string;
  /** SHA-256 thumbprints of the two keys. */
  readonly workstationKey: string;
  readonly cartKey: string;
  readonly grantJWS: string;
  readonly grantedUtcMs: number;
}

export interface EndedSession extends GrantedSession {
  readonly endedUtcMs: number;
  readonly reason: EndReason;
  readonly receiptJWS: string | null;
}

export interface SessionEnd {
  readonly atUtcMs: number;
  readonly reason: EndReason;
  readonly receiptJWS: string | null;
}

/** Receipts read at a time; each has some kilobytes. */
const RECEIPTS_PAGE = 200;

export type Activities = readonly Activity[];

export class SessionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(session: GrantedSession): Promise<void> {
    await this.#database
      .db<SessionTables>()
      .insertInto('remote_session')
      .values({
        session_id: session.session,
        grant_id: session.grant,
        case_id: session.caseId,
        cart: session.cart,
        technician_id: session.technician,
        workstation_id: session.workstation,
        workstation_key: session.workstationKey,
        cart_key: session.cartKey,
        grant_jws: session.grantJWS,
        state: 'granted',
        granted_at: session.grantedUtcMs,
        ended_at: null,
        end_reason: null,
        receipt_jws: null,
      })
      .execute();
  }

  /** Ends a session; a receipt that comes later is added to one that has ended without. */
  async end(session: SessionId, end: SessionEnd): Promise<void> {
    const db = this.#database.db<SessionTables>();
    await db
      .updateTable('remote_session')
      .set({ state: 'ended', ended_at: end.atUtcMs, end_reason: end.reason })
      .where('session_id', '=', session)
      .where('state', '=', 'granted')
      .execute();
    if (end.receiptJWS === null) return;
    await db
      .updateTable('remote_session')
      .set({ receipt_jws: end.receiptJWS })
      .where('session_id', '=', session)
      .where('receipt_jws', 'is', null)
      .execute();
  }

  /** Sessions that had not ended when the gateway stopped. */
  async running(): Promise<readonly GrantedSession[]> {
    const db = this.#database.db<SessionTables>();
    const rows = await db
      .selectFrom('remote_session')
      .selectAll()
      .where('state', '=', 'granted')
      .execute();
    return rows.map(grantedSession);
  }

  async find(session: SessionId): Promise<GrantedSession | EndedSession | null> {
    const row = await this.#database
      .db<SessionTables>()
      .selectFrom('remote_session')
      .selectAll()
      .where('session_id', '=', session)
      .executeTakeFirst();
    if (row === undefined) return null;
    return row.state === 'ended' ? endedSession(row) : grantedSession(row);
  }

  /** Receipts of a case's sessions, oldest first. */
  async receiptsOf(caseId: CaseId): Promise<readonly string[]> {
    const rows = await this.#database
      .db<SessionTables>()
      .selectFrom('remote_session')
      .select('receipt_jws')
      .where('case_id', '=', caseId)
      .orderBy('granted_at')
      .execute();
    return rows.flatMap((row) => (row.receipt_jws === null ? [] : [row.receipt_jws]));
  }

  /** Every receipt, page by page. */
  async *allReceipts(): AsyncGenerator<string, void, undefined> {
    for (let after = ''; ;) {
      const rows = await this.#database
        .db<SessionTables>()
        .selectFrom('remote_session')
        .select(['session_id', 'receipt_jws'])
        .where('session_id', '>', after)
        .orderBy('session_id')
        .limit(RECEIPTS_PAGE)
        .execute();
      for (const { receipt_jws: receipt } of rows) if (receipt !== null) yield receipt;
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.session_id;
    }
  }
}

function grantedSession(row: SessionRow): GrantedSession {
  return {
    session: row.session_id as SessionId,
    grant: row.grant_id as GrantId,
    caseId: row.case_id as CaseId,
    cart: row.cart,
    technician: row.technician_id as TechnicianId,
    workstation: row.workstation_id,
    workstationKey: row.workstation_key,
    cartKey: row.cart_key,
    grantJWS: row.grant_jws,
    grantedUtcMs: row.granted_at,
  };
}

function endedSession(row: SessionRow): EndedSession {
  return {
    ...grantedSession(row),
    endedUtcMs: row.ended_at ?? 0,
    reason: (row.end_reason ?? 'gateway-ended') as EndReason,
    receiptJWS: row.receipt_jws,
  };
}
