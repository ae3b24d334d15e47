/** One thing that was checked: what, whether it holds, and in plain words what does not. */

export interface Check {
  readonly title: string;
  readonly holds: boolean;
  /** What was found when it holds, or what it cannot show. */
  readonly notes: readonly string[];
  readonly problems: readonly string[];
}

/** Problems named of one check, at most: an altered ledger can break thousands of rules at once. */
const PROBLEMS_SHOWN_MAX = 20;

/** Gathers what one check finds. */
export class Findings {
  readonly #title: string;
  readonly #notes: string[] = [];
  readonly #problems: string[] = [];

  constructor(title: string) {
    this.#title = title;
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
    return { title: this.#title, holds: this.holds, notes: this.#notes, problems };
  }
}
