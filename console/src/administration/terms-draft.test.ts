/**
 * Goal: what is typed into the terms of a licence is refused beside the field that is wrong, and what is not touched stays as it was.
 * Method: drafts one mistake away from a good one; a licence whose end is no whole day.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LICENCE_FEATURES } from '@chaperone/domain/licence/licence-terms.ts';
import { askedBy, draftOf, errorsOf, newDraft } from './terms-draft.ts';

const NOW_MS = Date.UTC(2026, 10, 29, 12);
const DAY_MS = 24 * 60 * 60 * 1000;

test('what nobody touched is everything, from now on, without an end', () => {
  const draft = newDraft('US-1');
  assert.deepEqual(errorsOf(draft, NOW_MS), {});
  assert.deepEqual(askedBy(draft, null), { features: LICENCE_FEATURES, validUntilUtcMs: null });
});

test('each mistake is said beside its own field', () => {
  const good = newDraft('US-1');
  const mistakes = [
    ['serial', { serial: '' }],
    ['serial', { serial: 'US 1/..' }],
    ['features', { features: [] }],
    ['features', { features: ['control'] }],
    ['from', { from: '2099-01-01' }],
    ['from', { from: '31.12.2026' }],
    ['until', { until: '2026-11-28' }],
    ['until', { from: '2027-05-01', until: '2027-04-30' }],
    ['until', { until: '2099-01-01' }],
    ['until', { until: '2027-02-31' }],
    ['facility', { facility: 'x'.repeat(101) }],
    ['model', { model: 'EPIQ\u202E7' }],
  ] as const;
  for (const [field, change] of mistakes) {
    const errors = errorsOf({ ...good, ...change }, NOW_MS);
    assert.deepEqual(Object.keys(errors), [field], JSON.stringify(change));
    assert.ok((errors[field] ?? '').length > 10);
  }
  assert.deepEqual(errorsOf({ ...good, until: '2026-11-29' }, NOW_MS), {}, 'today still counts');
});

test('a renewal keeps what was not touched, to the instant, and says the end in any case', () => {
  const before = {
    standing: 'in-force',
    features: ['view'],
    validFromUtcMs: NOW_MS - DAY_MS / 3,
    validUntilUtcMs: NOW_MS + 40 * DAY_MS,
    facility: 'Nordre Klinik',
    model: null,
  } as const;
  const draft = draftOf('US-1', { ...before, features: ['view'] });
  const kept = { features: ['view'], facility: 'Nordre Klinik' };
  const terms = { ...before, features: [...before.features] };
  assert.deepEqual(askedBy(draft, terms), { ...kept, validUntilUtcMs: before.validUntilUtcMs });
  assert.deepEqual(askedBy({ ...draft, until: '' }, terms), { ...kept, validUntilUtcMs: null });
  assert.deepEqual(askedBy({ ...draft, until: '2028-02-29' }, terms), {
    ...kept,
    validUntilUtcMs: Date.UTC(2028, 2, 1),
  });
});
