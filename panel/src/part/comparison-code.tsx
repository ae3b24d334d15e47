/** The number that operator and technician compare, so that the name on the screen is the voice on the telephone. */
import type { ReactNode } from 'react';
import { useSpeech } from '../words/speech.tsx';

interface ComparisonCodeProps {
  readonly code: string;
  /** Asks to compare and says what to do about a different number; else the number is only shown. */
  readonly asks?: boolean;
}

/** Shows the number and what to do with it. */
export function ComparisonCode({ code, asks = false }: ComparisonCodeProps): ReactNode {
  const { words } = useSpeech();
  return (
    <div className="code">
      <span className="code__label">{asks ? words.waiting.code : words.session.code}</span>
      <span className="code__number">{code}</span>
      {asks && <span className="code__advice">{words.waiting.codeCompare}</span>}
    </div>
  );
}
