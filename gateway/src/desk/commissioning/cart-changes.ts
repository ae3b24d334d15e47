/**
 * What was changed at a cart since it was accepted, by its own journal: gateway, proxy and network. The desk copies a journal whenever
 * the cart has connected, and this follows the copy, so that a change is seen without a new report.
 *
 * A journal says that something was set anew, and when; what it is now is the hospital's, and only the next report tells it. What
 * somebody changed past the cart's own program is not in it.
 */
import { INSTANT_MAX_MS } from '@chaperone/protocol/commissioning/plain-value.ts';
import { z } from 'zod';
import type { CartJournalLine, CartJournals } from '../../ledger/contract.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { siteChanges } from './tables.ts';
import type { ReportTables, SiteChanges } from './tables.ts';

export interface ChangedSite {
  /** The newest report that the cart knows to be received. */
  readonly accepted: string;
  /** UTC by the cart's clock, when it was changed last since that report; absent: it was not. */
  readonly road?: number | undefined;
  readonly network?: number | undefined;
}

const LINES_AT_ONCE = 1000;
const NOTHING: SiteChanges = { accepted: null, since: {}, sinceSigned: {} };

const journalLine = z.object({
  // That something was changed is not hidden behind an instant that no calendar has.
  utcMs: z
    .number()
    .int()
    .min(0)
    .transform((utcMs) => Math.min(utcMs, INSTANT_MAX_MS)),
  fact: z.union([
    z.object({
      kind: z.literal('site-changed'),
      what: z.enum(['gateway', 'proxy', 'network', 'acceptance']),
    }),
    // That a profile was tried is `site-changed`; that it was kept is what counts.
    z.object({ kind: z.literal('network-changed') }),
    z.object({ kind: z.literal('acceptance-received'), reportId: z.string().max(64) }),
  ]),
});

export class CartChanges {
  readonly #context: Pick<DeskContext, 'database' | 'log'>;
  readonly #journals: CartJournals;

  constructor(context: Pick<DeskContext, 'database' | 'log'>, journals: CartJournals) {
    this.#context = context;
    this.#journals = journals;
  }

  /** The journals, followed at each reading. */
  get followed(): CartJournals {
    const journals = this.#journals;
    return {
      position: async (cart) => await journals.position(cart),
      lines: async (cart, from, count) => await journals.lines(cart, from, count),
      head: async (cart) => await journals.head(cart),
      reconcile: async (cart, pages, key) => {
        const reconciled = await journals.reconcile(cart, pages, key);
        if (reconciled.is === 'ok') await this.#tryFollow(cart);
        return reconciled;
      },
    };
  }

  /** What was changed at each cart whose acceptance its journal knows, by serial. */
  async all(): Promise<ReadonlyMap<string, ChangedSite>> {
    const rows = await this.#db().selectFrom('desk_cart_changes').selectAll().execute();
    return new Map(
      rows.flatMap(({ cart, changes }) => {
        const { accepted, since } = readChanges(changes);
        return accepted === null ? [] : [[cart, { accepted, ...since }] as const];
      }),
    );
  }

  /** What cannot be followed now is followed at the next reading. */
  async #tryFollow(cart: string): Promise<void> {
    try {
      await this.#follow(cart);
    } catch (err) {
      this.#context.log.warn({ cart, err }, "a cart's changes could not be read from its journal");
    }
  }

  async #follow(cart: string): Promise<void> {
    const row = await this.#db()
      .selectFrom('desk_cart_changes')
      .selectAll()
      .where('cart', '=', cart)
      .executeTakeFirst();
    const before = row?.lines ?? 0;
    let lines = before;
    let changes = row === undefined ? NOTHING : readChanges(row.changes);
    for (;;) {
      const read = await this.#journals.lines(cart, lines, LINES_AT_ONCE);
      lines += read.length;
      changes = read.reduce(noteLine, changes);
      if (read.length < LINES_AT_ONCE) break;
    }
    if (lines === before) return;
    const values = { lines, changes: JSON.stringify(changes) };
    await this.#db()
      .insertInto('desk_cart_changes')
      .values({ cart, ...values })
      .onConflict((conflict) => conflict.column('cart').doUpdateSet(values))
      .execute();
  }

  #db() {
    return this.#context.database.db<ReportTables>();
  }
}

/** Counts a line in. A report may be received long after it was signed: what was changed in between is changed since it, too. */
function noteLine(changes: SiteChanges, { line }: Pick<CartJournalLine, 'line'>): SiteChanges {
  const read = journalLine.safeParse(JSON.parse(line));
  if (!read.success) return changes;
  const { utcMs, fact } = read.data;
  if (fact.kind === 'acceptance-received')
    return { ...changes, accepted: fact.reportId, since: changes.sinceSigned };
  if (fact.kind === 'site-changed' && fact.what === 'acceptance')
    return { ...changes, sinceSigned: {} };
  if (fact.kind === 'site-changed' && fact.what === 'network') return changes;
  const what = fact.kind === 'network-changed' ? 'network' : 'road';
  return {
    ...changes,
    since: { ...changes.since, [what]: utcMs },
    sinceSigned: { ...changes.sinceSigned, [what]: utcMs },
  };
}

/** A row that the disk has damaged says nothing; the cart's journal has it. */
function readChanges(text: string): SiteChanges {
  try {
    return siteChanges.parse(JSON.parse(text));
  } catch (fault) {
    if (fault instanceof z.ZodError || fault instanceof SyntaxError) return NOTHING;
    throw fault;
  }
}
