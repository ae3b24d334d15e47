/** What the administration's pages ask for. All of it is stale at once when something was done: acts touch each other. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { administration } from '../api/administration.ts';
import type { CartsQuery, LedgerQuery, ListQuery, Page } from '../api/administration.ts';
import { queryClient } from './queries.ts';

/** What others do is told by no event; a list that is shown is asked for again after this. Milliseconds. */
const ASK_EVERY_MS = 15_000;
/** Of what changes by the minute: sign-ins and sessions. Milliseconds. */
const ASK_LIVE_EVERY_MS = 5_000;

const listOf = <Item>(
  name: string,
  ask: (query: LedgerQuery) => Promise<Page<Item>>,
  refetchInterval = ASK_EVERY_MS,
) => {
  return (query: LedgerQuery) =>
    queryOptions({
      queryKey: ['administration', name, query] as const,
      queryFn: () => ask(query),
      placeholderData: keepPreviousData,
      refetchInterval,
    });
};

export const administrationQueries = {
  accounts: listOf('accounts', administration.accounts),
  licences: listOf('licences', administration.licences),
  carts: (query: CartsQuery) =>
    queryOptions({
      queryKey: ['administration', 'carts', query] as const,
      queryFn: () => administration.carts(query),
      placeholderData: keepPreviousData,
      refetchInterval: ASK_EVERY_MS,
    }),
  cartReports: (serial: string) =>
    queryOptions({
      queryKey: ['administration', 'cart-reports', serial] as const,
      queryFn: () => administration.cartReports(serial),
      refetchInterval: ASK_EVERY_MS,
    }),
  signIns: listOf('sign-ins', administration.signIns, ASK_LIVE_EVERY_MS),
  sessions: listOf('sessions', administration.sessions, ASK_LIVE_EVERY_MS),
  proposals: listOf('proposals', administration.proposals),
  ledger: listOf('ledger', administration.ledger),
  workstations: (query: ListQuery) =>
    queryOptions({
      queryKey: ['administration', 'workstations', query] as const,
      queryFn: () => administration.workstations(query),
      placeholderData: keepPreviousData,
      refetchInterval: ASK_EVERY_MS,
    }),
  roles: () =>
    queryOptions({ queryKey: ['administration', 'roles'], queryFn: administration.roles }),
};

/** Something was done: whatever is shown is asked for again. */
export function administrationChanged(): void {
  void queryClient.invalidateQueries({ queryKey: ['administration'] });
}
