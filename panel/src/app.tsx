/** Chooses the page for what the panel knows. */
import { useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { useActs } from './act/acts.ts';
import type { Agent } from './api/agent.ts';
import type { Connection, Watch } from './api/connection.ts';
import type { EngineerAgent } from './api/engineer-agent.ts';
import { EngineerPage } from './engineer/engineer-page.tsx';
import { ApprovalPage } from './page/approval-page.tsx';
import { DiallingPage } from './page/dialling-page.tsx';
import { EndedPage } from './page/ended-page.tsx';
import { IdlePage } from './page/idle-page.tsx';
import { InterlockPage } from './page/interlock-page.tsx';
import { ConnectingPage, LostPage, RefusedPage, UnreadablePage } from './page/lost-page.tsx';
import { NotSetUpPage } from './page/not-set-up-page.tsx';
import { NoticePage } from './page/notice-page.tsx';
import type { PageProps } from './page/page.ts';
import { SessionPage } from './page/session-page.tsx';
import { PHIPolicyProvider } from './part/phi-policy.tsx';
import { WaitingPage } from './page/waiting-page.tsx';

interface AppProps {
  readonly agent: Agent;
  readonly engineer: EngineerAgent;
  readonly watch: Watch;
}

/** Shows the panel. */
export function App({ agent, engineer, watch }: AppProps): ReactNode {
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
        <PHIPolicyProvider load={agent.phiPolicy}>
          <PhasePage
            view={connection.view}
            heardMs={connection.heardMs}
            agent={agent}
            engineer={engineer}
            acts={acts}
          />
        </PHIPolicyProvider>
      );
  }
}

/** Acts and their problems belong to one of these; `granted` and `open` are one page to the operator. */
function stageOf(connection: Connection): string {
  if (connection.is !== 'live') return connection.is;
  const { phase, approval, interlock } = connection.view;
  if (interlock !== null && phase !== 'ended') return `interlock ${phase}`;
  if (approval !== null) return 'approval';
  return phase === 'granted' || phase === 'open' ? 'session' : phase;
}

function PhasePage({
  engineer,
  ...props
}: PageProps & { readonly engineer: EngineerAgent }): ReactNode {
  const { phase, session, isSetUp, interlock } = props.view;
  const [isServiced, setServiced] = useState(false);
  // A session comes first, and the agent has closed the engineer page: it does not come back by itself.
  if (isServiced && phase !== 'idle') setServiced(false);
  // It holds for all that follows. That a session is over is told first, and a field engineer's work goes on under it.
  if (interlock !== null && phase !== 'ended' && !isServiced)
    return <InterlockPage {...props} interlock={interlock} />;
  switch (phase) {
    case 'idle':
      if (isServiced) {
        return (
          <EngineerPage view={props.view} engineer={engineer} onLeave={() => setServiced(false)} />
        );
      }
      return isSetUp ? (
        <IdlePage {...props} onService={() => setServiced(true)} />
      ) : (
        <NotSetUpPage view={props.view} onService={() => setServiced(true)} />
      );
    case 'notice':
      return <NoticePage {...props} />;
    case 'dialling':
      return <DiallingPage {...props} />;
    case 'waiting':
      return props.view.approval === null ? (
        <WaitingPage {...props} />
      ) : (
        <ApprovalPage {...props} approval={props.view.approval} />
      );
    case 'granted':
    case 'open':
      return session === null ? <ConnectingPage /> : <SessionPage {...props} session={session} />;
    case 'ended':
      return <EndedPage {...props} />;
  }
}
