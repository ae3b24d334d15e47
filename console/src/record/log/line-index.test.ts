// Goal: lines are found where they are, whatever pieces the text comes in, and no row is larger than its limit.
// Method: random texts in random pieces against a plain splitting of the whole.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { LINE_BYTES_MAX, LineCutter, LineIndex } from './line-index.ts';
import type { TextEncoding } from './line-index.ts';

function encode(text: string, encoding: TextEncoding): Uint8Array {
  if (encoding === 'utf-8') return new TextEncoder().encode(text);
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}

/** The same by the whole text at once. */
function plainEnds(bytes: Uint8Array, encoding: TextEncoding): readonly number[] {
  const unit = encoding === 'utf-8' ? 1 : 2;
  const low = encoding === 'utf-16be' ? 1 : 0;
  const ends: number[] = [];
  let began = 0;
  for (let at = 0; at < bytes.length; at += unit) {
    const isFeed =
      unit === 1 ? bytes[at] === 10 : bytes[at + low] === 10 && bytes[at + 1 - low] === 0;
    if (!isFeed && at + unit - began < LINE_BYTES_MAX) continue;
    began = at + unit;
    ends.push(began);
  }
  return ends;
}

const texts = fc.array(
  fc.oneof(fc.string(), fc.constant('\n'), fc.constant('x'.repeat(20_000)), fc.constant('ä\r\n')),
  { maxLength: 30 },
);

test('cut as it comes, it is cut as a whole', () => {
  const encodings = fc.constantFrom<TextEncoding>('utf-8', 'utf-16le', 'utf-16be');
  const pieces = fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(texts, encodings, pieces, (parts, encoding, sizes) => {
      const bytes = encode(parts.join(''), encoding);
      const cutter = new LineCutter(encoding);
      const index = new LineIndex(encoding);
      const ends: number[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = (sizes[turn % sizes.length] ?? 1) * 2;
        cutter.take(bytes.subarray(at, at + size), (end) => ends.push(end));
        index.take(bytes.subarray(at, at + size));
        at += size;
      }
      assert.deepEqual(ends, plainEnds(bytes, encoding));
      const isOpen = bytes.length > (ends.at(-1) ?? 0);
      assert.equal(index.lines, ends.length + (isOpen ? 1 : 0));
    }),
  );
});

test('each line is found behind the last mark before it', () => {
  const index = new LineIndex('utf-8');
  const lines = Array.from({ length: 2_000 }, (_, at) => `line ${at}\n`);
  index.take(encode(lines.join(''), 'utf-8'));
  for (const line of [0, 1, 255, 256, 257, 1_999, 5_000]) {
    const mark = index.before(line);
    assert.equal(mark.offset, lines.slice(0, mark.line).join('').length);
    assert.ok(mark.line <= line && Math.min(line, 2_000) - mark.line < 256);
  }
});
