/** What of a reading's failure is shown: closing a view is no trouble. */
import { ReadingFault } from './worker-call.ts';

export function shownFault(reason: unknown): Error | null {
  if (reason instanceof ReadingFault && reason.code === 'CANCELLED') return null;
  return reason instanceof Error ? reason : new Error(String(reason));
}
