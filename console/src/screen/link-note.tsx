/** Latency, pictures and bytes a second, quietly; a screen reader hears of another grade only, once it lasts. */
import { Activity } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { formatBytes } from '../words/format.ts';
import { SCREEN_WORDS } from '../words/screen.ts';
import { steadied } from './link-meter.ts';
import type { LinkMeter, LinkReading, SaidGrade } from './link-meter.ts';

const TICK_MS = 1_000;

interface Told {
  readonly reading: LinkReading;
  readonly grade: SaidGrade;
}

export function LinkNote({ meter }: { readonly meter: LinkMeter }): ReactNode {
  const [told, setTold] = useState<Told>(() => {
    const nowMs = performance.now();
    return { reading: meter.read(nowMs), grade: { said: null, next: null, sinceMs: nowMs } };
  });
  const [change, setChange] = useState('');
  useEffect(() => {
    let { grade } = told;
    const timer = setInterval(() => {
      const nowMs = performance.now();
      const reading = meter.read(nowMs);
      const next = steadied(grade, reading.grade, nowMs);
      // The first grade is nothing new.
      if (grade.said !== null && next.said !== null && next.said !== grade.said)
        setChange(SCREEN_WORDS.gradeChanged[next.said]);
      grade = next;
      setTold({ reading, grade });
    }, TICK_MS);
    return () => clearInterval(timer);
    // It begins once and goes on from its own.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [meter]);
  const { reading } = told;
  const { roundTripMs, picturesPerSecond, bytesPerSecond, late, echoes, grade } = reading;
  const parts = [
    ...(roundTripMs === null ? [] : [`${Math.round(roundTripMs)} ms`]),
    SCREEN_WORDS.pictures(Math.round(picturesPerSecond)),
    `${formatBytes(Math.round(bytesPerSecond))}/s`,
    ...(late === 0 ? [] : [SCREEN_WORDS.late(late, echoes)]),
  ];
  return (
    <>
      <span className="link-note" data-grade={grade ?? 'unknown'} title={SCREEN_WORDS.linkHint}>
        <Activity aria-hidden className="icon icon--small" />
        {parts.join(' · ')}
      </span>
      <output className="only-heard">{change}</output>
    </>
  );
}
