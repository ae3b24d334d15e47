// Goal: a decision to resolve stands exactly until somebody works on. Method: every kind of entry after it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CASE_WORK, standingDecision } from './case-work.ts';
import type { LedgerFact } from './ledger-entry.ts';

const lines = (...kinds: readonly LedgerFact['kind'][]) =>
  kinds.map((kind, index) => ({ index, fact: { kind } }));

test('no decision, none stands', () => {
  assert.equal(standingDecision([]), null);
  assert.equal(standingDecision(lines('case-opened', 'session-ended')), null);
});

test('the last decision stands through what merely ends', () => {
  const entries = lines('note-added', 'case-resolving', 'case-resolving', 'session-ended');
  assert.equal(standingDecision(entries)?.index, 2);
});

test('work after a decision, of whatever kind, takes it away until it is made again', () => {
  for (const kind of CASE_WORK as ReadonlySet<LedgerFact['kind']>) {
    assert.equal(standingDecision(lines('case-resolving', kind)), null, kind);
    assert.equal(standingDecision(lines('case-resolving', kind, 'case-resolving'))?.index, 2, kind);
  }
});
