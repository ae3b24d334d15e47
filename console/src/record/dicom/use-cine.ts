/** Plays frames at their own speed: which one is due is counted from when it began, so that a slow computer leaves some out. */
import { useEffect, useRef, useState } from 'react';

export const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;
export type Speed = (typeof SPEEDS)[number];

export interface Cine {
  readonly frame: number;
  readonly isPlaying: boolean;
  readonly speed: Speed;
  readonly setSpeed: (speed: Speed) => void;
  readonly toggle: () => void;
  readonly step: (by: number) => void;
  readonly go: (frame: number) => void;
}

/** Which frame is due. */
export function dueFrame(from: number, elapsedMs: number, frameMs: number, frames: number): number {
  return (from + Math.floor(elapsedMs / frameMs)) % frames;
}

export function useCine(frames: number, frameMs: number): Cine {
  const [frame, setFrame] = useState(0);
  const [isPlaying, setIsPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>(1);
  const current = useRef(0);
  useEffect(() => {
    current.current = frame;
  }, [frame]);
  useEffect(() => {
    if (!isPlaying || frames < 2) return undefined;
    const from = current.current;
    const beganMs = performance.now();
    let next = requestAnimationFrame(function tick(nowMs: number) {
      setFrame(dueFrame(from, Math.max(0, nowMs - beganMs), frameMs / speed, frames));
      next = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(next);
  }, [isPlaying, frames, frameMs, speed]);
  const go = (to: number): void => {
    setIsPlaying(false);
    setFrame(Math.min(frames - 1, Math.max(0, to)));
  };
  return {
    frame: Math.min(frame, Math.max(0, frames - 1)),
    isPlaying,
    speed,
    setSpeed,
    toggle: () => setIsPlaying((was) => !was && frames > 1),
    step: (by) => go((frame + by + frames) % frames),
    go,
  };
}
