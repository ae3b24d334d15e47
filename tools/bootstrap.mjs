/**
 * The one way in: `node tools/bootstrap.mjs <task> [arguments]`, which is what the npm scripts call.
 *
 * It is plain JavaScript without any dependency, so that whatever Node >= 20 is there can run it: it installs
 * the workspace when that is missing or no longer what package-lock.json says, finds the Node 24 that came with
 * it, and runs the task under that. It holds no task itself. Decision 0001.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The file behind each task, seen from the workspace's root. */
const TASKS = {
  demo: { file: 'tools/task/demo.ts', does: 'start the demo: gateway, cart, panel and console' },
  walkthrough: {
    file: 'test/walkthrough/walkthrough.ts',
    does: 'perform the whole job without a browser, a line for each step',
  },
  chaperone: {
    file: 'tools/task/chaperone.ts',
    does: 'run one of the programs: gateway, cart, licence, verify',
  },
  check: {
    file: 'tools/task/check.ts',
    does: 'format, lint, types, import rules, names, documents',
  },
  test: {
    file: 'tools/task/test.ts',
    does: 'everything: real parts, pages, check, unit and whole-system tests',
  },
  'test-unit': { file: 'tools/task/test-unit.ts', does: 'the unit tests only' },
  'test-long': {
    file: 'tools/task/test-long.ts',
    does: 'the long tests: fuzzing, many seeds, many rounds',
  },
  simulate: {
    file: 'simulate/src/main.ts',
    does: 'drive the safety rules through seeded schedules (--seeds N)',
  },
  bench: {
    file: 'bench/src/main.ts',
    does: 'measure beside a peer: tunnel, files, sign-in, start, kill',
  },
  'build-pages': {
    file: 'tools/task/build-pages.ts',
    does: 'build panel and console if they changed',
  },
  format: { file: 'tools/task/format.ts', does: 'format files (all of them, or those named)' },
};

/** The task that a second bootstrap runs under the lock; not for people. */
const INSTALL = 'install-under-lock';
const NODE_MAJOR_MIN = 20;
/** How flock says that somebody else holds the lock: a code that neither npm nor we use. */
const LOCK_IS_HELD = 75;
/** Without a terminal npm shows no progress, so we say that it is still alive this often. */
const HEARTBEAT_MS = 10_000;
const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

const thisFile = fileURLToPath(import.meta.url);
const root = path.dirname(path.dirname(thisFile));

await main(process.argv.slice(2));

async function main([task, ...args]) {
  refuseUnsuitableMachine();
  if (task === INSTALL) return install();
  if (task === undefined || task === '--help' || task === '-h') return showHelp(task ? 0 : 2);
  if (!Object.hasOwn(TASKS, task)) {
    fail(`There is no task "${task}". The tasks are: ${Object.keys(TASKS).join(', ')}.`, 2);
  }
  const file = path.join(root, TASKS[task].file);
  if (!existsSync(file)) fail(`The task "${task}" needs ${TASKS[task].file}, which is not here.`);
  ensureInstalled();
  const node = pinnedNode();
  const code = await run(node, ['--disable-warning=ExperimentalWarning', file, ...args], {
    cwd: folderOfCaller(task),
    env: {
      ...process.env,
      PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`,
    },
  });
  process.exitCode = code;
}

/** Ends with a sentence when this Node or this system cannot do the work. */
function refuseUnsuitableMachine() {
  if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR_MIN) {
    fail(
      `Node ${NODE_MAJOR_MIN} or later is needed to begin; this is Node ${process.versions.node}.`,
    );
  }
  if (process.platform !== 'linux') {
    fail(
      `Chaperone runs on Linux only for now; this is ${process.platform}. A virtual machine or container will do.`,
    );
  }
  if (process.arch !== 'x64' && process.arch !== 'arm64') {
    fail(`Chaperone runs on x64 and arm64 processors; this is ${process.arch}.`);
  }
}

function showHelp(code) {
  const width = Math.max(...Object.keys(TASKS).map((name) => name.length));
  const rows = Object.entries(TASKS).map(([name, task]) => `  ${name.padEnd(width)}  ${task.does}`);
  console.log(`node tools/bootstrap.mjs <task> [arguments]\n\n${rows.join('\n')}`);
  process.exitCode = code;
}

/** Installs the workspace unless it is exactly what package-lock.json says; one bootstrap at a time. */
function ensureInstalled() {
  if (differenceFromLock() === undefined) return;
  mkdirSync(path.join(root, '.chaperone'), { recursive: true });
  const lock = path.join(root, '.chaperone', 'install.lock');
  // flock belongs to the kernel: it is released when its holder dies, so a lock can never be left behind.
  const underLock = (...flags) =>
    spawnSync('flock', [...flags, lock, process.execPath, thisFile, INSTALL], { stdio: 'inherit' });
  let result = underLock('--nonblock', '--conflict-exit-code', String(LOCK_IS_HELD));
  if (result.status === LOCK_IS_HELD) {
    say('Another start is installing the packages already; waiting for it …');
    result = underLock();
  }
  if (result.error?.code === 'ENOENT') {
    fail('The command "flock" (package util-linux) is missing: it keeps two installs from mixing.');
  }
  if (result.status !== 0) fail('The packages could not be installed; what npm said is above.');
}

/** Runs under the lock: looks again, since another bootstrap may have done the work meanwhile. */
async function install() {
  const difference = differenceFromLock();
  if (difference === undefined) return;
  say(`Installing the packages (${difference}). This takes a minute the first time …`);
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const heartbeat = setInterval(() => {
    if (!process.stderr.isTTY) say(`… still installing, ${seconds()} s`);
  }, HEARTBEAT_MS);
  // No install script of any package runs: all that we use works without, and one of them could be hostile.
  // Warnings would speak of engines that want a newer Node than this one; the pinned one is what will run.
  const code = await run(
    'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      env: { ...process.env, PATH: pathWithoutWorkspace() },
    },
  );
  clearInterval(heartbeat);
  if (code !== 0) return void (process.exitCode = code);
  const left = differenceFromLock();
  if (left !== undefined) fail(`npm finished, but the packages are not as locked: ${left}.`);
  say(`The packages are installed (${seconds()} s).`);
}

/**
 * Compares what npm says it installed with package-lock.json; undefined when they agree.
 *
 * npm writes node_modules/.package-lock.json last, so a broken-off install is noticed, and an `npm install` by
 * hand is as good as ours. Optional packages count only when they are meant for this machine.
 */
function differenceFromLock() {
  const wanted = readLock(path.join(root, 'package-lock.json'));
  if (wanted === undefined)
    fail('package-lock.json is missing or damaged; restore it from the repository.');
  const installed = readLock(path.join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return 'none are installed yet';
  for (const [place, entry] of Object.entries(wanted)) {
    if (!place.includes('node_modules/')) continue;
    const there = installed[place];
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (there === undefined) {
      if (entry.optional === true && !isMeantForThisMachine(entry)) continue;
      return `${name} is missing`;
    }
    if (there.version !== entry.version || there.integrity !== entry.integrity) {
      return `${name} is ${there.version ?? 'another'}, locked is ${entry.version}`;
    }
    if (!existsSync(path.join(root, place, 'package.json'))) return `${name} is missing`;
  }
  return undefined;
}

/** Tells whether npm installs an optional package here: one that names this system and processor. */
function isMeantForThisMachine(entry) {
  if (entry.os === undefined && entry.cpu === undefined) return false;
  const libc = process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
  const fits = (list, value) => list === undefined || list.includes(value);
  return (
    fits(entry.os, process.platform) && fits(entry.cpu, process.arch) && fits(entry.libc, libc)
  );
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Finds the Node that came with the packages, and makes sure that it is the pinned one. */
function pinnedNode() {
  const name = `node-linux-${process.arch}`;
  const wanted = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    .optionalDependencies[name];
  const node = path.join(root, 'node_modules', name, 'bin', 'node');
  if (!existsSync(node)) {
    fail(
      `${name} is not installed, though it should be: does npm's configuration leave out optional packages?`,
    );
  }
  const { stdout, error } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (error || !stdout)
    fail(`${node} does not run here; it needs a Linux with glibc (Debian, Ubuntu, Fedora …).`);
  if (stdout.trim() !== `v${wanted}`) {
    fail(
      `The Node beside the packages is ${stdout.trim()}, but v${wanted} is pinned; remove node_modules and start again.`,
    );
  }
  return node;
}

/** The programs see the folder that a person called them from; npm would hide it. All else runs at the root. */
function folderOfCaller(task) {
  if (task !== 'chaperone') return root;
  return (process.env.npm_lifecycle_event === 'chaperone' && process.env.INIT_CWD) || process.cwd();
}

/** npm must not run on the Node that it is about to remove, so the workspace's own programs leave PATH. */
function pathWithoutWorkspace() {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders
    .filter((folder) => !folder.startsWith(path.join(root, 'node_modules')))
    .join(path.delimiter);
}

/** Runs a program to its end, handing on signals; resolves to its exit code, or dies of the signal that it died of. */
function run(program, args, options) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: 'inherit' });
    const handOn = (signal) => {
      // A terminal sends Ctrl-C to the whole group: handing it on again would look like a second Ctrl-C.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    };
    for (const signal of FORWARDED_SIGNALS) process.on(signal, handOn);
    child.once('error', (error) => {
      fail(
        error.code === 'ENOENT'
          ? `The command "${program}" is missing.`
          : `${program}: ${error.message}`,
      );
    });
    child.once('exit', (code, signal) => {
      for (const name of FORWARDED_SIGNALS) process.off(name, handOn);
      if (signal === null) return resolve(code ?? 1);
      process.exitCode = 128 + (constants.signals[signal] ?? 0);
      process.kill(process.pid, signal);
    });
  });
}

function say(line) {
  process.stderr.write(`chaperone: ${line}\n`);
}

function fail(sentence, code = 1) {
  say(sentence);
  process.exit(code);
}
