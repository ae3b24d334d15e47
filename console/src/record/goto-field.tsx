/** A small field that takes a place to go to. */
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { VIEWER_WORDS } from '../words/viewer.ts';

interface GotoFieldProps {
  readonly label: string;
  /** Reads what was typed; null is no place. */
  readonly read: (text: string) => number | null;
  readonly onGo: (place: number) => void;
  readonly onClose: () => void;
}

export function GotoField({ label, read, onGo, onClose }: GotoFieldProps): ReactNode {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  // It was asked for by a key: hands stay where they are.
  useEffect(() => input.current?.focus(), []);
  const place = read(text.trim());
  const isWrong = text.trim() !== '' && place === null;
  return (
    <form
      className="viewer__goto"
      onSubmit={(event) => {
        event.preventDefault();
        if (place === null) return;
        onGo(place);
        onClose();
      }}
    >
      <label>
        {label}
        <input
          className="input input--mono"
          ref={input}
          value={text}
          aria-invalid={isWrong || undefined}
          onChange={(event) => setText(event.target.value)}
          onBlur={onClose}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            onClose();
          }}
        />
      </label>
      <output className="hint">{isWrong ? VIEWER_WORDS.noPlace : ''}</output>
    </form>
  );
}
