/** Results as a person reads them, and as the one line of JSON that a script reads. */
import type { Bench, Result } from './bench.ts';

/** The list of benches, for somebody who named none or an unknown one. */
export function listOf(benches: readonly Bench[]): string {
  const width = Math.max(...benches.map(({ name }) => name.length));
  const rows = benches.map(({ name, does }) => `  ${name.padEnd(width)}  ${does}`);
  return ['npm run bench -- <name>', '', ...rows].join('\n');
}

/** A line per result, in columns. */
export function tableOf(results: readonly Result[]): string {
  const rows = results.map((each) => [
    each.ok ? '✓' : '✗',
    each.name,
    `${rounded(each.value)} ${each.unit}`,
    each.target === null ? '' : `target ${each.target}`,
    each.peer === null ? '' : `peer ${rounded(each.peer)} ${each.unit}`,
  ]);
  const widths = [0, 1, 2, 3].map((at) => Math.max(0, ...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The last line of a bench's output. */
export function jsonOf(bench: string, results: readonly Result[]): string {
  const rows = results.map(({ name, value, unit, target, peer, ok }) => ({
    name,
    value: rounded(value),
    unit,
    target,
    peer: peer === null ? null : rounded(peer),
    ok,
  }));
  return JSON.stringify({ bench, results: rows });
}

/** Three significant digits below 100, whole numbers above: more would be noise. */
export function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
