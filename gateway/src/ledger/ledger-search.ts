/** Entries chosen by kind, time and text, newest first, page by page: what an auditor reads. */
import { sql } from 'kysely';
import type { SqlBool } from 'kysely';
import type { Database } from '../platform/database/database.ts';
import { holdsText } from '../platform/database/search.ts';
import type { Found } from '../platform/database/search.ts';
import type { LedgerLine, LedgerSearch } from './contract.ts';
import type { LedgerTables } from './ledger-schema.ts';
import { readLine } from './ledger-store.ts';

/** @throws LedgerBroken when an entry is not readable */
export async function searchLedger(
  database: Database,
  search: LedgerSearch,
): Promise<Found<LedgerLine>> {
  let found = database.db<LedgerTables>().selectFrom('ledger_entry');
  const { kind, fromUtcMs, toUtcMs, texts, offset, count } = search;
  if (kind !== null) found = found.where('kind', '=', kind);
  if (fromUtcMs !== null) found = found.where('utc_ms', '>=', fromUtcMs);
  if (toUtcMs !== null) found = found.where('utc_ms', '<=', toUtcMs);
  if (texts.length > 0) {
    const parts = texts.map((text) => holdsText('line', text));
    found = found.where(sql<SqlBool>`(${sql.join(parts, sql` or `)})`);
  }
  const rows = await found
    .select(['entry_index', 'line'])
    .orderBy('entry_index', 'desc')
    .limit(count)
    .offset(offset)
    .execute();
  const { total } = await found
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { items: rows.map((row) => readLine(row.entry_index, row.line)), total };
}
