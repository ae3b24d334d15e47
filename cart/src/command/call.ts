/** What a command is, and what it is given when it is called. */
import type { CommissioningRequest } from '../commissioning/commissioning.ts';
import type { CartConfiguration } from '../configuration/configuration.ts';
import type { Output } from './output.ts';

/** The program was called in a way that it does not know: exit code 2, with the usage. */
export class CalledWrongly extends Error {}

export type OptionKinds = Readonly<Record<string, 'text' | 'switch'>>;

export interface Command {
  /** As typed after `chaperone cart`, such as `network apply`. */
  readonly name: string;
  /** What it does and takes, a line each; the first line stands beside the name. */
  readonly usage: readonly string[];
  /** Those beside `--config` and `--json`. */
  readonly options: OptionKinds;
  /** @returns the exit code; 0 unless given */
  readonly run: (call: Call) => Promise<number | undefined>;
}

export interface Call {
  readonly configuration: CartConfiguration;
  readonly options: GivenOptions;
  readonly output: Output;
  /** Asks commissioning: of the running agent, or here when none runs. */
  readonly ask: (
    request: CommissioningRequest,
    onStep?: (step: unknown) => void,
  ) => Promise<unknown>;
  /** Aborted by Ctrl-C and SIGTERM; `run` has its own way with both. */
  readonly signal: AbortSignal;
}

/** Options as they were given; asking for one that the command did not declare is a fault of the program. */
export class GivenOptions {
  readonly #values: Readonly<Record<string, string | boolean | undefined>>;

  constructor(values: Readonly<Record<string, string | boolean | undefined>>) {
    this.#values = values;
  }

  /** Gives the text of an option, or undefined when it was not given. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** Gives the text of an option that must be there. @throws CalledWrongly */
  needed(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new CalledWrongly(`Give --${name}.`);
    return value;
  }

  /** Gives a whole number within bounds. @throws CalledWrongly */
  number(name: string, bounds: { readonly min: number; readonly max: number }): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= bounds.min && number <= bounds.max)) {
      throw new CalledWrongly(`--${name} is a whole number from ${bounds.min} to ${bounds.max}.`);
    }
    return number;
  }

  isGiven(name: string): boolean {
    return this.#values[name] !== undefined && this.#values[name] !== false;
  }
}
