/** Runs one of the system's programs to its end, without a shell, without a terminal and within limits. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export interface ProgramRun {
  /** 0 is good; null when it was ended by a signal. */
  readonly exitCode: number | null;
  readonly output: Buffer;
  /** What it complained of, as text. */
  readonly complaint: string;
}

export interface RunOptions {
  /** Given on standard input; nothing is there otherwise, not even a terminal. */
  readonly input?: string;
  /** Given on file descriptor 3: a pass-phrase that must stand neither in the arguments nor in the environment. */
  readonly secret?: string;
}

/** A store on a slow network home takes seconds, not a minute. Milliseconds. */
const RUN_TIMEOUT_MS = 60_000;
/** A store with thousands of certificates lists less. */
const OUTPUT_BYTES_MAX = 4 * 1024 * 1024;

/** The program is not on this machine. */
export class ProgramMissing extends DomainError {
  readonly code = 'PROGRAM_MISSING';
}

/** The program neither ended in time nor kept to a sensible amount of output. */
export class ProgramStuck extends DomainError {
  readonly code = 'PROGRAM_STUCK';
}

/** @throws ProgramMissing, ProgramStuck */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<ProgramRun> {
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' },
      // A session of its own: certutil asks the terminal for a password wherever it finds one.
      detached: true,
    });
    const fail = (error: DomainError): void => {
      clearTimeout(late);
      child.kill('SIGKILL');
      reject(error);
    };
    // Not spawn's own limit, whose timer outlives a program that could not be started.
    const late = setTimeout(
      () => fail(new ProgramStuck(`${program} does not end.`)),
      RUN_TIMEOUT_MS,
    );
    child.once('error', (cause: NodeJS.ErrnoException) => {
      fail(
        cause.code === 'ENOENT'
          ? new ProgramMissing(`The program ${program} is not installed.`, { cause })
          : new ProgramStuck(`The program ${program} cannot be started.`, { cause }),
      );
    });
    const collect = (stream: Readable): Buffer[] => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > OUTPUT_BYTES_MAX) fail(new ProgramStuck(`${program} says far too much.`));
      });
      return chunks;
    };
    const output = collect(child.stdout);
    const complaint = collect(child.stderr);
    // It may end without having read what it is given.
    const give = (stream: (typeof child.stdio)[3], text: string | undefined): void => {
      if (stream === null || stream === undefined || !('end' in stream)) return;
      stream.on('error', () => undefined);
      stream.end(text);
    };
    give(child.stdin, options.input);
    give(child.stdio[3], options.secret);
    child.once('close', (exitCode) => {
      clearTimeout(late);
      const said = Buffer.concat(complaint).toString('utf8');
      resolve({ exitCode, output: Buffer.concat(output), complaint: said });
    });
  });
}
