/**
 * A daemon of a test's network: started as a child that dies with the test, also when that is killed, and waited for.
 *
 * What it prints is kept, to say why it did not start.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

const START_TIMEOUT_MS = 60_000;
const PRINTED_CHARACTERS_MAX = 200_000;
const POLL_MS = 20;
const STOP_TIMEOUT_MS = 5_000;

export interface Daemon {
  readonly pid: number;
  /** What it printed so far, the end of it. */
  printed(): string;
  /** Settles when it has ended, however. */
  readonly ended: Promise<void>;
  /** `SIGTERM`, and `SIGKILL` when it does not end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a program and waits until it is ready.
 * @param isReady asked again and again
 */
export async function startDaemon(
  program: string,
  args: readonly string[],
  isReady: (printed: string) => boolean | Promise<boolean>,
  env: NodeJS.ProcessEnv = {},
): Promise<Daemon> {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', ...env },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-PRINTED_CHARACTERS_MAX);
    });
  }
  let isOver = false;
  const ended = Promise.race([once(child, 'close'), once(child, 'error')]).then(() => {
    isOver = true;
  });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (isOver) return;
    child.kill(signal);
    const killing = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(killing);
  };
  const untilMs = performance.now() + START_TIMEOUT_MS;
  // What becomes ready tells nobody here: it is asked until it answers.
  while (!(await isReady(printed))) {
    if (isOver || performance.now() > untilMs) {
      await stop('SIGKILL');
      throw new Error(`${program} ${args.join(' ')} did not start: ${printed}`);
    }
    await pause(POLL_MS);
  }
  return { pid: child.pid ?? 0, printed: () => printed, ended, stop };
}
