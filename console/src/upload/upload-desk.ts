/** What is asked of the desk about uploads, beside what tus-js-client asks itself. */
import { uploadList } from '@chaperone/protocol/console-api/schema.ts';
import type { UploadStanding } from '@chaperone/protocol/console-api/schema.ts';
import { DetailedError } from 'tus-js-client';
import { DeskProblem, ask, problemOf } from '../api/ask.ts';
import { activeHeader } from '../api/input-notice.ts';
import { FileUnreadable } from './piece-checksum.ts';

/** Longer than a cart waits between two tries to reach its gateway (30 s). */
const CART_AWAY_MS = 60_000;
const LONGEST_WAIT_MS = 10 * 60_000;
/**
 * Refusals that pass, ms that are waited. After a start of the gateway the session goes on when the cart has dialled anew; one that
 * has ended says the same. What left no answer is not among them: it may have been taken, and is not sent twice unasked.
 */
const WAITS: ReadonlyMap<string, number> = new Map([
  ['NO_SESSION', CART_AWAY_MS],
  ['SESSION_INTERLOCKED', LONGEST_WAIT_MS],
  ['SESSION_PAUSED', LONGEST_WAIT_MS],
]);

/** RFC 6585 §4. */
const TOO_MANY = 429;

export const uploadsAddress = (caseId: string): string =>
  new URL(`/api/cases/${caseId}/uploads`, location.href).href;

/** Uploads of this technician that are not whole. @throws DeskProblem */
export async function unfinished(caseId: string): Promise<readonly UploadStanding[]> {
  return (await ask(uploadList, 'GET', `/api/cases/${caseId}/uploads`)).uploads;
}

/** Removes what came of an upload; one that is over already is no fault. @throws DeskProblem */
export async function removeUpload(address: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(address, {
      method: 'DELETE',
      credentials: 'same-origin',
      headers: { ...activeHeader(), 'tus-resumable': '1.0.0' },
    });
  } catch {
    throw unreachable();
  }
  if (response.ok) return;
  const refused = problemOf(response.status, await response.text());
  if (refused.code !== 'UPLOAD_UNKNOWN') throw refused;
}

/** Why tus-js-client ended an upload, in the desk's words. */
export function faultOf(fault: unknown): Error {
  if (!(fault instanceof DetailedError)) return fault instanceof Error ? fault : unreachable();
  const { causingError, originalResponse } = fault;
  if (causingError instanceof FileUnreadable)
    return new DeskProblem(causingError.code, 0, causingError.message, null);
  if (originalResponse === null || originalResponse.getStatus() === 0) return unreachable();
  return problemOf(originalResponse.getStatus(), originalResponse.getBody());
}

/** Whether asking again may help: the line, a restart, a piece that was spoilt or is elsewhere, too many requests. */
export function isPassing(fault: DetailedError): boolean {
  if (fault.causingError instanceof FileUnreadable) return false;
  const status = fault.originalResponse?.getStatus() ?? 0;
  return status === 0 || [409, 429, 460, 500, 502, 503, 504].includes(status);
}

/** How long what has become a record waits to be sent on before a person has to decide, ms; 0: it does not wait. */
export function waitMsOf(fault: unknown): number {
  if (!(fault instanceof DeskProblem)) return 0;
  // A large folder asks faster than the desk lets one technician ask, and longer than a slow line takes in.
  return fault.status === TOO_MANY ? Number.POSITIVE_INFINITY : (WAITS.get(fault.code) ?? 0);
}

function unreachable(): DeskProblem {
  return new DeskProblem('DESK_UNREACHABLE', 0, 'The service centre cannot be reached.', null);
}
