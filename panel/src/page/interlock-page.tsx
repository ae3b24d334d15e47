/**
 * The clinic needs this system: nobody is let in, and whoever is in sees and does nothing.
 *
 * It takes the place of whatever was shown, because it holds for all of it. Its one way on is guarded: a finger that was
 * meant for the page before does not lift it.
 */
import { HeartPulse, OctagonX, Play } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { Frame } from '../part/frame.tsx';
import { Heading } from '../part/heading.tsx';
import { INTERLOCK_WORDS } from '../words/interlock-words.ts';
import { timeOfDayText } from '../words/measure.ts';
import { useSpeech } from '../words/speech.tsx';
import type { PageProps } from './page.ts';

interface InterlockPageProps extends PageProps {
  readonly interlock: NonNullable<PageProps['view']['interlock']>;
}

/** Shows it, why, and the one touch that lets service go on. */
export function InterlockPage({ view, interlock, agent, acts }: InterlockPageProps): ReactNode {
  const { language, words } = useSpeech();
  const says = INTERLOCK_WORDS[language];
  const isIdle = view.phase === 'idle';
  const actions = (
    <>
      {!isIdle && (
        <Button
          tone="stop"
          icon={OctagonX}
          busy={acts.isBusy('end')}
          busyWords={words.session.ending}
          onPress={() => acts.start('end', agent.end)}
        >
          {words.session.end}
        </Button>
      )}
      <Button
        tone="go"
        icon={Play}
        guarded
        busy={acts.isBusy('lift')}
        busyWords={says.lifting}
        onPress={() => acts.start('lift', agent.liftInterlock)}
      >
        {isIdle ? says.liftIdle : says.lift}
      </Button>
    </>
  );
  return (
    <Frame tone="paused" view={view} problem={acts.problem} actions={actions}>
      <div className="centre">
        <div className="state" aria-live="polite">
          <HeartPulse className="state__icon" aria-hidden="true" />
          <div>
            <Heading>{says.title}</Heading>
            <p className="lead">{says.text(view.session?.technicianName ?? null)}</p>
            <p className="lead">
              {says.why[interlock.source]}{' '}
              {says.since(timeOfDayText(language, interlock.sinceUtcMs))}
            </p>
            <p className="lead">{says.stays}</p>
          </div>
        </div>
      </div>
    </Frame>
  );
}
