/**
 * Turns what was thrown into what an HTTP caller is told: `application/problem+json` (RFC 9457).
 *
 * Only the message of a DomainError reaches the caller, and only where its row allows that. A cause, a
 * stack and the message of anything unexpected never do; they belong into the log.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { Problem } from '@chaperone/protocol/cart-api/schema.ts';
import { PROBLEM_TABLE } from './problem-table.ts';
import type { ProblemCode, ProblemRow } from './problem-table.ts';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The problem for what was thrown. Its `status` is the answer's status too. Unknown faults all look the same. */
export function toProblem(fault: unknown): Problem {
  if (fault instanceof DomainError && isProblemCode(fault.code)) {
    return problemOf(fault.code, fault.message);
  }
  return frameworkProblem(fault) ?? problemOf('INTERNAL_FAULT');
}

/** Tells whether a fault is one that nobody expected, and that therefore has to be logged as such. */
export function isUnexpected(fault: unknown): boolean {
  return toProblem(fault).code === 'INTERNAL_FAULT';
}

/** The problem of a code, for answers that no error leads to. */
export function problemOf(code: ProblemCode, detail?: string): Problem {
  const row: ProblemRow = PROBLEM_TABLE[code];
  const problem = { type: typeOf(code), status: row.status, title: row.title, code };
  return detail === undefined || row.detail === 'hidden' ? problem : { ...problem, detail };
}

/** Prints the table for `docs/errors.md`. */
export function describeProblems(): string {
  const rows = Object.entries(PROBLEM_TABLE)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, row]: readonly [string, ProblemRow]) => {
      return `| \`${code}\` | ${row.status} | ${row.title} | ${row.detail === 'hidden' ? 'no' : 'yes'} |`;
    });
  return [
    '# Errors',
    '',
    'Generated from `gateway/src/platform/problem/problem-table.ts`; do not edit. HTTP answers are',
    '`application/problem+json` (RFC 9457): `type` is `urn:chaperone:problem:` and the code in lower case with hyphens,',
    '`code` is the code itself. Codes are never renamed or used for something else. Where *detail* is "no", the caller',
    'learns the title only. What a cart answers, to the desk and to its panel, is in [errors-cart.md](errors-cart.md).',
    '',
    '| code | status | title | detail |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEM_TABLE, code);
}

function typeOf(code: string): string {
  return `urn:chaperone:problem:${code.toLowerCase().replaceAll('_', '-')}`;
}

/** What Fastify refuses before a route's own code runs. */
const FRAMEWORK_CODES: ReadonlyMap<unknown, ProblemCode> = new Map([
  [400, 'REQUEST_MALFORMED'],
  [404, 'ROUTE_NOT_FOUND'],
  [413, 'REQUEST_TOO_LARGE'],
  [415, 'MEDIA_TYPE_UNSUPPORTED'],
]);

function frameworkProblem(fault: unknown): Problem | undefined {
  if (!(fault instanceof Error) || !('statusCode' in fault)) return undefined;
  const code = FRAMEWORK_CODES.get(fault.statusCode);
  // A body that is no JSON is a SyntaxError with the status only; anything else says that it is Fastify's own.
  const own = 'code' in fault && String(fault.code).startsWith('FST_');
  if (code === undefined || !(own || fault instanceof SyntaxError)) return undefined;
  return problemOf(code, validationDetail(fault));
}

/** Names the members that were wrong, never what they held. */
function validationDetail(fault: Error): string | undefined {
  if (!('validation' in fault) || !Array.isArray(fault.validation)) return undefined;
  const paths = fault.validation
    .map((one: unknown) => (isRecord(one) ? one['instancePath'] : undefined))
    .filter((path) => typeof path === 'string' && /^[\w/-]{1,100}$/.test(path));
  const where = 'validationContext' in fault ? String(fault.validationContext) : 'request';
  return `Wrong in the ${where}: ${paths.length === 0 ? 'its form' : [...new Set(paths)].join(', ')}.`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
