/**
 * A second technician asks to watch; and who watches at the moment, with the touch that ends it.
 *
 * Silence is a no. To allow is guarded, to end never is.
 */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { Eye, EyeOff, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Acts } from '../act/acts.ts';
import { useSecondsLeft } from '../act/seconds-left.ts';
import type { Agent } from '../api/agent.ts';
import { timeLeftText, timeOfDayText } from '../words/measure.ts';
import { useSpeech } from '../words/speech.tsx';
import { watchWords } from '../words/watch-words.ts';
import { Button } from './button.tsx';
import { ComparisonCode } from './comparison-code.tsx';

interface WatchProps {
  readonly agent: Agent;
  readonly acts: Acts;
}

interface QuestionProps extends WatchProps {
  readonly asked: NonNullable<PanelView['watching']['asked']>;
  /** Who holds the session. */
  readonly holder: string;
  /** The service centre's name. */
  readonly centre: string;
  readonly heardMs: number;
}

/** Shows the question. Another one begins anew: its buttons take no touch in their first moment. */
export function WatchQuestion(props: QuestionProps): ReactNode {
  return <Question key={props.asked.number} {...props} />;
}

function Question({ asked, holder, centre, heardMs, agent, acts }: QuestionProps): ReactNode {
  const { language, words } = useSpeech();
  const own = watchWords(language).ask;
  const seconds = useSecondsLeft(asked.secondsLeft, heardMs);
  const title = own.title(asked.technicianName, centre);
  return (
    <section className="unmask" role="alert" aria-label={title}>
      <h2 className="unmask__title">{title}</h2>
      <p>{own.lead(holder)}</p>
      <ComparisonCode code={asked.comparisonCode} asks />
      <div className="unmask__answers">
        <Button
          tone="go"
          size="small"
          icon={Eye}
          guarded
          busy={acts.isBusy('watch yes')}
          busyWords={words.moment}
          onPress={() => acts.start('watch yes', () => agent.allowWatch(asked.number))}
        >
          {own.allow}
        </Button>
        <Button
          tone="hold"
          size="small"
          icon={X}
          busy={acts.isBusy('watch no')}
          busyWords={words.moment}
          onPress={() => acts.start('watch no', agent.refuseWatch)}
        >
          {own.refuse}
        </Button>
      </div>
      <p className="quiet">
        {own.timeLeft}: <span role="timer">{timeLeftText(words, seconds)}</span> ·{' '}
        {own.silenceMeansNo}
      </p>
    </section>
  );
}

/** Names who watches, if anybody does. */
export function WatchedBy({
  watcher,
  agent,
  acts,
}: WatchProps & Pick<PanelView['watching'], 'watcher'>): ReactNode {
  const { language, words } = useSpeech();
  const own = watchWords(language).watched;
  if (watcher === null) return null;
  const title = own.title(watcher.technicianName);
  return (
    <section className="unmask unmask--open" aria-label={title}>
      <div className="unmask__row">
        <Eye className="icon" aria-hidden="true" />
        <span className="may__name">
          {title}{' '}
          <span className="fact__aside">
            {own.since(timeOfDayText(language, watcher.sinceUtcMs))}
          </span>
        </span>
        <Button
          tone="hold"
          size="small"
          icon={EyeOff}
          busy={acts.isBusy('watch end')}
          busyWords={words.moment}
          onPress={() => acts.start('watch end', agent.stopWatch)}
        >
          {own.stop}
        </Button>
      </div>
    </section>
  );
}
