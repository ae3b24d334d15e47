/** Keeps facts in the cart's journal, whether its agent runs or not. */
import path from 'node:path';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import type { CartConfiguration } from '../configuration/configuration.ts';
import { openJournal } from '../journal/journal.ts';
import type { Clock } from '../platform/clock.ts';
import { heldIdentity, JOURNAL_DIRECTORY } from './service.ts';
import type { Service } from './service.ts';

/** A cart without an identity has no key to keep a journal with: what was done before is in the report. */
export async function recordFacts(
  configuration: CartConfiguration,
  { service, clock }: { readonly service: () => Service | null; readonly clock: Clock },
  facts: readonly JournalFact[],
): Promise<void> {
  const running = service();
  if (running !== null) return running.record(facts);
  const identity = await heldIdentity(configuration);
  if (identity === null) return;
  const { key, serial } = identity;
  const directory = path.join(configuration.dataDirectory, JOURNAL_DIRECTORY);
  const journal = await openJournal({ directory, key, serial, clock });
  try {
    await journal.append(facts);
  } finally {
    await journal.close();
  }
}
