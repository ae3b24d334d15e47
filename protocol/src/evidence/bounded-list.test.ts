/**
 * Goal: a bundle that is wrong in millions of places is refused in one place and in little memory. Method: lists just
 * below and above their limits; issues are counted, nothing is timed.
 */
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { boundedList } from './bounded-list.ts';
import { ledgerEvidence } from './schema.ts';

const numbers = boundedList(z.strictObject({ a: z.number(), b: z.number() }), 3);

test('a list is read whole, or given up at its first wrong element', () => {
  deepEqual(numbers.parse([{ a: 1, b: 2 }]), [{ a: 1, b: 2 }]);
  const read = numbers.safeParse([{ a: 1, b: 2 }, { a: 'x', b: 2 }, null]);
  deepEqual(
    read.error?.issues.map(({ path }) => path),
    [[1, 'a']],
  );
  equal(numbers.safeParse([0, 0, 0, 0]).error?.issues.length, 1);
});

test('two million wrong entries of a ledger are one fault, not two million', () => {
  const entries = Array.from({ length: 1_900_000 }, () => 0);
  const read = ledgerEvidence.safeParse({ verifierKey: '', checkpoint: '', entries });
  equal(read.success, false);
  equal(read.error?.issues.length, 1);
});
