// Goal: what began at a provider is ended by the browser that began it, once, in time, and only the newest of a workstation.
// Method: a clock turned by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BegunRedirect } from '../../directory/contract.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { AtProvider } from './at-provider.ts';

const MINUTE_MS = 60_000;
const succeed = async (): Promise<void> => undefined;
const redirect = (address: string): BegunRedirect => ({
  address,
  finish: async () => assert.fail('nobody is asked'),
});

function stage() {
  const clock = new ManualClock();
  return { clock, atProvider: new AtProvider(clock, systemRandom) };
}

test('the cookie of the beginning ends it, at its workstation, once', () => {
  const { atProvider } = stage();
  const token = atProvider.begin('one', redirect('a'), succeed);
  const other = atProvider.begin('two', redirect('b'), succeed);
  assert.match(token, /^[\w-]{43}$/);
  for (const wrong of [undefined, '', other, token.slice(1), `${token} `])
    assert.equal(atProvider.take(wrong, 'one'), null);
  assert.equal(atProvider.take(token, 'two'), null);
  assert.equal(atProvider.take(token, 'one')?.redirect.address, 'a');
  assert.equal(atProvider.take(token, 'one'), null);
  assert.equal(atProvider.take(other, 'two')?.redirect.address, 'b');
});

test('the newest of a workstation counts, for ten minutes', () => {
  const { atProvider, clock } = stage();
  const older = atProvider.begin('one', redirect('a'), succeed);
  const newer = atProvider.begin('one', redirect('b'), succeed);
  assert.equal(atProvider.take(older, 'one'), null);
  clock.advance(10 * MINUTE_MS);
  assert.equal(atProvider.take(newer, 'one')?.redirect.address, 'b');
  const late = atProvider.begin('one', redirect('c'), succeed);
  clock.advance(10 * MINUTE_MS + 1);
  assert.equal(atProvider.take(late, 'one'), null);
});
