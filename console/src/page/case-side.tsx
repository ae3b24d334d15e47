/** The facts of a case, its pages, and who is designated: always in view. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import {
  Archive,
  ArrowLeft,
  BadgeCheck,
  FolderOpen,
  Flame,
  History,
  Hourglass,
  Lock,
  MonitorPlay,
  NotebookPen,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useId } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { CaseDetail, SessionDetail } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { OnlineMark, StateMark } from '../part/marks.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import type { CaseTab } from '../route/case-tab.ts';
import { useRoles, useSignedIn } from '../route/signed-in.tsx';
import { formatDate, formatDateTime, formatLastDay } from '../words/format.ts';
import { LICENCE_WORDS } from '../words/machines.ts';
import { WORDS } from '../words/words.ts';
import { LegalHold } from './legal-hold.tsx';

const ICONS: Readonly<Record<CaseTab, LucideIcon>> = {
  session: MonitorPlay,
  files: FolderOpen,
  records: Archive,
  notes: NotebookPen,
  timeline: History,
  certificate: BadgeCheck,
};
const OPEN_TABS: readonly CaseTab[] = ['session', 'files', 'records', 'notes', 'timeline'];
const RESOLVED_TABS: readonly CaseTab[] = ['certificate', 'timeline'];

interface CaseSideProps {
  readonly serviceCase: CaseDetail;
  readonly session: SessionDetail | undefined;
  readonly tab: CaseTab;
  readonly onResolve: () => void;
}

export function CaseSide({ serviceCase, session, tab, onResolve }: CaseSideProps): ReactNode {
  const { state, number, facility, cart, cartOnline, legalHold } = serviceCase;
  const { age, isHoldProposed } = serviceCase;
  const words = WORDS.case;
  const isOpen = state === 'open';
  const isLead = useRoles().includes('lead');
  return (
    <aside className="side" aria-label={`${WORDS.cases.columns.number} ${number}`}>
      <Link to="/cases" className="side__back">
        <ArrowLeft aria-hidden className="icon icon--small" />
        {words.back}
      </Link>
      <header className="side__head">
        <h1>{facility}</h1>
        <p className="side__number">
          <span className="mono">{number}</span>
          <StateMark state={state} />
        </p>
      </header>
      {age !== null && !legalHold && <AgeNote age={age} />}
      {isHoldProposed && !isLead && (
        <p className="note">
          <Lock aria-hidden className="icon" />
          <span>
            <strong>{words.holdProposed}.</strong> {words.holdProposedLead}
          </span>
        </p>
      )}
      {legalHold && (
        <p className="note">
          <Lock aria-hidden className="icon" />
          <span>
            <strong>{words.legalHold}.</strong> {words.legalHoldLead}
          </span>
        </p>
      )}
      <nav className="tabs" aria-label={number}>
        {(isOpen ? OPEN_TABS : RESOLVED_TABS).map((each) => (
          <Tab key={each} tab={each} isHere={each === tab} {...{ serviceCase, session }} />
        ))}
      </nav>
      <dl className="facts">
        <dt>{words.cart}</dt>
        <dd className="pair">
          <span className="mono">{cart}</span>
          {isOpen && <OnlineMark isOnline={cartOnline} />}
        </dd>
        {serviceCase.cartLicence !== null && (
          <>
            <dt>{words.licence}</dt>
            <dd>
              <LicenceMark licence={serviceCase.cartLicence} />
            </dd>
          </>
        )}
        <dt>{words.opened}</dt>
        <dd>{formatDateTime(serviceCase.openedUtcMs)}</dd>
        <dt>{words.caller}</dt>
        <dd>{serviceCase.caller ?? <span className="quiet">{words.destroyed}</span>}</dd>
        {(serviceCase.complaint ?? '') !== '' && (
          <>
            <dt>{words.complaint}</dt>
            <dd className="facts__text">{serviceCase.complaint}</dd>
          </>
        )}
      </dl>
      <Designated serviceCase={serviceCase} />
      <div className="side__foot">
        {isOpen && !legalHold && !isHoldProposed && (
          <Button kind="danger" icon={Flame} onPress={onResolve}>
            {words.resolve}
          </Button>
        )}
        {isOpen && isLead && <LegalHold serviceCase={serviceCase} />}
      </div>
    </aside>
  );
}

function AgeNote({ age }: { readonly age: NonNullable<CaseDetail['age']> }): ReactNode {
  const words = WORDS.case;
  const lead =
    age.end === null ? words.agedLead : words.endsLead(formatDate(age.end.earliestUtcMs));
  return (
    <p className="note note--warning">
      <Hourglass aria-hidden className="icon" />
      <span>
        <strong>{words.aged(age.days)}.</strong> {lead}
      </span>
    </p>
  );
}

function LicenceMark({
  licence: { standing, validUntilUtcMs },
}: {
  readonly licence: NonNullable<CaseDetail['cartLicence']>;
}): ReactNode {
  if (validUntilUtcMs === null && standing === 'in-force') return LICENCE_WORDS.withoutEnd;
  const tone = { 'not-yet': 'warning', 'in-force': 'good', 'ends-soon': 'warning', expired: 'off' };
  const until = validUntilUtcMs === null ? '' : formatLastDay(validUntilUtcMs);
  return (
    <span className={`state state--${tone[standing]}`}>
      {LICENCE_WORDS.standings[standing](until)}
    </span>
  );
}

interface TabProps {
  readonly tab: CaseTab;
  readonly isHere: boolean;
  readonly serviceCase: CaseDetail;
  readonly session: SessionDetail | undefined;
}

function Tab({ tab, isHere, serviceCase, session }: TabProps): ReactNode {
  const Icon = ICONS[tab];
  const { recordList, notes, transfers } = serviceCase;
  const underWay = transfers.filter(({ state }) => state === 'moving' || state === 'queued').length;
  const counts: Partial<Record<CaseTab, number>> = {
    files: underWay,
    records: recordList.length,
    notes: notes.length,
  };
  const isLive = session !== undefined && ['granted', 'open'].includes(session.state);
  return (
    <Link
      to="/cases/$caseId/$tab"
      params={{ caseId: serviceCase.id, tab }}
      className={isHere ? 'tab tab--here' : 'tab'}
      aria-current={isHere ? 'page' : undefined}
    >
      <Icon aria-hidden className="icon" />
      {WORDS.case.tabs[tab]}
      {(counts[tab] ?? 0) > 0 && <span className="count">{counts[tab]}</span>}
      {tab === 'session' && isLive && (
        <span className="tab__live">{WORDS.session.states[session.state]}</span>
      )}
    </Link>
  );
}

function Designated({ serviceCase }: { readonly serviceCase: CaseDetail }): ReactNode {
  const { me } = useSignedIn();
  const { id: caseId, designated, mayDesignate, state } = serviceCase;
  const technicians = useQuery(queries.technicians());
  const id = useId();
  const words = WORDS.case;
  const designate = useMutation({
    mutationFn: (technician: string) => desk.designate(caseId, technician),
    onSuccess: (changed) => queryClient.setQueryData(queries.case(caseId).queryKey, changed),
  });
  const others = (technicians.data?.technicians ?? []).filter(
    (each) => !designated.some((one) => one.id === each.id),
  );
  const isMine = designated.some((each) => each.id === me.technician.id);
  return (
    <section className="designated" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{words.designated}</h2>
      <ul>
        {designated.map((each) => (
          <li key={each.id}>
            {each.name}
            {each.id === me.technician.id && <span className="quiet"> ({words.you})</span>}
          </li>
        ))}
        {designated.length === 0 && <li className="quiet">{words.nobody}</li>}
      </ul>
      {state === 'open' && !isMine && (
        <p className="note">{mayDesignate ? words.notDesignated : words.waitsForLead}</p>
      )}
      {state === 'open' && mayDesignate && others.length > 0 && (
        <select
          className="input input--small"
          aria-label={words.designateLabel}
          value=""
          disabled={designate.isPending}
          onChange={(event) => designate.mutate(event.target.value)}
        >
          <option value="" disabled>
            {words.designate}
          </option>
          {others.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      )}
      <Trouble fault={designate.error} />
    </section>
  );
}
