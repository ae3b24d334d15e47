/**
 * One of our programs as a process of its own: started by its command line, spoken to by its output, ended by its pid.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../workspace/workspace.ts';

/** How long a program may take to say that it is ready, or to end after SIGTERM. Milliseconds. */
const READY_MS = 60_000;
const END_MS = 15_000;

export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
}

export interface RunningProgram {
  readonly pid: number;
  /** Settles when the process has ended, however it did. */
  readonly ended: Promise<void>;
  /** SIGTERM, and SIGKILL if that is not enough. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

const FILES = {
  gateway: 'gateway/src/main.ts',
  cart: 'cart/src/main.ts',
  workstation: 'workstation/src/main.ts',
  verify: 'verify/src/main.ts',
  facility: 'facility/src/main.ts',
} as const;
export type ProgramName = keyof typeof FILES;

/** A program of a test's own that stands in the place of one of ours. */
export interface OwnProgram {
  readonly file: string;
}

/** Runs a program to its end. @returns what it printed @throws ProgramFailed with its own words */
export async function call(
  name: ProgramName,
  args: readonly string[],
): Promise<{ readonly output: string }> {
  const child = spawn(process.execPath, [path.join(ROOT, FILES[name]), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    throw new ProgramFailed(`"${name} ${args.join(' ')}" failed:\n${complaint}${output}`.trim());
  }
  return { output };
}

/**
 * Starts a program that keeps running.
 *
 * @param logFile takes its log, appended
 * @param readReady gives what the caller wants of its first output, or null while that is not there yet
 * @throws ProgramFailed when it ends first, or says nothing for a minute
 */
export async function start<T>(
  program: ProgramName | OwnProgram,
  args: readonly string[],
  logFile: string,
  readReady: (output: string) => T | null,
): Promise<{ readonly program: RunningProgram; readonly ready: T }> {
  const file = typeof program === 'string' ? path.join(ROOT, FILES[program]) : program.file;
  const name = typeof program === 'string' ? program : path.basename(file);
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ['ignore', 'pipe', openSync(logFile, 'a', 0o600)],
    // Ctrl-C in the terminal is for the one that started us; it ends the programs in their order.
    detached: true,
  });
  const { pid } = child;
  const ended = once(child, 'exit').then(() => undefined);
  if (pid === undefined) throw new ProgramFailed(`"${name}" cannot be started.`);
  const signalAndWait = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const hurry = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await ended;
    clearTimeout(hurry);
  };
  const running: RunningProgram = {
    pid,
    ended,
    stop: () => signalAndWait('SIGTERM'),
    kill: () => signalAndWait('SIGKILL'),
  };
  let output = '';
  const ready = new Promise<T>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new ProgramFailed(`"${name}" did not get ready; its log is ${logFile}`)),
      READY_MS,
    );
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const read = readReady(output);
      if (read === null) return;
      clearTimeout(late);
      resolve(read);
    });
    void ended.then(() => {
      clearTimeout(late);
      reject(new ProgramFailed(`"${name}" ended at its start; its log is ${logFile}`));
    });
  });
  try {
    return { program: running, ready: await ready };
  } catch (fault) {
    await running.kill();
    throw fault;
  }
}
