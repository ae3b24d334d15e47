/**
 * Turns what was thrown into what a caller is told: `application/problem+json` (RFC 9457).
 *
 * Only the message of a DomainError is told. A cause, a stack and the message of anything unexpected never are.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { Problem } from '@chaperone/protocol/cart-api/schema.ts';
import { PROBLEM_TABLE } from './problem-table.ts';
import type { ProblemCode } from './problem-table.ts';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The request does not have the form that its route expects. */
export class RequestMalformed extends DomainError {
  readonly code = 'REQUEST_MALFORMED' satisfies ProblemCode;
}

/** Gives the problem for what was thrown; faults that nobody expected all look the same. */
export function problemOf(fault: unknown): Problem {
  if (fault instanceof DomainError && isProblemCode(fault.code)) {
    return problemOfCode(fault.code, fault.message);
  }
  return problemOfCode('INTERNAL_FAULT');
}

/**
 * Gives the problem for a field engineer, who is told the words of everything expected: the network, the proxy and the licence
 * have refusals of their own, and a list of them all would have to be kept twice.
 */
export function problemForEngineer(fault: unknown): Problem {
  if (!(fault instanceof DomainError) || isProblemCode(fault.code)) return problemOf(fault);
  const { code, message: detail } = fault;
  return { type: typeOf(code), status: 422, title: 'This was refused', code, detail };
}

/** Gives the problem of a code. */
export function problemOfCode(code: ProblemCode, detail?: string): Problem {
  const row = PROBLEM_TABLE[code];
  const problem = { type: typeOf(code), status: row.status, title: row.title, code };
  return detail === undefined ? problem : { ...problem, detail };
}

/** Names the members in which a value differs from what is expected, never what they held. */
export function shapeDetail(issues: readonly { readonly path: readonly PropertyKey[] }[]): string {
  const paths = issues.map(({ path }) => path.map(String).join('.') || 'the whole');
  const named = [...new Set(paths)].filter((path) => /^[\w .-]{1,100}$/.test(path)).slice(0, 5);
  return `Wrong: ${named.length === 0 ? 'its form' : named.join(', ')}.`;
}

function typeOf(code: string): string {
  return `urn:chaperone:problem:${code.toLowerCase().replaceAll('_', '-')}`;
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEM_TABLE, code);
}
