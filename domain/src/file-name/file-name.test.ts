// Goal: no name leads anywhere else, on any system, and what is refused says why. Method: a list of known tricks, and
// properties over arbitrary text.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkFileName, checkRelativePath, FileNameRefused } from './file-name.ts';

const REFUSED: readonly [string, string][] = [
  ['an empty name', ''],
  ['the directory itself', '.'],
  ['the directory above', '..'],
  ['a separator', 'a/b'],
  ['a separator of Windows', 'a\\b'],
  ['NUL', 'a\u0000b'],
  ['a line break', 'a\nb'],
  ['an escape', 'a\u001b[2J'],
  ['a control of C1', 'a\u0085'],
  ['an override of direction', 'gpj.\u202eexe'],
  ['an alternate stream', 'a:b'],
  ['a wildcard', '*'],
  ['a reserved name', 'CON'],
  ['a reserved name with an extension', 'nul.txt'],
  ['a reserved name with a superscript', 'com¹'],
  ['a trailing dot', 'a.'],
  ['a trailing space', 'a '],
  ['a leading space', ' a'],
  ['256 bytes', 'a'.repeat(256)],
  ['256 bytes in fewer characters', 'ü'.repeat(128)],
  ['half a surrogate pair', '\ud800'],
];
for (const [what, name] of REFUSED) {
  test(`refused: ${what}`, () => {
    assert.throws(() => checkFileName(name), FileNameRefused);
    assert.throws(
      () => checkRelativePath(`a/${name}/b`.replace('a/b', 'a\u0000b')),
      FileNameRefused,
    );
  });
}

test('ordinary names pass, also of 255 bytes and in other scripts', () => {
  for (const name of [
    'a',
    '.hidden',
    'IMG 0001.dcm',
    'ü'.repeat(127),
    '心エコー.dcm',
    'a'.repeat(255),
    'com10',
  ]) {
    assert.equal(checkFileName(name), name);
  }
});

test('a path that passes stays below the directory it is joined to', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      let segments: readonly string[];
      try {
        segments = checkRelativePath(text);
      } catch (refusal) {
        assert.ok(refusal instanceof FileNameRefused);
        return;
      }
      const joined = path.join('/exposed', ...segments);
      assert.ok(joined === '/exposed' || joined.startsWith('/exposed/'));
      assert.equal(joined, ['/exposed', ...segments].join('/'));
    }),
    { numRuns: 5000 },
  );
});

test('a path made of tricks and ordinary segments passes only without tricks', () => {
  const segment = fc.oneof(
    fc.constantFrom('a', 'b.txt', '.x'),
    fc.constantFrom('..', '.', '', '\\', 'a\u0000'),
  );
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (segments) => {
      const isPlain = segments.every((each) => /^[\w.]+$/.test(each) && !/^\.*$/.test(each));
      const text = segments.join('/');
      if (isPlain) assert.deepEqual(checkRelativePath(text), segments);
      else if (text !== '') assert.throws(() => checkRelativePath(text), FileNameRefused);
    }),
  );
});

test('a path of more than 2048 bytes is refused', () => {
  assert.throws(() => checkRelativePath(`${'a/'.repeat(1100)}a`), FileNameRefused);
});
