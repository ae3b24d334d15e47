/**
 * Test support: runs a small program in a process of its own, to kill it or to let its disk fill up.
 *
 * The programs lie beside this file. A program acknowledges by a line on standard output, written before
 * `write` returns; what is read here was acknowledged, even when the program was killed right after.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export type ProgramName =
  | 'database-writer'
  | 'directory-owner'
  | 'file-writer'
  | 'full-disk'
  | 'shutdown';

export interface RunningProgram {
  readonly child: ChildProcess;
  /** Lines of standard output so far; complete once the program has ended. */
  readonly lines: readonly string[];
  /** Lines of standard error so far. */
  readonly errors: readonly string[];
  /** Waits for the n-th line. @throws Error with the program's errors when it ends before */
  line(n: number): Promise<string>;
  /** Waits for the end, and for all output before it. @returns the exit code or the signal */
  ended(): Promise<number | string>;
  /** As `kill -9`. */
  kill(): Promise<void>;
}

const running = new Set<ChildProcess>();

/** Ends what a failed test left running; for `afterEach`. */
export function killPrograms(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Starts one of the programs with these arguments. */
export function startProgram(name: ProgramName, args: readonly string[]): RunningProgram {
  return watch(
    spawn(process.execPath, [file(name), ...args], { stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

/** Starts a program in a mount namespace of its own where `directory` is a disk of the given size. */
export function startProgramOnSmallDisk(
  name: ProgramName,
  directory: string,
  kilobytes: number,
): RunningProgram {
  const rootless = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const script = 'mount -t tmpfs -o "size=$1k" none "$2" && shift && exec "$2" "$3" "$1"';
  const args = ['--mount', ...rootless, 'sh', '-c', script, 'sh', String(kilobytes), directory];
  const child = spawn('unshare', [...args, process.execPath, file(name)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return watch(child);
}

function file(name: ProgramName): string {
  return path.join(import.meta.dirname, `${name}.ts`);
}

function watch(child: ChildProcess): RunningProgram {
  assert(child.stdout !== null && child.stderr !== null);
  running.add(child);
  child.once('exit', () => running.delete(child));
  const lines: string[] = [];
  const errors: string[] = [];
  const output = createInterface({ input: child.stdout });
  output.on('line', (text) => lines.push(text));
  createInterface({ input: child.stderr }).on('line', (text) => errors.push(text));
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  const ended = async (): Promise<number | string> => {
    const [code, signal] = await closed;
    return code ?? signal ?? 'unknown';
  };
  return {
    child,
    lines,
    errors,
    ended,
    line: async (n) => {
      while (lines.length < n) {
        const over = await Promise.race([ended(), once(output, 'line').then(() => undefined)]);
        if (over !== undefined && lines.length < n) {
          throw new Error(`the program ended (${over}):\n${errors.join('\n')}`);
        }
      }
      return lines[n - 1] ?? '';
    },
    kill: async () => {
      child.kill('SIGKILL');
      assert.equal(await ended(), 'SIGKILL');
    },
  };
}
