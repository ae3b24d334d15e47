// Goal: a screen that was seen and whose recording went nowhere is a finding, once its case is resolved; so is one that was recorded
// without a grant, or closed without a beginning. Method: one true story, and changes of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLedgerRules } from './ledger-rules.ts';
import type { ReadLine } from './line.ts';

type Facts = readonly (Readonly<Record<string, unknown>> & { readonly kind: string })[];

const ids = { caseId: 'case-1', sessionId: 'sesn-1' };
const grant = { ...ids, technicianId: 'tech-1', grantId: 'grnt-1', activities: ['view'] };
const TRUE: Facts = [
  { kind: 'case-opened', caseId: 'case-1', by: 'tech-1', cart: 'US-1' },
  { ...grant, kind: 'session-requested', grantId: null },
  { ...grant, kind: 'grant-received' },
  { kind: 'activity-opened', sessionId: 'sesn-1', grantId: 'grnt-1', activity: 'view' },
  { ...ids, kind: 'recording-begun', transferId: 'trfr-1', by: 'tech-1' },
  { ...ids, kind: 'recording-closed', transferId: 'trfr-1', outcome: 'whole', recordId: 'recd-1' },
  { ...ids, kind: 'recording-off', by: 'tech-1' },
  { ...ids, kind: 'session-ended', grantId: 'grnt-1', reason: 'technician-left' },
  { kind: 'case-resolving', caseId: 'case-1', by: 'tech-1' },
  { kind: 'case-resolved', caseId: 'case-1', records: 1 },
];

function problemsOf(facts: Facts): string {
  const lines: ReadLine[] = facts.map((fact, index) => ({ index, utcMs: index, fact }));
  return checkLedgerRules(lines, 'case-1').problems.join('\n');
}

const without = (kind: string): Facts => TRUE.filter((fact) => fact.kind !== kind);

test('a true story holds; each that lacks something is named', () => {
  assert.equal(problemsOf(TRUE), '');
  const stories: readonly (readonly [Facts, RegExp])[] = [
    [without('recording-closed'), /recording trfr-1 of its screen is missing/],
    [without('recording-begun'), /recording-closed\): this recording was never begun/],
    [without('activity-opened'), /recording-begun\): "view" was not opened before it/],
    [without('grant-received'), /recording-off\): "view" was not granted/],
  ];
  for (const [facts, expected] of stories) assert.match(problemsOf(facts), expected);
  // Before it is resolved the end may still come.
  const running = without('recording-closed').filter(({ kind }) => kind !== 'case-resolved');
  assert.equal(problemsOf(running), '');
});

test('nothing is shown after the decision to resolve', () => {
  const late = [...TRUE.slice(0, 4), ...TRUE.slice(8, 9), ...TRUE.slice(4, 6)];
  assert.match(problemsOf(late), /recording-begun\): it comes after the decision/);
});
