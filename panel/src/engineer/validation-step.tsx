/** Step 4: the road to the gateway, a line for each thing that is looked at, as it is; and what to read to the hospital's IT. */
import {
  CircleCheck,
  CircleX,
  LoaderCircle,
  Minus,
  Play,
  Square,
  TriangleAlert,
} from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import type { StepResult } from '@chaperone/domain/validation/finding.ts';
import type { ValidationStepReport } from '@chaperone/protocol/commissioning/validation.ts';
import { Button } from '../part/button.tsx';
import { Heading } from '../part/heading.tsx';
import { useSpeech } from '../words/speech.tsx';
import { useEngineerWords } from '../words/engineer-speech.ts';
import { stepWords } from '../words/finding-words.ts';
import type { StepProps } from './step.ts';
import { Choice, FormProblem } from './field.tsx';
import { useStepAct } from './step-act.ts';

const IDLE_CHOICES = ['0', '60', '300', '1800'] as const;
type IdleChoice = (typeof IDLE_CHOICES)[number];

const ICONS: Readonly<Record<StepResult, typeof CircleCheck>> = {
  passed: CircleCheck,
  warned: TriangleAlert,
  failed: CircleX,
  'left-out': Minus,
};

type Ended = Pick<NonNullable<StepProps['state']['validation']>, 'accepted' | 'steps'>;

/** Brings the step that is being taken into view when it begins. */
function shown(line: HTMLLIElement | null): void {
  line?.scrollIntoView({ block: 'nearest' });
}

/** Shows a validation, and begins one. */
export function ValidationStep({ state, acts, onNext }: StepProps): ReactNode {
  const words = useEngineerWords();
  const { start, isBusy, problem } = useStepAct();
  const [idle, setIdle] = useState<IdleChoice>('0');
  const { validation } = state;
  const isRunning = validation?.running === true;
  const isAccepted = validation?.accepted === true;
  // What is under way stays in view; how it ended is at the top.
  const place = useRef<HTMLDivElement>(null);
  const hasBeenRunning = useRef(false);
  useEffect(() => {
    if (hasBeenRunning.current && !isRunning) place.current?.scrollIntoView({ block: 'start' });
    hasBeenRunning.current = isRunning;
  }, [isRunning]);
  return (
    <div className="form" ref={place}>
      <Heading takesFocus={false}>{words.validation.title}</Heading>
      {validation === null && <p>{words.validation.statement}</p>}
      {!isRunning && (
        <Choice
          legend={words.validation.idle}
          value={idle}
          onChange={setIdle}
          options={IDLE_CHOICES.map((value) => ({
            value,
            label: words.validation.idleFor(Number(value)),
          }))}
        />
      )}
      {validation !== null && !isRunning && <Verdict validation={validation} />}
      {validation !== null && (
        <ol className="looked" aria-live="polite">
          {VALIDATION_STEPS.map((name) => {
            const seen = validation.steps.find(({ step }) => step === name);
            if (seen !== undefined) return <Looked key={name} seen={seen} />;
            if (validation.now !== name) return null;
            return (
              <li key={name} className="looked__step looked__step--now" ref={shown}>
                <LoaderCircle className="icon icon--turning" aria-hidden="true" />
                <div className="looked__words">
                  <p className="looked__name">
                    {words.validation.steps[name]} … {words.moment}
                  </p>
                </div>
              </li>
            );
          })}
        </ol>
      )}
      <FormProblem problem={problem} />
      <div className="form__actions form__actions--two">
        {isRunning && validation.now === 'idle' && (
          <IdleCountdown idleSeconds={validation.idleSeconds} nowForMs={validation.nowForMs} />
        )}
        {isRunning ? (
          <Button tone="hold" icon={Square} onPress={() => start(acts.stopValidation)}>
            {words.validation.stop}
          </Button>
        ) : (
          <Button
            tone={isAccepted ? 'plain' : 'go'}
            icon={Play}
            busy={isBusy}
            busyWords={words.moment}
            onPress={() => start(() => acts.validate(Number(idle)))}
          >
            {validation === null ? words.validation.begin : words.validation.again}
          </Button>
        )}
        {isAccepted && (
          <Button tone="go" onPress={onNext}>
            {words.next}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Beside the button that stops it: it is the one step that takes minutes. */
function IdleCountdown(props: {
  readonly idleSeconds: number;
  readonly nowForMs: number;
}): ReactNode {
  const words = useEngineerWords();
  const { idleSeconds, nowForMs } = props;
  const doneSeconds = Math.min(idleSeconds, nowForMs / 1000);
  return (
    <div className="now">
      <p>
        {words.validation.steps.idle}
        <span className="countdown">{words.seconds(Math.ceil(idleSeconds - doneSeconds))}</span>
      </p>
      <progress
        className="bar"
        aria-label={words.validation.steps.idle}
        max={idleSeconds}
        value={doneSeconds}
      />
    </div>
  );
}

/** Says how it ended; what failed comes with the sentences to read aloud, before anything has to be scrolled. */
function Verdict(props: { readonly validation: Ended }): ReactNode {
  const words = useEngineerWords();
  const { language } = useSpeech();
  const { accepted, steps } = props.validation;
  const failed = steps.filter(({ result }) => result === 'failed');
  if (failed.length === 0) {
    return (
      <p className={accepted ? 'verdict' : 'verdict verdict--incomplete'} aria-live="polite">
        {accepted ? words.validation.passed : words.validation.incomplete}
      </p>
    );
  }
  return (
    <div className="verdict verdict--failed" aria-live="polite">
      <p>{words.validation.failed}</p>
      {failed.map((seen) => {
        const { advice } = stepWords(language, seen, words.validation.steps);
        return (
          <div key={seen.step}>
            <p className="verdict__step">{words.validation.steps[seen.step]}</p>
            {advice !== null && <p className="looked__advice">{advice}</p>}
          </div>
        );
      })}
    </div>
  );
}

function Looked({ seen }: { readonly seen: ValidationStepReport }): ReactNode {
  const words = useEngineerWords();
  const { language } = useSpeech();
  const Icon = ICONS[seen.result];
  const { said, advice } = stepWords(language, seen, words.validation.steps);
  return (
    <li className={`looked__step looked__step--${seen.result}`}>
      <Icon className="icon" aria-hidden="true" />
      <div className="looked__words">
        <p className="looked__name">
          {words.validation.steps[seen.step]}
          <span className="looked__result">{words.validation.results[seen.result]}</span>
        </p>
        {said !== '' && <p className="looked__said">{said}</p>}
        {advice !== null && seen.result !== 'failed' && <p className="looked__advice">{advice}</p>}
        {seen.finding !== null && <p className="looked__code">{seen.finding}</p>}
      </div>
    </li>
  );
}
