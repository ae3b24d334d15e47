/** Goal: ids differ in production and repeat in tests. Method: both sources make ids. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isId, newId } from '@chaperone/domain/id/id.ts';
import { seededRandom, systemRandom } from './random.ts';

test('the system source never repeats itself', () => {
  const ids = new Set(Array.from({ length: 100 }, () => newId('case', systemRandom)));
  assert.equal(ids.size, 100);
});

test('a seeded source repeats itself, whatever lengths are asked', () => {
  const [one, other] = [seededRandom('a'), seededRandom('a')];
  const whole = one(100);
  assert.deepEqual([...other(1), ...other(67), ...other(32)], [...whole]);
  assert.notDeepEqual(seededRandom('b')(100), whole);
  assert(isId('case', newId('case', seededRandom('a'))));
});
