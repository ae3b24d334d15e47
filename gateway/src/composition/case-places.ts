/**
 * Every place where something of a case can lie, and what becomes of it when the case is destroyed (decision 0035).
 *
 * Zones erase their own; this looks again without asking them. A table that names cases and is declared nowhere counts as one
 * that should be empty, so that a new one without an eraser is never certified; and a test compares this list with what a
 * gateway really makes, so that it is noticed before.
 */
import { readdir } from 'node:fs/promises';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { Database } from '../platform/database/database.ts';
import { countRowsNaming, tablesWithColumn } from '../platform/database/named-rows.ts';
import type { CaseTraces } from '../vault/contract.ts';

/** What becomes of the rows of a case. */
export type CaseTableFate =
  | { readonly fate: 'erased' }
  /** The row stays, these columns do not: they are null. */
  | { readonly fate: 'emptied'; readonly columns: readonly string[]; readonly key?: string }
  | { readonly fate: 'kept'; readonly why: string };

const erased: CaseTableFate = { fate: 'erased' };
const kept = (why: string): CaseTableFate => ({ fate: 'kept', why });

/** Tables that name a case. */
export const CASE_TABLES: Readonly<Record<string, CaseTableFate>> = {
  vault_record: erased,
  case_note: erased,
  case_reason: erased,
  case_transfer: erased,
  case_deidentification: { fate: 'emptied', columns: ['sealed'] },
  record_deidentification: erased,
  case_upload: erased,
  screen_recording: erased,
  service_case: { fate: 'emptied', columns: ['detail'], key: 'id' },
  record_export: { fate: 'emptied', columns: ['reason'] },
  export_attestation: { fate: 'emptied', columns: ['reason'] },
  export_permission: erased,
  vault_destruction: kept('that, when and how much was destroyed'),
  case_designation: kept('who worked on it, by ids'),
  case_age: kept('how long it stayed unresolved'),
  countersigned_receipt: { fate: 'emptied', columns: ['files_sealed'] },
  remote_session: kept('when who was let in; what the cart signed names no file'),
  ledger_entry: kept('the ledger names no patient'),
};

/** Entries of the data directory, by the first that fits; a pattern ends where what is below it is all alike. */
export const DATA_PLACES: readonly (readonly [RegExp, 'erased' | string])[] = [
  [/^vault\/(records|staging|keyring)$/, 'erased'],
  [/^vault$/, 'holds the three above'],
  [/^gateway\.db(-wal|-shm)?$/, 'the tables above; what was deleted is taken off the disk'],
  [/^ledger$/, 'the ledger names no patient'],
  [/^siem$/, 'how far the ledger was forwarded'],
  [/^authority$/, 'keys and certificates'],
  [/^(second-factor|portal-officer)\.key$/, 'keys of sealed secrets of accounts'],
  [/^(format|admin\.sock|gateway\.(lock|lock-journal|pid))$/, 'of the process'],
];

/** Looks for a case in all tables that name cases, and in the names of all files of the data directory. */
export function caseSearch(database: Database, dataDirectory: string): CaseTraces {
  return {
    tables: [],
    // It only looks: whoever made something erases it.
    eraseTraces: async () => undefined,
    countTraces: async (caseId) =>
      (await countRows(database, caseId)) + (await countFiles(dataDirectory, caseId)),
  };
}

async function countRows(database: Database, caseId: CaseId): Promise<number> {
  const naming = await tablesWithColumn(database, 'case_id');
  let rows = 0;
  for (const table of new Set([...naming, ...Object.keys(CASE_TABLES)])) {
    const place = CASE_TABLES[table] ?? erased;
    if (place.fate === 'kept') continue;
    const column = (place.fate === 'emptied' ? place.key : undefined) ?? 'case_id';
    const filled = place.fate === 'emptied' ? { filled: place.columns } : {};
    rows += await countRowsNaming(database, table, { column, value: caseId, ...filled });
  }
  return rows;
}

async function countFiles(directory: string, caseId: CaseId): Promise<number> {
  const names = await readdir(directory, { recursive: true });
  return names.filter((name) => name.includes(caseId)).length;
}
