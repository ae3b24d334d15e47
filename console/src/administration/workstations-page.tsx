/** The licensed workstations and their seats. */
import { useQuery } from '@tanstack/react-query';
import { MonitorOff, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { administration } from '../api/administration.ts';
import type { Workstation } from '../api/administration.ts';
import { ReasonDialog } from '../dialog/reason-dialog.tsx';
import type { Column } from '../list/data-table.tsx';
import { ListPage } from '../list/list-page.tsx';
import type { ListAddress, PanelProps } from '../list/list-page.tsx';
import { useRested } from '../list/search-field.tsx';
import { Facts, PanelActs, SidePanel } from '../list/side-panel.tsx';
import { announce } from '../part/announcement.tsx';
import { Button } from '../part/button.tsx';
import { Copyable } from '../part/marks.tsx';
import { administrationChanged, administrationQueries } from '../query/administration.ts';
import { formatDate, formatDateTime } from '../words/format.ts';
import { LIST_WORDS } from '../words/list.ts';
import { WORKSTATION_WORDS } from '../words/machines.ts';
import { SignInsEnd } from './sign-ins-end.tsx';

const words = WORKSTATION_WORDS;
const { columns } = words;

const COLUMNS: readonly [Column<Workstation>, ...Column<Workstation>[]] = [
  { id: 'label', title: columns.label, cell: ({ label }) => label },
  { id: 'state', title: columns.state, width: 100, cell: (row) => <State workstation={row} /> },
  { id: 'posture', title: columns.posture, width: 150, cell: (row) => <Posture {...row} /> },
  {
    id: 'seen',
    title: columns.lastSeen,
    width: 164,
    cell: ({ lastSeenUtcMs }) => <span className="quiet">{seenText(lastSeenUtcMs)}</span>,
  },
  {
    id: 'enrolled',
    title: columns.enrolled,
    width: 130,
    isExtra: true,
    cell: ({ enrolledUtcMs }) => <span className="quiet">{formatDate(enrolledUtcMs)}</span>,
  },
  {
    id: 'expires',
    title: columns.expires,
    width: 140,
    isExtra: true,
    cell: ({ expiresUtcMs }) => <span className="quiet">{formatDate(expiresUtcMs)}</span>,
  },
];

export function WorkstationsPage({ search, onSearch }: ListAddress): ReactNode {
  const q = useRested(search.q);
  const answer = useQuery(administrationQueries.workstations({ q, page: search.page }));
  const seats = answer.data?.seats;
  return (
    <ListPage
      words={words}
      answer={answer}
      columns={COLUMNS}
      keyOf={({ id }) => id}
      search={search}
      onSearch={onSearch}
      acts={seats === undefined ? undefined : <Seats {...seats} />}
      panel={WorkstationPanel}
    />
  );
}

interface SeatsProps {
  readonly used: number;
  /** Null: as many as there are. */
  readonly max: number | null;
}

function Seats({ used, max }: SeatsProps): ReactNode {
  if (max === null) return <p className="seats">{words.seatsUsed(used)}</p>;
  return (
    <p className={used >= max ? 'seats seats--full' : 'seats'}>
      <meter min={0} max={max} value={used} aria-hidden />
      {words.seats(used, max)}
    </p>
  );
}

function State({ workstation: { state } }: { readonly workstation: Workstation }): ReactNode {
  const tone = { active: 'good', expired: 'warning', retired: 'off' }[state];
  return <span className={`state state--${tone}`}>{words.states[state]}</span>;
}

function Posture({ posture }: Workstation): ReactNode {
  if (posture === null) return <span className="quiet">{words.unreported}</span>;
  if (posture.length === 0) return <span>{words.current}</span>;
  return (
    <span className="behind">
      <TriangleAlert aria-hidden className="icon icon--small" />
      {words.behind(posture.length)}
    </span>
  );
}

function seenText(utcMs: number | null): string {
  return utcMs === null ? LIST_WORDS.never : formatDateTime(utcMs);
}

function WorkstationPanel({ row: workstation, ...state }: PanelProps<Workstation>): ReactNode {
  const [isRetiring, setIsRetiring] = useState(false);
  const { id, label, posture } = workstation;
  return (
    <SidePanel title={label} mark={<State workstation={workstation} />} {...state}>
      {posture !== null && posture.length > 0 && (
        <section className="note note--warning note--stacked" aria-label={words.postureTitle}>
          <h3>{words.postureTitle}</h3>
          <ul>
            {posture.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </section>
      )}
      <Facts
        facts={[
          [columns.id, <Copyable key="id" text={id} shown={id} label={words.copyId} />],
          [columns.posture, <Posture key="posture" {...workstation} />],
          [columns.lastSeen, seenText(workstation.lastSeenUtcMs)],
          [columns.enrolled, formatDateTime(workstation.enrolledUtcMs)],
          [columns.expires, formatDateTime(workstation.expiresUtcMs)],
        ]}
      />
      {workstation.state !== 'retired' && (
        <PanelActs>
          <Button kind="danger" icon={MonitorOff} onPress={() => setIsRetiring(true)}>
            {words.retire}
          </Button>
        </PanelActs>
      )}
      {isRetiring && (
        <ReasonDialog
          title={words.retireTitle(label)}
          lead={
            <>
              <SignInsEnd workstation={workstation} /> {words.retireLead}
            </>
          }
          act={words.retireAct}
          icon={MonitorOff}
          isDanger
          run={(reason) => administration.retireWorkstation(id, reason)}
          onDone={() => {
            administrationChanged();
            announce(words.retired(label));
            setIsRetiring(false);
          }}
          onClose={() => setIsRetiring(false)}
        />
      )}
    </SidePanel>
  );
}
