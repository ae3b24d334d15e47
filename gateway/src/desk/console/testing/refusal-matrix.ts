/**
 * Test support: who is refused what, by whom the console is asked. Written apart from the route table, so that a slip there
 * is a difference here.
 */
import type { ProblemCode } from '../../../platform/problem/problem-table.ts';

/**
 * unlicensed: shows no workstation's certificate. nobody: no sign-in. half: passed the first gate. givenPassword: has to
 * choose a password first. expired: idle for too long. outsider: a technician of other cases. designatedLead: a lead
 * who is no technician, designated while nobody knew it. stale…: confirmed too long ago.
 */
export const CALLERS = [
  'unlicensed',
  'nobody',
  'half',
  'givenPassword',
  'expired',
  'outsider',
  'designated',
  'staleDesignated',
  'lead',
  'staleLead',
  'designatedLead',
  'administrator',
  'staleAdministrator',
  'engineer',
  'auditor',
  'staleAuditor',
] as const;
export type CallerName = (typeof CALLERS)[number];

/** The code of the refusal; null lets through. Whoever is not named here is refused as the row's `else` says. */
export type Row = Partial<Record<CallerName, ProblemCode | null>> & {
  readonly else: ProblemCode | null;
};

export function refusalOf(row: Row, caller: CallerName): ProblemCode | null {
  const own = row[caller];
  return own === undefined ? row.else : own;
}

const UNLICENSED = { unlicensed: 'WORKSTATION_REFUSED' } as const;
const OUT = {
  ...UNLICENSED,
  nobody: 'NOT_SIGNED_IN',
  half: 'NOT_SIGNED_IN',
  givenPassword: 'NOT_SIGNED_IN',
  expired: 'NOT_SIGNED_IN',
} as const;
const STALE = {
  staleDesignated: 'CONFIRMATION_REQUIRED',
  staleLead: 'CONFIRMATION_REQUIRED',
  staleAdministrator: 'CONFIRMATION_REQUIRED',
  staleAuditor: 'CONFIRMATION_REQUIRED',
} as const;
const NO_CASES = {
  administrator: 'CASE_UNKNOWN',
  staleAdministrator: 'CASE_UNKNOWN',
  engineer: 'CASE_UNKNOWN',
  auditor: 'CASE_UNKNOWN',
  staleAuditor: 'CASE_UNKNOWN',
  outsider: 'CASE_UNKNOWN',
} as const;

const ENROLMENT: Row = { else: null };
const LICENSED: Row = { ...UNLICENSED, else: null };
const NEW_PASSWORD: Row = { ...UNLICENSED, givenPassword: null, else: 'NOT_SIGNED_IN' };
const THIRD_GATE: Row = { ...UNLICENSED, else: 'NOT_SIGNED_IN' };
const IN: Row = { ...OUT, else: null };
const FRESH: Row = { ...IN, ...STALE };
const CASE: Row = { ...OUT, ...NO_CASES, else: null };
const FRESH_CASE: Row = {
  ...CASE,
  staleDesignated: 'CONFIRMATION_REQUIRED',
  staleLead: 'CONFIRMATION_REQUIRED',
};
const DESIGNATED: Row = {
  ...CASE,
  lead: 'NOT_DESIGNATED',
  staleLead: 'NOT_DESIGNATED',
  designatedLead: 'NOT_ALLOWED',
};
const FRESH_DESIGNATED: Row = { ...DESIGNATED, staleDesignated: 'CONFIRMATION_REQUIRED' };
const DESIGNATION: Row = {
  ...CASE,
  designated: 'NOT_ALLOWED',
  staleDesignated: 'NOT_ALLOWED',
};
const CASE_LEAD: Row = DESIGNATION;
const FRESH_CASE_LEAD: Row = { ...CASE_LEAD, staleLead: 'CONFIRMATION_REQUIRED' };
const CASEWORK: Row = {
  ...OUT,
  outsider: null,
  designated: null,
  staleDesignated: null,
  lead: null,
  staleLead: null,
  designatedLead: null,
  else: 'NOT_ALLOWED',
};
const ADMINISTRATOR: Row = {
  ...OUT,
  administrator: null,
  staleAdministrator: null,
  else: 'NOT_ALLOWED',
};
const FRESH_ADMINISTRATOR: Row = {
  ...ADMINISTRATOR,
  staleAdministrator: 'CONFIRMATION_REQUIRED',
};
const CARTS: Row = { ...ADMINISTRATOR, engineer: null };
const FRESH_CARTS: Row = { ...FRESH_ADMINISTRATOR, engineer: null };
const TWO_PEOPLE: Row = { ...ADMINISTRATOR, lead: null, staleLead: null, designatedLead: null };
const FRESH_TWO_PEOPLE: Row = {
  ...FRESH_ADMINISTRATOR,
  lead: null,
  designatedLead: null,
  staleLead: 'CONFIRMATION_REQUIRED',
};
const AUDITOR: Row = { ...OUT, auditor: null, staleAuditor: null, else: 'NOT_ALLOWED' };
const FRESH_AUDITOR: Row = { ...AUDITOR, staleAuditor: 'CONFIRMATION_REQUIRED' };
const CHECKPOINT: Row = { ...CASEWORK, auditor: null, staleAuditor: null };

export const WEB_SOCKETS: Readonly<Record<string, Row>> = {
  'GET /api/cases/:case/session/screen': DESIGNATED,
  'GET /api/cases/:case/session/watch/screen': DESIGNATED,
};

export const MATRIX: Readonly<Record<string, Row>> = {
  'GET /api/about': LICENSED,
  'GET /api/openapi.json': LICENSED,
  'POST /api/workstation/enrol': ENROLMENT,
  'POST /api/workstation/certificate': LICENSED,
  'POST /api/workstation/signing-key': LICENSED,
  'GET /api/workstation': LICENSED,
  'POST /api/workstation/posture': LICENSED,
  'POST /api/sign-in/directory': LICENSED,
  'POST /api/sign-in/provider': LICENSED,
  'POST /api/sign-in/provider/answer': LICENSED,
  'POST /api/sign-in/gateway': LICENSED,
  'POST /api/sign-in/new-password': NEW_PASSWORD,
  'POST /api/sign-in/factor/code': THIRD_GATE,
  'POST /api/sign-in/factor/passkey/options': THIRD_GATE,
  'POST /api/sign-in/factor/passkey': THIRD_GATE,
  'POST /api/sign-in/factor/recovery-code': THIRD_GATE,
  'POST /api/sign-in/enrolment/code/options': THIRD_GATE,
  'POST /api/sign-in/enrolment/code': THIRD_GATE,
  'POST /api/sign-in/enrolment/passkey/options': THIRD_GATE,
  'POST /api/sign-in/enrolment/passkey': THIRD_GATE,
  'POST /api/sign-in/enrolment/recovery-codes': THIRD_GATE,
  'POST /api/sign-out': IN,
  'GET /api/desk': IN,
  'GET /api/events': IN,
  'GET /api/me': IN,
  'GET /api/me/sign-ins': IN,
  'POST /api/me/sign-out-everywhere': IN,
  'POST /api/me/confirm/passkey/options': IN,
  'POST /api/me/confirm': IN,
  'POST /api/me/password': FRESH,
  'GET /api/me/factor': IN,
  'POST /api/me/factor/code/options': FRESH,
  'POST /api/me/factor/code': FRESH,
  'POST /api/me/factor/passkey/options': FRESH,
  'POST /api/me/factor/passkey': FRESH,
  'POST /api/me/factor/recovery-codes': FRESH,
  'GET /api/carts': CASEWORK,
  'GET /api/technicians': CASEWORK,
  'GET /api/cases': CASEWORK,
  'POST /api/cases': CASEWORK,
  'GET /api/cases/:case': CASE,
  'POST /api/cases/:case/designations': DESIGNATION,
  'POST /api/cases/:case/notes': DESIGNATED,
  'POST /api/cases/:case/resolve': FRESH_CASE,
  'GET /api/cases/:case/certificate': CASE,
  'GET /api/cases/:case/timeline': CASE,
  'GET /api/cases/:case/evidence': FRESH_CASE,
  'GET /api/cases/:case/session': CASE,
  'POST /api/cases/:case/session/request': DESIGNATED,
  'POST /api/cases/:case/session/resume': DESIGNATED,
  'POST /api/cases/:case/session/leave': DESIGNATED,
  'GET /api/cases/:case/session/masks': DESIGNATED,
  'POST /api/cases/:case/session/masks/ask': DESIGNATED,
  'POST /api/cases/:case/session/watch': DESIGNATED,
  'POST /api/cases/:case/session/watch/leave': DESIGNATED,
  'GET /api/cases/:case/session/directories': DESIGNATED,
  'GET /api/cases/:case/session/files': DESIGNATED,
  'POST /api/cases/:case/session/snapshots': DESIGNATED,
  'POST /api/cases/:case/fetches': DESIGNATED,
  'GET /api/cases/:case/uploads': DESIGNATED,
  'POST /api/cases/:case/uploads': DESIGNATED,
  'OPTIONS /api/cases/:case/uploads': DESIGNATED,
  'GET /api/cases/:case/uploads/:transfer': DESIGNATED,
  'PATCH /api/cases/:case/uploads/:transfer': DESIGNATED,
  'DELETE /api/cases/:case/uploads/:transfer': DESIGNATED,
  'POST /api/cases/:case/folder-fetches': DESIGNATED,
  'POST /api/cases/:case/transfers/act': DESIGNATED,
  'POST /api/cases/:case/sends': DESIGNATED,
  'POST /api/cases/:case/transfers/:transfer/cancel': DESIGNATED,
  'POST /api/cases/:case/records/:record/deidentification': DESIGNATED,
  'GET /api/cases/:case/deidentification': CASE,
  'POST /api/cases/:case/records/:record/destroy': DESIGNATED,
  'GET /api/cases/:case/record-kinds': CASE,
  'GET /api/cases/:case/records/:record/content': DESIGNATED,
  'GET /api/cases/:case/exports': CASE,
  'POST /api/cases/:case/exports': FRESH_DESIGNATED,
  'GET /api/cases/:case/exports/:export/content': DESIGNATED,
  'POST /api/cases/:case/exports/:export/attestation': FRESH_CASE,
  'POST /api/cases/:case/export-permissions': FRESH_CASE_LEAD,
  'POST /api/cases/:case/export-permissions/:technician/withdraw': CASE_LEAD,
  'GET /api/ledger/checkpoint': CHECKPOINT,
  'GET /api/admin/accounts': ADMINISTRATOR,
  'POST /api/admin/accounts': FRESH_ADMINISTRATOR,
  'POST /api/admin/accounts/:account/disable': FRESH_ADMINISTRATOR,
  'POST /api/admin/accounts/:account/enable': FRESH_ADMINISTRATOR,
  'POST /api/admin/accounts/:account/roles': FRESH_ADMINISTRATOR,
  'GET /api/admin/roles': ADMINISTRATOR,
  'GET /api/admin/workstations': ADMINISTRATOR,
  'POST /api/admin/workstations/:workstation/retire': FRESH_ADMINISTRATOR,
  'GET /api/admin/licences': CARTS,
  'POST /api/admin/licences/workstation': FRESH_ADMINISTRATOR,
  'POST /api/admin/licences/cart': FRESH_CARTS,
  'POST /api/admin/licences/:licence/renew': FRESH_CARTS,
  'POST /api/admin/licences/:licence/retire': FRESH_ADMINISTRATOR,
  'GET /api/admin/carts': CARTS,
  'GET /api/admin/carts/:serial/reports': CARTS,
  'GET /api/admin/carts/:serial/reports/:report/file': CARTS,
  'GET /api/admin/carts/:serial/reports/:report/page': CARTS,
  'POST /api/admin/carts/:serial/retire': FRESH_ADMINISTRATOR,
  'GET /api/admin/sign-ins': ADMINISTRATOR,
  'POST /api/admin/sign-ins/:signIn/end': ADMINISTRATOR,
  'GET /api/admin/sessions': ADMINISTRATOR,
  'POST /api/admin/sessions/:session/end': ADMINISTRATOR,
  'GET /api/proposals': TWO_PEOPLE,
  'POST /api/proposals': FRESH_TWO_PEOPLE,
  'POST /api/proposals/:proposal/approve': FRESH_TWO_PEOPLE,
  'POST /api/proposals/:proposal/decline': TWO_PEOPLE,
  'GET /api/audit/entries': AUDITOR,
  'GET /api/audit/evidence': FRESH_AUDITOR,
  'GET /api/audit/tlog/checkpoint': AUDITOR,
  'GET /api/audit/tlog/tile/*': AUDITOR,
  'GET /api/audit/witnesses': AUDITOR,
};
