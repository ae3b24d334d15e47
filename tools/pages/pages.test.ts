// Goal: a page is built when something that goes into it has changed, and only then; a build that fails leaves
// the last good page alone.
// Method: a small page in a folder of its own, built by the real vite.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ROOT } from '../workspace/workspace.ts';
import { PageNotBuilt, buildPage } from './pages.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'pages-'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
  for (const folder of ['panel/src', 'domain/src/id']) {
    mkdirSync(path.join(root, folder), { recursive: true });
  }
  write('package-lock.json', '{}');
  write('tsconfig.json', '{}');
  write('panel/index.html', '<script type="module" src="/src/main.ts"></script>');
  write('panel/src/main.ts', "document.title = 'one';");
  write('domain/src/id/id.ts', 'export const id = 1;');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  writeFileSync(path.join(root, file), text);
}

async function build(): Promise<string> {
  const lines: string[] = [];
  await buildPage(root, 'panel', (line) => lines.push(line));
  return lines.join('\n');
}

test('a page is built once, and again after a change of its own or of what it may import', async () => {
  assert.match(await build(), /built panel/);
  assert.ok(existsSync(path.join(root, 'panel/dist/index.html')));
  assert.equal(await build(), 'pages: panel is up to date');
  write('panel/src/main.ts', "document.title = 'two';");
  assert.match(await build(), /built panel/);
  write('domain/src/id/id.ts', 'export const id = 2;');
  assert.match(await build(), /built panel/);
  write('domain/src/id/id.test.ts', '// a test is no part of a page');
  assert.equal(await build(), 'pages: panel is up to date');
});

test('a page that does not build is refused, and the last good one stays', async () => {
  await build();
  write('panel/src/main.ts', "import './not-there.ts';");
  await assert.rejects(build(), PageNotBuilt);
  assert.ok(existsSync(path.join(root, 'panel/dist/index.html')));
  assert.deepEqual(readdirSync(path.join(root, 'panel')).sort(), ['dist', 'index.html', 'src']);
});
