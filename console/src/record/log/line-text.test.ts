// Goal: a line is shown as it is, character for character, and can neither hide something nor turn it round.
// Method: lines with each kind of sign, and random ones.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeLine, levelOf, shownLine } from './line-text.ts';

test('UTF-8 is read as such, and the old encoding where it is none', () => {
  assert.equal(decodeLine(Buffer.from('Gerät\r\n'), 'utf-8'), 'Gerät');
  assert.equal(decodeLine(Buffer.from('Gerät\n', 'latin1'), 'utf-8'), 'Gerät');
  assert.equal(decodeLine(Buffer.from('Gerät', 'utf16le'), 'utf-16le'), 'Gerät');
});

test('signs that are not seen are shown, each in its place', () => {
  assert.equal(shownLine('a\u{1b}[31mb\u{202e}c'), 'a\u{241b}[31mb\u{fffd}c');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = shownLine(text);
      assert.equal(shown.length, text.length);
      assert.ok(!/[\u{202a}-\u{202e}\u{2066}-\u{2069}]/u.test(shown));
    }),
  );
});

test('levels are words of their own', () => {
  assert.equal(levelOf('12:00 [ERROR] pump'), 'error');
  assert.equal(levelOf('warn: hot'), 'warning');
  assert.equal(levelOf('INFO terror'), 'info');
  assert.equal(levelOf('TRACE x'), 'debug');
  assert.equal(levelOf('terrors and warnings'), null);
});
