/**
 * Goal: hashing leaves the event loop free, takes a bounded share, and does its work whether there is something to compare
 * with or not. Method: turns of the loop are counted while a hash runs; the places are filled, and who needs one is refused.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  HASHES_AT_ONCE,
  HASHES_WAITING_MAX,
  SignInBusy,
  fitsSlowly,
  hashLike,
  hashSlowly,
} from './slow-hash.ts';

test('the event loop turns while a hash is made', async () => {
  let turns = 0;
  let isDone = false;
  const turn = (): void => {
    turns += 1;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  await hashSlowly('a lighthouse on the coast');
  isDone = true;
  assert.ok(turns > 10, String(turns));
});

test('an absent hash takes a place like any other, and there are only so many', async () => {
  const hash = await hashSlowly('a lighthouse on the coast');
  const places = Array.from({ length: HASHES_AT_ONCE + HASHES_WAITING_MAX }, () =>
    fitsSlowly('another lighthouse', hash),
  );
  // An account that is not there would be told apart if it were answered now.
  await assert.rejects(fitsSlowly('another lighthouse', null), SignInBusy);
  await assert.rejects(hashLike('7K3F-9QPX-2MNB-R5TD', null), SignInBusy);
  await assert.rejects(fitsSlowly('another lighthouse', hash), SignInBusy);
  assert.ok((await Promise.all(places)).every((fits) => !fits));
  assert.equal(await fitsSlowly('a lighthouse on the coast', hash), true);
});

test('strangers take no room and no turn of who is known', async () => {
  const hash = await hashSlowly('a lighthouse on the coast');
  const stranger = (asker: string) => ({ isKnown: false, asker });
  const places = Array.from({ length: HASHES_AT_ONCE + HASHES_WAITING_MAX }, (_, at) =>
    fitsSlowly('another lighthouse', hash, stranger(String(at))),
  );
  let served = 0;
  for (const place of places) void place.then(() => (served += 1));
  await assert.rejects(fitsSlowly('another lighthouse', hash, stranger('late')), SignInBusy);
  const known = { isKnown: true, asker: 'own' };
  assert.equal(await fitsSlowly('a lighthouse on the coast', hash, known), true);
  assert.ok(served < places.length / 2, `${served} strangers were served first`);
  assert.ok((await Promise.all(places)).every((fits) => !fits));
});

test('what is hashed like another is equal exactly when the texts are', async () => {
  const hash = await hashSlowly('7K3F-9QPX-2MNB-R5TD');
  assert.equal(await hashLike('7K3F-9QPX-2MNB-R5TD', hash), hash);
  assert.notEqual(await hashLike('7K3F-9QPX-2MNB-R5TE', hash), hash);
});
