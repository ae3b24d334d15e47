// Goal: a run says how many tests passed, and nothing that tested nothing passes.
// Method: the real runner over files written for the purpose, in a process of its own, because node's runner
// does nothing when it finds itself inside another run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Counts } from './test-run.ts';
import { slowest } from './test-run.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'test-run-'));
after(() => rmSync(folder, { recursive: true }));

const PASSING = "import { test } from 'node:test';\ntest('a', () => {});\ntest('b', () => {});\n";
const FAILING = "import { test } from 'node:test';\ntest('c', () => { throw new Error('no'); });\n";
const SKIPPED = "import { test } from 'node:test';\ntest('d', { skip: true }, () => {});\n";
const HANGING = 'setInterval(() => {}, 1000);\n';
const LEAVING =
  "import { test } from 'node:test';\ntest('e', () => { setInterval(() => {}, 1000); });\n";

function countsOf(files: Readonly<Record<string, string>>, fileTimeoutMs = 60_000): Counts {
  const paths = Object.entries(files).map(([name, text]) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  });
  const module = path.join(import.meta.dirname, 'test-run.ts');
  const script = `
    import { runTests } from ${JSON.stringify(module)};
    const files = ${JSON.stringify(paths)};
    const counts = await runTests({ files, concurrency: 2, fileTimeoutMs: ${fileTimeoutMs}, report: process.stderr });
    console.log(JSON.stringify(counts));
  `;
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const scriptFile = path.join(folder, 'run.ts');
  writeFileSync(scriptFile, script);
  const { stdout, stderr } = spawnSync(process.execPath, [scriptFile], { encoding: 'utf8', env });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout) as Counts;
}

test('passed, failed and skipped tests are counted over all files', () => {
  const counts = countsOf({
    'p.test.ts': PASSING,
    'f.test.ts': FAILING,
    's.test.ts': SKIPPED,
  });
  assert.deepEqual(counts, { passed: 2, failed: 1, skipped: 1 });
});

test('no file is a failure', () => {
  assert.deepEqual(countsOf({}), { passed: 0, failed: 1, skipped: 0 });
});

test('a file without a test is a failure', () => {
  const counts = countsOf({ 'p.test.ts': PASSING, 'e.test.ts': 'export const nothing = 1;\n' });
  assert.deepEqual(counts, { passed: 2, failed: 1, skipped: 0 });
});

test('a file that does not load is a failure', () => {
  const counts = countsOf({ 'l.test.ts': "import './not-there.ts';\n" });
  assert.deepEqual(counts, { passed: 0, failed: 1, skipped: 0 });
});

test('a file that hangs is ended and is a failure', () => {
  assert.deepEqual(countsOf({ 'h.test.ts': HANGING }, 500), { passed: 0, failed: 1, skipped: 0 });
});

test('a file that leaves something open is ended and is a failure', () => {
  assert.deepEqual(countsOf({ 'o.test.ts': LEAVING }, 500), { passed: 1, failed: 1, skipped: 0 });
});

test('what a hanging file started ends with it', () => {
  const pidFile = path.join(folder, 'child.pid');
  const text = `
    import { spawn } from 'node:child_process';
    import { writeFileSync } from 'node:fs';
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
  `;
  assert.equal(countsOf({ 'w.test.ts': text }, 500).failed, 1);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  assert.ok(pid > 0);
  assert.ok(!isRunning(pid), `process ${pid} is still there`);
});

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('what took long is named, the longest first; what did not is not', () => {
  const here = path.join(process.cwd(), 'a.test.ts');
  const lines = slowest(
    new Map([
      [here, 20_400],
      ['/x/b.test.ts', 61_000],
      ['/x/c.test.ts', 9_999],
    ]),
  );
  assert.equal(lines.length, 3);
  assert.match(lines[1] ?? '', /^ +61 s {2}.*x\/b\.test\.ts$/);
  assert.equal(lines[2], '    20 s  a.test.ts');
  assert.deepEqual(slowest(new Map([['/x/c.test.ts', 9_999]])), []);
});
