/**
 * Loaded into every test process before the test file: ends the process when it does not end by itself.
 *
 * The runner's own time limit covers single tests only; a socket, a timer or a child left open would keep the run
 * waiting for ever. A test process that leaves something open is wrong, and this says what it left. The programs
 * that it started end with it, since no test is left to end them.
 */
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const limitMs = Number(process.env['TEST_FILE_TIMEOUT_MS']);

// A thread is loaded with it, too, and ends with its process.
if (isMainThread) setTimeout(endAll, limitMs).unref();

function endAll(): never {
  const left = process.getActiveResourcesInfo().join(', ');
  console.error(`This test file did not end within ${limitMs} ms. Still open: ${left}.`);
  for (const child of childrenOf(process.pid)) {
    console.error(`Ending what it started: ${commandOf(child)}`);
    process.kill(child, 'SIGKILL');
  }
  process.exit(1);
}

/** Lists the processes that a process started and that are still there. */
function childrenOf(pid: number): readonly number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return list === '' ? [] : list.split(' ').map(Number);
}

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
}
