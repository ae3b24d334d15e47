// Goal: a bit that flips in anything that gateway or cart stored is noticed in a sentence, or changes nothing that counts;
// damaged bytes are never given as good ones, and one damaged thing does not take the others with it. Method: every file of
// a real day of work falls in a class with a rule (a new kind of file fails); one bit at a time is flipped in a copy, chosen
// from a seed, which is opened by the production code and read from end to end.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chanceOf } from './flip.ts';
import { rotCart } from './rot-cart.ts';
import { rotGateway } from './rot-gateway.ts';
import { workADay } from './worked-day.ts';
import type { WorkedDay } from './worked-day.ts';

const SEED = 20_260_801;

let day: WorkedDay;
before(async () => {
  day = await workADay();
});
after(async () => await day[Symbol.asyncDispose]());

test('the gateway: each stored file, first, middle and last byte, and its database in a hundred places', async (t) => {
  const count = await rotGateway(day, { chance: chanceOf(SEED), more: 0, inDatabase: 100 });
  t.diagnostic(`${count.refused} refused, ${count.told} told, ${count.unharmed} unharmed`);
  assert.ok(count.refused > 20 && count.told > 2 && count.unharmed > 5, 'each came about');
});

test('the cart, both configurations and exported evidence: each file, first, middle and last byte and more', async (t) => {
  const flips = await rotCart(day, { chance: chanceOf(SEED), more: 4, inDatabase: 0 });
  t.diagnostic(`${flips} flips`);
  assert.ok(flips > 60);
});
