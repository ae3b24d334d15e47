/** Says what was checked, for a person. */
import type { Verification } from './evidence.ts';

/** Writes a verification as plain lines: a mark for each check, what was found below it. */
export function reportOf(verification: Verification): string {
  const lines = verification.checks.flatMap(({ title, holds, notes, problems }) => [
    `${holds ? '✓' : '✗'} ${title}`,
    ...problems.map((text) => `    ${text}`),
    ...notes.map((text) => `  · ${text}`),
  ]);
  const failed = verification.checks.filter(({ holds }) => !holds).length;
  const of = verification.checks.length;
  const end = verification.ok ? `All ${of} checks hold.` : `${failed} of ${of} checks FAILED.`;
  return [...lines, '', end].join('\n');
}
