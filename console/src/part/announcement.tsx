/** Says in one line what was just done, for eyes and for a screen reader; it goes away by itself. */
import { Check } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';

/** How long it is shown, milliseconds. */
const SHOWN_MS = 8_000;

interface Said {
  readonly text: string;
  /** Grows, so that the same words twice are said twice. */
  readonly turn: number;
}

let said: Said = { text: '', turn: 0 };
const listeners = new Set<() => void>();

/** Says something. */
export function announce(text: string): void {
  said = { text, turn: said.turn + 1 };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Announcement(): ReactNode {
  const { text, turn } = useSyncExternalStore(subscribe, () => said);
  useEffect(() => {
    if (text === '') return undefined;
    const timer = setTimeout(() => announce(''), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text, turn]);
  return (
    <div className="announcement" aria-live="polite">
      {text !== '' && (
        <p className="announcement__text">
          <Check aria-hidden className="icon" />
          {text}
        </p>
      )}
    </div>
  );
}
