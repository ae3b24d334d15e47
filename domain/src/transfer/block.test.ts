// Goal: blocks cover a file exactly, and exactly those that differ are moved again. Method: properties over sizes and lists.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BLOCK_BYTES, blockCount, blockRange, blockStart, differingBlocks } from './block.ts';

const size = fc.nat({ max: 40 * BLOCK_BYTES });

test('blocks follow each other without a gap, and end where the file ends', () => {
  fc.assert(
    fc.property(size, (bytes) => {
      let next = 0;
      for (let index = 0; index < blockCount(bytes); index += 1) {
        const { offset, length } = blockRange(index, bytes);
        assert.equal(offset, next);
        assert.ok(length > 0 && length <= BLOCK_BYTES);
        next += length;
      }
      assert.equal(next, bytes);
      assert.equal(blockRange(blockCount(bytes), bytes).length, 0);
    }),
  );
});

test('a transfer goes on at the start of a block, and never leaves a byte out', () => {
  fc.assert(
    fc.property(size, (bytes) => {
      const start = blockStart(bytes);
      assert.equal(start % BLOCK_BYTES, 0);
      assert.ok(start <= bytes && bytes - start < BLOCK_BYTES);
    }),
  );
});

test('exactly the blocks that differ or cannot be read are named', () => {
  const kind = fc.constantFrom('same', 'other', 'unreadable', 'missing');
  fc.assert(
    fc.property(fc.array(kind, { maxLength: 30 }), (kinds) => {
      const theirs = kinds.map((_, index) => Buffer.alloc(32, index));
      const held = kinds.map((each, index) => {
        if (each === 'other') return Buffer.alloc(32, index).fill(255, 31);
        return each === 'same' ? Buffer.alloc(32, index) : null;
      });
      const expected = kinds.flatMap((each, index) => (each === 'same' ? [] : [index]));
      assert.deepEqual(differingBlocks(held, Buffer.concat(theirs)), expected);
    }),
  );
});
