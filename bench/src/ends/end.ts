/**
 * One end of a measurement, in a process of its own: started from here, asked by name, ended by its pid.
 *
 * Acts and answers are plain objects; `serve.ts` is the other side.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface End {
  readonly pid: number;
  /** @throws with what the end said */
  ask<Answer>(act: string, input?: object): Promise<Answer>;
  stop(): Promise<void>;
}

/** A network other than this process's own. */
export interface Network {
  /** For starting a program inside: `ip` with these arguments becomes that program. */
  argumentsFor(program: string, args: readonly string[]): string[];
}

/**
 * @param file a module that calls `serve`
 * @param within the network that it sees; this process's own unless given
 */
export async function startEnd(file: string, within?: Network): Promise<End> {
  const inside =
    within === undefined
      ? { execArgv: process.execArgv }
      : {
          execPath: 'ip',
          execArgv: within.argumentsFor(process.execPath, process.execArgv),
        };
  const child = fork(file, { ...inside, serialization: 'advanced' });
  const [ready] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
  if (ready !== 'ready' || child.pid === undefined) throw new Error(`${file} ended at its start`);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  child.on('message', ({ id, answer, fault }: Reply) => {
    if (fault === undefined) waiting.get(id)?.resolve(answer);
    else waiting.get(id)?.reject(new Error(fault));
    waiting.delete(id);
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} ended`));
  });
  return {
    pid: child.pid,
    async ask<Answer>(act: string, input: object = {}) {
      asked += 1;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(asked, answer);
      child.send({ id: asked, act, input });
      return (await answer.promise) as Answer;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

export interface Question {
  readonly id: number;
  readonly act: string;
  readonly input: object;
}
export interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly fault?: string;
}
