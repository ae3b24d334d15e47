/**
 * What of a case is counted before it is destroyed, so that its certificate can say what there was. Each zone counts its own.
 *
 * Counts say nothing of a patient; a count that is missing says that nobody counts such a thing, which is not zero.
 */
import type { RecordOrigin } from '../record/record.ts';

/** Names of counts beside those of records by their origin. */
export const OTHER_COUNTS = [
  /** Records in which the scanner found something. */
  'held-infected',
  /** Records that were never released for another reason. */
  'held-unreleased',
  /** Times that a record left the console for a workstation. */
  'exports',
  'exports-attested',
  'exports-not-attested',
] as const;

export type Counted = `records-${RecordOrigin}` | (typeof OTHER_COUNTS)[number];

export type CaseCounts = Readonly<Partial<Record<Counted, number>>>;

/** Puts together what several zones have counted; the same count of two zones adds up. */
export function addCounts(all: readonly CaseCounts[]): CaseCounts {
  const sum: Partial<Record<Counted, number>> = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts) as [Counted, number][]) {
      sum[name] = (sum[name] ?? 0) + count;
    }
  }
  return sum;
}
