/** The case's story as the ledger holds it, day by day. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { CaseDetail, Timeline } from '../api/desk.ts';
import { Trouble } from '../part/trouble.tsx';
import { queries } from '../query/queries.ts';
import { formatClock, formatDay } from '../words/format.ts';
import { WORDS } from '../words/words.ts';
import { EvidenceButton, useEvidence } from './evidence-button.tsx';

type Entry = Timeline['entries'][number];

export function TimelinePage({ serviceCase }: { readonly serviceCase: CaseDetail }): ReactNode {
  const timeline = useQuery(queries.timeline(serviceCase.id));
  const bundle = useEvidence(serviceCase);
  const words = WORDS.timeline;
  const entries = timeline.data?.entries ?? [];
  return (
    <div className="page page--narrow">
      <header className="page-head">
        <div>
          <h2>{words.title}</h2>
          <p className="hint">{words.lead}</p>
        </div>
        <EvidenceButton bundle={bundle} />
      </header>
      <Trouble fault={bundle.error ?? timeline.error} />
      {timeline.data !== undefined && entries.length === 0 && <p>{words.none}</p>}
      {byDay(entries).map(([day, ofDay]) => (
        <section key={day} aria-label={day}>
          <h3 className="day">{day}</h3>
          <ol className="timeline">
            {ofDay.map((each) => (
              <li key={each.index} className={`moment moment--${toneOf(each.kind)}`}>
                <time dateTime={new Date(each.atUtcMs).toISOString()}>
                  {formatClock(each.atUtcMs)}
                </time>
                <span className="moment__text">
                  {each.text}
                  {each.who !== null && <span className="quiet"> {each.who}</span>}
                </span>
                <span className="moment__index mono" title={words.entry}>
                  #{each.index}
                </span>
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

/** Oldest first, as a story is read. */
function byDay(entries: readonly Entry[]): readonly (readonly [string, readonly Entry[]])[] {
  const days = new Map<string, Entry[]>();
  for (const entry of entries) {
    const day = formatDay(entry.atUtcMs);
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days];
}

const TONES: Readonly<Record<string, string>> = {
  'grant-received': 'good',
  'session-resumed': 'good',
  'session-interrupted': 'warning',
  'session-paused': 'warning',
  'session-interlocked': 'warning',
  'session-interlock-lifted': 'good',
  'transfer-failed': 'warning',
  'record-held': 'warning',
  'record-infected': 'warning',
  'record-destroyed': 'end',
  'record-exported': 'warning',
  'export-permitted': 'warning',
  'evidence-exported': 'warning',
  'case-aged': 'warning',
  'case-end-announced': 'warning',
  'case-end-reminded': 'warning',
  'case-resolving': 'end',
  'case-resolved': 'end',
  'destruction-step': 'end',
};

function toneOf(kind: string): string {
  return TONES[kind] ?? 'plain';
}
