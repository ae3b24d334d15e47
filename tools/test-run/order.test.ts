// Goal: the order in which whole-system tests begin loses none, and what it is made from is still true of the tree.
// Method: the real list of tests.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../workspace/workspace.ts';
import { LONGEST, longestFirst } from './order.ts';
import { systemTests } from './selection.ts';

const ordered = longestFirst(systemTests());

test('each test begins, and each once', () => {
  assert.deepEqual(ordered.toSorted(), systemTests().toSorted());
  assert.equal(new Set(ordered).size, ordered.length);
});

test('every long file is one that there is', () => {
  const there = new Set(systemTests().map((file) => path.relative(ROOT, file)));
  assert.deepEqual(
    LONGEST.filter((file) => !there.has(file)),
    [],
  );
});

test('the longest begin first, of those with a browser and of the others', () => {
  const named = ordered.map((file) => path.relative(ROOT, file));
  for (const isKind of [isPage, (file: string) => !isPage(file)]) {
    const long = LONGEST.filter(isKind);
    assert.deepEqual(named.filter(isKind).slice(0, long.length), long);
  }
});

test('never do three with a browser begin one after the other', () => {
  const kinds = ordered.map((file) => (isPage(path.relative(ROOT, file)) ? 'p' : 'o')).join('');
  assert.match(kinds, /p/);
  assert.doesNotMatch(kinds, /ppp/);
});

function isPage(file: string): boolean {
  return file.startsWith('test/pages/');
}
