/**
 * Goal: a code is worth one key, for one subject, in time, and nothing brings a licence back. Method: each rule by
 * example, then random sequences of acts held against the invariants.
 */
import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DomainError } from '../error/domain-error.ts';
import { parseCartSerial } from '../id/id.ts';
import {
  LicenceExpired,
  LicenceRetired,
  LicenceSerialMismatch,
  LicenceUnknown,
  LicenceUsed,
  MalformedLicence,
  issueLicence,
  licenceState,
  newLicenceId,
  parseLicenceId,
  parseWorkstationLabel,
  redeem,
  retireLicence,
} from './licence.ts';
import type { Licence, LicenceCodeHash, RedeemRequest } from './licence.ts';

const cart = { kind: 'cart', serial: parseCartSerial('US-1001') } as const;
const other = { kind: 'cart', serial: parseCartSerial('US-1002') } as const;
const codeHash = 'aa' as LicenceCodeHash;
const licence = issueLicence({
  id: newLicenceId((length) => new Uint8Array(length)),
  subject: cart,
  codeHash,
  nowMs: 1000,
  lifetimeMs: 1000,
});
const request: RedeemRequest = { codeHash, subject: cart, keyThumbprint: 'key-1', nowMs: 1500 };

test('a code is redeemed once and remembers its key', () => {
  const { licence: used, outcome } = redeem(licence, request);
  equal(outcome, 'first');
  deepEqual(used.redeemed, { atMs: 1500, keyThumbprint: 'key-1' });
  equal(licenceState(used, 1500), 'redeemed');
});

test('the same key may ask again while the licence lasts, another key may not', () => {
  const used = redeem(licence, request).licence;
  deepEqual(redeem(used, { ...request, nowMs: 1999 }), { licence: used, outcome: 'again' });
  throws(() => redeem(used, { ...request, nowMs: 2000 }), LicenceExpired);
  throws(() => redeem(used, { ...request, keyThumbprint: 'key-2' }), LicenceUsed);
});

test('unknown, foreign, late and retired codes are refused, each in its own words', () => {
  throws(() => redeem(undefined, request), LicenceUnknown);
  throws(() => redeem(licence, { ...request, codeHash: 'bb' as LicenceCodeHash }), LicenceUnknown);
  throws(() => redeem(licence, { ...request, subject: other }), LicenceSerialMismatch);
  throws(
    () => redeem(licence, { ...request, subject: { kind: 'workstation' } }),
    LicenceSerialMismatch,
  );
  throws(() => redeem(licence, { ...request, nowMs: 2000 }), LicenceExpired);
  throws(() => redeem(retireLicence(licence, 1200), request), LicenceRetired);
});

test('a code never outlives a year, and ids and labels have one form', () => {
  const terms = { id: licence.id, subject: cart, codeHash, nowMs: 0 };
  throws(() => issueLicence({ ...terms, lifetimeMs: 366 * 86_400_000 }), MalformedLicence);
  throws(() => issueLicence({ ...terms, lifetimeMs: 0 }), MalformedLicence);
  equal(parseLicenceId(licence.id), licence.id);
  throws(() => parseLicenceId('lcnc-U'), MalformedLicence);
  equal(parseWorkstationLabel('Büro Nr. 3'), 'Büro Nr. 3');
  for (const wrong of ['', ' x', 'a\nb', 'x'.repeat(65), 'a=b\u0000']) {
    throws(() => parseWorkstationLabel(wrong), MalformedLicence);
  }
});

test('whatever is tried in whatever order: one key at most, and an ended licence stays ended', () => {
  const act = fc.record({
    retire: fc.boolean(),
    key: fc.constantFrom('key-1', 'key-2', 'key-3'),
    subject: fc.constantFrom(cart, other),
    nowMs: fc.integer({ min: 900, max: 2500 }),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
      let held: Licence = licence;
      const keys = new Set<string>();
      let retired = false;
      for (const { retire, key, subject, nowMs } of acts) {
        if (retire) {
          held = retireLicence(held, nowMs);
          retired = true;
          continue;
        }
        try {
          const result = redeem(held, { codeHash, subject, keyThumbprint: key, nowMs });
          equal(retired, false);
          equal(subject, cart);
          equal(nowMs < held.expiresAtMs, true);
          held = result.licence;
          keys.add(key);
        } catch (error) {
          equal(error instanceof DomainError, true);
        }
      }
      equal(keys.size <= 1, true);
      equal(licenceState(held, 5000) === 'retired', retired);
    }),
  );
});
