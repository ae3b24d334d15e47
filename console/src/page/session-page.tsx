/** Before and after a session: asking for access, and waiting for the operator with the number to compare. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { ACTIVITIES, isGrantable } from '@chaperone/domain/activity/activity.ts';
import { useMutation } from '@tanstack/react-query';
import { CalendarX, Hand, PhoneCall, Undo2 } from 'lucide-react';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { CaseDetail, SessionDetail } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { useSignedIn } from '../route/signed-in.tsx';
import type { Signatures } from '../session/use-signatures.ts';
import { WatchPart } from '../session/watch-part.tsx';
import { setWish, useWish } from '../session/wish.ts';
import { formatLastDay, formatUTCDay } from '../words/format.ts';
import { codeWords } from '../words/problem-sentences.ts';
import { WORDS } from '../words/words.ts';

interface SessionPageProps {
  readonly serviceCase: CaseDetail;
  readonly session: SessionDetail | undefined;
  readonly signatures: Signatures;
}

/** What most calls need. */
const USUAL: readonly Activity[] = ['view', 'fetch-files'];

export function SessionPage({ serviceCase, session, signatures }: SessionPageProps): ReactNode {
  const { me } = useSignedIn();
  const wish = useWish(serviceCase.id);
  const words = WORDS.session;
  if (session === undefined) return <p className="waiting">{WORDS.loading}</p>;
  const isDesignated = serviceCase.designated.some(({ id }) => id === me.technician.id);
  const { state, technicianName, endReason, refusal } = session;

  if (technicianName !== null) {
    return (
      <Middle title={words.states[state]}>
        <p className="lead">
          <strong>{technicianName}</strong> {words.busyElsewhere}
        </p>
        {isDesignated && <WatchPart serviceCase={serviceCase} session={session} />}
      </Middle>
    );
  }
  if (!isDesignated) {
    return (
      <Middle title={words.states[state]}>
        <p className="lead">{WORDS.case.notDesignated}</p>
      </Middle>
    );
  }
  if (state === 'requested') return <Waiting caseId={serviceCase.id} session={session} />;
  const isConnected = state === 'waiting';
  const wasRefused = isConnected && refusal !== null && wish !== null;
  return (
    <Middle title={words.states[state]}>
      {state === 'ended' && <p className="lead">{WORDS.ended[endReason ?? ''] ?? words.ended}</p>}
      <p className={isConnected ? 'lead lead--good' : 'lead'}>
        {!isConnected && <PhoneCall aria-hidden className="icon" />}
        {isConnected ? words.waitingLead : words.offlineLead}
      </p>
      {wasRefused && (
        <p className="trouble" role="alert">
          <span>
            <strong>{words.refused}. </strong>
            {codeWords(refusal)}
          </span>
        </p>
      )}
      <LicenceNote licence={serviceCase.cartLicence} />
      <Trouble fault={signatures.fault} title={words.signFault} />
      {wish !== null && !wasRefused && signatures.fault === null ? (
        <Armed caseId={serviceCase.id} isConnected={isConnected} activities={wish.activities} />
      ) : (
        <AskForm
          key={state}
          isConnected={isConnected}
          usual={wish?.activities ?? USUAL}
          licensed={serviceCase.cartLicence?.features ?? ACTIVITIES}
          onAsk={(activities) => {
            signatures.tryAgain();
            setWish(serviceCase.id, { activities, signedMs: null, challenge: null });
          }}
        />
      )}
    </Middle>
  );
}

/** Why an operator may press the button in vain. The cart judges by its own clock; this is the gateway's. */
function LicenceNote({ licence }: { readonly licence: CaseDetail['cartLicence'] }): ReactNode {
  if (licence === null) return null;
  const { standing, validFromUtcMs, validUntilUtcMs } = licence;
  if (standing !== 'expired' && standing !== 'not-yet') return null;
  const { over, notYet } = WORDS.session.licence;
  return (
    <p className="note note--warning" aria-live="polite">
      <CalendarX aria-hidden className="icon" />
      <span>
        {standing === 'expired'
          ? over(formatLastDay(validUntilUtcMs ?? 0))
          : notYet(formatUTCDay(validFromUtcMs))}
      </span>
    </p>
  );
}

interface MiddleProps {
  readonly title: string;
  readonly children: ReactNode;
}

function Middle({ title, children }: MiddleProps): ReactNode {
  return (
    <div className="middle">
      <section className="middle__card" aria-label={title}>
        <h2>{title}</h2>
        {children}
      </section>
    </div>
  );
}

interface AskFormProps {
  readonly isConnected: boolean;
  readonly usual: readonly Activity[];
  /** What the cart's licence includes; the cart refuses anything else on its own account. */
  readonly licensed: readonly Activity[];
  readonly onAsk: (activities: readonly Activity[]) => void;
}

function AskForm({ isConnected, usual, licensed, onAsk }: AskFormProps): ReactNode {
  const [wanted, setChosen] = useState<readonly Activity[]>(usual);
  // The licence may be renewed, or narrowed, while the form stands.
  const chosen = wanted.filter((each) => licensed.includes(each));
  const lacking = ACTIVITIES.filter((each) => !licensed.includes(each));
  const id = useId();
  const words = WORDS.session;
  const change = (activity: Activity, isChosen: boolean): void => {
    const next = ACTIVITIES.filter((each) =>
      each === activity ? isChosen : chosen.includes(each),
    );
    // Control needs the screen: taking one or leaving the other says both.
    if (activity === 'control' && isChosen && !next.includes('view')) next.unshift('view');
    setChosen(activity === 'view' && !isChosen ? next.filter((each) => each !== 'control') : next);
  };
  return (
    <form
      className="ask"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(chosen);
      }}
    >
      <fieldset>
        <legend>{words.choose}</legend>
        {ACTIVITIES.map((each) => (
          <label
            key={each}
            className={licensed.includes(each) ? 'check' : 'check check--off'}
            htmlFor={`${id}-${each}`}
          >
            <input
              id={`${id}-${each}`}
              type="checkbox"
              checked={chosen.includes(each)}
              disabled={!licensed.includes(each)}
              aria-describedby={`${id}-${each}-hint`}
              onChange={(event) => change(each, event.target.checked)}
            />
            <span>
              {WORDS.activities[each]}
              <span className="hint" id={`${id}-${each}-hint`}>
                {WORDS.activityHints[each]}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      {lacking.length > 0 && <p className="note">{words.notLicensed(wordsOf(lacking))}</p>}
      <div className="form__acts form__acts--start">
        <Button kind="main" type="submit" icon={Hand} isDisabled={!isGrantable(chosen)}>
          {isConnected ? words.ask : words.askAhead}
        </Button>
        <span className="hint">{words.requestLead}</span>
      </div>
    </form>
  );
}

interface ArmedProps {
  readonly caseId: string;
  readonly isConnected: boolean;
  readonly activities: readonly Activity[];
}

function Armed({ caseId, isConnected, activities }: ArmedProps): ReactNode {
  const words = WORDS.session;
  return (
    <>
      <p className="note note--good" aria-live="polite">
        {isConnected ? words.asking : words.armed}
        <span className="quiet"> ({wordsOf(activities)})</span>
      </p>
      <div className="form__acts form__acts--start">
        <Withdraw caseId={caseId} />
      </div>
    </>
  );
}

interface WaitingProps {
  readonly caseId: string;
  readonly session: SessionDetail;
}

function Waiting({ caseId, session }: WaitingProps): ReactNode {
  const words = WORDS.session;
  const { comparisonCode, activities } = session;
  return (
    <div className="middle">
      <section className="middle__card middle__card--code" aria-label={words.states.requested}>
        <h2>{words.codeTitle}</h2>
        <p className="code" data-testid="comparison-code">
          {comparisonCode}
        </p>
        <p className="lead">{words.codeLead}</p>
        <p className="waits" aria-live="polite">
          <span aria-hidden className="waits__dot" />
          {words.waitingFor} <strong>{wordsOf(activities)}</strong>
        </p>
        <p className="hint">{words.renewed}</p>
        <div className="form__acts form__acts--middle">
          <Withdraw caseId={caseId} />
        </div>
      </section>
    </div>
  );
}

function wordsOf(activities: readonly Activity[]): string {
  return activities.map((each) => WORDS.activitiesShort[each]).join(', ');
}

function Withdraw({ caseId }: { readonly caseId: string }): ReactNode {
  const withdraw = useMutation({
    mutationFn: () => {
      setWish(caseId, null);
      return desk.leaveSession(caseId);
    },
    onSuccess: (session) => queryClient.setQueryData(queries.session(caseId).queryKey, session),
  });
  return (
    <>
      <Button icon={Undo2} isBusy={withdraw.isPending} onPress={() => withdraw.mutate()}>
        {WORDS.session.withdraw}
      </Button>
      <Trouble fault={withdraw.error} />
    </>
  );
}
