/** Why something was refused, in words that say what to do next. Codes: docs/errors.md. */
import { DeskProblem } from '../api/ask.ts';
import { PROBLEMS, SAID_BY_DESK } from './problem-sentences.ts';
import { READING_PROBLEMS } from './viewer.ts';

/** Says why something failed. What has no words of ours is told in the desk's own, with its code. */
export function problemWords(fault: unknown): string {
  const code = codeOf(fault);
  if (code === null) return `Something went wrong in this page. ${String(fault)}`;
  const known = PROBLEMS[code] ?? READING_PROBLEMS[code];
  if (known !== undefined) return known;
  const said = fault instanceof Error ? (detailOf(fault) ?? fault.message) : 'Refused.';
  return SAID_BY_DESK.has(code) ? said : `${said} (${code})`;
}

/** The same for a code that came without anything else, such as the end of a WebSocket. */
export function sentenceOf(code: string): string {
  return PROBLEMS[code] ?? READING_PROBLEMS[code] ?? code;
}

/** Gives the code of a refusal, ours or the desk's. */
export function codeOf(fault: unknown): string | null {
  if (fault instanceof Error && 'code' in fault && typeof fault.code === 'string')
    return fault.code;
  return null;
}

function detailOf(fault: Error): string | null {
  return fault instanceof DeskProblem ? fault.detail : null;
}
