// Goal: whatever a captured gateway gives back, in whatever order, a cart never goes back to what was signed earlier, and at enrolment
// it takes the licence whose code was used. Method: fast-check over histories of licences that one honest licence root signed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { LICENCE_LIFETIME_MAX_MS, newLicenceId } from '@chaperone/domain/licence/licence.ts';
import type { LicenceStatement } from '@chaperone/protocol/licence/licence-statement.ts';
import { refusedTerms } from './terms-rule.ts';

const serial = parseCartSerial('US-1001');

/** What the root signed, the oldest first: each is of one of three licences, which all count from 1. */
const history = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 90 })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((signed) => {
    const numbers = [0, 0, 0];
    let issuedUtcMs = 1_700_000_000_000;
    return signed.map(([licence, afterSeconds]): LicenceStatement => {
      numbers[licence] = (numbers[licence] ?? 0) + 1;
      issuedUtcMs += afterSeconds * 1000;
      return {
        id: newLicenceId((length) => new Uint8Array(length).fill(licence)),
        number: numbers[licence],
        ...{ serial, features: ['view'], validFromUtcMs: 0, validUntilUtcMs: null, issuedUtcMs },
      };
    });
  });

test('what is held never goes back to what was signed before it, and what was signed last is always taken', () => {
  fc.assert(
    fc.property(history, fc.array(fc.nat(), { maxLength: 30 }), (signed, replayed) => {
      let held: LicenceStatement | null = null;
      for (const at of replayed) {
        const given = signed[at % signed.length];
        assert.ok(given !== undefined);
        if (refusedTerms(given, { serial, held }) !== null) continue;
        assert.ok(held === null || signed.indexOf(given) >= signed.indexOf(held));
        held = given;
      }
      const last = signed.at(-1);
      assert.ok(last !== undefined);
      assert.equal(refusedTerms(last, { serial, held }), null);
    }),
  );
});

test('a code that a file names gets its own licence and no other; a typed one nothing that is older than a code lives', () => {
  fc.assert(
    fc.property(history, fc.nat(), fc.nat(), fc.nat(), (signed, at, other, ageMs) => {
      const [given, named] = [signed[at % signed.length], signed[other % signed.length]];
      assert.ok(given !== undefined && named !== undefined);
      const certifiedUtcMs = named.issuedUtcMs;
      const redeemed = { licence: String(named.id), certifiedUtcMs };
      assert.equal(
        refusedTerms(given, { serial, held: null, redeemed }) === null,
        given.id === named.id,
      );
      const typed = { licence: null, certifiedUtcMs: given.issuedUtcMs + ageMs * 100 };
      assert.equal(
        refusedTerms(given, { serial, held: null, redeemed: typed }) === null,
        ageMs * 100 <= LICENCE_LIFETIME_MAX_MS,
      );
    }),
  );
});

test('terms for another serial number are nobody’s', () => {
  fc.assert(
    fc.property(history, (signed) => {
      const [given] = signed;
      assert.ok(given !== undefined);
      const another = parseCartSerial('US-10011');
      assert.notEqual(refusedTerms(given, { serial: another, held: null }), null);
    }),
  );
});
