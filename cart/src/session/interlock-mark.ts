/**
 * Keeps over a stop of the agent that the clinic's interlock is raised: a small file in the data directory.
 *
 * It is written after the interlock has taken effect and taken away before it is lifted. One that cannot be read counts as
 * raised: only the operator can say that it is not.
 */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { INTERLOCK_SOURCES } from '@chaperone/domain/interlock/interlock.ts';
import type { InterlockSource } from '@chaperone/domain/interlock/interlock.ts';
import type { Log } from '../platform/log.ts';
import { writeWholeFile } from '../platform/whole-file.ts';
import type { SessionInterlockMark } from './session-asks.ts';

const FILE = 'interlock';
const MODE = 0o600;

export class InterlockMark implements SessionInterlockMark {
  readonly #file: string;
  readonly #log: Log;
  /** One after another: what is cleared after it was set stays cleared. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(dataDirectory: string, log: Log) {
    this.#file = path.join(dataDirectory, FILE);
    this.#log = log;
  }

  async read(): Promise<InterlockSource | null> {
    try {
      const text = (await readFile(this.#file, 'utf8')).trim();
      return INTERLOCK_SOURCES.find((each) => each === text) ?? 'vendor';
    } catch (fault) {
      if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return null;
      this.#log.error({ fault }, 'whether the interlock is raised cannot be read: it is');
      return 'vendor';
    }
  }

  set(source: InterlockSource): void {
    this.#turn = this.#turn
      .then(() => writeWholeFile(this.#file, `${source}\n`, MODE))
      .catch((fault: unknown) => {
        this.#log.error({ fault }, 'that the interlock is raised does not outlive a stop');
      });
  }

  async settled(): Promise<void> {
    await this.#turn;
  }

  clear(): Promise<void> {
    const cleared = this.#turn.then(() => rm(this.#file, { force: true }));
    this.#turn = cleared.catch(() => undefined);
    return cleared;
  }
}
