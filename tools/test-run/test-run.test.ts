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
const STUCK =
  "import { test } from 'node:test';\ntest('stuck', async () => { await new Promise((done) => setTimeout(done, 60_000)); });\n";
const LEAVING =
  "import { test } from 'node:test';\ntest('e', () => { setInterval(() => {}, 1000); });\n";

function countsOf(files: Readonly<Record<string, string>>, fileTimeoutMs?: number): Counts {
  return runOf(files, fileTimeoutMs).counts;
}

function runOf(
  files: Readonly<Record<string, string>>,
  fileTimeoutMs = 60_000,
): { readonly counts: Counts; readonly report: string } {
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
  return { counts: JSON.parse(stdout) as Counts, report: stderr };
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

test('what failed is told at once, with file and reason, while an earlier file still runs', () => {
  const marker = path.join(folder, 'failed');
  const waiting = `
    import { existsSync } from 'node:fs';
    import { test } from 'node:test';
    test('g', async () => {
      while (!existsSync(${JSON.stringify(marker)})) await new Promise((done) => setTimeout(done, 100));
    });
  `;
  const failing = `
    import { writeFileSync } from 'node:fs';
    import { describe, test } from 'node:test';
    process.on('exit', () => writeFileSync(${JSON.stringify(marker)}, ''));
    describe('part', () => { test('i', () => { throw new Error('no reason'); }); });
  `;
  const { counts, report } = runOf({ 'g.test.ts': waiting, 'i.test.ts': failing });
  assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 0 });
  const told = report.match(/✖ now: .*\n.*/g) ?? [];
  assert.equal(told.length, 1, report);
  assert.match(told[0] ?? '', /i\.test\.ts › i\n {4}no reason$/);
  assert.ok(report.indexOf('✖ now: ') < report.indexOf('✔ g '), report);
});

test('of a file that hangs the test is told that it hangs in', () => {
  const { report } = runOf({ 'k.test.ts': STUCK }, 4000);
  assert.match(report, /✖ now: .*k\.test\.ts › stuck\n/);
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
