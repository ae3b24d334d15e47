// Goal: whatever Node >= 20 is there, the task runs under the pinned Node, with the packages as locked; two starts
// at once install once; signals and exit codes pass through.
// Method: the real bootstrap.mjs in a workspace of its own, with a script in npm's place that lays out the one
// package that bootstrap looks for: the real npm would need a registry, and the real install is what CI begins with.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, test } from 'node:test';

const NODE_PACKAGE = `node-linux-${process.arch}`;
const VERSION = process.versions.node;

let root = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'bootstrap-'));
  for (const folder of ['tools/task', 'bin'])
    mkdirSync(path.join(root, folder), { recursive: true });
  copyFileSync(
    path.join(import.meta.dirname, 'bootstrap.mjs'),
    path.join(root, 'tools/bootstrap.mjs'),
  );
  // An entry a line, so that the npm below can leave out with grep what is not meant for this machine.
  write(
    'package-lock.json',
    `{ "packages": {
"node_modules/for-another-machine": { "version": "1.0.0", "optional": true, "os": ["darwin"] },
"node_modules/${NODE_PACKAGE}": { "version": "${VERSION}", "integrity": "sha512-one" }
} }
`,
  );
  pin(VERSION);
  // Lays out what npm would; writes its own lock file last, as npm does; leaves a line for each call.
  write(
    'bin/npm',
    `#!/bin/sh
set -eu
echo "$*" >> installs
mkdir -p node_modules/${NODE_PACKAGE}/bin
ln -sf "${process.execPath}" node_modules/${NODE_PACKAGE}/bin/node
echo '{}' > node_modules/${NODE_PACKAGE}/package.json
grep -v for-another-machine package-lock.json > node_modules/.package-lock.json
`,
  );
  chmodSync(path.join(root, 'bin/npm'), 0o755);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, content: string): void {
  writeFileSync(path.join(root, file), content);
}

function pin(version: string): void {
  write('package.json', JSON.stringify({ optionalDependencies: { [NODE_PACKAGE]: version } }));
}

function installs(): number {
  const file = path.join(root, 'installs');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0;
}

function start(...args: readonly string[]) {
  return spawn(process.execPath, [path.join(root, 'tools/bootstrap.mjs'), ...args], {
    env: { ...process.env, PATH: `${path.join(root, 'bin')}:${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function endOf(child: ReturnType<typeof start>): Promise<End> {
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { code, signal, stdout, stderr };
}

const PRINT_SELF =
  'console.log(JSON.stringify({ exec: process.execPath, path: process.env.PATH, args: process.argv.slice(2) }));';

test('the first start installs; the task runs under the pinned Node, which comes first in PATH', async () => {
  write('tools/task/demo.ts', PRINT_SELF);
  const first = await endOf(start('demo', 'one', '--two'));
  assert.equal(first.code, 0, first.stderr);
  const said = JSON.parse(first.stdout) as { exec: string; path: string; args: string[] };
  assert.equal(said.exec, process.execPath);
  assert.equal(said.path.split(':')[0], path.join(root, 'node_modules', NODE_PACKAGE, 'bin'));
  assert.deepEqual(said.args, ['one', '--two']);
  assert.match(first.stderr, /Installing the packages/);
  assert.match(readFileSync(path.join(root, 'installs'), 'utf8'), /^ci --ignore-scripts/);
  const second = await endOf(start('demo'));
  assert.equal(second.stderr, '');
  assert.equal(installs(), 1);
});

test('packages that are no longer as locked are installed again', async () => {
  write('tools/task/demo.ts', '');
  await endOf(start('demo'));
  const lock = readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  write('package-lock.json', lock.replace('sha512-one', 'sha512-two'));
  await endOf(start('demo'));
  assert.equal(installs(), 2);
  rmSync(path.join(root, 'node_modules', NODE_PACKAGE, 'package.json'));
  await endOf(start('demo'));
  assert.equal(installs(), 3);
});

test('two starts at once install once', async () => {
  write('tools/task/demo.ts', '');
  const ends = await Promise.all([
    endOf(start('demo')),
    endOf(start('demo')),
    endOf(start('demo')),
  ]);
  assert.deepEqual(
    ends.map(({ code }) => code),
    [0, 0, 0],
  );
  assert.equal(installs(), 1);
});

test('an install that fails ends with a sentence and without the task', async () => {
  write('tools/task/demo.ts', "console.log('ran');");
  write('bin/npm', '#!/bin/sh\nexit 1\n');
  const { code, stdout, stderr } = await endOf(start('demo'));
  assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
  assert.match(stderr, /could not be installed/);
});

test('another Node than the pinned one is refused', async () => {
  write('tools/task/demo.ts', "console.log('ran');");
  pin('24.0.1');
  const { code, stdout, stderr } = await endOf(start('demo'));
  assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
  assert.match(stderr, /v24\.0\.1 is pinned/);
});

test('an unknown task is refused with the list of tasks, and installs nothing', async () => {
  const { code, stderr } = await endOf(start('dmeo'));
  assert.equal(code, 2);
  assert.match(stderr, /no task "dmeo".*demo, walkthrough/);
  assert.equal(installs(), 0);
});

test('the exit code of the task is ours', async () => {
  write('tools/task/demo.ts', 'process.exitCode = 7;');
  assert.equal((await endOf(start('demo'))).code, 7);
});

test('a signal reaches the task, which may end in its own way', async () => {
  write(
    'tools/task/demo.ts',
    "process.on('SIGTERM', () => process.exit(5));\nsetInterval(() => {}, 1000);\nconsole.log('up');",
  );
  const child = start('demo');
  child.stdout.once('data', () => child.kill('SIGTERM'));
  const { code, signal } = await endOf(child);
  assert.deepEqual({ code, signal }, { code: 5, signal: null });
});

test('a task that dies of a signal takes us along by the same one', async () => {
  write('tools/task/demo.ts', "process.kill(process.pid, 'SIGKILL');");
  const { code, signal } = await endOf(start('demo'));
  assert.deepEqual({ code, signal }, { code: null, signal: 'SIGKILL' });
});
