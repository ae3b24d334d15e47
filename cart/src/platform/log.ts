/**
 * What the agent says to whoever runs it, as JSON lines on standard error. Not the journal: nothing depends on it.
 *
 * Never PHI, never a secret, never a file's name.
 */
import { pino } from 'pino';

export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Makes the log of a running agent. @param level a level of pino; `silent` for tests */
export function openLog(level: string): Log {
  return pino(
    {
      level,
      base: {},
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { fault: describeFault },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** A stack tells a developer where; the message of an unexpected fault may hold a path, so it is left out. */
function describeFault(fault: unknown): object {
  if (!(fault instanceof Error)) return { is: typeof fault };
  const code = 'code' in fault && typeof fault.code === 'string' ? { code: fault.code } : {};
  return {
    name: fault.name,
    ...code,
    at: fault.stack
      ?.split('\n')
      .slice(1, 6)
      .map((line) => line.trim()),
  };
}
