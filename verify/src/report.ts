/** Says what was checked, for a person. */
import type { Report } from './check.ts';

/** Writes a report as plain lines: a mark for each check, what was found below it. */
export function reportOf(report: Report): string {
  const lines = report.checks.flatMap(({ name, ok, notes, problems }) => [
    `${ok ? '✓' : '✗'} ${name}`,
    ...problems.map((text) => `    ${text}`),
    ...notes.map((text) => `  · ${text}`),
  ]);
  const failed = report.checks.filter(({ ok }) => !ok).length;
  const of = report.checks.length;
  const end = report.ok ? `All ${of} checks hold.` : `${failed} of ${of} checks FAILED.`;
  return [...lines, '', end].map(printable).join('\n');
}

/** Takes out what could steer a terminal or turn the direction of writing: these texts come from strangers. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
}
