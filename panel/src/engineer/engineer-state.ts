/** Follows what the agent says of commissioning, and tells it that somebody is here. */
import { useEffect, useRef, useState } from 'react';
import type { EngineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import { codeOf } from '../api/act-failed.ts';
import type { EngineerActs } from '../api/engineer-agent.ts';

const RETRY_MS = 1000;
/** A touch is told to the agent at most this often: the page closes by itself only when nobody touches it. */
const STAY_EVERY_MS = 60_000;

/** @returns the newest state, or null before the first @param onClosed told when the agent has closed the page */
export function useEngineerState(
  acts: EngineerActs,
  credential: string,
  onClosed: () => void,
): EngineerState | null {
  const [state, setState] = useState<EngineerState | null>(null);
  const latest = useRef({ acts, onClosed });
  useEffect(() => {
    latest.current = { acts, onClosed };
  });
  useEffect(() => {
    const stopping = new AbortController();
    const follow = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        try {
          for await (const each of latest.current.acts.states(stopping.signal)) setState(each);
        } catch (failure) {
          if (stopping.signal.aborted) return;
          if (codeOf(failure) === 'ENGINEER_CLOSED') return latest.current.onClosed();
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    };
    void follow();
    let staidMs = performance.now();
    const stay = (): void => {
      if (performance.now() - staidMs < STAY_EVERY_MS) return;
      staidMs = performance.now();
      // That it is closed is told by the stream.
      void latest.current.acts.stay().catch(() => undefined);
    };
    window.addEventListener('pointerdown', stay);
    window.addEventListener('keydown', stay);
    return () => {
      stopping.abort();
      window.removeEventListener('pointerdown', stay);
      window.removeEventListener('keydown', stay);
    };
  }, [credential]);
  return state;
}
