// Goal: a bit that flips in anything that gateway or cart stored is noticed in a sentence, or changes nothing that counts;
// damaged bytes are never given as good ones, and one damaged thing does not take the others with it. Method: every file of
// a real day of work falls in a class with a rule (a new kind of file fails); one bit at a time is flipped in a copy, chosen
// from a seed, which is opened by the production code and read from end to end.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startGateway } from '@chaperone/gateway/composition.ts';
import { loadConfiguration } from '@chaperone/gateway/platform/configuration/configuration.ts';
import { silentLog } from '@chaperone/gateway/platform/log/log.ts';
import { chanceOf, chooseFlips, flipped } from './flip.ts';
import { rotCart } from './rot-cart.ts';
import { storedFiles } from './rot-classes.ts';
import { rotGateway, withCopy } from './rot-gateway.ts';
import { workADay } from './worked-day.ts';
import type { WorkedDay } from './worked-day.ts';

const SEED = 20_260_801;

let day: WorkedDay;
before(async () => {
  day = await workADay();
});
after(async () => await day[Symbol.asyncDispose]());

test('the gateway: each stored file, first, middle and last byte, and its database in sixty places', async (t) => {
  const count = await rotGateway(day, { chance: chanceOf(SEED), more: 0, inDatabase: 60 });
  t.diagnostic(`${count.refused} refused, ${count.told} told, ${count.unharmed} unharmed`);
  assert.ok(count.refused > 20 && count.told > 2 && count.unharmed > 5, 'each came about');
});

test('the cart, both configurations and exported evidence: each file, first, middle and last byte and more', async (t) => {
  const flips = await rotCart(day, { chance: chanceOf(SEED), more: 4, inDatabase: 0 });
  t.diagnostic(`${flips} flips`);
  assert.ok(flips > 60);
});

test('the whole gateway starts although one case cannot be opened any more: its sessions and transfers hold up no other', async () => {
  for (const { name } of storedFiles(day.folder).filter(({ is }) => is === 'one case')) {
    const content = readFileSync(path.join(day.folder, name));
    const [flip] = chooseFlips(content.length, 0, chanceOf(SEED));
    assert.ok(flip);
    await withCopy(day.folder, async (folder) => {
      writeFileSync(path.join(folder, name), flipped(content, flip));
      const read = await loadConfiguration(path.join(folder, 'gateway.json'));
      const gateway = await startGateway(
        {
          ...read,
          dataDirectory: path.join(folder, 'gateway'),
          edge: { ...read.edge, listen: { host: '127.0.0.1', port: 0 } },
          console: { ...read.console, listen: { host: '127.0.0.1', port: 0 } },
        },
        { log: silentLog() },
      );
      assert.equal((await fetch(`${gateway.consoleUrl}/api/about`)).status, 200);
      await gateway.ledger.verifyAll();
      await gateway.close();
    });
  }
});
