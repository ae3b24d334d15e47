// Goal: two migrations of a zone never share a number. Method: a small tree with and without such a pair, and this one.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../workspace/workspace.ts';
import { migrationNumberFindings } from './migration-numbers.ts';

test('a number that a zone gives twice is found, the same number of another zone is not', (t) => {
  const root = mkdtempSync(path.join(tmpdir(), 'chaperone-migrations-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(path.join(root, 'gateway/src'), { recursive: true });
  const write = (name: string, migration: string): void =>
    writeFileSync(path.join(root, 'gateway/src', name), `{\n  name: '${migration}',\n}\n`);
  assert.equal(migrationNumberFindings(root).length, 1, 'no migration at all is a finding');
  write('one.ts', 'desk/0001-one');
  write('other.ts', 'vault/0001-other');
  assert.deepEqual(migrationNumberFindings(root), []);
  write('third.ts', 'desk/0001-third');
  assert.match(migrationNumberFindings(root).join(), /desk\/0001 is taken/);
});

test('this tree has none', () => assert.deepEqual(migrationNumberFindings(ROOT), []));
