/**
 * The process's log: one JSON line per event on standard error, for operators of the service centre.
 *
 * It is not the ledger and proves nothing. It holds no PHI and no secret: log ids, codes and counts, never names
 * of files or people. As a net below that rule, members with telling names are cut out, `Secret` prints itself as
 * `<secret>`, and of an error only what its author wrote is kept.
 */
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type Log = Logger;
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'silent';

/** Members that are cut out at the top, one level below and two levels below. */
const TELLING_NAMES = [
  'password',
  'secret',
  'token',
  'authorization',
  'cookie',
  'licenceCode',
  'privateKey',
];
const CAUSES_MAX = 5;
/** Characters of a message and of a stack: no error of ours is longer, and what a peer sends may be. */
const MESSAGE_CHARACTERS_MAX = 1_000;
const STACK_CHARACTERS_MAX = 4_000;

export interface LogOptions {
  readonly level: LogLevel;
  /** Where lines go; standard error when absent. */
  readonly destination?: DestinationStream;
}

/** Makes the log of one process; zones take a child: `log.child({ zone: 'vault' })`. */
export function createLog(options: LogOptions): Log {
  const paths = TELLING_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths, censor: '<redacted>' },
      serializers: { err: describeFault, error: describeFault },
    },
    // Synchronous: the last line before an end is the one that is looked for.
    options.destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

/** A log that keeps nothing, for tests. */
export function silentLog(): Log {
  return createLog({ level: 'silent' });
}

export interface DescribedFault {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: DescribedFault;
}

/** Describes an error without the members that drivers hang on it, such as a row's values. */
export function describeFault(fault: unknown, depth = 0): DescribedFault {
  if (!(fault instanceof Error))
    return { type: typeof fault, message: 'something that is no error was thrown' };
  const code = 'code' in fault ? fault.code : undefined;
  return {
    type: fault.name,
    message: fault.message.slice(0, MESSAGE_CHARACTERS_MAX),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(fault.stack === undefined ? {} : { stack: fault.stack.slice(0, STACK_CHARACTERS_MAX) }),
    ...(fault.cause === undefined || depth >= CAUSES_MAX
      ? {}
      : { cause: describeFault(fault.cause, depth + 1) }),
  };
}
