/** A pad for a PIN: ten digits for a finger, or the keyboard; the digits are never shown. */
import { Delete } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { usePress } from '../act/press.ts';
import { Button } from './button.tsx';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const DIGITS_MAX = 12;
const DIGITS_MIN = 6;

export interface PinPadWords {
  readonly remove: string;
  readonly send: string;
  readonly busy: string;
  readonly typed: (count: number) => string;
}

interface PinPadProps {
  readonly words: PinPadWords;
  readonly isBusy: boolean;
  /** Accepts nothing in the first moment of its life. */
  readonly guarded?: boolean;
  /** Told whenever somebody types: what was wrong before counts no more. */
  readonly onTyping: () => void;
  readonly onShort: () => void;
  readonly onSend: (pin: string) => void;
}

/** Takes a PIN. */
export function PinPad({
  words,
  isBusy,
  guarded = false,
  onTyping,
  onShort,
  onSend,
}: PinPadProps): ReactNode {
  const [pin, setPin] = useState('');
  const take = (digit: string): void => {
    onTyping();
    setPin((typed) => (typed + digit).slice(0, DIGITS_MAX));
  };
  const remove = (): void => setPin((typed) => typed.slice(0, -1));
  const send = (): void => {
    if (isBusy) return;
    if (pin.length < DIGITS_MIN) {
      onShort();
      return;
    }
    setPin('');
    onSend(pin);
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
    <div className="pin__pad">
      <p className="pin__dots" aria-live="polite">
        <span aria-hidden="true">
          {'●'.repeat(pin.length)}
          {'○'.repeat(Math.max(0, DIGITS_MIN - pin.length))}
        </span>
        <span className="only-heard">{words.typed(pin.length)}</span>
      </p>
      <div className="pin__keys">
        {DIGITS.map((digit) => (
          <PinKey key={digit} label={digit} onPress={() => take(digit)}>
            {digit}
          </PinKey>
        ))}
        <PinKey label={words.remove} onPress={remove}>
          <Delete className="icon" aria-hidden="true" />
        </PinKey>
        <PinKey label="0" onPress={() => take('0')}>
          0
        </PinKey>
      </div>
      <Button tone="go" busy={isBusy} busyWords={words.busy} guarded={guarded} onPress={send}>
        {words.send}
      </Button>
    </div>
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
