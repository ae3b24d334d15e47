/**
 * The technician asks to see a covered part of the screen; and what is seen at the moment, each with the touch that covers it again.
 *
 * Silence is a no. To show is guarded, to cover never is.
 */
import { UNMASK_MINUTES } from '@chaperone/domain/mask/unmask.ts';
import type { PanelMask, PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { Eye, EyeOff } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Acts } from '../act/acts.ts';
import { useSecondsLeft } from '../act/seconds-left.ts';
import type { Agent } from '../api/agent.ts';
import { maskWords, partText } from '../words/mask-words.ts';
import { timeLeftText } from '../words/measure.ts';
import { useSpeech } from '../words/speech.tsx';
import { Button } from './button.tsx';

interface UnmaskProps {
  readonly open: readonly PanelMask[];
  readonly technicianName: string;
  readonly heardMs: number;
  readonly agent: Agent;
  readonly acts: Acts;
}

type Asked = NonNullable<PanelView['masks']['asked']>;

/** Shows the question. Another one begins anew: its buttons take no touch in their first moment. */
export function UnmaskQuestion(props: UnmaskProps & { readonly asked: Asked }): ReactNode {
  return <Question key={props.asked.number} {...props} />;
}

function Question({
  asked,
  technicianName,
  heardMs,
  agent,
  acts,
}: UnmaskProps & { readonly asked: Asked }): ReactNode {
  const { language, words } = useSpeech();
  const own = maskWords(language).ask;
  const seconds = useSecondsLeft(asked.secondsLeft, heardMs);
  const offered = UNMASK_MINUTES.filter((minutes) => minutes <= asked.minutes);
  const isBusy = offered.some((minutes) => acts.isBusy(`unmask ${minutes}`));
  return (
    <section className="unmask" role="alert" aria-label={own.title(technicianName)}>
      <h2 className="unmask__title">{own.title(technicianName)}</h2>
      <dl className="unmask__facts">
        <div className="fact">
          <dt>{own.part}</dt>
          <dd>{partText(language, asked)}</dd>
        </div>
        <div className="fact">
          <dt>{own.reason}</dt>
          <dd className="unmask__reason">{asked.reason}</dd>
        </div>
      </dl>
      <div className="unmask__answers">
        {offered.map((minutes) => (
          <Button
            key={minutes}
            tone="go"
            size="small"
            icon={Eye}
            guarded
            busy={isBusy}
            busyWords={words.moment}
            onPress={() =>
              acts.start(`unmask ${minutes}`, () => agent.allowUnmask(asked.number, minutes))
            }
          >
            {own.allow(minutes)}
          </Button>
        ))}
        <Button
          tone="hold"
          size="small"
          icon={EyeOff}
          busy={acts.isBusy('unmask no')}
          busyWords={words.moment}
          onPress={() => acts.start('unmask no', agent.refuseUnmask)}
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

/** Shows what is seen at the moment, if anything is. */
export function OpenParts({ open, heardMs, agent, acts }: UnmaskProps): ReactNode {
  const { language } = useSpeech();
  const own = maskWords(language).open;
  if (open.length === 0) return null;
  return (
    <section className="unmask unmask--open" aria-label={own.title}>
      <h2 className="section-title">{own.title}</h2>
      <ul className="unmask__list">
        {open.map((part) => (
          <OpenPart key={part.name} part={part} heardMs={heardMs} agent={agent} acts={acts} />
        ))}
      </ul>
    </section>
  );
}

function OpenPart({
  part,
  heardMs,
  agent,
  acts,
}: Pick<UnmaskProps, 'heardMs' | 'agent' | 'acts'> & { readonly part: PanelMask }): ReactNode {
  const { language, words } = useSpeech();
  const own = maskWords(language).open;
  const seconds = useSecondsLeft(part.secondsLeft, heardMs);
  const text = partText(language, part);
  return (
    <li className="unmask__row">
      <Eye className="icon" aria-hidden="true" />
      <span className="may__name">
        {text} <span className="fact__aside">{timeLeftText(words, seconds)}</span>
      </span>
      <Button
        tone="hold"
        size="small"
        icon={EyeOff}
        label={own.coverLabel(text)}
        busy={acts.isBusy(`cover ${part.name}`)}
        busyWords={words.moment}
        onPress={() => acts.start(`cover ${part.name}`, () => agent.coverAgain(part.name))}
      >
        {own.cover}
      </Button>
    </li>
  );
}
