// Goal: ids of different kinds are never mistaken for each other and nothing malformed is let in. Method: properties.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { isId, MalformedId, newId, parseCartSerial, parseId } from './id.ts';

test('a new id is read back as its own kind and as no other', () => {
  const id = newId('case', randomBytes);
  assert.equal(parseId('case', id), id);
  assert.throws(() => parseId('grant', id), MalformedId);
});

test('two new ids differ', () => {
  assert.notEqual(newId('grant', randomBytes), newId('grant', randomBytes));
});

test('arbitrary text is refused with the one error', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 64 }), (text) => {
      if (isId('session', text)) return;
      assert.throws(() => parseId('session', text), MalformedId);
    }),
  );
});

test('a serial has no path, space or control character in it', () => {
  for (const bad of ['', '-x', 'a b', 'a/b', '..', 'a\u0000', 'ü', 'a'.repeat(65)]) {
    assert.throws(() => parseCartSerial(bad), MalformedId);
  }
  assert.equal(parseCartSerial('US-4711_b'), 'US-4711_b');
});
