/** How fast something moves and when it will be there, by what moved in the last seconds. */
import { useEffect, useRef, useState } from 'react';

/** Long enough to be calm, short enough to follow a line that became slow. Milliseconds. */
const WINDOW_MS = 8000;
const TICK_MS = 1000;

export interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

/** Adds what is known now and forgets what is too old; what was counted back (a resume) begins anew. */
export function sampled(samples: readonly Sample[], now: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && now.bytes < last.bytes) return [now];
  return [...samples.filter(({ atMs }) => now.atMs - atMs <= WINDOW_MS), now];
}

/** Bytes a second over what is known; null before there is anything to say. */
export function speedOf(samples: readonly Sample[]): number | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs - first.atMs < TICK_MS / 2)
    return null;
  return ((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs);
}

/** Seconds that are left; null when nothing moves. */
export function secondsLeftOf(bytesLeft: number, bytesPerSecond: number | null): number | null {
  if (bytesPerSecond === null || bytesPerSecond < 1) return null;
  return Math.ceil(bytesLeft / bytesPerSecond);
}

/** Bytes a second, looked at each second while it moves; null when it does not, or nothing is known yet. */
export function useSpeed(bytes: number, isMoving: boolean): number | null {
  const latest = useRef(bytes);
  const [speed, setSpeed] = useState<number | null>(null);
  useEffect(() => {
    latest.current = bytes;
  }, [bytes]);
  useEffect(() => {
    if (!isMoving) return undefined;
    let samples = sampled([], { atMs: performance.now(), bytes: latest.current });
    const timer = setInterval(() => {
      samples = sampled(samples, { atMs: performance.now(), bytes: latest.current });
      setSpeed(speedOf(samples));
    }, TICK_MS);
    return () => {
      clearInterval(timer);
      setSpeed(null);
    };
  }, [isMoving]);
  return isMoving ? speed : null;
}
