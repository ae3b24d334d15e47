// Goal: bytes are shown at their place, what is typed is read as meant or refused, and bytes are found across pieces.
// Method: known rows; random bytes in random pieces against the language's own search.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { findBytes, hexRow, readOffset, readSought } from './hex-rows.ts';

test('a row tells where it is, its bytes, and what they would be as text', () => {
  const row = hexRow(Buffer.from('DICM\u0000\u0001<svg>'), 128, 8);
  assert.deepEqual(row, {
    offset: '00000080',
    bytes: '44 49 43 4d 00 01 3c 73  76 67 3e',
    text: 'DICM··<svg>',
  });
});

test('offsets and bytes are read as a person types them', () => {
  assert.deepEqual(['0x1F', '1fh', '31', 'x', '0x', '1f'].map(readOffset), [
    31,
    31,
    31,
    null,
    null,
    null,
  ]);
  assert.deepEqual([...readSought('de ad, BE:ef', true)], [0xde, 0xad, 0xbe, 0xef]);
  assert.deepEqual([...readSought('ä', false)], [0xc3, 0xa4]);
  for (const wrong of ['', 'abc', 'zz']) assert.throws(() => readSought(wrong, true), /PATTERN/);
});

test('bytes are found wherever the pieces are cut', async () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  const sought = fc.uint8Array({ minLength: 1, maxLength: 4, max: 3 });
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(bytes, sought, sizes, fc.boolean(), async (content, what, cuts, isLow) => {
      const all = isLow ? content.map((byte) => byte % 4) : content;
      async function* pieces() {
        for (let at = 0, turn = 0; at < all.length; turn += 1) {
          const size = cuts[turn % cuts.length] ?? 1;
          yield all.subarray(at, at + size);
          at += size;
        }
      }
      const found = await findBytes(pieces(), what, 1000, () => undefined);
      const expected = Buffer.from(all).indexOf(Buffer.from(what));
      assert.equal(found, expected === -1 ? null : expected + 1000);
    }),
  );
});
