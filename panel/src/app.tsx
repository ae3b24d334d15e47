/** Chooses the page for what the panel knows. */
import { useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { useActs } from './act/acts.ts';
import type { Agent } from './api/agent.ts';
import type { Connection, Watch } from './api/connection.ts';
import { DiallingPage } from './page/dialling-page.tsx';
import { EndedPage } from './page/ended-page.tsx';
import { IdlePage } from './page/idle-page.tsx';
import { ConnectingPage, LostPage, RefusedPage, UnreadablePage } from './page/lost-page.tsx';
import { NoticePage } from './page/notice-page.tsx';
import type { PageProps } from './page/page.ts';
import { SessionPage } from './page/session-page.tsx';
import { WaitingPage } from './page/waiting-page.tsx';

interface AppProps {
  readonly agent: Agent;
  readonly watch: Watch;
}

/** Shows the panel. */
export function App({ agent, watch }: AppProps): ReactNode {
  const connection = useSyncExternalStore(watch.subscribe, watch.now);
  const acts = useActs(stageOf(connection));
  switch (connection.is) {
    case 'connecting':
      return <ConnectingPage />;
    case 'lost':
      return <LostPage lastView={connection.lastView} />;
    case 'refused':
      return <RefusedPage lastView={connection.lastView} />;
    case 'unreadable':
      return <UnreadablePage lastView={connection.lastView} />;
    case 'live':
      return (
        <PhasePage view={connection.view} heardMs={connection.heardMs} agent={agent} acts={acts} />
      );
  }
}

/** Acts and their problems belong to one of these; `granted` and `open` are one page to the operator. */
function stageOf(connection: Connection): string {
  if (connection.is !== 'live') return connection.is;
  const { phase } = connection.view;
  return phase === 'granted' || phase === 'open' ? 'session' : phase;
}

function PhasePage(props: PageProps): ReactNode {
  const { phase, session } = props.view;
  switch (phase) {
    case 'idle':
      return <IdlePage {...props} />;
    case 'notice':
      return <NoticePage {...props} />;
    case 'dialling':
      return <DiallingPage {...props} />;
    case 'waiting':
      return <WaitingPage {...props} />;
    case 'granted':
    case 'open':
      return session === null ? <ConnectingPage /> : <SessionPage {...props} session={session} />;
    case 'ended':
      return <EndedPage {...props} />;
  }
}
