/**
 * Who may ask for what: every route of the console's API in one table. A route that is missing here does not start,
 * and a test walks the published OpenAPI document against it.
 *
 * | requirement | who passes | who does not |
 * |---|---|---|
 * | anybody | every licensed workstation; for its enrolment, everyone | |
 * | workstation | who shows a workstation's certificate in force; nobody in a demo without TLS | 403 |
 * | first-gate | who passed the directory's gate | 401 |
 * | new-password | who passed two gates with a password that an administrator made | 401 |
 * | third-gate | who passed directory and password, and is not in yet | 401 |
 * | signed-in | who passed all gates | 401 |
 * | role | signed in, with one of the roles | 401, 403 |
 * | case | signed in, and may know the case: lead, or technician and designated for it | 401, 404 |
 * | designated | designated for the case, and a technician now | 401, 404, lead: 403 |
 * | case-lead | lead | 401, 404, 403 |
 * | designator | lead; where the configuration allows it, also who opened the case | 401, 404, 403 |
 *
 * Whoever has several roles may do what any of them may. `fresh` asks, after all that, for a sign-in or confirmation of
 * the last minutes. Beside a case there is no role to name: to all but technicians and leads there are no cases.
 */
import type { Role } from '../../directory/contract.ts';

export const REQUIREMENTS = [
  'anybody',
  'workstation',
  'first-gate',
  'new-password',
  'third-gate',
  'signed-in',
  'role',
  'case',
  'designated',
  'designator',
  'case-lead',
] as const;
export type Requirement = (typeof REQUIREMENTS)[number];

export interface RouteRule {
  readonly requirement: Requirement;
  /** Of `role`: any of these. */
  readonly roles: readonly Role[];
  readonly isFresh: boolean;
}

const rule = (requirement: Requirement): RouteRule => ({ requirement, roles: [], isFresh: false });
const of = (...roles: readonly Role[]): RouteRule => ({
  requirement: 'role',
  roles,
  isFresh: false,
});
const fresh = (asked: RouteRule): RouteRule => ({ ...asked, isFresh: true });

const ANYBODY = rule('anybody');
const WORKSTATION = rule('workstation');
const THIRD_GATE = rule('third-gate');
const SIGNED_IN = rule('signed-in');
const CASE = rule('case');
const DESIGNATED = rule('designated');
const CASE_LEAD = rule('case-lead');
/** Whoever works in cases. */
const CASEWORK = of('technician', 'lead');
const ADMINISTRATOR = of('administrator');
const CARTS = of('administrator', 'field-engineer');
/** Which of them an act asks for is looked at behind it. */
const TWO_PEOPLE = of('administrator', 'lead');
const AUDITOR = of('auditor');

export const ROUTE_TABLE = {
  'GET /api/about': ANYBODY,
  'GET /api/openapi.json': ANYBODY,
  'POST /api/workstation/enrol': ANYBODY,
  'POST /api/workstation/certificate': WORKSTATION,
  'POST /api/workstation/signing-key': WORKSTATION,
  'GET /api/workstation': WORKSTATION,
  'POST /api/workstation/posture': WORKSTATION,
  'POST /api/sign-in/directory': ANYBODY,
  'POST /api/sign-in/provider': ANYBODY,
  'POST /api/sign-in/provider/answer': ANYBODY,
  'POST /api/sign-in/gateway': rule('first-gate'),
  'POST /api/sign-in/new-password': rule('new-password'),
  'POST /api/sign-in/factor/code': THIRD_GATE,
  'POST /api/sign-in/factor/passkey/options': THIRD_GATE,
  'POST /api/sign-in/factor/passkey': THIRD_GATE,
  'POST /api/sign-in/factor/recovery-code': THIRD_GATE,
  'POST /api/sign-in/enrolment/code/options': THIRD_GATE,
  'POST /api/sign-in/enrolment/code': THIRD_GATE,
  'POST /api/sign-in/enrolment/passkey/options': THIRD_GATE,
  'POST /api/sign-in/enrolment/passkey': THIRD_GATE,
  'POST /api/sign-in/enrolment/recovery-codes': THIRD_GATE,
  'POST /api/sign-out': SIGNED_IN,
  'GET /api/desk': SIGNED_IN,
  'GET /api/events': SIGNED_IN,
  'GET /api/me': SIGNED_IN,
  'GET /api/me/sign-ins': SIGNED_IN,
  'POST /api/me/sign-out-everywhere': SIGNED_IN,
  'POST /api/me/confirm/passkey/options': SIGNED_IN,
  'POST /api/me/confirm': SIGNED_IN,
  'POST /api/me/password': fresh(SIGNED_IN),
  'GET /api/me/factor': SIGNED_IN,
  'POST /api/me/factor/code/options': fresh(SIGNED_IN),
  'POST /api/me/factor/code': fresh(SIGNED_IN),
  'POST /api/me/factor/passkey/options': fresh(SIGNED_IN),
  'POST /api/me/factor/passkey': fresh(SIGNED_IN),
  'POST /api/me/factor/recovery-codes': fresh(SIGNED_IN),
  'GET /api/carts': CASEWORK,
  'GET /api/technicians': CASEWORK,
  'GET /api/cases': CASEWORK,
  'POST /api/cases': CASEWORK,
  'GET /api/cases/:case': CASE,
  'POST /api/cases/:case/designations': rule('designator'),
  'POST /api/cases/:case/notes': DESIGNATED,
  'POST /api/cases/:case/resolve': fresh(CASE),
  'GET /api/cases/:case/certificate': CASE,
  'GET /api/cases/:case/timeline': CASE,
  'GET /api/cases/:case/evidence': fresh(CASE),
  'GET /api/cases/:case/session': CASE,
  'POST /api/cases/:case/session/request': DESIGNATED,
  'POST /api/cases/:case/session/resume': DESIGNATED,
  'POST /api/cases/:case/session/leave': DESIGNATED,
  'GET /api/cases/:case/session/masks': DESIGNATED,
  'POST /api/cases/:case/session/masks/ask': DESIGNATED,
  'POST /api/cases/:case/session/watch': DESIGNATED,
  'POST /api/cases/:case/session/watch/leave': DESIGNATED,
  'GET /api/cases/:case/session/watch/screen': DESIGNATED,
  'GET /api/cases/:case/session/directories': DESIGNATED,
  'GET /api/cases/:case/session/files': DESIGNATED,
  'GET /api/cases/:case/session/screen': DESIGNATED,
  'POST /api/cases/:case/session/snapshots': DESIGNATED,
  'POST /api/cases/:case/fetches': DESIGNATED,
  'POST /api/cases/:case/sends': DESIGNATED,
  'GET /api/cases/:case/uploads': DESIGNATED,
  'POST /api/cases/:case/uploads': DESIGNATED,
  'OPTIONS /api/cases/:case/uploads': DESIGNATED,
  'GET /api/cases/:case/uploads/:transfer': DESIGNATED,
  'PATCH /api/cases/:case/uploads/:transfer': DESIGNATED,
  'DELETE /api/cases/:case/uploads/:transfer': DESIGNATED,
  'POST /api/cases/:case/folder-fetches': DESIGNATED,
  'POST /api/cases/:case/transfers/act': DESIGNATED,
  'POST /api/cases/:case/transfers/:transfer/cancel': DESIGNATED,
  'POST /api/cases/:case/records/:record/deidentification': DESIGNATED,
  'GET /api/cases/:case/deidentification': CASE,
  'POST /api/cases/:case/records/:record/destroy': DESIGNATED,
  'GET /api/cases/:case/record-kinds': CASE,
  'GET /api/cases/:case/records/:record/content': DESIGNATED,
  'GET /api/cases/:case/exports': CASE,
  'POST /api/cases/:case/exports': fresh(DESIGNATED),
  'GET /api/cases/:case/exports/:export/content': DESIGNATED,
  'POST /api/cases/:case/exports/:export/attestation': fresh(CASE),
  'POST /api/cases/:case/export-permissions': fresh(CASE_LEAD),
  'POST /api/cases/:case/export-permissions/:technician/withdraw': CASE_LEAD,
  'GET /api/ledger/checkpoint': of('technician', 'lead', 'auditor'),
  'GET /api/admin/accounts': ADMINISTRATOR,
  'GET /api/admin/roles': ADMINISTRATOR,
  'GET /api/admin/workstations': ADMINISTRATOR,
  'GET /api/admin/licences': CARTS,
  'GET /api/admin/carts': CARTS,
  'GET /api/admin/carts/:serial/reports': CARTS,
  'GET /api/admin/carts/:serial/reports/:report/file': CARTS,
  'GET /api/admin/carts/:serial/reports/:report/page': CARTS,
  'GET /api/admin/sign-ins': ADMINISTRATOR,
  'POST /api/admin/accounts': fresh(ADMINISTRATOR),
  'POST /api/admin/accounts/:account/disable': fresh(ADMINISTRATOR),
  'POST /api/admin/accounts/:account/enable': fresh(ADMINISTRATOR),
  'POST /api/admin/accounts/:account/roles': fresh(ADMINISTRATOR),
  'POST /api/admin/licences/workstation': fresh(ADMINISTRATOR),
  'POST /api/admin/licences/cart': fresh(CARTS),
  'POST /api/admin/licences/:licence/renew': fresh(CARTS),
  'POST /api/admin/licences/:licence/retire': fresh(ADMINISTRATOR),
  'POST /api/admin/workstations/:workstation/retire': fresh(ADMINISTRATOR),
  'POST /api/admin/carts/:serial/retire': fresh(ADMINISTRATOR),
  'POST /api/admin/sign-ins/:signIn/end': ADMINISTRATOR,
  'GET /api/admin/sessions': ADMINISTRATOR,
  'POST /api/admin/sessions/:session/end': ADMINISTRATOR,
  'GET /api/proposals': TWO_PEOPLE,
  'POST /api/proposals': fresh(TWO_PEOPLE),
  'POST /api/proposals/:proposal/approve': fresh(TWO_PEOPLE),
  'POST /api/proposals/:proposal/decline': TWO_PEOPLE,
  'GET /api/audit/entries': AUDITOR,
  'GET /api/audit/evidence': fresh(AUDITOR),
  'GET /api/audit/tlog/checkpoint': AUDITOR,
  'GET /api/audit/tlog/tile/*': AUDITOR,
  'GET /api/audit/witnesses': AUDITOR,
} as const satisfies Readonly<Record<string, RouteRule>>;

export type RouteName = keyof typeof ROUTE_TABLE;

/** Gives a route's rule; undefined when the table does not know it. */
export function ruleOf(method: string, url: string): RouteRule | undefined {
  const name = `${method} ${url}`;
  return Object.hasOwn(ROUTE_TABLE, name) ? ROUTE_TABLE[name as RouteName] : undefined;
}
