/**
 * Goal: whatever the operator's panel and the console can be answered has words: no person reads a bare code for which nobody thought of a
 * sentence. Method: the codes of the cart's and the gateway's problem tables, and all that are declared where the operator's routes
 * lead, against the words of the pages; what cannot come there is named here with its reason, and nothing is named in vain.
 */
import { deepEqual, match, ok } from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { PROBLEM_TABLE as CART } from '@chaperone/cart/platform/problem-table.ts';
import { PROBLEM_TABLE as GATEWAY } from '@chaperone/gateway/platform/problem/problem-table.ts';
import { codeWords, hasWords } from '../../console/src/words/problem-sentences.ts';
import { PROBLEM_CODES } from '../../panel/src/words/words.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';

function because(why: string, ...lines: readonly string[]): Record<string, string> {
  const codes = lines.flatMap((line) => line.split(' '));
  return Object.fromEntries(codes.map((code) => [code, why]));
}

/** Where the routes of `cart/src/panel-api/panel-api.ts` lead. */
const OPERATORS = [
  ...['cart/src/session', 'cart/src/panel-api', 'domain/src/session', 'domain/src/consent'],
  ...['domain/src/facility-policy', 'cart/src/facility-policy'],
];

/** Codes that no operator is told, and why. */
const NOT_TOLD_AT_CART: Readonly<Record<string, string>> = {
  ...because(
    'of a request that no page of ours makes, or of a program that is broken: the words of `other` name the code',
    'INTERNAL_FAULT REQUEST_MALFORMED REQUEST_TOO_LARGE REQUEST_TOO_SLOW ROUTE_NOT_FOUND RATE_LIMITED MEDIA_TYPE_UNSUPPORTED',
    'MALFORMED_ID PANEL_HOST_REFUSED PANEL_NOT_BUILT PANEL_ORIGIN_REFUSED',
  ),
  ...because(
    'the page turns it into CREDENTIAL_REFUSED (panel/src/api/agent.ts)',
    'PANEL_BUSY PANEL_CREDENTIAL_REFUSED',
  ),
  ...because(
    'of what the desk asks over the tunnel',
    'HELLO_FIRST SESSION_NOT_CURRENT ACTIVITY_NOT_GRANTED GRANT_NOT_IN_FORCE RESUME_REFUSED SESSION_PAUSED CONTENT_PREPARING',
    'DEIDENTIFICATION_LOG_WITHOUT_DICTIONARY FACILITY_POLICY_NOT_KEPT',
    'COUNTERSIGNATURE_REFUSED EVIDENCE_UNREADABLE LEDGER_DIVERGED LEDGER_NOT_OURS RECEIPT_UNKNOWN CLOCK_SKEWED',
    'DEIDENTIFICATION_KIND_UNKNOWN DEIDENTIFICATION_LIMIT_REACHED DEIDENTIFICATION_PIXELS_WITHOUT_RULE',
    'DEIDENTIFICATION_RESIDUE_FOUND DEIDENTIFICATION_SECRET_DAMAGED DEIDENTIFICATION_SOP_CLASS_WITHOUT_RULE',
    'DEIDENTIFICATION_TRANSFER_SYNTAX_WITHOUT_RULE DEIDENTIFICATION_UNREADABLE DEIDENTIFICATION_TEMPLATES_INVALID',
    'REQUEST_INVALID REQUEST_STALE REQUEST_UNTRUSTED FILE_TYPE_NOT_ALLOWED TECHNICIAN_NOT_ALLOWED DIGEST_MISMATCH',
    'DIRECTORY_UNREADABLE FILE_CHANGED FILE_EXISTS FILE_NAME_REFUSED FILE_NOT_FOUND FILE_TOO_LARGE INBOX_CLOSED',
    'INSUFFICIENT_STORAGE RANGE_REFUSED STORAGE_FAILED TRANSFER_CONFLICT TRANSFER_LIMIT TRANSFER_UNKNOWN',
    'UPLOAD_OFFSET_MISMATCH UPLOAD_TOO_LONG SCREEN_SOURCE_UNREACHABLE MASK_UNKNOWN UNMASK_NOT_ALLOWED UNMASK_ALREADY_ASKED UNMASK_ASKED_TOO_SOON',
    'MASK_TEMPLATES_INVALID WATCH_ASKED_TOO_SOON WATCH_INVALID WATCH_TAKEN',
  ),
  ...because(
    'of the engineer page, whose words are held by test/enrolment/engineer-codes.test.ts',
    'ACCEPTANCE_FILE_DAMAGED NETWORK_CHANGE_UNDER_WAY NETWORK_CHANGE_UNDONE NETWORK_FIXED_IN_DEMO NETWORK_INTERFACE_UNKNOWN',
    'NETWORK_MANAGER_AWAY NETWORK_MANAGER_REFUSED NETWORK_MANAGER_SILENT NETWORK_PROFILE_NOT_ACTIVATED',
    'NETWORK_PROFILE_NOT_TAKEN NETWORK_PROFILE_REFUSED ENGINEER_CLOSED ENGINEER_LOCKED ENGINEER_PIN_MALFORMED',
    'ENGINEER_PIN_NOT_SET ENGINEER_PIN_WRONG FIELDS_REFUSED REPORT_MISSING SESSION_UNDER_WAY VALIDATION_INCOMPLETE',
    'VALIDATION_MISSING VALIDATION_OVERTAKEN VALIDATION_NOT_PASSED ALREADY_ENROLLED LICENCE_EXPIRED LICENCE_RETIRED',
    'LICENCE_SERIAL_MISMATCH LICENCE_UNKNOWN LICENCE_USED ENROLMENT_REFUSED ENROLMENT_UNREACHABLE',
    'ENROLMENT_ANSWER_REFUSED GATEWAY_NOT_VERIFIED WAITING_LICENCE_DAMAGED ROOT_FINGERPRINT_MISMATCH',
  ),
  ...because(
    'of the terminal: the press command, signals, keys and policies',
    'AGENT_NOT_RUNNING PRESS_REFUSED FACILITY_KEY_MISMATCH FACILITY_KEY_NOT_SET FACILITY_POLICY_FOR_OTHERS',
    'FACILITY_POLICY_OVER FACILITY_POLICY_SUPERSEDED FACILITY_HOURS_MALFORMED',
  ),
};

/** Codes that no page of the console is told, and why. */
const NOT_TOLD_AT_CONSOLE: Readonly<Record<string, string>> = {
  ...because(
    'of a request that no page of ours makes: the desk’s own sentence names it with its code',
    'MEDIA_TYPE_UNSUPPORTED REQUEST_MALFORMED MALFORMED_ID ORIGIN_REFUSED ENROLMENT_METHOD_REFUSED',
    'COMMISSIONING_METHOD_REFUSED PORTAL_METHOD_REFUSED ACT_MALFORMED PUBLIC_KEY_REFUSED VERIFIER_KEY_MALFORMED',
    'MALFORMED_TREE TILE_UNKNOWN NOTE_INVALID PROOF_INVALID COSIGNATURE_REFUSED',
  ),
  ...because(
    'of the cart, its panel and its journal',
    'UNMASK_NOT_ASKED WATCH_NOT_ASKED APPROVAL_NOT_ASKED APPROVER_UNKNOWN CONSENT_INVALID NOTICE_OUTDATED OUT_OF_TURN REQUEST_UNKNOWN',
    'NETWORK_CHANGE_UNDER_WAY NETWORK_PROFILE_REFUSED FACILITY_HOURS_MALFORMED FACILITY_KEY_MALFORMED',
    'DEIDENTIFICATION_TEMPLATES_INVALID',
  ),
  ...because(
    'of the enrolment road and of commissioning, where carts and programs ask',
    'ENROLMENT_CREDENTIALS_MISSING COMMISSIONING_BODY_TOO_LARGE COMMISSIONING_REQUEST_MALFORMED COMMISSIONING_THROTTLED',
    'ACCEPTANCE_REPORT_ID_TAKEN ACCEPTANCE_REPORT_REFUSED MALFORMED_CERTIFICATION_REQUEST MALFORMED_EST_BODY',
    'MALFORMED_LICENCE_STATEMENT MALFORMED_LICENCE_FILE MALFORMED_WORKSTATION_PROOF PUBLIC_KEY_IN_USE CART_REFUSED',
    'CART_ROOT_RETIRED FACILITY_POLICY_RECEIPT_REFUSED POSTURE_CLOCK_WRONG POSTURE_REPORT_INVALID POSTURE_REPORT_STALE',
    'POSTURE_REPORTS_TOO_MANY',
  ),
  ...because(
    'of the portal, which writes its own pages',
    'FACILITY_POLICY_MALFORMED FACILITY_POLICY_NOT_LATER FACILITY_POLICY_OF_OTHERS FACILITY_POLICY_UNTRUSTED FACILITY_POLICY_UNUSABLE',
    'FACILITY_POLICY_KEYLESS FACILITY_POLICY_OTHER_KEY PORTAL_FORM_MALFORMED',
    'OFFICER_REFUSED OFFICER_CODE_REFUSED OFFICER_THROTTLED PORTAL_NOTHING_THERE PORTAL_ORIGIN_REFUSED',
    'PORTAL_REQUESTS_TOO_MANY',
  ),
  ...because(
    'of a start that did not come about, or of the command line',
    'CONFIGURATION_INVALID PHI_POLICY_MALFORMED DATABASE_MISCONFIGURED DATABASE_NEWER DATA_DIRECTORY_EXPOSED',
    'DATA_DIRECTORY_FOREIGN DATA_DIRECTORY_IN_USE DATA_DIRECTORY_NEWER SECRET_FILE_UNUSABLE AUTHORITY_ALREADY_ESTABLISHED',
    'AUTHORITY_OF_ANOTHER_KIND AUTHORITY_KEYS_ELSEWHERE AUTHORITY_KEY_EXPOSED AUTHORITY_NOT_ESTABLISHED TOKEN_KEY_UNFIT',
    'ADMINISTRATION_REFUSED ROLLOVER_OUT_OF_TURN ROLLOVER_CARTS_WAITING GATEWAY_NOT_RUNNING REQUEST_FILE_UNUSABLE',
    'DEMO_PEOPLE_UNUSABLE CERTIFICATE_UNKNOWN MALFORMED_ANCHORS MALFORMED_CERTIFICATES_ONLY MALFORMED_PEM',
    'MALFORMED_REVOCATION_LIST',
  ),
  ...because(
    'of a step inside, which its caller turns into another refusal, or of a program that is broken',
    'DESTRUCTION_OUT_OF_ORDER QUARANTINE_OUT_OF_TURN CERTIFICATE_NOT_IN_TIME CERTIFICATE_NOT_TRUSTED MALFORMED_CERTIFICATE',
    'RFB_MALFORMED RFB_REFUSED STATEMENT_INVALID DATABASE_DAMAGED GATEWAY_FENCED DURABLE_FILE_EXISTS FACTOR_SECRET_DAMAGED',
    'AUTHORITY_DAMAGED REGISTRY_DAMAGED TOKEN_UNAVAILABLE TOKEN_UNUSABLE CART_MISBEHAVED DIRECTORY_BIND_REFUSED',
    'NOT_A_CLIENT_HELLO LEDGER_BROKEN AGE_HEADER_MALFORMED',
  ),
};
/** What a cart answers the desk that reaches a person at the console, as the failure of a transfer or the refusal of a request. */
const FROM_THE_CART =
  /^(?:DEIDENTIFICATION_(?!TEMPLATES)|FILE_|DIGEST_|TRANSFER_|UPLOAD_|RANGE_|INBOX_|STORAGE_|INSUFFICIENT_|DIRECTORY_|SCREEN_|REQUEST_(?:INVALID|STALE|UNTRUSTED)|TECHNICIAN_|ACTIVITY_|GRANT_|SESSION_(?:PAUSED|CONTENDED)|RESUME_|JOURNAL_|CONTENT_|CLOCK_|FACILITY_|FEATURE_|MASK_UNKNOWN|UNMASK_(?!NOT_ASKED)|WATCH_(?!NOT)|SECOND_APPROVAL)/;

function declaredIn(folders: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const folder of folders) {
    for (const name of readdirSync(path.join(ROOT, folder), { recursive: true }) as string[]) {
      if (!name.endsWith('.ts') || name.endsWith('.test.ts') || name.includes('testing')) continue;
      const source = readFileSync(path.join(ROOT, folder, name), 'utf8');
      for (const [, code = ''] of source.matchAll(/readonly code = '([A-Z][A-Z\d_]+)'/g))
        found.add(code);
    }
  }
  return found;
}

test('each code that an operator can be answered has words of its own', () => {
  const codes = new Set([...Object.keys(CART), ...declaredIn(OPERATORS)]);
  ok(codes.has('SECOND_APPROVAL_NEEDED') && codes.has('APPROVER_UNKNOWN') && codes.size > 100);
  const known: ReadonlySet<string> = new Set(PROBLEM_CODES);
  const missing = [...codes].filter(
    (code) => !known.has(code) && NOT_TOLD_AT_CART[code] === undefined,
  );
  deepEqual(missing, []);
  const inVain = Object.keys(NOT_TOLD_AT_CART).filter(
    (code) => !codes.has(code) || known.has(code),
  );
  deepEqual(inVain, []);
  // And no words for what nobody is told any more: two are the page's own.
  const own = new Set(['AGENT_SILENT', 'CREDENTIAL_REFUSED']);
  deepEqual(
    PROBLEM_CODES.filter((code) => !codes.has(code) && !own.has(code)),
    [],
  );
});

test('each code that the console can be answered has words of its own', () => {
  const fromCart = Object.keys(CART).filter((code) => FROM_THE_CART.test(code));
  const codes = new Set([...Object.keys(GATEWAY), ...fromCart]);
  ok(codes.has('UPLOAD_OFFSET_MISMATCH') && codes.has('DEIDENTIFIED_ONLY') && codes.size > 150);
  const missing = [...codes].filter(
    (code) => !hasWords(code) && NOT_TOLD_AT_CONSOLE[code] === undefined,
  );
  deepEqual(missing, []);
  const inVain = Object.keys(NOT_TOLD_AT_CONSOLE).filter(
    (code) => !codes.has(code) || hasWords(code),
  );
  deepEqual(inVain, []);
});

test('a transfer that failed is said without its code', () => {
  for (const code of ['DEIDENTIFICATION_KIND_UNKNOWN', 'FILE_TYPE_NOT_ALLOWED', 'UPLOAD_TOO_LONG'])
    ok(!codeWords(code).includes(code), code);
  match(codeWords('SOMETHING_NEW'), /SOMETHING_NEW/);
});
