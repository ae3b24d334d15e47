/**
 * The notice: what will happen, before anything is dialled.
 *
 * Both answers are the same size and equally far; Decline has the focus, and silence is a no. The text is the
 * domain's, by version: a version that this panel does not know cannot be accepted here.
 */
import { NOTICE_VERSION, noticeText } from '@chaperone/domain/notice/notice.ts';
import { Check, FileText, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useSecondsLeft } from '../act/seconds-left.ts';
import { Button } from '../part/button.tsx';
import { Frame } from '../part/frame.tsx';
import { Heading } from '../part/heading.tsx';
import { Phone } from '../part/phone.tsx';
import { timeLeftText } from '../words/measure.ts';
import { useSpeech } from '../words/speech.tsx';
import type { PageProps } from './page.ts';

/** Seconds at which a screen reader says how long is left. */
const SAID_AT = [30, 10] as const;

/** Shows the notice and asks. */
export function NoticePage({ view, heardMs, agent, acts }: PageProps): ReactNode {
  const { language, words } = useSpeech();
  const version = view.notice?.version ?? '';
  const known = version === NOTICE_VERSION;
  const text = noticeText(language, view.serviceCentre);
  const decline = useRef<HTMLButtonElement>(null);
  useEffect(() => decline.current?.focus({ preventScroll: true }), []);

  const actions = (
    <>
      <Button
        tone="plain"
        icon={X}
        ref={decline}
        busy={acts.isBusy('decline')}
        busyWords={words.moment}
        onPress={() => acts.start('decline', agent.declineNotice)}
      >
        {words.notice.decline}
      </Button>
      {known && (
        <Button
          tone="go"
          icon={Check}
          guarded
          busy={acts.isBusy('accept')}
          busyWords={words.moment}
          onPress={() => acts.start('accept', () => agent.acceptNotice(version))}
        >
          {words.notice.accept}
        </Button>
      )}
    </>
  );
  return (
    <Frame tone="calm" view={view} problem={acts.problem} actions={actions}>
      <div className="notice">
        <Heading takesFocus={false}>{text.title}</Heading>
        {known ? (
          <ul className="notice__text">
            {text.paragraphs.map((paragraph) => (
              <li key={paragraph}>{paragraph}</li>
            ))}
          </ul>
        ) : (
          <p className="lead" role="alert">
            {words.notice.unknownVersion}
          </p>
        )}
        <div className="notice__more">
          <Phone label={words.notice.questions} number={view.serviceCentre.phone} />
          <Policy url={view.serviceCentre.phiPolicyUrl} />
        </div>
        <TimeToAnswer secondsLeft={view.notice?.secondsLeft ?? 0} heardMs={heardMs} />
      </div>
    </Frame>
  );
}

/** The address is shown, not followed: this window must not leave the panel. */
function Policy({ url }: { readonly url: string }): ReactNode {
  const { words } = useSpeech();
  const [isShown, setShown] = useState(false);
  return (
    <div className="policy">
      <FileText className="icon" aria-hidden="true" />
      <span className="policy__words">
        {words.notice.policy}
        {isShown && <span className="policy__address">{url}</span>}
      </span>
      <Button tone="plain" size="small" expanded={isShown} onPress={() => setShown(!isShown)}>
        {isShown ? words.notice.policyHide : words.notice.policyShow}
      </Button>
    </div>
  );
}

function TimeToAnswer(props: {
  readonly secondsLeft: number;
  readonly heardMs: number;
}): ReactNode {
  const { words } = useSpeech();
  const seconds = useSecondsLeft(props.secondsLeft, props.heardMs);
  const [whole] = useState(Math.max(1, props.secondsLeft));
  const said = SAID_AT.find((at) => seconds <= at && seconds > at - 5);
  return (
    <div className="answer-time">
      <span className="answer-time__label">{words.notice.timeLeft}</span>
      <span className="answer-time__clock" role="timer">
        {timeLeftText(words, seconds)}
      </span>
      <progress className="bar" value={seconds} max={whole} aria-label={words.notice.timeLeft} />
      <span className="answer-time__silence">{words.notice.silenceMeansNo}</span>
      <span className="only-heard" aria-live="polite">
        {said !== undefined && words.notice.secondsLeft(said)}
      </span>
    </div>
  );
}
