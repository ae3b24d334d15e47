/** Reads a cart's journal from where the last reading stopped, and has it reconciled with what was seen before. */
import { JOURNAL_PAGE_MAX } from '@chaperone/protocol/cart-api/schema.ts';
import type { JournalPage } from '@chaperone/protocol/cart-api/schema.ts';
import type { CartJournals, Reconciliation } from '../../ledger/contract.ts';
import type { CartLink } from '../tunnel/tunnel.ts';

/**
 * Pages of one reading, 100,000 lines, and characters of them all: what is held in memory until the head is checked. A
 * journal that has more news than this was not written by an operator's day; it is noted as one that does not fit.
 */
const PAGES_MAX = 200;
const CHARACTERS_MAX = 24 * 1024 * 1024;

/** @throws CartUnreachable, CartRefusal, CartMisbehaved, LedgerUnavailable */
export async function readJournal(link: CartLink, journals: CartJournals): Promise<Reconciliation> {
  const { serial, key, algorithm } = link.identity;
  let from = (await journals.position(serial)).size;
  const pages: JournalPage[] = [];
  let characters = 0;
  while (pages.length < PAGES_MAX && characters < CHARACTERS_MAX) {
    const page = await link.journal(from);
    pages.push(page);
    from += page.entries.length;
    for (const line of page.entries) characters += line.length;
    if (page.entries.length < JOURNAL_PAGE_MAX) break;
  }
  return await journals.reconcile(serial, pages, { key, algorithm });
}
