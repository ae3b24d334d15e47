/** The passing of time, for countdowns. */
import { useEffect, useState } from 'react';

const TICK_MS = 500;

/** Gives what is left of a number of seconds that was true when it was heard. @param heardMs `Date.now()` then */
export function useSecondsLeft(seconds: number | null, heardMs: number): number | null {
  const [nowMs, setNowMs] = useState(() => Date.now());
  const isRunning = seconds !== null;
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [isRunning]);
  if (seconds === null) return null;
  return Math.max(0, Math.round(seconds - Math.max(0, nowMs - heardMs) / 1000));
}
