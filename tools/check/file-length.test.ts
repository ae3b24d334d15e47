// Goal: long files are named, longest first, and short ones and fixtures are not.
// Method: one small tree with files of known length.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { LINES_NOTED, longFiles } from './file-length.ts';

test('files above the limit are listed with their length', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'file-length-'));
  const write = (file: string, lines: number, end: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), Array.from({ length: lines }, () => 'x').join('\n') + end);
  };
  try {
    write('cart/package.json', 1, '\n');
    write('cart/src/at-the-limit.ts', LINES_NOTED, '\n');
    write('cart/src/above.ts', LINES_NOTED + 1, '\n');
    write('cart/src/far-above.tsx', LINES_NOTED + 50, '');
    write('cart/src/fixtures/generated.ts', LINES_NOTED + 50, '\n');
    assert.deepEqual(longFiles(root), [
      { file: 'cart/src/far-above.tsx', lines: LINES_NOTED + 50 },
      { file: 'cart/src/above.ts', lines: LINES_NOTED + 1 },
    ]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
