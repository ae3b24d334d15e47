/**
 * A facility's own accounts, read from the desk's tables: which of its carts were served, when, by whom, and with what proof.
 *
 * A case belongs to the facility that was written down when it was opened, letter by letter; a cart to the facilities that it
 * had a case for. Every query names the facility, and nothing that may be PHI is read: sealed columns are never selected.
 * Decision 0013.
 */
import type { CaseId, OfficerId, SessionId } from '@chaperone/domain/id/id.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import type { EvidenceBundle } from '@chaperone/protocol/evidence/schema.ts';
import { destructionCertificateClaims, grantClaims } from '@chaperone/protocol/signed/claims.ts';
import { decodeJwt } from 'jose';
import type { Database } from '../../platform/database/database.ts';
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex } from '../../platform/database/schema.ts';
import { CASES_PER_PAGE } from '../../portal/contract.ts';
import type {
  CasePage,
  DestructionCertificate,
  FacilityAccounts,
  FacilityCart,
  FacilityPolicyState,
  HeldCase,
  SessionPage,
  FacilityCase,
  FacilitySession,
} from '../../portal/contract.ts';
import { gatherEvidence } from '../evidence/evidence.ts';
import type { EvidenceOptions } from '../evidence/evidence.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { CaseAges, CaseTables, ServiceCases, ShownAge } from '../service-case/service-case.ts';
import type { SessionTables } from '../session/session.ts';
import { bringPolicy, holdingOf, policiesOf, sessionsOf, unresolvedOf } from './facility-record.ts';
import type { RecordParts } from './facility-record.ts';
import { movedIn } from './moved-in.ts';

export const FACILITY_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0040-cases-of-a-facility',
    up: async (db) => {
      await createIndex(db, 'service_case', ['facility', 'opened_at']);
    },
  },
];

/** More carts than any hospital has of one maker. */
const CARTS_MAX = 2_000;
const CASE_COLUMNS = [
  'id',
  'number',
  'cart',
  'state',
  'opened_at',
  'resolved_at',
  'certificate',
  'legal_hold',
] as const;

export interface FacilityParts extends RecordParts {
  readonly context: DeskContext;
  readonly cases: ServiceCases;
  readonly evidence: EvidenceOptions;
  readonly caseAges: CaseAges;
}

/** Counts the cases of a facility, so that who writes its name hears of a slip. */
export async function countCasesOf(database: Database, facility: string): Promise<number> {
  const { count } = await database
    .db<CaseTables>()
    .selectFrom('service_case')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('facility', '=', facility)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Gives the accounts of one facility, and of no other. */
export function accountsOf(parts: FacilityParts, facility: string): FacilityAccounts {
  return new DeskAccounts(parts, facility);
}

class DeskAccounts implements FacilityAccounts {
  readonly #parts: FacilityParts;
  readonly #facility: string;

  constructor(parts: FacilityParts, facility: string) {
    this.#parts = parts;
    this.#facility = facility;
  }

  async carts(): Promise<readonly FacilityCart[]> {
    const carts = await this.#db
      .selectFrom('service_case')
      .select(({ fn }) => ['cart', fn.countAll<number>().as('cases')])
      .where('facility', '=', this.#facility)
      .groupBy('cart')
      .orderBy('cart')
      .limit(CARTS_MAX)
      .execute();
    const sessions = await this.#db
      .selectFrom('remote_session')
      .innerJoin('service_case', 'service_case.id', 'remote_session.case_id')
      .select(({ fn }) => ['remote_session.cart', fn.max('remote_session.granted_at').as('last')])
      .where('service_case.facility', '=', this.#facility)
      .groupBy('remote_session.cart')
      .execute();
    const last = new Map(sessions.map((row) => [row.cart, row.last]));
    return carts.map(({ cart, cases }) => ({
      serial: cart,
      cases: Number(cases),
      lastSessionUtcMs: last.get(cart) ?? null,
    }));
  }

  async cases(page: number): Promise<CasePage> {
    const rows = await this.#db
      .selectFrom('service_case')
      .select(CASE_COLUMNS)
      .where('facility', '=', this.#facility)
      .orderBy('opened_at', 'desc')
      .orderBy('id')
      .limit(CASES_PER_PAGE)
      .offset((page - 1) * CASES_PER_PAGE)
      .execute();
    const total = await countCasesOf(this.#parts.context.database, this.#facility);
    const cases = await Promise.all(rows.map(async (row) => await this.#shown(row)));
    return { cases, total };
  }

  async find(caseId: string): Promise<FacilityCase | null> {
    const row = await this.#row(caseId);
    return row === undefined ? null : await this.#shown(row);
  }

  async sessions(caseId: string): Promise<readonly FacilitySession[]> {
    const rows = await this.#db
      .selectFrom('remote_session')
      .innerJoin('service_case', 'service_case.id', 'remote_session.case_id')
      .select([
        'remote_session.session_id',
        'remote_session.cart',
        'remote_session.grant_jws',
        'remote_session.granted_at',
        'remote_session.ended_at',
        'remote_session.end_reason',
        'remote_session.receipt_jws',
      ])
      .where('service_case.facility', '=', this.#facility)
      .where('service_case.id', '=', caseId)
      .orderBy('remote_session.granted_at')
      .execute();
    const signed = await this.#parts.evidence.receipts.countersignedOf(caseId as CaseId);
    return rows.map((row) => {
      // The cart signed it, and it was checked when it came.
      const { name, activities } = grantClaims.parse(decodeJwt(row.grant_jws));
      const end =
        row.ended_at === null
          ? null
          : { utcMs: row.ended_at, reason: (row.end_reason ?? 'gateway-ended') as EndReason };
      return {
        id: row.session_id as SessionId,
        technicianName: name,
        cart: row.cart,
        grantedUtcMs: row.granted_at,
        activities,
        end,
        moved: row.receipt_jws === null ? null : movedIn(row.receipt_jws),
        isCountersigned: signed.has(row.session_id),
      };
    });
  }

  async certificate(caseId: string): Promise<DestructionCertificate | null> {
    const row = await this.#row(caseId);
    const jws = row?.state === 'resolved' ? row.certificate : null;
    if (jws === null) return null;
    return { claims: destructionCertificateClaims.parse(decodeJwt(jws)), jws };
  }

  async receipt(caseId: string, session: string): Promise<SessionReceiptFile | null> {
    const own = await this.sessions(caseId);
    const found = own.find(({ id }) => id === session);
    return found === undefined ? null : await this.#parts.evidence.receipts.fileOf(found.id);
  }

  async allSessions(page: number): Promise<SessionPage> {
    return await sessionsOf(this.#parts, this.#facility, page);
  }

  async held(): Promise<readonly HeldCase[]> {
    const held: HeldCase[] = [];
    for (const id of await unresolvedOf(this.#parts, this.#facility)) {
      const found = await this.find(id);
      if (found === null) continue;
      held.push({ case: found, ...(await holdingOf(this.#parts, found.id)) });
    }
    return held;
  }

  async policies(): Promise<FacilityPolicyState> {
    const carts = (await this.carts()).map(({ serial }) => serial);
    return await policiesOf(this.#parts, this.#facility, carts);
  }

  async bringPolicy(
    jws: string,
    officerId: OfficerId,
    confirmed: string | null,
  ): ReturnType<FacilityAccounts['bringPolicy']> {
    const carts = (await this.carts()).map(({ serial }) => serial);
    const bringing = { jws, facility: this.#facility, officerId, confirmed };
    return await bringPolicy(this.#parts, bringing, carts);
  }

  async evidence(caseId: string): Promise<EvidenceBundle | null> {
    const { context, cases, evidence } = this.#parts;
    const row = await this.#row(caseId);
    if (row === undefined) return null;
    const found = await cases.get(caseId);
    // A journal tells of all the work on a cart: one that has served elsewhere, too, stays out.
    const withJournals = !(await this.#hasServedElsewhere(row.cart));
    return await gatherEvidence(context, evidence, found, { withJournals });
  }

  async #shown(row: FacilityCaseRow): Promise<FacilityCase> {
    const { id, state, opened_at: openedUtcMs } = row;
    const legalHold = row.legal_hold === 1;
    const about = { id: id as CaseId, state, openedUtcMs, legalHold };
    const age = await this.#parts.caseAges.shown(about);
    return facilityCase(row, legalHold, age);
  }

  async #row(caseId: string) {
    return await this.#db
      .selectFrom('service_case')
      .select(CASE_COLUMNS)
      .where('facility', '=', this.#facility)
      .where('id', '=', caseId)
      .executeTakeFirst();
  }

  async #hasServedElsewhere(cart: string): Promise<boolean> {
    const other = await this.#db
      .selectFrom('service_case')
      .select('id')
      .where('cart', '=', cart)
      .where('facility', '!=', this.#facility)
      .limit(1)
      .executeTakeFirst();
    return other !== undefined;
  }

  get #db() {
    return this.#parts.context.database.db<CaseTables & SessionTables>();
  }
}

interface FacilityCaseRow {
  readonly id: string;
  readonly number: string;
  readonly cart: string;
  readonly state: FacilityCase['state'];
  readonly opened_at: number;
  readonly resolved_at: number | null;
  readonly certificate: string | null;
  readonly legal_hold: 0 | 1;
}

function facilityCase(row: FacilityCaseRow, isHeld: boolean, age: ShownAge | null): FacilityCase {
  return {
    id: row.id as CaseId,
    number: row.number,
    cart: row.cart,
    state: row.state,
    openedUtcMs: row.opened_at,
    resolvedUtcMs: row.resolved_at,
    isCertified: row.certificate !== null && row.state === 'resolved',
    isHeld: isHeld && row.state === 'open',
    agedDays: age?.days ?? null,
    endsUtcMs: age?.end?.earliestUtcMs ?? null,
  };
}
