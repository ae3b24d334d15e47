/**
 * Ends a program in the reverse order of its start, each step within its time, on SIGTERM, SIGINT or by call.
 *
 * A step that fails or takes too long is logged and does not hold up the next ones: what was started first (the
 * database, the data directory) is always reached. A second signal ends the process at once; nothing acknowledged
 * is lost by that.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../log/log.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** What a shell calls "ended by signal n": 128 + n. */
const EXIT_CODES = { SIGTERM: 143, SIGINT: 130 } as const;

interface Step {
  readonly name: string;
  readonly limitMs: number;
  readonly end: () => Promise<void> | void;
}

/** `clean` when every step ended in time. */
export type ShutdownOutcome = 'clean' | 'unclean';

export class Shutdown {
  readonly #log: Log;
  readonly #steps: Step[] = [];
  #running: Promise<ShutdownOutcome> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Adds a step; the last added is the first to run. */
  defer(name: string, limitMs: number, end: () => Promise<void> | void): void {
    this.#steps.push({ name, limitMs, end });
  }

  /** Runs all steps, once however often it is called. */
  async run(reason: string): Promise<ShutdownOutcome> {
    this.#running ??= this.#runSteps(reason);
    return await this.#running;
  }

  /** From now on a signal runs the steps and ends the process: 0 when clean, 1 when not. */
  onSignals(): void {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (this.#running !== undefined) {
          this.#log.warn({ signal }, 'second signal: ending at once');
          process.exit(EXIT_CODES[signal]);
        }
        void this.run(signal).then((outcome) => process.exit(outcome === 'clean' ? 0 : 1));
      });
    }
  }

  async #runSteps(reason: string): Promise<ShutdownOutcome> {
    this.#log.info({ reason }, 'shutting down');
    let outcome: ShutdownOutcome = 'clean';
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      if (!(await this.#runStep(step))) outcome = 'unclean';
    }
    this.#log.info({ outcome }, 'shut down');
    return outcome;
  }

  async #runStep({ name, limitMs, end }: Step): Promise<boolean> {
    const given = new AbortController();
    const late = delay(limitMs, 'late' as const, { signal: given.signal }).catch(
      () => 'late' as const,
    );
    try {
      const result = await Promise.race([(async () => await end())(), late]);
      if (result !== 'late') return true;
      this.#log.error({ step: name, limitMs }, 'a step of the shutdown took too long');
    } catch (fault) {
      this.#log.error({ step: name, err: fault }, 'a step of the shutdown failed');
    } finally {
      given.abort();
    }
    return false;
  }
}
