// Goal: every refusal that a caller of the cart can meet has its row in the table, and nothing but the refusal's own words
// is told; docs/errors-cart.md says what the table says. Method: the codes are read out of the sources of the features
// that answer callers; the document is compared, or written with the environment variable WRITE_DOCUMENTS=1.
import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { FINDINGS } from '@chaperone/domain/validation/finding.ts';
import type { Finding } from '@chaperone/domain/validation/finding.ts';
import { FINDING_WORDS } from '@chaperone/domain/validation/words.ts';
import { problemOf } from './problem.ts';
import { PROBLEM_TABLE } from './problem-table.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
/** Never an answer: they stop a program, or are shown as the reason why the gateway could not be reached. */
const NO_ANSWER: ReadonlySet<string> = new Set([
  'AGENT_NOT_RUNNING',
  'CART_CERTIFICATE_EXPIRED',
  'CART_REFUSED',
  'CART_ROOT_RETIRED',
  'CONFIGURATION_INVALID',
  'DATA_DIRECTORY_IN_USE',
  'GATEWAY_INCOMPATIBLE',
  'GATEWAY_NAME_UNKNOWN',
  'GATEWAY_TIMED_OUT',
  'GATEWAY_UNREACHABLE',
  'GATEWAY_UNTRUSTED',
  'INTERLOCK_NOT_RAISED',
  'JOURNAL_DAMAGED',
  'PRESS_REFUSED',
]);

class Planted extends DomainError {
  readonly code = 'NOT_IN_ANY_TABLE';
}

test('every code that can be an answer has a row', () => {
  const folders =
    'cart/src/{tunnel,files,consent,session,panel-api,platform,configuration,journal,network,device/network-manager}';
  const domain = 'domain/src/{session,consent,file-name,network}';
  const files = globSync([`${folders}/**/*.ts`, `${domain}/*.ts`], { cwd: ROOT });
  const sources = files.filter((file) => !/\.test\.ts$|\/testing\//.test(file));
  const codes = sources.flatMap((file) => {
    const text = readFileSync(path.join(ROOT, file), 'utf8');
    return [...text.matchAll(/readonly code = '([A-Z_]+)'/g)].map(([, code = '']) => code);
  });
  assert.ok(codes.length > 30, 'the sources were found');
  const missing = codes.filter(
    (code) => !NO_ANSWER.has(code) && !Object.hasOwn(PROBLEM_TABLE, code),
  );
  assert.deepEqual(missing, []);
});

test('a fault that nobody expected tells nothing of itself', () => {
  for (const fault of [new Error('/secret/path'), new Planted('words'), 'text', null]) {
    const problem = problemOf(fault);
    assert.deepEqual([problem.code, problem.status], ['INTERNAL_FAULT', 500]);
    assert.equal(problem.detail, undefined);
  }
});

test('whatever the road to the gateway says is a finding of the validation', () => {
  const text = readFileSync(path.join(ROOT, 'cart/src/road/road-error.ts'), 'utf8');
  const codes = [...text.matchAll(/readonly code = '([A-Z_]+)'/g)].map(([, code = '']) => code);
  assert.ok(codes.length > 15, 'the source was found');
  assert.deepEqual(
    codes.filter((code) => !Object.hasOwn(FINDINGS, code)),
    [],
  );
});

test('docs/errors-cart.md says what the table says', () => {
  const rows = Object.entries(PROBLEM_TABLE)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`);
  const findings = Object.entries(FINDING_WORDS)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([code, { advice }]) => `| \`${code}\` | ${FINDINGS[code as Finding]} | ${advice} |`);
  const printed = [
    '# Errors of a cart',
    '',
    'Generated from `cart/src/platform/problem-table.ts`; do not edit. What the cart answers to the desk over the tunnel and',
    'to the operator panel, in the form of [errors.md](errors.md), which has the codes of the gateway.',
    '',
    '| code | status | title |',
    '|---|---|---|',
    ...rows,
    '',
    '## Findings about the network',
    '',
    'Generated from `domain/src/validation/words.ts`. What a validation finds on the way to the gateway. Enrolment, and the panel for proxies and PAC files, say the',
    'same codes; a word in braces stands for what was seen.',
    '',
    '| code | step | to read to the hospital’s IT |',
    '|---|---|---|',
    ...findings,
    '',
  ].join('\n');
  const file = path.join(ROOT, 'docs/errors-cart.md');
  if (process.env['WRITE_DOCUMENTS'] === '1') writeFileSync(file, printed);
  assert.equal(readFileSync(file, 'utf8'), printed, 'run this test with WRITE_DOCUMENTS=1');
});
