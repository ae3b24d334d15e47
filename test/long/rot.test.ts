// Goal: as test/fault/rot, many more bits: each stored file in dozens of places, the database in hundreds. What
// the database loses unseen is printed by column. Method: the same rounds from another seed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chanceOf } from '../fault/rot/flip.ts';
import { rotCart } from '../fault/rot/rot-cart.ts';
import { rotGateway } from '../fault/rot/rot-gateway.ts';
import { workADay } from '../fault/rot/worked-day.ts';

/** Change it to look elsewhere; a failure names file, byte and bit, which is all that is needed to see it again. */
const SEED = Number(process.env['ROT_SEED'] ?? 20_260_802);

test('flipped bits in everything that a gateway stored, densely', async (t) => {
  await using day = await workADay();
  const count = await rotGateway(day, { chance: chanceOf(SEED), more: 8, inDatabase: 600 });
  t.diagnostic(`${count.refused} refused, ${count.told} told, ${count.unharmed} unharmed`);
  for (const [column, times] of [...count.unseen])
    t.diagnostic(`unseen, ${times} times: ${column}`);
  assert.ok(count.refused > 200);
});

test('flipped bits in everything that a cart stored, in configurations and in evidence, densely', async (t) => {
  await using day = await workADay();
  t.diagnostic(`${await rotCart(day, { chance: chanceOf(SEED), more: 60, inDatabase: 0 })} flips`);
});
