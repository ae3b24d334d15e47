/**
 * Runs `nmcli`, NetworkManager's own command, and gives what it printed.
 *
 * Nothing secret is ever an argument: arguments can be read by every account of the cart. Secrets go through files that
 * root alone reads (`profile-store.ts`).
 */
import { execFile } from 'node:child_process';
import {
  NetworkManagerAway,
  NetworkManagerRefused,
  NetworkManagerSilent,
} from './network-manager-error.ts';

/** Time for a question. Milliseconds; tens of them are usual. */
export const QUESTION_TIMEOUT_MS = 10_000;
/** A scan of a large hospital has hundreds of lines. */
const OUTPUT_BYTES_MAX = 1024 * 1024;
/** nmcli(1), "EXIT STATUS". */
const EXIT_NOT_RUNNING = 8;

export interface NmcliOptions {
  /** A name on the path or an absolute path. */
  readonly program: string;
  /** In place of the system bus's own address; null: that. */
  readonly busAddress: string | null;
}

/** What came of one run that did not succeed. */
export interface NmcliFailure {
  readonly exitCode: number | null;
  /** For telling failures apart only: never shown, never logged. */
  readonly complaint: string;
}

/**
 * Runs the command with arguments.
 * @returns what it printed, or the failure that `expected` wants to judge by itself
 * @throws NetworkManagerAway, NetworkManagerSilent, NetworkManagerRefused, and the signal's reason
 */
export async function nmcli<T = never>(
  { program, busAddress }: NmcliOptions,
  args: readonly string[],
  {
    timeoutMs = QUESTION_TIMEOUT_MS,
    signal,
    expected,
  }: {
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal | undefined;
    readonly expected?: (failure: NmcliFailure) => T;
  } = {},
): Promise<string | T> {
  signal?.throwIfAborted();
  const outcome = await new Promise<string | (NmcliFailure & { readonly isCutOff: boolean })>(
    (resolve, reject) => {
      const env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' };
      if (busAddress !== null) env['DBUS_SYSTEM_BUS_ADDRESS'] = busAddress;
      const options = {
        env,
        timeout: Math.ceil(timeoutMs),
        killSignal: 'SIGKILL',
        maxBuffer: OUTPUT_BYTES_MAX,
      } as const;
      const done = (fault: Error | null, printed: string, complaint: string): void => {
        if (fault === null) return resolve(printed);
        if (signal?.aborted === true) return reject(signal.reason as Error);
        const { code, killed = false } = fault as { code?: unknown; killed?: boolean };
        if (code === 'ENOENT' || code === 'EACCES') return reject(new NetworkManagerAway());
        resolve({ exitCode: typeof code === 'number' ? code : null, complaint, isCutOff: killed });
      };
      const child = execFile(program, [...args], { ...options, encoding: 'utf8' }, done);
      const stop = (): void => void child.kill('SIGKILL');
      signal?.addEventListener('abort', stop, { once: true });
      child.once('close', () => signal?.removeEventListener('abort', stop));
    },
  );
  if (typeof outcome === 'string') return outcome;
  if (outcome.isCutOff) throw new NetworkManagerSilent();
  if (outcome.exitCode === EXIT_NOT_RUNNING || /Could not create NMClient/.test(outcome.complaint))
    throw new NetworkManagerAway();
  if (expected !== undefined) return expected(outcome);
  throw new NetworkManagerRefused(outcome.exitCode);
}

/**
 * Reads what `--terse --mode multiline` printed: a `FIELD:value` a line. Values are never escaped in this mode.
 * @returns the values of each field in their order; `IP4.DNS[2]` counts as `IP4.DNS`, `--` and nothing as no value
 */
export function readMultiline(text: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, field, value] = /^([A-Z0-9][A-Z0-9a-z.-]*)(?:\[\d+\])?:(.*)$/.exec(line) ?? [];
    if (field === undefined || value === undefined || value === '' || value === '--') continue;
    const held = values.get(field) ?? [];
    values.set(field, [...held, value]);
  }
  return values;
}

/** Reads what `--terse --mode tabular --escape yes` printed: `:` between columns, `\` before `:` and `\` of a value. */
export function readTabular(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(columnsOf);
}

function columnsOf(line: string): readonly string[] {
  const columns = [''];
  for (let at = 0; at < line.length; at += 1) {
    const letter = line.charAt(at);
    if (letter === ':') columns.push('');
    else {
      if (letter === '\\') at += 1;
      columns.push((columns.pop() ?? '') + line.charAt(at));
    }
  }
  return columns;
}
