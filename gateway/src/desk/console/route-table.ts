/**
 * Who may ask for what: every route of the console's API in one table. A route that is missing here does not start,
 * and a test walks the published OpenAPI document against it.
 *
 * | requirement | who passes | who does not |
 * |---|---|---|
 * | anybody | every licensed workstation; for its enrolment, everyone | |
 * | workstation | who shows a workstation's certificate in force; nobody in a demo without TLS | 403 |
 * | first-gate | who passed the directory's gate | 401 |
 * | third-gate | who passed directory and password, and is not in yet | 401 |
 * | signed-in | who passed all gates | 401 |
 * | case | signed in, and may know the case: designated for it, or lead | 401, 404 |
 * | designated | designated for the case | 401, 404, lead: 403 |
 * | lead-or-opener | lead, or who opened the case | 401, 404, 403 |
 */
export const REQUIREMENTS = [
  'anybody',
  'workstation',
  'first-gate',
  'third-gate',
  'signed-in',
  'case',
  'designated',
  'lead-or-opener',
] as const;
export type Requirement = (typeof REQUIREMENTS)[number];

export const ROUTE_TABLE = {
  'GET /api/about': 'anybody',
  'GET /api/openapi.json': 'anybody',
  'POST /api/workstation/enrol': 'anybody',
  'POST /api/workstation/certificate': 'workstation',
  'POST /api/workstation/signing-key': 'workstation',
  'GET /api/workstation': 'workstation',
  'POST /api/workstation/posture': 'workstation',
  'POST /api/sign-in/directory': 'anybody',
  'POST /api/sign-in/gateway': 'first-gate',
  'POST /api/sign-in/factor/code': 'third-gate',
  'POST /api/sign-in/factor/passkey/options': 'third-gate',
  'POST /api/sign-in/factor/passkey': 'third-gate',
  'POST /api/sign-in/factor/recovery-code': 'third-gate',
  'POST /api/sign-in/enrolment/code/options': 'third-gate',
  'POST /api/sign-in/enrolment/code': 'third-gate',
  'POST /api/sign-in/enrolment/passkey/options': 'third-gate',
  'POST /api/sign-in/enrolment/passkey': 'third-gate',
  'POST /api/sign-in/enrolment/recovery-codes': 'third-gate',
  'POST /api/sign-out': 'signed-in',
  'GET /api/me': 'signed-in',
  'GET /api/carts': 'signed-in',
  'GET /api/technicians': 'signed-in',
  'GET /api/cases': 'signed-in',
  'POST /api/cases': 'signed-in',
  'GET /api/cases/:case': 'case',
  'POST /api/cases/:case/designations': 'lead-or-opener',
  'POST /api/cases/:case/notes': 'designated',
  'POST /api/cases/:case/resolve': 'case',
  'GET /api/cases/:case/certificate': 'case',
  'GET /api/cases/:case/timeline': 'case',
  'GET /api/cases/:case/evidence': 'case',
  'GET /api/cases/:case/session': 'case',
  'POST /api/cases/:case/session/request': 'designated',
  'POST /api/cases/:case/session/resume': 'designated',
  'POST /api/cases/:case/session/leave': 'designated',
  'GET /api/cases/:case/session/directories': 'designated',
  'GET /api/cases/:case/session/files': 'designated',
  'GET /api/cases/:case/session/screen': 'designated',
  'POST /api/cases/:case/fetches': 'designated',
  'PUT /api/cases/:case/outgoing': 'designated',
  'POST /api/cases/:case/sends': 'designated',
  'POST /api/cases/:case/transfers/:transfer/cancel': 'designated',
  'GET /api/cases/:case/records/:record/content': 'designated',
  'GET /api/ledger/checkpoint': 'signed-in',
  'GET /api/events': 'signed-in',
} as const satisfies Readonly<Record<string, Requirement>>;

export type RouteName = keyof typeof ROUTE_TABLE;

/** Gives a route's requirement; undefined when the table does not know it. */
export function requirementOf(method: string, url: string): Requirement | undefined {
  const name = `${method} ${url}`;
  return Object.hasOwn(ROUTE_TABLE, name) ? ROUTE_TABLE[name as RouteName] : undefined;
}
