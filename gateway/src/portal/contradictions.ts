/** Alarms of the ledger itself, for every facility: a cart or a witness remembers more of it than there is, or another one. */
import type { Ledger } from '../ledger/contract.ts';
import type { LedgerContradiction } from './contract.ts';

/** Each connection of a cart that remembers more is one; the newest say enough. */
const SHOWN_MAX = 10;

/** Gives the newest first. */
export async function contradictionsOf(
  ledger: Pick<Ledger, 'search'>,
): Promise<readonly LedgerContradiction[]> {
  const { items } = await ledger.search({
    kind: 'ledger-contradicted',
    fromUtcMs: null,
    toUtcMs: null,
    texts: [],
    offset: 0,
    count: SHOWN_MAX,
  });
  return items.flatMap(({ utcMs, fact }) =>
    fact.kind === 'ledger-contradicted'
      ? [{ utcMs, by: fact.cart === undefined ? 'witness' : 'cart', size: fact.size }]
      : [],
  );
}
