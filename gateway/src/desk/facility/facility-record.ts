/**
 * A facility's record over all its cases: every session, what is held now and why, and the policies of its carts. Read-only but for the
 * policies that its officers bring. Nothing that may be PHI is read: no name of a file, no complaint, no note.
 */
import type { CaseId, SessionId } from '@chaperone/domain/id/id.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';
import { FacilityPolicyUntrusted } from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import { grantClaims } from '@chaperone/protocol/signed/claims.ts';
import { decodeJwt } from 'jose';
import { SESSIONS_PER_PAGE } from '../../portal/contract.ts';
import type {
  BroughtPolicy,
  CartPolicy,
  FacilityPolicyState,
  HeldCase,
  PolicyRefusal,
  SessionOfFacility,
  SessionPage,
} from '../../portal/contract.ts';
import type { RecordExports } from '../export/export.ts';
import {
  FacilityPolicyKeyless,
  FacilityPolicyNotLater,
  FacilityPolicyOfOthers,
  FacilityPolicyOtherKey,
  FacilityPolicyUnusable,
  signerOf,
} from '../facility-policy/facility-policy.ts';
import type { Bringing, FacilityPolicies } from '../facility-policy/facility-policy.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { CaseTables } from '../service-case/service-case.ts';
import type { SessionTables } from '../session/session.ts';
import { movedIn } from './moved-in.ts';

export interface RecordParts {
  readonly context: Pick<DeskContext, 'database' | 'vault'>;
  readonly policies: FacilityPolicies;
  readonly exports: Pick<RecordExports, 'owed'>;
}

/** More open cases than any hospital has of one maker's carts. */
const HELD_MAX = 1_000;

/** Gives sessions of all cases, the newest first. @param page from 1 */
export async function sessionsOf(
  { context }: RecordParts,
  facility: string,
  page: number,
): Promise<SessionPage> {
  const db = context.database.db<CaseTables & SessionTables>();
  const from = db
    .selectFrom('remote_session')
    .innerJoin('service_case', 'service_case.id', 'remote_session.case_id')
    .where('service_case.facility', '=', facility);
  const rows = await from
    .select([
      'remote_session.session_id',
      'remote_session.case_id',
      'service_case.number',
      'remote_session.cart',
      'remote_session.grant_jws',
      'remote_session.granted_at',
      'remote_session.ended_at',
      'remote_session.end_reason',
      'remote_session.receipt_jws',
    ])
    .orderBy('remote_session.granted_at', 'desc')
    .orderBy('remote_session.session_id')
    .limit(SESSIONS_PER_PAGE)
    .offset((page - 1) * SESSIONS_PER_PAGE)
    .execute();
  const { count } = await from
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const sessions = rows.map((row): SessionOfFacility => {
    const { name, activities, sub, workstation } = grantClaims.parse(decodeJwt(row.grant_jws));
    return {
      id: row.session_id as SessionId,
      caseId: row.case_id as CaseId,
      caseNumber: row.number,
      technicianName: name,
      technicianId: sub,
      workstationId: workstation,
      cart: row.cart,
      grantedUtcMs: row.granted_at,
      activities,
      end:
        row.ended_at === null
          ? null
          : { utcMs: row.ended_at, reason: (row.end_reason ?? 'gateway-ended') as EndReason },
      moved: row.receipt_jws === null ? null : movedIn(row.receipt_jws),
      receipt: row.receipt_jws,
    };
  });
  return { sessions, total: Number(count) };
}

/** Says what of one case is held now. */
export async function holdingOf(
  { context: { vault }, exports }: RecordParts,
  caseId: CaseId,
): Promise<Omit<HeldCase, 'case'>> {
  const [records, bytes, quarantine, owed] = await Promise.all([
    vault.countRecords(caseId),
    vault.bytesOf(caseId),
    vault.countQuarantine(caseId),
    exports.owed(caseId),
  ]);
  const { neverReleased, infected } = quarantine;
  return { records, bytes, neverReleased, infected, exportsOwed: owed };
}

/** Names the cases of a facility that are not resolved, the oldest first. */
export async function unresolvedOf(
  { context }: RecordParts,
  facility: string,
): Promise<readonly string[]> {
  const rows = await context.database
    .db<CaseTables>()
    .selectFrom('service_case')
    .select('id')
    .where('facility', '=', facility)
    .where('state', '!=', 'resolved')
    .orderBy('opened_at')
    .limit(HELD_MAX)
    .execute();
  return rows.map(({ id }) => id);
}

/** Says which policies were brought, and which cart has which. */
export async function policiesOf(
  { policies }: RecordParts,
  facility: string,
  carts: readonly string[],
): Promise<FacilityPolicyState> {
  const brought = await policies.brought(facility);
  const taken = await Promise.all(
    carts.map(async (cart): Promise<CartPolicy> => {
      const has = await policies.taken(cart);
      const latest = brought.find(
        ({ document }) => document.carts === 'every' || document.carts.includes(cart),
      );
      // A receipt for what was never brought here came by another way, or is of another facility: it is shown as it is.
      const isBehind = latest !== undefined && (has === null || has.version < latest.version);
      return { cart, taken: has, meant: latest?.version ?? null, isBehind };
    }),
  );
  const withKeys = brought.map(async (each) => ({ ...each, key: await signerOf(each) }));
  return { brought: await Promise.all(withKeys), carts: taken };
}

/** Brings a policy of a facility whose carts are these. @see FacilityPolicies.bring */
export async function bringPolicy(
  { policies }: RecordParts,
  bringing: Omit<Bringing, 'pinned'>,
  carts: readonly string[],
): Promise<BroughtPolicy | { readonly refused: PolicyRefusal }> {
  const taken = await Promise.all(carts.map(async (cart) => await policies.taken(cart)));
  const pinned = taken.flatMap((each) => each?.facilityKey ?? []);
  try {
    return await policies.bring({ ...bringing, pinned });
  } catch (fault) {
    const refused = refusalOf(fault, bringing.confirmed !== null);
    if (refused === null) throw fault;
    return { refused };
  }
}

/** Null when its bringer can do nothing about it. */
function refusalOf(fault: unknown, isConfirmed: boolean): PolicyRefusal | null {
  if (fault instanceof FacilityPolicyUnusable) return { why: 'unusable', detail: fault.message };
  if (fault instanceof FacilityPolicyOfOthers) return { why: 'of-others' };
  if (fault instanceof FacilityPolicyKeyless) return { why: 'keyless' };
  if (fault instanceof FacilityPolicyUntrusted) return { why: 'untrusted' };
  if (fault instanceof FacilityPolicyNotLater) return { why: 'not-later', version: fault.version };
  if (!(fault instanceof FacilityPolicyOtherKey)) return null;
  const { key, known, isPinned } = fault;
  return { why: 'other-key', key, known, isPinned, isMistaken: isConfirmed };
}
