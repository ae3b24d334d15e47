/**
 * The engineer page: five steps that set up a cart at its place, in the order in which they are needed. Each keeps what was typed
 * in it, since all stay on the page and one is shown. Decision 0023.
 */
import {
  CircleCheck,
  CircleDot,
  DoorClosed,
  EyeOff,
  LoaderCircle,
  RotateCcw,
  TriangleAlert,
} from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { usePress } from '../act/press.ts';
import type { EngineerActs, EngineerAgent } from '../api/engineer-agent.ts';
import { Button } from '../part/button.tsx';
import { Frame } from '../part/frame.tsx';
import { useEngineerWords } from '../words/engineer-speech.ts';
import { maskEditorWords } from '../words/mask-editor-languages.ts';
import { useSpeech } from '../words/speech.tsx';
import { AcceptanceStep } from './acceptance-step.tsx';
import { FirewallText } from './firewall-text.tsx';
import { GatewayStep } from './gateway-step.tsx';
import { LicenceStep } from './licence-step.tsx';
import { MaskPage } from './mask-page.tsx';
import { NetworkStep } from './network-step.tsx';
import { PinPage } from './pin-page.tsx';
import { STEPS, stepStandings } from './step-standing.ts';
import type { Standing, Step } from './step-standing.ts';
import { useEngineerState } from './engineer-state.ts';
import type { StepProps } from './step.ts';
import { ValidationStep } from './validation-step.tsx';

interface EngineerPageProps {
  readonly view: PanelView;
  readonly engineer: EngineerAgent;
  /** Leads back to the operator's page. */
  readonly onLeave: () => void;
}

/** Shows the PIN pad, then the steps. */
export function EngineerPage({ view, engineer, onLeave }: EngineerPageProps): ReactNode {
  const [credential, setCredential] = useState<string | null>(null);
  if (credential === null) {
    return (
      <PinPage
        view={view}
        open={async (pin) => setCredential(await engineer.open(pin))}
        onLeave={onLeave}
      />
    );
  }
  return (
    <Steps
      view={view}
      acts={engineer.as(credential)}
      credential={credential}
      onClosed={() => setCredential(null)}
      onLeave={onLeave}
    />
  );
}

interface StepsProps {
  readonly view: PanelView;
  readonly acts: EngineerActs;
  readonly credential: string;
  readonly onClosed: () => void;
  readonly onLeave: () => void;
}

function Steps({ view, acts, credential, onClosed, onLeave }: StepsProps): ReactNode {
  const words = useEngineerWords();
  const state = useEngineerState(acts, credential, onClosed);
  const leave = (): void => {
    void acts.close().catch(() => undefined);
    onLeave();
  };
  const actions = (
    <div className="engineer__close">
      <Button tone="plain" size="small" icon={DoorClosed} onPress={leave}>
        {words.close}
      </Button>
    </div>
  );
  if (state === null) {
    return (
      <Frame tone="calm" view={view} footer={actions}>
        <p className="engineer__waiting">
          <LoaderCircle className="icon icon--turning" aria-hidden="true" /> {words.moment}
        </p>
      </Frame>
    );
  }
  return (
    <Frame tone="calm" view={view} footer={actions}>
      <OpenSteps state={state} acts={acts} />
    </Frame>
  );
}

function OpenSteps({ state, acts }: Omit<StepProps, 'onNext'>): ReactNode {
  const words = useEngineerWords();
  const { language } = useSpeech();
  const standings = stepStandings(state);
  // Where there is something to do at first: nothing jumps away under a finger later.
  const [current, setCurrent] = useState<Step | 'masks'>(
    () => STEPS.find((step) => standings[step] !== 'done') ?? 'acceptance',
  );
  const next = (): void => {
    if (current === 'masks') return;
    const index = STEPS.indexOf(current);
    setCurrent(STEPS[Math.min(index + 1, STEPS.length - 1)] ?? current);
  };
  const shown = { state, acts, onNext: next };
  return (
    <>
      {state.ledgerDiverged !== null && (
        <p className="strip strip--warning" role="alert">
          <TriangleAlert className="icon" aria-hidden="true" />{' '}
          {words.ledgerDiverged(words.moments(state.ledgerDiverged.noticedUtcMs))}
        </p>
      )}
      <div className="engineer">
        <nav className="engineer__steps" aria-label={words.steps}>
          <ol>
            {STEPS.map((step, index) => (
              <li key={step}>
                <StepButton
                  number={index + 1}
                  name={words.stepNames[step]}
                  standing={standings[step]}
                  standingWords={words.standings[standings[step]]}
                  isCurrent={step === current}
                  onPress={() => setCurrent(step)}
                />
              </li>
            ))}
          </ol>
          <div className="engineer__masks">
            <PartButton
              name={maskEditorWords(language).title}
              isCurrent={current === 'masks'}
              onPress={() => setCurrent('masks')}
            />
          </div>
        </nav>
        <Shown is={current === 'licence'}>
          <LicenceStep {...shown} />
        </Shown>
        <Shown is={current === 'network'}>
          <NetworkStep {...shown} />
        </Shown>
        <Shown is={current === 'gateway'}>
          <GatewayStep {...shown} />
          <FirewallText {...shown} />
        </Shown>
        <Shown is={current === 'validation'}>
          <ValidationStep {...shown} />
          <FirewallText {...shown} />
        </Shown>
        <Shown is={current === 'acceptance'}>
          <AcceptanceStep {...shown} />
        </Shown>
        {current === 'masks' && (
          <Shown is>
            <MaskPage acts={acts.masks} serial={state.cart.serial} />
          </Shown>
        )}
      </div>
    </>
  );
}

/** Keeps a step's fields while another is shown. */
function Shown({
  is,
  children,
}: {
  readonly is: boolean;
  readonly children: ReactNode;
}): ReactNode {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (is) place.current?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }, [is]);
  return (
    <section className="engineer__step" hidden={!is} ref={place}>
      {children}
    </section>
  );
}

const STANDING_ICONS = {
  ...{ done: CircleCheck, open: CircleDot, trouble: TriangleAlert, outdated: RotateCcw },
} as const;

function StepButton(props: {
  readonly number: number;
  readonly name: string;
  readonly standing: Standing;
  readonly standingWords: string;
  readonly isCurrent: boolean;
  readonly onPress: () => void;
}): ReactNode {
  const press = usePress(props.onPress);
  const Icon = STANDING_ICONS[props.standing];
  return (
    <button
      type="button"
      className={`engineer__tab engineer__tab--${props.standing}`}
      aria-current={props.isCurrent ? 'step' : undefined}
      {...press}
    >
      <Icon className="icon" aria-hidden="true" />
      <span aria-hidden="true">{props.number}</span>
      <span className="engineer__name">
        {props.name}
        <span className="only-heard"> ({props.standingWords})</span>
      </span>
    </button>
  );
}

/** Leads to what is no step. */
function PartButton(props: {
  readonly name: string;
  readonly isCurrent: boolean;
  readonly onPress: () => void;
}): ReactNode {
  const press = usePress(props.onPress);
  return (
    <button
      type="button"
      className="engineer__tab engineer__tab--open"
      aria-current={props.isCurrent ? 'step' : undefined}
      {...press}
    >
      <EyeOff className="icon" aria-hidden="true" />
      <span className="engineer__name">{props.name}</span>
    </button>
  );
}
