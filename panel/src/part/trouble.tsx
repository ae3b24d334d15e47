/** Why the service centre could not be reached, and what a person can do about it. */
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useSpeech } from '../words/speech.tsx';
import { dialFailureWords } from '../words/words.ts';

interface TroubleProps {
  /** As the agent names it. */
  readonly code: string;
  /** While the system goes on trying. */
  readonly keepsTrying?: boolean;
}

/** Shows one trouble. */
export function Trouble({ code, keepsTrying = false }: TroubleProps): ReactNode {
  const { words } = useSpeech();
  const { title, text } = dialFailureWords(words, code);
  return (
    <div className="trouble">
      <TriangleAlert className="trouble__icon" aria-hidden="true" />
      <div>
        <p className="trouble__title">{title}</p>
        <p>{text}</p>
        {keepsTrying && <p className="quiet">{words.dialling.keepsTrying}</p>}
      </div>
    </div>
  );
}
