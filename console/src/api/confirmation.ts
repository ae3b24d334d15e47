/**
 * Asks the person to confirm who they are when the desk wants it for an act (CONFIRMATION_REQUIRED), then lets the act go
 * on by itself. Several acts that wait at once are confirmed once.
 */
import { DeskProblem } from './ask.ts';

/** Tells whether the person confirmed; false when they would rather not. */
export type Confirm = () => Promise<boolean>;

let confirm: Confirm | null = null;
let running: Promise<boolean> | null = null;

/** Names who asks the person. Returns what takes that back. */
export function askToConfirmBy(next: Confirm): () => void {
  confirm = next;
  return () => {
    if (confirm === next) confirm = null;
  };
}

/** Does something, after a confirmation when the desk asks for one. @throws DeskProblem */
export async function confirmed<Answer>(act: () => Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (fault) {
    const isAsked = fault instanceof DeskProblem && fault.code === 'CONFIRMATION_REQUIRED';
    if (!isAsked || confirm === null) throw fault;
    running ??= confirm().finally(() => {
      running = null;
    });
    if (!(await running)) {
      throw new DeskProblem('NOT_CONFIRMED', 0, 'It was not confirmed.', null);
    }
    return await act();
  }
}
