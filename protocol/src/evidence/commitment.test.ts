/**
 * Goal: commitments and digests are those of docs/protocol.md. Method: the definition computed by Node's own
 * SHA-256 beside ours.
 */
import { equal, notEqual, throws } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { SALT_BYTES, commit } from './commitment.ts';
import { statementDigest } from './digest.ts';

const salts = fc.uint8Array({ minLength: SALT_BYTES, maxLength: SALT_BYTES });

test('a commitment is SHA-256 over salt and text', () => {
  fc.assert(
    fc.property(salts, fc.string({ unit: 'grapheme' }), (salt, text) => {
      const expected = createHash('sha256').update(salt).update(text, 'utf8').digest('base64url');
      equal(commit(text, salt), expected);
      const other = Uint8Array.from(salt, (byte) => byte ^ 1);
      notEqual(commit(text, other), expected);
    }),
  );
  throws(() => commit('text', new Uint8Array(31)), RangeError);
});

test('a statement is named by the SHA-256 of its compact form', () => {
  equal(statementDigest('a.b.c'), createHash('sha256').update('a.b.c').digest('base64url'));
});
