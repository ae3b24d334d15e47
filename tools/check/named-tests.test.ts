// Goal: a threat or hazard without a test, and a test that is gone, do not go unnoticed.
// Method: small trees, each with one thing wrong.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { namedTestFindings } from './named-tests.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'named-tests-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const TESTS = [
  `test('a closed door stays closed', () => {});`,
  'for (const way of WAYS) test(`no way in by $' + '{way} at all`, () => {});',
  `const CASES = [{ name: 'with a "bent" key' }];`,
  // Written with an escape, read without.
  `test('the sonographer\\'s End wins', () => {});`,
].join('\n');

function layOut(...cells: readonly string[]): void {
  mkdirSync(path.join(root, 'docs'));
  writeFileSync(path.join(root, 'door.test.ts'), TESTS);
  const rows = cells.map((cell) => `| somebody | lock | ${cell} |`).join('\n');
  const table = `# Doors\n\n| threat | control | test |\n|---|---|---|\n${rows}\n\n| other | table |\n|---|---|\n| a | b |\n`;
  for (const name of ['threat-model', 'risk']) {
    writeFileSync(path.join(root, `docs/${name}.md`), table);
  }
}

test('titles, templates and cases in a table are found', () => {
  layOut(
    '`door.test.ts` "a closed door stays closed"',
    '`door.test.ts` "no way in by the window at all"; `door.test.ts` "the sonographer\'s End wins"',
  );
  assert.deepEqual(namedTestFindings(root), []);
});

for (const [what, cell, finding] of [
  ['a row without a test', 'we are careful', /risk\.md:5: no test is named/],
  ['a missing file', '`wall.test.ts` "stands"', /no file wall\.test\.ts/],
  ['a missing title', '`door.test.ts` "a closed door"', /has no test "a closed door"/],
  ['one wrong of two', '`door.test.ts` "with a key" `door.test.ts` "x"', /no test "x"/],
] as const) {
  test(`refuses ${what}`, () => {
    layOut(cell);
    assert.match(namedTestFindings(root).join('\n'), finding);
  });
}

test('refuses a document that is missing or has no such table', () => {
  layOut();
  writeFileSync(path.join(root, 'docs/risk.md'), '# Risk\n');
  assert.match(namedTestFindings(root).join('\n'), /risk\.md has no table with a column "test"/);
  rmSync(path.join(root, 'docs/risk.md'));
  assert.match(namedTestFindings(root).join('\n'), /risk\.md is missing/);
});
