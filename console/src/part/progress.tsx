/** How far something is. Drawn by the browser's own element, which needs no inline style. */
import type { ReactNode } from 'react';
import { formatBytes, formatDuration } from '../words/format.ts';
import { WORDS } from '../words/words.ts';
import { secondsLeftOf, useSpeed } from './speed.ts';

interface ProgressProps {
  readonly bytes: number;
  readonly bytesTotal: number;
  readonly label: string;
  /** Whether it moves now: then its rate and the time that is left are told. */
  readonly isMoving?: boolean;
}

export function Progress({ bytes, bytesTotal, label, isMoving = false }: ProgressProps): ReactNode {
  const part = bytesTotal === 0 ? 0 : Math.floor((bytes / bytesTotal) * 100);
  const speed = useSpeed(bytes, isMoving);
  const secondsLeft = secondsLeftOf(bytesTotal - bytes, speed);
  const told = [
    `${formatBytes(bytes)} / ${formatBytes(bytesTotal)}`,
    `${part} %`,
    ...(speed === null ? [] : [WORDS.files.rate(formatBytes(Math.round(speed)))]),
    ...(secondsLeft === null ? [] : [WORDS.files.left(formatDuration(secondsLeft))]),
  ];
  return (
    <div className="progress">
      <progress aria-label={label} value={bytes} max={Math.max(1, bytesTotal)} />
      {/* How large it is may not be known yet. */}
      {bytesTotal > 0 && <span className="progress__text">{told.join(' · ')}</span>}
    </div>
  );
}
