/**
 * Goal: the console signs exactly when a signature is owed: never for what nobody asked, never twice for one connection,
 * and again before a request grows too old.
 * Method: the rule on each state; then random views, on which it must never sign without a wish or a grant of its own.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SessionDetail } from '../api/desk.ts';
import { RENEW_AFTER_MS, nextSignature } from './next-signature.ts';
import type { Wish } from './wish.ts';

const WAITING: SessionDetail = {
  state: 'waiting',
  session: 'sess-1',
  challenge: 'challenge-1',
  cart: 'US-1',
  grant: null,
  activities: [],
  comparisonCode: null,
  paused: false,
  interlock: null,
  operatorActive: false,
  isHeartbeatExpected: true,
  secondsLeft: null,
  endReason: null,
  inputRefused: 0,
  carried: null,
  technicianName: null,
  watching: null,
  refusal: null,
};
const WISH: Wish = { activities: ['view'], signedMs: null, challenge: null };
const NONE = new Set<string>();

test('a wish is signed as soon as the cart is there, and only then', () => {
  assert.equal(
    nextSignature({ ...WAITING, state: 'offline', challenge: null }, WISH, NONE, 0),
    null,
  );
  assert.equal(nextSignature({ ...WAITING, state: 'ended', challenge: null }, WISH, NONE, 0), null);
  assert.equal(nextSignature(WAITING, null, NONE, 0), null);
  assert.deepEqual(nextSignature(WAITING, WISH, NONE, 0), {
    purpose: 'request',
    activities: ['view'],
  });
});

test('a request is signed again before it is too old, not earlier', () => {
  const requested: SessionDetail = { ...WAITING, state: 'requested', activities: ['view'] };
  const wish: Wish = { ...WISH, signedMs: 1000, challenge: 'challenge-1' };
  assert.equal(nextSignature(requested, wish, NONE, 1000 + RENEW_AFTER_MS - 1), null);
  assert.equal(nextSignature(requested, wish, NONE, 1000 + RENEW_AFTER_MS)?.purpose, 'request');
});

test('what the cart refused is told to the technician, unless a new signature cures it', () => {
  const wish: Wish = { ...WISH, signedMs: 0, challenge: 'challenge-1' };
  const refused: SessionDetail = { ...WAITING, refusal: 'REQUEST_UNTRUSTED' };
  assert.equal(nextSignature(refused, wish, NONE, 0), null);
  assert.notEqual(nextSignature({ ...refused, challenge: 'challenge-2' }, wish, NONE, 0), null);
  assert.notEqual(nextSignature({ ...refused, refusal: 'REQUEST_STALE' }, wish, NONE, 0), null);
});

test('an interrupted session of mine is resumed once for each new connection, with what it allowed', () => {
  const interrupted: SessionDetail = {
    ...WAITING,
    state: 'interrupted',
    grant: 'grnt-1',
    activities: ['view', 'fetch-files'],
  };
  assert.deepEqual(nextSignature(interrupted, null, NONE, 0), {
    purpose: 'resume',
    activities: ['view', 'fetch-files'],
  });
  assert.equal(nextSignature(interrupted, null, new Set(['challenge-1']), 0), null);
  assert.equal(nextSignature({ ...interrupted, challenge: null }, null, NONE, 0), null);
  assert.equal(nextSignature({ ...interrupted, grant: null }, null, NONE, 0), null);
  // The desk has not heard yet what the cart still allows.
  assert.equal(nextSignature({ ...interrupted, activities: [] }, null, NONE, 0), null);
});

test('nothing is ever signed without a wish, except the resumption of a grant of mine', () => {
  const states = [
    'offline',
    'waiting',
    'requested',
    'granted',
    'open',
    'interrupted',
    'ended',
  ] as const;
  const view = fc.record({
    state: fc.constantFrom(...states),
    challenge: fc.option(fc.constant('challenge-1')),
    grant: fc.option(fc.constant('grnt-1')),
    refusal: fc.option(fc.constantFrom('REQUEST_STALE', 'REQUEST_UNTRUSTED')),
    activities: fc.constantFrom<SessionDetail['activities']>([], ['view'], ['view', 'control']),
  });
  fc.assert(
    fc.property(view, fc.boolean(), (random, wants) => {
      const owed = nextSignature({ ...WAITING, ...random }, wants ? WISH : null, NONE, 0);
      if (owed === null) return;
      assert.notEqual(random.challenge, null);
      if (owed.purpose === 'resume') {
        assert.ok(random.state === 'interrupted' && random.grant !== null);
        assert.deepEqual(owed.activities, random.activities);
      } else {
        assert.ok(wants && (random.state === 'waiting' || random.state === 'requested'));
      }
    }),
  );
});
