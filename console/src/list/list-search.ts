/** What stands in a list's address: so that it can be kept, shared, and gone back to. */
import { z } from 'zod';

export const listSearch = z.object({
  q: z.string().max(200).catch('').default(''),
  page: z.number().int().min(1).max(100_000).catch(1).default(1),
  /** The row whose details are shown. */
  row: z.string().max(200).optional().catch(undefined),
});
export type ListSearch = z.infer<typeof listSearch>;

/** Changes a part of it; another search begins at its first page, without details. */
export function withSearch(q: string): Partial<ListSearch> {
  return { q, page: 1, row: undefined };
}
