/** Where a record is in its quarantine: a mark for lists, and a sentence that says what it means and what to do. */
import { Check, Clock, ShieldAlert, ShieldOff } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RecordSummary } from '../api/desk.ts';
import { QUARANTINE_WORDS } from '../words/quarantine.ts';

type Quarantine = RecordSummary['quarantine'];

/** Only a released record is opened, sent, or made something of. */
export function isReleased({ quarantine }: Pick<RecordSummary, 'quarantine'>): boolean {
  return quarantine.state === 'released';
}

export function QuarantineMark({ quarantine }: { readonly quarantine: Quarantine }): ReactNode {
  const [tone, Icon] = LOOKS[quarantine.state];
  const isUnscanned = quarantine.state === 'released' && !quarantine.scanned;
  return (
    <span className={`state state--${isUnscanned ? 'off' : tone} quarantine`}>
      <Icon aria-hidden className="icon icon--small" />
      {markOf(quarantine)}
    </span>
  );
}

/** Null of a released record: there is nothing to do; that a demo scans nothing stands once above the list. */
export function QuarantineNote({ quarantine }: { readonly quarantine: Quarantine }): ReactNode {
  const sentence = sentenceOf(quarantine);
  if (sentence === null) return null;
  return <p className="quarantine-note">{sentence}</p>;
}

const LOOKS: Readonly<Record<Quarantine['state'], readonly [tone: string, icon: LucideIcon]>> = {
  waiting: ['plain', Clock],
  scanning: ['plain', Clock],
  held: ['warning', ShieldOff],
  released: ['good', Check],
  infected: ['bad', ShieldAlert],
};

function markOf({ state, reason, scanned }: Quarantine): string {
  if (state === 'held' && reason !== null) return QUARANTINE_WORDS.held[reason];
  if (state === 'released' && !scanned) return QUARANTINE_WORDS.unscanned;
  return QUARANTINE_WORDS.states[state];
}

function sentenceOf({ state, reason, signature }: Quarantine): string | null {
  const { sentences } = QUARANTINE_WORDS;
  if (state === 'released') return null;
  if (state === 'held') return reason === null ? null : sentences[reason];
  if (signature === null) return sentences[state];
  return `${QUARANTINE_WORDS.signature(signature)} ${sentences[state]}`;
}
