/** What a bench is, and what it answers. Docs: docs/benchmarks.md. */

export interface Result {
  readonly name: string;
  readonly value: number;
  /** As in "MB/s" (10⁶ bytes), "ms", "MB"; "×" for a ratio to the peer of the same run. */
  readonly unit: string;
  /** What was promised, as it is written in docs/benchmarks.md; null where a figure is only reported. */
  readonly target: string | null;
  /** What the peer reached in the same run, in the same unit; null where there is no peer. */
  readonly peer: number | null;
  /** True where the target was reached, or where there is none. */
  readonly ok: boolean;
}

/** Takes a line for a person who waits. */
export type Say = (line: string) => void;

export interface Bench {
  /** As on the command line. */
  readonly name: string;
  readonly does: string;
  /** Measures; leaves nothing behind. */
  run(say: Say): Promise<readonly Result[]>;
}
