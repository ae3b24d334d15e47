/** One thing that was checked: what, whether it holds, and in plain words what does not. */

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** In one text: the problems, or else what was found. */
  readonly said: string;
  /** What was found when it holds, or what it cannot show. */
  readonly notes: readonly string[];
  readonly problems: readonly string[];
}

/** What a verification found. */
export interface Report {
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

/** Sums up. */
export function judge(checks: readonly Check[]): Report {
  return { ok: checks.length > 0 && checks.every(({ ok }) => ok), checks };
}

/** Problems named of one check, at most: an altered ledger can break thousands of rules at once. */
const PROBLEMS_SHOWN_MAX = 20;

/** Gathers what one check finds. */
export class Findings {
  readonly #name: string;
  readonly #notes: string[] = [];
  readonly #problems: string[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  get holds(): boolean {
    return this.#problems.length === 0;
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  problem(text: string): void {
    this.#problems.push(text);
  }

  /** Ends the check. */
  done(): Check {
    const more = this.#problems.length - PROBLEMS_SHOWN_MAX;
    const problems = this.#problems.slice(0, PROBLEMS_SHOWN_MAX);
    if (more > 0) problems.push(`… and ${more} more.`);
    const said = (this.holds ? this.#notes : problems).join(' ');
    return { name: this.#name, ok: this.holds, said, notes: this.#notes, problems };
  }
}
