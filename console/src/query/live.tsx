/** Keeps what is shown fresh: each event of the desk makes the console ask again for what it touches. */
import type { ConsoleEvent } from '@chaperone/protocol/console-api/schema.ts';
import { isSettled } from '@chaperone/domain/transfer/transfer.ts';
import { createContext, useContext, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { listen } from '../events/console-events.ts';
import { queries, queryClient } from './queries.ts';

const LiveContext = createContext(true);

/** Tells whether events arrive at the moment. */
export function useIsLive(): boolean {
  return useContext(LiveContext);
}

export function LiveProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [isLive, setIsLive] = useState(true);
  useEffect(
    () =>
      listen(refresh, (connected) => {
        setIsLive(connected);
        // Whatever happened meanwhile was not told; a refusal shows here whether we are still signed in.
        void queryClient.invalidateQueries();
        if (!connected) void queryClient.refetchQueries({ queryKey: ['me'] });
      }),
    [],
  );
  return <LiveContext.Provider value={isLive}>{children}</LiveContext.Provider>;
}

function refresh(event: ConsoleEvent): void {
  switch (event.type) {
    case 'carts':
      stale('carts');
      stale('cases');
      // Whether its cart is connected; only a case that is shown is asked for at once.
      stale('case');
      stale('administration', 'carts');
      stale('administration', 'licences');
      stale('administration', 'sessions');
      return;
    case 'desk':
      stale('desk');
      return;
    case 'session':
      stale('session', event.case);
      stale('timeline', event.case);
      return;
    case 'case':
      stale('case', event.case);
      // A legal hold is set or lifted by a proposal.
      stale('administration', 'proposals');
      stale('timeline', event.case);
      stale('exports', event.case);
      stale('cases');
      return;
    case 'transfer':
      showProgress(event);
      if (isSettled(event.transfer.state)) {
        stale('case', event.case);
        stale('timeline', event.case);
        stale('cases');
      }
  }
}

function stale(...queryKey: readonly string[]): void {
  void queryClient.invalidateQueries({ queryKey });
}

/** Progress comes often: it is put where it belongs instead of asking for the whole case each time. */
function showProgress({ case: id, transfer }: ConsoleEvent & { readonly type: 'transfer' }): void {
  queryClient.setQueryData(queries.case(id).queryKey, (known) => {
    if (known === undefined) return known;
    const others = known.transfers.filter((each) => each.id !== transfer.id);
    const isNew = others.length === known.transfers.length;
    return {
      ...known,
      transfers: isNew
        ? [transfer, ...others]
        : known.transfers.map((each) => (each.id === transfer.id ? transfer : each)),
    };
  });
}
