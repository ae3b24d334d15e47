/** Who is signed in now, and which sessions run: each can be ended from here. */
import { useQuery } from '@tanstack/react-query';
import { LogOut, Unplug } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { administration } from '../api/administration.ts';
import type { LiveSession, SignInItem } from '../api/administration.ts';
import { ReasonDialog } from '../dialog/reason-dialog.tsx';
import type { Column } from '../list/data-table.tsx';
import { ListPage } from '../list/list-page.tsx';
import type { ListAddress, PanelProps } from '../list/list-page.tsx';
import { useRested } from '../list/search-field.tsx';
import { Facts, PanelActs, SidePanel } from '../list/side-panel.tsx';
import { announce } from '../part/announcement.tsx';
import { Button } from '../part/button.tsx';
import { administrationChanged, administrationQueries } from '../query/administration.ts';
import { formatDateTime } from '../words/format.ts';
import { LIVE_SESSION_WORDS, SIGN_IN_WORDS } from '../words/live.ts';
import { sessionStateText } from '../words/session.ts';

const signInColumns = SIGN_IN_WORDS.columns;
const SIGN_IN_COLUMNS: readonly [Column<SignInItem>, ...Column<SignInItem>[]] = [
  { id: 'name', title: signInColumns.name, width: 280, cell: ({ name }) => name },
  {
    id: 'workstation',
    title: signInColumns.workstation,
    cell: (row) => (
      <>
        {row.workstationLabel ?? <span className="mono">{row.workstation}</span>}
        {row.isThisOne && <span className="quiet"> ({SIGN_IN_WORDS.thisOne})</span>}
      </>
    ),
  },
  {
    id: 'begun',
    title: signInColumns.begun,
    width: 170,
    isExtra: true,
    cell: ({ begunUtcMs }) => <span className="quiet">{formatDateTime(begunUtcMs)}</span>,
  },
  {
    id: 'used',
    title: signInColumns.used,
    width: 170,
    isExtra: true,
    cell: ({ usedUtcMs }) => <span className="quiet">{formatDateTime(usedUtcMs)}</span>,
  },
];

export function SignInsPage({ search, onSearch }: ListAddress): ReactNode {
  const q = useRested(search.q);
  const answer = useQuery(administrationQueries.signIns({ q, page: search.page }));
  return (
    <ListPage
      words={SIGN_IN_WORDS}
      answer={answer}
      columns={SIGN_IN_COLUMNS}
      keyOf={({ id }) => id}
      search={search}
      onSearch={onSearch}
      panel={SignInPanel}
    />
  );
}

function SignInPanel({ row: signIn, ...state }: PanelProps<SignInItem>): ReactNode {
  const { id, name, workstation, workstationLabel } = signIn;
  const words = SIGN_IN_WORDS;
  return (
    <SidePanel title={name} {...state}>
      <Facts
        facts={[
          [
            words.columns.workstation,
            <span key="workstation">
              {workstationLabel}
              <br />
              <span className="mono quiet">{workstation}</span>
            </span>,
          ],
          [words.columns.begun, formatDateTime(signIn.begunUtcMs)],
          [words.columns.used, formatDateTime(signIn.usedUtcMs)],
        ]}
      />
      <End
        words={words}
        title={words.endTitle(name)}
        icon={LogOut}
        ended={words.ended(name)}
        run={(reason) => administration.endSignIn(id, reason)}
      />
    </SidePanel>
  );
}

const sessionColumns = LIVE_SESSION_WORDS.columns;
const SESSION_COLUMNS: readonly [Column<LiveSession>, ...Column<LiveSession>[]] = [
  {
    id: 'cart',
    title: sessionColumns.cart,
    width: 210,
    cell: ({ cart }) => <span className="mono">{cart}</span>,
  },
  {
    id: 'case',
    title: sessionColumns.case,
    width: 150,
    cell: ({ caseNumber }) =>
      caseNumber === null ? (
        <span className="quiet">{LIVE_SESSION_WORDS.noCase}</span>
      ) : (
        <span className="mono">{caseNumber}</span>
      ),
  },
  {
    id: 'technician',
    title: sessionColumns.technician,
    cell: ({ technicianName }) =>
      technicianName ?? <span className="quiet">{LIVE_SESSION_WORDS.nobody}</span>,
  },
  {
    id: 'state',
    title: sessionColumns.state,
    width: 158,
    cell: ({ state }) => sessionStateText(state),
  },
  {
    id: 'since',
    title: sessionColumns.since,
    width: 170,
    isExtra: true,
    cell: ({ sinceUtcMs }) => <span className="quiet">{formatDateTime(sinceUtcMs)}</span>,
  },
];

export function SessionsPage({ search, onSearch }: ListAddress): ReactNode {
  const q = useRested(search.q);
  const answer = useQuery(administrationQueries.sessions({ q, page: search.page }));
  return (
    <ListPage
      words={LIVE_SESSION_WORDS}
      answer={answer}
      columns={SESSION_COLUMNS}
      keyOf={({ id }) => id}
      search={search}
      onSearch={onSearch}
      panel={SessionPanel}
    />
  );
}

function SessionPanel({ row: session, ...state }: PanelProps<LiveSession>): ReactNode {
  const { id, cart, caseNumber, technicianName } = session;
  const words = LIVE_SESSION_WORDS;
  return (
    <SidePanel title={cart} {...state}>
      <Facts
        facts={[
          [words.columns.case, caseNumber ?? words.noCase],
          [words.columns.technician, technicianName ?? words.nobody],
          [words.columns.state, sessionStateText(session.state)],
          [words.columns.since, formatDateTime(session.sinceUtcMs)],
        ]}
      />
      <End
        words={words}
        title={words.endTitle(cart)}
        icon={Unplug}
        ended={words.ended(cart)}
        run={(reason) => administration.endSession(id, reason)}
      />
    </SidePanel>
  );
}

interface EndProps {
  readonly words: { readonly end: string; readonly endLead: string; readonly endAct: string };
  readonly title: string;
  readonly icon: typeof LogOut;
  readonly ended: string;
  readonly run: (reason: string) => Promise<null>;
}

function End({ words, title, icon, ended, run }: EndProps): ReactNode {
  const [isEnding, setIsEnding] = useState(false);
  return (
    <PanelActs>
      <Button kind="danger" icon={icon} onPress={() => setIsEnding(true)}>
        {words.end}
      </Button>
      {isEnding && (
        <ReasonDialog
          title={title}
          lead={words.endLead}
          act={words.endAct}
          icon={icon}
          isDanger
          run={run}
          onDone={() => {
            administrationChanged();
            announce(ended);
            setIsEnding(false);
          }}
          onClose={() => setIsEnding(false)}
        />
      )}
    </PanelActs>
  );
}
