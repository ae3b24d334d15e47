/**
 * The root of every failure that Chaperone expects.
 *
 * Each one is a final class with a stable `code`, declared beside the rule that throws it. A code is never
 * renamed or used again for something else: peers, tables and translations are keyed by it. What is not a
 * DomainError is a fault in the program and ends the request (or the process) as such.
 */
export abstract class DomainError extends Error {
  abstract readonly code: string;

  /**
   * @param message one sentence for a person: what was wrong and what to do. Never PHI, never a stack,
   *   never a repetition of its cause.
   */
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}
