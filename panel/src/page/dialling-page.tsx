/** The system is calling out; nobody is in. Says what went wrong last, and what a person can do about it. */
import { CircleStop, RadioTower } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useSecondsLeft } from '../act/seconds-left.ts';
import { Button } from '../part/button.tsx';
import { Frame } from '../part/frame.tsx';
import { Heading } from '../part/heading.tsx';
import { Phone } from '../part/phone.tsx';
import { Trouble } from '../part/trouble.tsx';
import { timeLeftText } from '../words/measure.ts';
import { useSpeech } from '../words/speech.tsx';
import type { PageProps } from './page.ts';

/** Shows how the call goes. */
export function DiallingPage({ view, heardMs, agent, acts }: PageProps): ReactNode {
  const { words } = useSpeech();
  const { name, phone } = view.serviceCentre;
  const stop = (
    <Button
      tone="stop"
      icon={CircleStop}
      busy={acts.isBusy('end')}
      busyWords={words.session.ending}
      onPress={() => acts.start('end', agent.end)}
    >
      {words.dialling.stop}
    </Button>
  );
  return (
    <Frame tone="calm" view={view} problem={acts.problem} actions={stop}>
      <div className="centre">
        <div className="state">
          <RadioTower className="state__icon state__icon--breathing" aria-hidden="true" />
          <div>
            <Heading>{words.dialling.title(name)}</Heading>
            <p className="lead">{words.dialling.statement}</p>
          </div>
        </div>
        {view.secondsLeftToDial !== null && (
          <TimeToDial secondsLeft={view.secondsLeftToDial} heardMs={heardMs} />
        )}
        <div aria-live="polite">
          {view.dialFailure !== null && <Trouble code={view.dialFailure} keepsTrying />}
        </div>
        {view.dialFailure !== null && <Phone label={words.callCentre(name)} number={phone} />}
      </div>
    </Frame>
  );
}

function TimeToDial(props: { readonly secondsLeft: number; readonly heardMs: number }): ReactNode {
  const { words } = useSpeech();
  const seconds = useSecondsLeft(props.secondsLeft, props.heardMs);
  const [whole] = useState(Math.max(1, props.secondsLeft));
  return (
    <div className="answer-time">
      <span className="answer-time__label">{words.dialling.triesUntil}</span>
      <span className="answer-time__clock" role="timer">
        {timeLeftText(words, seconds)}
      </span>
      <progress
        className="bar"
        value={seconds}
        max={whole}
        aria-label={words.dialling.triesUntil}
      />
    </div>
  );
}
