/**
 * Somebody is in. Pause, End and what holds everybody off fill the bottom of the window, whatever else is shown, and are never guarded.
 *
 * Pause turns into a plain sign, not into Continue: a double touch must not lift the pause that it has just set.
 */
import { CirclePause, HeartPulse, OctagonX, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { useSecondsLeft } from '../act/seconds-left.ts';
import { ActivityList } from '../part/activity-list.tsx';
import { Button } from '../part/button.tsx';
import { ComparisonCode } from '../part/comparison-code.tsx';
import { FacilityClosing } from '../part/facility-note.tsx';
import { Frame } from '../part/frame.tsx';
import { SessionBanner, toneOf } from '../part/session-banner.tsx';
import type { PanelSession, Underway } from '../part/session-banner.tsx';
import { TransferList } from '../part/transfer-list.tsx';
import { INTERLOCK_WORDS } from '../words/interlock-words.ts';
import { OpenParts, UnmaskQuestion } from '../part/unmask-question.tsx';
import { WatchedBy, WatchQuestion } from '../part/watch-question.tsx';
import { watchWords } from '../words/watch-words.ts';
import { timeLeftText, timeOfDayText } from '../words/measure.ts';
import { useSpeech } from '../words/speech.tsx';
import { dialFailureWords } from '../words/words.ts';
import type { PageProps } from './page.ts';

interface SessionPageProps extends PageProps {
  readonly session: PanelSession;
}

/** Shows a session and the ways to narrow it. */
export function SessionPage({ view, session, heardMs, agent, acts }: SessionPageProps): ReactNode {
  const { language, words } = useSpeech();
  const interlockWords = INTERLOCK_WORDS[language];
  const { asked } = view.masks;
  const { technicianName } = session;
  const unmask = { open: view.masks.open, technicianName, heardMs, agent, acts };
  const { watcher } = view.watching;
  // One question at a time: the other one is shown when this one is answered.
  const wantsToWatch = asked === null ? view.watching.asked : null;
  const isAsked = asked !== null || wantsToWatch !== null;
  const banner = (
    <SessionBanner
      session={session}
      also={watcher && watchWords(language).watched.also(watcher.technicianName)}
      heardMs={heardMs}
      underway={underwayOf(acts.isBusy, session.paused)}
      onResume={() => acts.start('resume', agent.resume)}
    />
  );
  const actions = (
    <>
      <Button
        tone="stop"
        icon={OctagonX}
        busy={acts.isBusy('end')}
        busyWords={words.session.ending}
        onPress={() => acts.start('end', agent.end)}
      >
        {words.session.end}
      </Button>
      {session.paused ? (
        <p className="actions__sign">
          <CirclePause className="icon" aria-hidden="true" /> {words.session.paused}
        </p>
      ) : (
        <Button
          tone="hold"
          icon={CirclePause}
          busy={acts.isBusy('pause')}
          busyWords={words.session.pausing}
          onPress={() => acts.start('pause', agent.pause)}
        >
          {words.session.pause}
        </Button>
      )}
      <Button
        tone="hold"
        icon={HeartPulse}
        busy={acts.isBusy('interlock')}
        busyWords={interlockWords.raising}
        onPress={() => acts.start('interlock', agent.raiseInterlock)}
      >
        {interlockWords.raise}
      </Button>
    </>
  );
  return (
    <Frame
      tone={toneOf(session)}
      view={view}
      banner={banner}
      problem={acts.problem}
      actions={actions}
    >
      <FacilityClosing facility={view.facility} heardMs={heardMs} />
      {asked !== null && <UnmaskQuestion {...unmask} asked={asked} />}
      {asked !== null && <OpenParts {...unmask} />}
      {wantsToWatch !== null && (
        <WatchQuestion
          asked={wantsToWatch}
          holder={technicianName}
          centre={view.serviceCentre.name}
          {...{ heardMs, agent, acts }}
        />
      )}
      {wantsToWatch !== null && <OpenParts {...unmask} />}
      {!isAsked && (
        <div className="session">
          <div className="session__left">
            <ActivityList
              technicianName={session.technicianName}
              granted={session.activities}
              recordsScreen={session.recordsScreen}
              isBusy={(activity) => acts.isBusy(`withdraw ${activity}`)}
              onWithdraw={(activity) =>
                acts.start(`withdraw ${activity}`, () => agent.withdraw(activity))
              }
            />
            {session.deidentifies && (
              <p className="session__promise">
                <ShieldCheck className="icon" aria-hidden="true" /> {words.session.deidentifies}
              </p>
            )}
            {session.operatorActive && <p className="quiet">{interlockWords.yourHand}</p>}
            {session.inputRefused > 0 && (
              <p className="quiet">{words.session.inputRefused(session.inputRefused)}</p>
            )}
          </div>
          <div className="session__right">
            <SessionFacts session={session} heardMs={heardMs} />
            {session.link === 'lost' && view.dialFailure !== null && (
              <p className="session__trouble">{dialFailureWords(words, view.dialFailure).title}</p>
            )}
            <WatchedBy watcher={watcher} agent={agent} acts={acts} />
            <OpenParts {...unmask} />
            <TransferList transfers={view.transfers} waiting={view.waiting} />
          </div>
        </div>
      )}
    </Frame>
  );
}

/** What is touched but not confirmed; the strongest first. */
function underwayOf(isBusy: (name: string) => boolean, paused: boolean): Underway {
  if (isBusy('end')) return 'ending';
  if (!paused && isBusy('pause')) return 'pausing';
  return paused && isBusy('resume') ? 'resuming' : null;
}

function SessionFacts({
  session,
  heardMs,
}: {
  readonly session: PanelSession;
  readonly heardMs: number;
}): ReactNode {
  const { language, words } = useSpeech();
  const seconds = useSecondsLeft(session.secondsLeft, heardMs);
  return (
    <div className="session__facts">
      <dl className="facts">
        <div className="fact">
          <dt>{words.session.timeLeft}</dt>
          <dd>
            {timeLeftText(words, seconds)}{' '}
            <span className="fact__aside">
              {words.session.since(timeOfDayText(language, session.startedUtcMs))}
            </span>
          </dd>
        </div>
        <div className="fact">
          <dt>{words.waiting.caseNumber}</dt>
          <dd>{session.caseNumber}</dd>
        </div>
      </dl>
      <ComparisonCode code={session.comparisonCode} />
    </div>
  );
}
