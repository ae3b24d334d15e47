/** The number that operator and technician compare, so that the name on the screen is the voice on the telephone. */
import type { ReactNode } from 'react';
import { useSpeech } from '../words/speech.tsx';

interface ComparisonCodeProps {
  readonly code: string;
  /** With what to do about a different number. */
  readonly withAdvice?: boolean;
}

/** Shows the number and what to do with it. */
export function ComparisonCode({ code, withAdvice = false }: ComparisonCodeProps): ReactNode {
  const { words } = useSpeech();
  return (
    <div className="code">
      <span className="code__label">{words.waiting.code}</span>
      <span className="code__number">{code}</span>
      {withAdvice && <span className="code__advice">{words.waiting.codeCompare}</span>}
    </div>
  );
}
