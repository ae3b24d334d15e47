/** Why something did not happen. */
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { problemWords } from '../words/problem.ts';

interface TroubleProps {
  /** Null shows nothing. */
  readonly fault: unknown;
  readonly title?: string;
  readonly children?: ReactNode;
}

export function Trouble({ fault, title, children }: TroubleProps): ReactNode {
  if (fault == null) return null;
  return (
    <div className="trouble" role="alert">
      <TriangleAlert aria-hidden className="icon" />
      <div>
        {title !== undefined && <strong>{title} </strong>}
        {problemWords(fault)}
        {children}
      </div>
    </div>
  );
}
