/** Goal: a key gets its burst, then its rate, and memory stays bounded. Method: a clock turned by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateLimit } from './rate-limit.ts';

function limited(keysMax = 10): { readonly limit: RateLimit; pass(ms: number): void } {
  let nowMs = 0;
  const limit = new RateLimit({ burst: 3, perSecond: 1, keysMax, now: () => nowMs });
  return { limit, pass: (ms) => (nowMs += ms) };
}

test('a burst, then one each second; keys do not share', () => {
  const { limit, pass } = limited();
  assert.deepEqual(
    [1, 2, 3, 4].map(() => limit.take('a')),
    [true, true, true, false],
  );
  assert.equal(limit.take('b'), true);
  pass(999);
  assert.equal(limit.take('a'), false);
  pass(1);
  assert.equal(limit.take('a'), true);
  pass(60_000);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => limit.take('a')),
    [true, true, true, false],
  );
});

test('what was rightful is given back, never above the burst', () => {
  const { limit } = limited();
  for (let time = 0; time < 20; time += 1) {
    assert.equal(limit.take('a'), true);
    limit.giveBack('a');
  }
  limit.giveBack('a');
  assert.deepEqual(
    [1, 2, 3, 4].map(() => limit.take('a')),
    [true, true, true, false],
  );
});

test('the key that was quiet longest is forgotten first', () => {
  const { limit } = limited(2);
  for (const key of ['a', 'a', 'a', 'b', 'c']) limit.take(key);
  // `a` went out for `c`, so it begins anew; `c` did not.
  assert.equal(limit.take('c'), true);
  assert.equal(limit.take('a'), true);
});
