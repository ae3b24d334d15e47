/**
 * Goal: places are given in turn, never more than there are, and an owner that keeps its own keeps nobody else waiting.
 * Method: owners that take and give back by hand.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from './slots.ts';

const settle = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

test('an owner with all its places waits while others are served', async () => {
  const slots = new Slots({ atOnceMax: 3, ofOneOwnerMax: 2 });
  const served: string[] = [];
  const take = (name: string, owner: string): Promise<() => void> =>
    slots.take(owner).then((giveBack) => {
      served.push(name);
      return giveBack;
    });
  const first = await take('a1', 'a');
  await take('a2', 'a');
  void take('a3', 'a');
  const other = await take('b1', 'b');
  void take('c1', 'c');
  await settle();
  assert.deepEqual(served, ['a1', 'a2', 'b1']);
  other();
  await settle();
  assert.deepEqual(served, ['a1', 'a2', 'b1', 'c1']);
  first();
  first();
  await settle();
  assert.deepEqual(served, ['a1', 'a2', 'b1', 'c1', 'a3']);
});

test('places that are given back are there again', async () => {
  const slots = new Slots({ atOnceMax: 1, ofOneOwnerMax: 1 });
  for (let times = 0; times < 5; times += 1) {
    const giveBack = await slots.take('a');
    giveBack();
  }
  const held = await slots.take('b');
  let isServed = false;
  void slots.take('a').then(() => (isServed = true));
  await settle();
  assert.equal(isServed, false);
  held();
  await settle();
  assert.equal(isServed, true);
});
