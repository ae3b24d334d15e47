// Goal: what a merge left behind is found wherever it stands, and nothing else is taken for it.
// Method: a small tree with a marker in a template string, in a document, and texts that only look alike.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { mergeMarkerFindings } from './merge-marker.ts';

const marker = (sign: string): string => `${sign.repeat(7)} HEAD`;

test('a marker in code or in a document is found with its line', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'marker-'));
  try {
    mkdirSync(path.join(root, 'domain/src/id'), { recursive: true });
    mkdirSync(path.join(root, 'docs'));
    writeFileSync(path.join(root, 'domain/package.json'), '{}');
    writeFileSync(path.join(root, 'domain/src/id/id.ts'), `const a = \`\n${marker('<')}\n\`;\n`);
    writeFileSync(path.join(root, 'docs/risk.md'), `Title\n=======\n\n${marker('>')}\n`);
    writeFileSync(path.join(root, 'README.md'), `Title\n=======\n  ${marker('<')}\n<<<<<<<<< x\n`);
    assert.deepEqual(mergeMarkerFindings(root).toSorted(), [
      'docs/risk.md:4: a merge was not finished here.',
      'domain/src/id/id.ts:2: a merge was not finished here.',
    ]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
