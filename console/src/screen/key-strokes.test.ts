/**
 * Goal: a text becomes the keysyms that mean its characters, whole or not at all. Method: known keysyms, then random texts, whose
 * keys are read back.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FUNCTION_KEYS, TYPED_MAX, keysOf } from './key-strokes.ts';

const symbols = (text: string): readonly number[] => {
  const keys = keysOf(text);
  assert.ok(typeof keys !== 'string', text);
  return keys.map(({ keysym }) => keysym);
};

test('characters of the old set, of all others, and the two keys of a text (X11 protocol, appendix A)', () => {
  assert.deepEqual(symbols('aZ ß'), [0x61, 0x5a, 0x20, 0xdf]);
  assert.deepEqual(symbols('€Ł'), [0x010020ac, 0x01000141]);
  assert.deepEqual(symbols('🩺'), [0x0101fa7a]);
  assert.deepEqual(symbols('a\tb\r\nc\n'), [0x61, 0xff09, 0x62, 0xff0d, 0x63, 0xff0d]);
  assert.deepEqual(FUNCTION_KEYS.at(-1), ['F12', { keysym: 0xffc9, code: 'F12' }]);
});

test('what no key makes, and what is too long, is not typed at all', () => {
  for (const text of ['a\u0007', '\u001b[2J', '\u0085', '\ud800'])
    assert.equal(keysOf(text), 'no-key', JSON.stringify(text));
  assert.equal(keysOf('x'.repeat(TYPED_MAX + 1)), 'too-long');
  assert.equal(symbols('🩺'.repeat(TYPED_MAX)).length, TYPED_MAX);
});

test('the keys of a text say the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const keys = keysOf(text);
      if (typeof keys === 'string') return;
      const said = keys.map(({ keysym }) =>
        keysym === 0xff0d
          ? '\n'
          : keysym === 0xff09
            ? '\t'
            : String.fromCodePoint(keysym & 0xff_ffff),
      );
      assert.equal(said.join(''), text.replaceAll('\r\n', '\n'));
    }),
  );
});
