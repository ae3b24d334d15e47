/** What stands in the address of the auditor's page besides search and page. */
import { z } from 'zod';
import { listSearch } from '../list/list-search.ts';

const instant = z.number().int().min(0).optional().catch(undefined);

export const ledgerSearch = listSearch.extend({
  kind: z.string().max(64).optional().catch(undefined),
  /** UTC, milliseconds. */
  from: instant,
  to: instant,
});
export type LedgerSearch = z.infer<typeof ledgerSearch>;

/** Gives an instant as the browser's own field for date and time takes it, in this computer's time. */
export function toField(utcMs: number | undefined): string {
  if (utcMs === undefined) return '';
  const local = new Date(utcMs - new Date(utcMs).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** Reads such a field; undefined when it is empty or not whole. */
export function fromField(text: string): number | undefined {
  const utcMs = new Date(text).getTime();
  return Number.isNaN(utcMs) || utcMs < 0 ? undefined : utcMs;
}
