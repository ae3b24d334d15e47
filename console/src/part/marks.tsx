/** Small marks that say a state: by shape and word, never by colour alone. */
import type { CaseState } from '@chaperone/domain/service-case/service-case.ts';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import type { CaseSummary } from '../api/desk.ts';
import { formatDate } from '../words/format.ts';
import { WORDS } from '../words/words.ts';

export function OnlineMark({ isOnline }: { readonly isOnline: boolean }): ReactNode {
  return (
    <span className={isOnline ? 'online online--yes' : 'online'}>
      <span aria-hidden className="online__dot" />
      {isOnline ? WORDS.connected : WORDS.notConnected}
    </span>
  );
}

export function StateMark({ state }: { readonly state: CaseState }): ReactNode {
  return <span className={`state state--${state}`}>{WORDS.states[state]}</span>;
}

/** What asks for attention in a case that nobody resolves: its age, its announced end, or that it is held. */
export function AgeMark({ age, legalHold }: Pick<CaseSummary, 'age' | 'legalHold'>): ReactNode {
  const words = WORDS.ageMarks;
  if (legalHold) return <span className="state state--off">{words.held}</span>;
  if (age === null) return null;
  return (
    <span className="state state--warning">
      {age.end === null ? words.aged(age.days) : words.ends(formatDate(age.end.earliestUtcMs))}
    </span>
  );
}

/** How long "Copied" is said, milliseconds. */
const COPIED_MS = 1_500;

interface CopyableProps {
  /** What is copied. */
  readonly text: string;
  readonly shown: string;
  readonly label: string;
}

/** Text that a touch copies whole. */
export function Copyable({ text, shown, label }: CopyableProps): ReactNode {
  const [copied, setCopied] = useState(0);
  useEffect(() => {
    if (copied === 0) return undefined;
    const timer = setTimeout(() => setCopied(0), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied > 0 ? Check : Copy;
  return (
    <button
      type="button"
      className="copyable"
      title={text}
      aria-label={`${shown} – ${label}`}
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => setCopied((last) => last + 1));
      }}
    >
      <code>{shown}</code>
      <Icon aria-hidden className="icon icon--small" />
      <span className="only-heard" aria-live="polite">
        {copied > 0 ? WORDS.copied : ''}
      </span>
    </button>
  );
}
