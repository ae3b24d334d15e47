/** Runs a program of the system that only tells something, with a limit on its time and on what it may say. */
import { execFile } from 'node:child_process';

/** A scan of a large hospital has a few thousand lines of a hundred bytes. */
const OUTPUT_BYTES_MAX = 1024 * 1024;

export interface Run {
  readonly text: string;
  /** Null: it could not be started, or was ended. */
  readonly exitCode: number | null;
}

/** Runs it; what it says on its error channel is not kept, since it may repeat what somebody announced. */
export async function runProgram(
  program: string,
  args: readonly string[],
  {
    timeoutMs,
    signal,
    busAddress = null,
  }: {
    readonly timeoutMs: number;
    readonly signal?: AbortSignal | undefined;
    readonly busAddress?: string | null;
  },
): Promise<Run> {
  signal?.throwIfAborted();
  const env: NodeJS.ProcessEnv = {
    // `iw` stands where an agent's path may not lead.
    PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
    LC_ALL: 'C.UTF-8',
  };
  const address = busAddress ?? process.env['DBUS_SYSTEM_BUS_ADDRESS'];
  if (address !== undefined) env['DBUS_SYSTEM_BUS_ADDRESS'] = address;
  return await new Promise<Run>((resolve, reject) => {
    const options = {
      env,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: OUTPUT_BYTES_MAX,
      encoding: 'utf8',
    } as const;
    const child = execFile(program, [...args], options, (fault, text) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const { code } = (fault ?? { code: 0 }) as { code?: unknown };
      resolve({ text, exitCode: typeof code === 'number' ? code : null });
    });
    const stop = (): void => void child.kill('SIGKILL');
    signal?.addEventListener('abort', stop, { once: true });
  });
}
