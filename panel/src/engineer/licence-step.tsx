/** Step 1: the licence, typed as it stands on paper, and what identity the cart has. */
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import { BadgeCheck, Hourglass, KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { Heading } from '../part/heading.tsx';
import { useEngineerWords } from '../words/engineer-speech.ts';
import { useSpeech } from '../words/speech.tsx';
import { refusalWords } from '../words/engineer-words.ts';
import type { StepProps } from './step.ts';
import { Field, FormProblem } from './field.tsx';
import { Fact, Facts } from './facts.tsx';
import { useStepAct } from './step-act.ts';

/** Shows the licence, and takes one. */
export function LicenceStep({ state, acts, onNext }: StepProps): ReactNode {
  const words = useEngineerWords();
  const { activities } = useSpeech().words;
  const { start, isBusy, problem, error } = useStepAct();
  const [code, setCode] = useState('');
  const [fingerprint, setFingerprint] = useState('');
  const [isReplacing, setReplacing] = useState(false);
  const { enrolment, isPrestaged, enrolTrouble } = state;
  const send = (): void =>
    start(
      () =>
        acts.enterLicence({
          code,
          rootFingerprint: fingerprint.trim() === '' ? null : fingerprint,
          replace: isReplacing,
        }),
      () => setReplacing(false),
    );
  return (
    <div className="form">
      <Heading>{words.licence.title}</Heading>
      {enrolment !== null && (
        <div className="good">
          <BadgeCheck className="icon" aria-hidden="true" />
          <div>
            <p className="good__title">{words.licence.enrolled}</p>
            <Facts>
              <Fact name={words.licence.certificate}>{enrolment.certificateSerial}</Fact>
              <Fact name={words.licence.certificateUntil}>
                {words.day(enrolment.certificateNotAfterUtcMs)}
              </Fact>
              <Fact name={words.licence.renewalFrom}>{words.day(enrolment.renewalDueUtcMs)}</Fact>
              <Fact name={words.licence.until}>
                {enrolment.licence.validUntilUtcMs === null
                  ? words.licence.noEnd
                  : // The instant of the end belongs to the next day.
                    words.day(enrolment.licence.validUntilUtcMs - 1)}
              </Fact>
              {enrolment.licence.features.length > 0 && (
                <Fact name={words.licence.features}>
                  {ACTIVITIES.filter((each) => enrolment.licence.features.includes(each))
                    .map((each) => activities[each])
                    .join(', ')}
                </Fact>
              )}
            </Facts>
            {enrolment.renewalFailure !== null && (
              <p>
                {words.licence.renewalFailed} {refusalWords(words, enrolment.renewalFailure, null)}
              </p>
            )}
          </div>
        </div>
      )}
      {isPrestaged && (
        <div className="waits">
          <Hourglass className="icon" aria-hidden="true" />
          <div>
            <p className="good__title">{words.licence.waits}</p>
            <p>
              {enrolTrouble === null
                ? words.licence.waitsWhy
                : `${words.licence.lastTry} ${refusalWords(words, enrolTrouble, null)}`}
            </p>
            <Button
              tone="plain"
              size="small"
              busy={isBusy}
              busyWords={words.moment}
              onPress={() => start(acts.enrolWaiting)}
            >
              {words.licence.tryNow}
            </Button>
          </div>
        </div>
      )}
      {enrolment === null || isReplacing ? (
        <>
          <p>{words.licence.statement}</p>
          <Field
            label={words.licence.code}
            hint={words.licence.codeHint}
            value={code}
            onChange={setCode}
            error={error('code')}
            lengthMax={128}
            isCode
          />
          <Field
            label={words.licence.fingerprint}
            hint={
              enrolment === null ? words.licence.fingerprintHint : words.licence.fingerprintNeeded
            }
            value={fingerprint}
            onChange={setFingerprint}
            error={error('rootFingerprint')}
            lengthMax={200}
            isCode
          />
          <FormProblem problem={problem} />
          <div className={`form__actions${isReplacing ? ' form__actions--two' : ''}`}>
            {isReplacing && (
              <Button tone="plain" onPress={() => setReplacing(false)}>
                {words.licence.keep}
              </Button>
            )}
            <Button
              tone="go"
              icon={KeyRound}
              busy={isBusy}
              busyWords={words.licence.enrolling}
              onPress={send}
            >
              {words.licence.enrol}
            </Button>
          </div>
        </>
      ) : (
        <>
          <FormProblem problem={problem} />
          <div className="form__actions form__actions--two">
            <Button tone="plain" onPress={() => setReplacing(true)}>
              {words.licence.another}
            </Button>
            <Button tone="go" onPress={onNext}>
              {words.next}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
