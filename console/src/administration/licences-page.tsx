/** The licences that were issued, and issuing one more. */
import { useQuery } from '@tanstack/react-query';
import { Ban, CalendarClock, MonitorSmartphone, Stethoscope } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { administration } from '../api/administration.ts';
import type { Licence } from '../api/administration.ts';
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
import { useRoles } from '../route/signed-in.tsx';
import { formatDateTime, formatLastDay, formatUTCDay } from '../words/format.ts';
import { LICENCE_WORDS } from '../words/machines.ts';
import { WORDS } from '../words/words.ts';
import { IssueDialog } from './issue-dialog.tsx';
import { RenewDialog } from './renew-dialog.tsx';

const words = LICENCE_WORDS;
const { columns } = words;

const COLUMNS: readonly [Column<Licence>, ...Column<Licence>[]] = [
  { id: 'name', title: columns.name, cell: ({ name }) => name },
  { id: 'subject', title: columns.subject, width: 140, cell: (row) => words.subjects[row.subject] },
  { id: 'state', title: columns.state, width: 110, cell: (row) => <State licence={row} /> },
  { id: 'terms', title: columns.terms, width: 220, cell: (row) => <Terms licence={row} /> },
  {
    id: 'issued',
    title: columns.issued,
    width: 170,
    isExtra: true,
    cell: ({ issuedUtcMs }) => <span className="quiet">{formatDateTime(issuedUtcMs)}</span>,
  },
  {
    id: 'expires',
    title: columns.expires,
    width: 170,
    isExtra: true,
    cell: ({ expiresUtcMs }) => <span className="quiet">{formatDateTime(expiresUtcMs)}</span>,
  },
];

/** What of a cart's licence somebody may have to act on; nothing of a workstation's. */
function Terms({ licence: { terms } }: { readonly licence: Licence }): ReactNode {
  if (terms === null) return null;
  const { standing, validUntilUtcMs } = terms;
  if (validUntilUtcMs === null) return <span className="quiet">{words.withoutEnd}</span>;
  const until = formatLastDay(validUntilUtcMs);
  const tone = { 'not-yet': 'off', 'in-force': 'good', 'ends-soon': 'warning', expired: 'off' }[
    standing
  ];
  return <span className={`state state--${tone}`}>{words.standings[standing](until)}</span>;
}

export function LicencesPage({ search, onSearch }: ListAddress): ReactNode {
  const q = useRested(search.q);
  const answer = useQuery(administrationQueries.licences({ q, page: search.page }));
  const [issued, setIssued] = useState<Licence['subject'] | null>(null);
  const isAdministrator = useRoles().includes('administrator');
  return (
    <>
      <ListPage
        words={words}
        answer={answer}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        acts={
          <>
            {isAdministrator && (
              <Button icon={MonitorSmartphone} onPress={() => setIssued('workstation')}>
                {words.forWorkstation}
              </Button>
            )}
            <Button icon={Stethoscope} onPress={() => setIssued('cart')}>
              {words.forCart}
            </Button>
          </>
        }
        panel={LicencePanel}
      />
      {issued !== null && <IssueDialog subject={issued} onClose={() => setIssued(null)} />}
    </>
  );
}

function State({ licence: { state } }: { readonly licence: Licence }): ReactNode {
  const tone = { issued: 'warning', redeemed: 'good', expired: 'off', retired: 'off' }[state];
  return <span className={`state state--${tone}`}>{words.states[state]}</span>;
}

function LicencePanel({ row: licence, ...state }: PanelProps<Licence>): ReactNode {
  const [isRetiring, setIsRetiring] = useState(false);
  const [isRenewing, setIsRenewing] = useState(false);
  const canRetire = useRoles().includes('administrator');
  const { id, name, subject, terms } = licence;
  const canRenew = terms !== null && (licence.state === 'issued' || licence.state === 'redeemed');
  return (
    <SidePanel title={name} mark={<State licence={licence} />} {...state}>
      <Facts
        facts={[
          [columns.subject, words.subjects[subject]],
          [columns.issued, formatDateTime(licence.issuedUtcMs)],
          [columns.expires, formatDateTime(licence.expiresUtcMs)],
          ...(terms === null
            ? []
            : ([
                [columns.terms, <Terms key="terms" licence={licence} />],
                [
                  columns.features,
                  terms.features.map((each) => WORDS.activitiesShort[each]).join(', '),
                ],
                [columns.from, formatUTCDay(terms.validFromUtcMs)],
                [columns.facility, terms.facility ?? words.notSaid],
                [columns.model, terms.model ?? words.notSaid],
              ] as const)),
          [columns.id, <Copyable key="id" text={id} shown={id} label={words.copyId} />],
        ]}
      />
      {(canRenew || (canRetire && licence.state === 'issued')) && (
        <PanelActs>
          {canRenew && (
            <Button icon={CalendarClock} onPress={() => setIsRenewing(true)}>
              {words.renew}
            </Button>
          )}
          {canRetire && licence.state === 'issued' && (
            <Button kind="danger" icon={Ban} onPress={() => setIsRetiring(true)}>
              {words.retire}
            </Button>
          )}
        </PanelActs>
      )}
      {isRenewing && terms !== null && (
        <RenewDialog
          licence={licence}
          terms={terms}
          onDone={(text) => {
            administrationChanged();
            announce(text);
            setIsRenewing(false);
          }}
          onClose={() => setIsRenewing(false)}
        />
      )}
      {isRetiring && (
        <ReasonDialog
          title={words.retireTitle(name)}
          lead={words.retireLead}
          act={words.retireAct}
          icon={Ban}
          isDanger
          run={(reason) => administration.retireLicence(id, reason)}
          onDone={() => {
            administrationChanged();
            announce(words.retired(name));
            setIsRetiring(false);
          }}
          onClose={() => setIsRetiring(false)}
        />
      )}
    </SidePanel>
  );
}
