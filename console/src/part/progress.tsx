/** How far something is. Drawn by the browser's own element, which needs no inline style. */
import type { ReactNode } from 'react';
import { formatBytes } from '../words/format.ts';

interface ProgressProps {
  readonly bytes: number;
  readonly bytesTotal: number;
  readonly label: string;
}

export function Progress({ bytes, bytesTotal, label }: ProgressProps): ReactNode {
  const part = bytesTotal === 0 ? 0 : Math.floor((bytes / bytesTotal) * 100);
  return (
    <div className="progress">
      <progress aria-label={label} value={bytes} max={Math.max(1, bytesTotal)} />
      <span className="progress__text">
        {formatBytes(bytes)} / {formatBytes(bytesTotal)} · {part} %
      </span>
    </div>
  );
}
