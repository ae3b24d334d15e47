/** Reads a cart's journal from where the last reading stopped, and has it reconciled with what was seen before. */
import { JOURNAL_PAGE_MAX } from '@chaperone/protocol/cart-api/schema.ts';
import type { JournalPage } from '@chaperone/protocol/cart-api/schema.ts';
import type { CartJournals, Reconciliation } from '../../ledger/contract.ts';
import type { CartLink } from '../tunnel/tunnel.ts';

/** Pages of one reading: 100,000 lines. The rest comes with the next connection. */
const PAGES_MAX = 200;

/** @throws CartUnreachable, CartRefusal, CartMisbehaved, LedgerUnavailable */
export async function readJournal(link: CartLink, journals: CartJournals): Promise<Reconciliation> {
  const { serial, key, algorithm } = link.identity;
  let from = (await journals.position(serial)).size;
  const pages: JournalPage[] = [];
  while (pages.length < PAGES_MAX) {
    const page = await link.journal(from);
    pages.push(page);
    from += page.entries.length;
    if (page.entries.length < JOURNAL_PAGE_MAX) break;
  }
  return await journals.reconcile(serial, pages, { key, algorithm });
}
