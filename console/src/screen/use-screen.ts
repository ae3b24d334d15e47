/** Keeps a viewing of the cart's screen open as long as it may be: opened, opened again after it broke, closed at the end. */
import { useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { desk } from '../api/desk.ts';
import { openScreen } from './open-screen.ts';
import type { OpenScreen, Scale } from './open-screen.ts';

/** Before a screen that broke off is opened again, milliseconds. */
const OPEN_AGAIN_MS = 1_500;

export type ScreenState = 'closed' | 'connecting' | 'shown' | 'lost' | 'replaced';

export interface ScreenTerms {
  readonly caseId: string;
  /** The session is usable and the screen is allowed. */
  readonly isAllowed: boolean;
  /** While paused nothing new is opened; what is open stays, covered by the cart. */
  readonly isPaused: boolean;
  readonly isViewOnly: boolean;
  readonly scale: Scale;
}

export interface ScreenViewing {
  readonly place: RefObject<HTMLDivElement | null>;
  readonly state: ScreenState;
  /** Opens it here although another window took it. */
  readonly takeOver: () => void;
  readonly focus: () => void;
  readonly release: () => void;
}

export function useScreen(terms: ScreenTerms): ScreenViewing {
  const { caseId, isAllowed, isPaused, isViewOnly, scale } = terms;
  const place = useRef<HTMLDivElement>(null);
  const screen = useRef<OpenScreen | null>(null);
  const latest = useRef({ isViewOnly, scale });
  const [state, setState] = useState<ScreenState>('closed');
  const [attempt, setAttempt] = useState(0);
  const isWanted = isAllowed && state !== 'replaced';
  const waitsForPause = isPaused && state !== 'shown' && state !== 'connecting';

  useEffect(() => {
    latest.current = { isViewOnly, scale };
    screen.current?.setViewOnly(isViewOnly);
    screen.current?.setScale(scale);
  }, [isViewOnly, scale]);

  useEffect(() => {
    const target = place.current;
    if (!isWanted || waitsForPause || target === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    setState('connecting');
    const opened = openScreen(target, desk.screenAddress(caseId), {
      ...latest.current,
      onShown: () => setState('shown'),
      onEnd: ({ is }) => {
        screen.current = null;
        setState(is === 'replaced' ? 'replaced' : 'lost');
        if (is !== 'replaced')
          timer = setTimeout(() => setAttempt((last) => last + 1), OPEN_AGAIN_MS);
      },
    });
    screen.current = opened;
    return () => {
      clearTimeout(timer);
      opened.close();
      screen.current = null;
      setState((last) => (last === 'replaced' ? last : 'closed'));
    };
  }, [caseId, isWanted, waitsForPause, attempt]);

  return {
    place,
    state,
    takeOver: () => setState('closed'),
    focus: () => screen.current?.focus(),
    release: () => screen.current?.release(),
  };
}
