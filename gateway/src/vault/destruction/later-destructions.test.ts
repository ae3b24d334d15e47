/**
 * Goal: an interrupted destruction goes on by itself, ever more rarely, until it is done or the vault closes. Method: a
 * destruction that fails a number of times, on the clock of `node:test`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { DestructionInterrupted } from '../contract.ts';
import { LaterDestructions } from './later-destructions.ts';

const CASE = newId('case', systemRandom);

function failing(times: number) {
  const asked = { times: 0 };
  const later = new LaterDestructions(async () => {
    asked.times += 1;
    if (asked.times <= times) throw new DestructionInterrupted('not now');
    return {} as never;
  });
  return { asked, later };
}

test('an interrupted destruction is tried again, each time after twice the pause, until it is done', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { asked, later } = failing(3);
  await assert.rejects(later.run(CASE), DestructionInterrupted);
  for (const [pauseMs, times] of [
    [2000, 2],
    [4000, 3],
    [8000, 4],
  ] as const) {
    t.mock.timers.tick(pauseMs - 1);
    assert.equal(asked.times, times - 1);
    t.mock.timers.tick(1);
    await Promise.resolve();
    assert.equal(asked.times, times);
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.mock.timers.tick(1_000_000);
  assert.equal(asked.times, 4);
});

test('nothing is tried any more once the vault is closed', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { asked, later } = failing(9);
  await assert.rejects(later.run(CASE), DestructionInterrupted);
  later.close();
  t.mock.timers.tick(1_000_000);
  assert.equal(asked.times, 1);
});
