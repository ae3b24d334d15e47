/** What is fuzzed: one parser that faces a network or a file, and what may come of it. */
import type { Chance } from './engine/chance.ts';

/** A class of errors: `DomainError`s are abstract in their constructors' types only. */
export type Refusal = abstract new (...args: never[]) => Error;

export interface Target {
  /** Kebab-case, one for each entry; vectors are kept under it. */
  readonly name: string;
  /** The product's own door, as `file › function`. */
  readonly entry: string;
  /** All that it may throw. Subclasses do not count: an error that nobody listed is a finding. */
  readonly refusals: readonly Refusal[];
  /** What bounds it, in words; the feed checks those that can be looked at. */
  readonly limits: string;
  /** How seeds are changed. */
  readonly form: 'bytes' | 'text' | 'json';
  /** Valid inputs, made by the product's own writers. */
  readonly seeds: () => Promise<readonly Uint8Array[]> | readonly Uint8Array[];
  /** Makes an input that is wrong further inside, for example changed claims that are signed well. */
  readonly vary?: (chance: Chance) => Promise<Uint8Array> | Uint8Array;
  /** Words of the format, put in at chance places. */
  readonly words?: readonly string[];
  /** How many runs it gets for one of a cheap target's; files and streams are slow. */
  readonly weight?: number;
  /**
   * Gives an input to the parser.
   * @returns anything but undefined when it was accepted
   * @throws PropertyBroken when it was accepted and a promise about it does not hold
   */
  readonly feed: (input: Buffer) => unknown;
}

/** A promise of the parser that does not hold: a limit, a round trip, the same result for all chunkings. */
export class PropertyBroken extends Error {
  override readonly name = 'PropertyBroken';
}

/** @throws PropertyBroken unless it holds */
export function holds(condition: boolean, what: string): asserts condition {
  if (!condition) throw new PropertyBroken(what);
}
