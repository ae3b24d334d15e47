// Goal: a case is resolved only by decision, without a legal hold or a running session, and only after a verified
// destruction. Method: each refusal by its class, then every order of the rules on random cases.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { newId, parseCartSerial } from '../id/id.ts';
import {
  beginResolving,
  CaseInSession,
  CaseNotOpen,
  CaseUnderLegalHold,
  completeResolving,
  designate,
  DestructionNotVerified,
} from './service-case.ts';
import type { ServiceCase } from './service-case.ts';

const technician = newId('technician', randomBytes);
const open: ServiceCase = {
  id: newId('case', randomBytes),
  number: 'SC-2026-0001',
  state: 'open',
  facility: 'St. Example',
  cart: parseCartSerial('US-1'),
  openedUtcMs: 0,
  resolvedUtcMs: null,
  legalHold: false,
  designated: [],
};
const now = { monotonicMs: 5, utcMs: 7 };

test('a legal hold and a running session keep a case from being resolved', () => {
  assert.throws(() => beginResolving({ ...open, legalHold: true }, false, 0), CaseUnderLegalHold);
  assert.throws(() => beginResolving(open, true, 0), CaseInSession);
});

test('a legal hold set later does not hold up a destruction that has begun', () => {
  const held = { ...beginResolving(open, false, 0), legalHold: true };
  assert.equal(completeResolving(held, { verified: true }, now).state, 'resolved');
});

test('an unverified destruction resolves nothing', () => {
  const resolving = beginResolving(open, false, 0);
  assert.throws(
    () => completeResolving(resolving, { verified: false }, now),
    DestructionNotVerified,
  );
  assert.equal(completeResolving(resolving, { verified: true }, now).resolvedUtcMs, 7);
});

test('nothing but open → resolving → resolved is possible, whatever is tried in which order', () => {
  const acts = fc.array(fc.constantFrom('begin', 'complete', 'designate'), { maxLength: 8 });
  fc.assert(
    fc.property(acts, (tried) => {
      let current = open;
      const seen: string[] = [current.state];
      for (const act of tried) {
        try {
          if (act === 'begin') current = beginResolving(current, false, 0);
          else if (act === 'complete')
            current = completeResolving(current, { verified: true }, now);
          else current = designate(current, technician);
        } catch (error) {
          assert.ok(error instanceof CaseNotOpen);
        }
        if (seen.at(-1) !== current.state) seen.push(current.state);
      }
      assert.deepEqual(seen, ['open', 'resolving', 'resolved'].slice(0, seen.length));
      assert.ok(current.designated.length <= 1);
    }),
  );
});
