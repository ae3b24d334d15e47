/**
 * The one place where the console talks to the desk. Every answer is checked against the shared schema; every
 * refusal becomes a `DeskProblem` whose `code` the words in `words/problem.ts` explain.
 */
import { problem } from '@chaperone/protocol/cart-api/schema.ts';
import type { z } from 'zod';
import { activeHeader } from './input-notice.ts';

/** The desk refused, or could not be reached (`code` DESK_UNREACHABLE, status 0). */
export class DeskProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string | null;

  constructor(code: string, status: number, title: string, detail: string | null) {
    super(title);
    this.name = 'DeskProblem';
    this.code = code;
    this.status = status;
    this.detail = detail;
  }
}

/** Asks the desk. @throws DeskProblem */
export async function ask<S extends z.ZodType>(
  schema: S,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<z.infer<S>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: { ...activeHeader(), ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  } catch {
    throw new DeskProblem('DESK_UNREACHABLE', 0, 'The service centre cannot be reached.', null);
  }
  const text = await response.text();
  if (!response.ok) throw problemOf(response.status, text);
  return schema.parse(text === '' ? null : JSON.parse(text));
}

/** Reads an RFC 9457 problem; whatever else came is an honest "unknown". */
export function problemOf(status: number, text: string): DeskProblem {
  try {
    const { code, title, detail } = problem.parse(JSON.parse(text));
    return new DeskProblem(code, status, title, detail ?? null);
  } catch {
    return new DeskProblem(
      'UNKNOWN',
      status,
      'The service centre gave an answer without a reason.',
      null,
    );
  }
}
