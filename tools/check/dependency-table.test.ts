// Goal: no runtime dependency comes in without a row that says what it is for, and no row outlives its dependency.
// Method: small trees, each with one thing wrong.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { dependencyFindings } from './dependency-table.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'dependency-table-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const ROW = '| `zod` | 4.6.7 | gateway | all | schemas |';

function layOut(table: string, dependencies: Readonly<Record<string, string>>): void {
  for (const folder of ['docs', 'gateway']) mkdirSync(path.join(root, folder));
  const header = '| package | version | in | zone | purpose |\n|---|---|---|---|---|\n';
  writeFileSync(path.join(root, 'docs/dependencies.md'), `${header}${table}\n`);
  writeFileSync(path.join(root, 'package.json'), '{}');
  writeFileSync(path.join(root, 'gateway/package.json'), JSON.stringify({ dependencies }));
}

test('a complete table has no findings', () => {
  layOut(ROW, { zod: '4.6.7', '@chaperone/domain': '0.1.0' });
  assert.deepEqual(dependencyFindings(root), []);
});

test('a missing row is shown ready to be copied', () => {
  layOut('', { zod: '4.6.7' });
  assert.match(
    dependencyFindings(root).join(),
    /\| `zod` \| 4\.6\.7 \| gateway \| zone \| purpose \|/,
  );
});

for (const [what, table, dependencies, finding] of [
  ['another version', ROW.replace('4.6.7', '4.6.6'), { zod: '4.6.7' }, /says zod 4\.6\.6/],
  ['another package', ROW.replace('gateway', 'cart'), { zod: '4.6.7' }, /it is in "gateway"/],
  ['no purpose', ROW.replace('schemas', ''), { zod: '4.6.7' }, /needs a zone and a purpose/],
  ['a row left over', ROW, {}, /nobody declares/],
  ['a range', ROW.replace('4.6.7', '^4.6.7'), { zod: '^4.6.7' }, /not one exact version/],
] as const) {
  test(`refuses ${what}`, () => {
    layOut(table, { ...dependencies });
    const findings = dependencyFindings(root);
    assert.equal(findings.length, 1);
    assert.match(findings[0] ?? '', finding);
  });
}
