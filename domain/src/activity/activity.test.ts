// Goal: what can be granted is exactly the consistent, non-empty sets. Method: all subsets, and repeats.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACTIVITIES, isGrantable } from './activity.ts';

test('every subset is grantable but the empty one and control without view', () => {
  for (let mask = 0; mask < 1 << ACTIVITIES.length; mask += 1) {
    const subset = ACTIVITIES.filter((_, bit) => mask & (1 << bit));
    const consistent = !subset.includes('control') || subset.includes('view');
    assert.equal(isGrantable(subset), subset.length > 0 && consistent, subset.join());
  }
});

test('an activity named twice is refused', () => {
  assert.equal(isGrantable(['view', 'view']), false);
});
