/** Counts down between two views, so that a clock on the page never stands still while it runs. */
import { useEffect, useState } from 'react';

const LOOK_MS = 200;

/**
 * Gives the seconds left now.
 *
 * @param seconds as the view said
 * @param heardMs reading of `performance.now()` at which the view came
 */
export function useSecondsLeft(seconds: number, heardMs: number): number {
  const [nowMs, setNowMs] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(performance.now()), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil(seconds - Math.max(0, nowMs - heardMs) / 1000));
}
