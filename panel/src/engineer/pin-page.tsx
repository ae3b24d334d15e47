/** The PIN pad: ten digits for a finger, or the keyboard; the digits are never shown. */
import { Delete, DoorClosed, Wrench } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { usePress } from '../act/press.ts';
import { Button } from '../part/button.tsx';
import { Frame } from '../part/frame.tsx';
import { Heading } from '../part/heading.tsx';
import { useEngineerWords } from '../words/engineer-speech.ts';
import { FormProblem } from './field.tsx';
import { useStepAct } from './step-act.ts';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const DIGITS_MAX = 12;
const DIGITS_MIN = 6;

interface PinPageProps {
  readonly view: PanelView;
  readonly open: (pin: string) => Promise<void>;
  readonly onLeave: () => void;
}

/** Asks for the PIN. */
export function PinPage({ view, open, onLeave }: PinPageProps): ReactNode {
  const words = useEngineerWords();
  const [pin, setPin] = useState('');
  const [isShort, setShort] = useState(false);
  const { start, isBusy, problem } = useStepAct();
  const take = (digit: string): void => {
    setShort(false);
    setPin((typed) => (typed + digit).slice(0, DIGITS_MAX));
  };
  const remove = (): void => setPin((typed) => typed.slice(0, -1));
  const send = (): void => {
    if (isBusy) return;
    setShort(pin.length < DIGITS_MIN);
    if (pin.length < DIGITS_MIN) return;
    setPin('');
    start(() => open(pin));
  };
  const latest = useRef({ take, remove, send });
  useEffect(() => {
    latest.current = { take, remove, send };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (/^\d$/.test(event.key)) latest.current.take(event.key);
      else if (event.key === 'Backspace') latest.current.remove();
      else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement))
        latest.current.send();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <Frame
      tone="calm"
      view={view}
      footer={
        <div className="engineer__close">
          <Button tone="plain" size="small" icon={DoorClosed} onPress={onLeave}>
            {words.close}
          </Button>
        </div>
      }
    >
      <div className="pin">
        <div className="pin__words">
          <Wrench className="pin__icon" aria-hidden="true" />
          <Heading>{words.pin.title}</Heading>
          <p className="lead">{words.pin.statement}</p>
          <p className="field__hint">{words.pin.length}</p>
          <FormProblem problem={isShort ? words.pin.tooShort : problem} />
        </div>
        <div className="pin__pad">
          <p className="pin__dots" aria-live="polite">
            <span aria-hidden="true">
              {'●'.repeat(pin.length)}
              {'○'.repeat(Math.max(0, DIGITS_MIN - pin.length))}
            </span>
            <span className="only-heard">{words.pin.typed(pin.length)}</span>
          </p>
          <div className="pin__keys">
            {DIGITS.map((digit) => (
              <PinKey key={digit} label={digit} onPress={() => take(digit)}>
                {digit}
              </PinKey>
            ))}
            <PinKey label={words.pin.remove} onPress={remove}>
              <Delete className="icon" aria-hidden="true" />
            </PinKey>
            <PinKey label="0" onPress={() => take('0')}>
              0
            </PinKey>
          </div>
          <Button tone="go" busy={isBusy} busyWords={words.moment} onPress={send}>
            {words.pin.open}
          </Button>
        </div>
      </div>
    </Frame>
  );
}

function PinKey(props: {
  readonly label: string;
  readonly onPress: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const press = usePress(props.onPress);
  return (
    <button type="button" className="pin__key" aria-label={props.label} {...press}>
      {props.children}
    </button>
  );
}
