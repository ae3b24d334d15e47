/**
 * Goal: whatever the engineer's routes of a cart can answer is said in the language of whoever stands there. Method: the codes of all errors
 * that are declared where those routes lead, and all rows of the cart's problem table, against the words of the panel; what cannot come
 * there is named here with its reason, and nothing is named in vain.
 */
import { deepEqual, ok } from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { PROBLEM_TABLE } from '@chaperone/cart/platform/problem-table.ts';
import { FINDINGS } from '@chaperone/domain/validation/finding.ts';
import { ENGINEER_WORDS } from '../../panel/src/words/engineer-languages.ts';
import {
  ENGINEER_REFUSALS,
  FIELD_REFUSALS,
  refusalWords,
} from '../../panel/src/words/engineer-words.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';

/** Where the routes of `cart/src/panel-api/engineer-routes.ts` lead. */
const REACHED = [
  ...['acceptance', 'commissioning', 'engineer', 'licence', 'network', 'panel-api', 'road'],
  ...['mask-editor', 'site', 'validation'],
].map((folder) => `cart/src/${folder}`);
const SHARED = ['licence', 'network', 'validation'].map((folder) => `domain/src/${folder}`);

/** Codes that an engineer's page is never told, and why. */
const NOT_TOLD: Readonly<Record<string, string>> = {
  // Of a session, its files and its screen: these routes begin none.
  ...because(
    'of a session',
    'INDICATOR_UNAVAILABLE HELLO_FIRST SESSION_NOT_CURRENT ACTIVITY_NOT_GRANTED CONSENT_INVALID FEATURE_NOT_LICENSED GRANT_NOT_IN_FORCE',
    'LICENCE_NOT_IN_FORCE MALFORMED_ID NOTICE_OUTDATED OUT_OF_TURN REQUEST_UNKNOWN RESUME_REFUSED SESSION_CONTENDED',
    'SESSION_INTERLOCKED SESSION_PAUSED CLOCK_SKEWED REQUEST_INVALID REQUEST_STALE REQUEST_UNTRUSTED DIGEST_MISMATCH',
    'DIRECTORY_UNREADABLE FILE_CHANGED FILE_EXISTS FILE_NAME_REFUSED FILE_NOT_FOUND FILE_TOO_LARGE INBOX_CLOSED',
    'INSUFFICIENT_STORAGE RANGE_REFUSED STORAGE_FAILED TRANSFER_CONFLICT TRANSFER_LIMIT TRANSFER_UNKNOWN',
    'UPLOAD_OFFSET_MISMATCH UPLOAD_TOO_LONG CONTENT_PREPARING FILE_TYPE_NOT_ALLOWED',
    'DEIDENTIFICATION_KIND_UNKNOWN DEIDENTIFICATION_LIMIT_REACHED DEIDENTIFICATION_PIXELS_WITHOUT_RULE',
    'DEIDENTIFICATION_RESIDUE_FOUND DEIDENTIFICATION_SECRET_DAMAGED DEIDENTIFICATION_SOP_CLASS_WITHOUT_RULE',
    'DEIDENTIFICATION_TRANSFER_SYNTAX_WITHOUT_RULE DEIDENTIFICATION_UNREADABLE DEIDENTIFICATION_LOG_WITHOUT_DICTIONARY',
    'ACTIVITY_NOT_ALLOWED FACILITY_CLOSED FACILITY_POLICY_NOT_IN_FORCE TECHNICIAN_NOT_ALLOWED SECOND_APPROVAL_NEEDED',
    'MASK_UNKNOWN UNMASK_NOT_ALLOWED UNMASK_ALREADY_ASKED UNMASK_ASKED_TOO_SOON UNMASK_NOT_ASKED',
    'WATCH_ASKED_TOO_SOON WATCH_INVALID WATCH_NOT_ASKED WATCH_TAKEN',
    'APPROVAL_NOT_ASKED APPROVER_LOCKED APPROVER_PIN_NOT_SET APPROVER_PIN_WRONG APPROVER_UNKNOWN',
  ),
  ...because(
    'of what a gateway brings: receipts and checkpoints',
    'COUNTERSIGNATURE_REFUSED EVIDENCE_UNREADABLE LEDGER_DIVERGED LEDGER_NOT_OURS RECEIPT_UNKNOWN',
  ),
  ...because(
    'of a start that did not come about',
    'DEIDENTIFICATION_TEMPLATES_INVALID MASK_TEMPLATES_INVALID',
  ),
  ...because(
    'of a request that no page of ours makes',
    'ROUTE_NOT_FOUND MEDIA_TYPE_UNSUPPORTED PANEL_CREDENTIAL_REFUSED PANEL_HOST_REFUSED PANEL_NOT_BUILT',
    'PANEL_ORIGIN_REFUSED PRESS_REFUSED',
  ),
  ...because('of the terminal', 'ENGINEER_PIN_MALFORMED AGENT_ANSWER_UNREADABLE AGENT_NOT_RUNNING'),
  // Turned into a finding or another refusal where they are caught.
  ...because('of a step inside', 'NAME_ANSWER_MALFORMED DEMO_ROAD_REFUSED'),
};

function because(why: string, ...lines: readonly string[]): Record<string, string> {
  const codes = lines.flatMap((line) => line.split(' '));
  return Object.fromEntries(codes.map((code) => [code, why]));
}

function declaredCodes(): ReadonlySet<string> {
  const found = new Set<string>(Object.keys(PROBLEM_TABLE));
  for (const folder of [...REACHED, ...SHARED]) {
    for (const name of readdirSync(path.join(ROOT, folder), { recursive: true }) as string[]) {
      if (!name.endsWith('.ts') || name.endsWith('.test.ts') || name.includes('testing')) continue;
      const source = readFileSync(path.join(ROOT, folder, name), 'utf8');
      for (const [, code = ''] of source.matchAll(/readonly code = '([A-Z][A-Z\d_]+)'/g))
        found.add(code);
    }
  }
  return found;
}

test('each code that the engineer’s routes can answer has words of its own in every language', () => {
  const known = new Set<string>([
    ...ENGINEER_REFUSALS,
    ...FIELD_REFUSALS,
    ...Object.keys(FINDINGS),
  ]);
  const codes = declaredCodes();
  ok(codes.size > 80, String(codes.size));
  ok(codes.has('LICENCE_FOR_ANOTHER_CART') && codes.has('NETWORK_CHANGE_UNDER_WAY'));
  const missing = [...codes].filter((code) => !known.has(code) && NOT_TOLD[code] === undefined);
  deepEqual(missing, []);
  for (const code of codes) {
    if (NOT_TOLD[code] !== undefined) continue;
    for (const language of ['de', 'es'] as const) {
      const said = refusalWords(ENGINEER_WORDS[language], code, 'as the agent says it');
      ok(!said.includes('as the agent says it') && !said.includes(code), `${language} ${code}`);
    }
  }
  const inVain = Object.keys(NOT_TOLD).filter((code) => !codes.has(code) || known.has(code));
  deepEqual(inVain, []);
});
