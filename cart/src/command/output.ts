/**
 * What a command prints: sentences for people, or with `--json` one document for machines.
 *
 * What comes step by step (a validation, a change that counts down) is a line each as it happens: NDJSON, whose last line is the
 * result. A refusal is one sentence with its code on standard error, and with `--json` also `{ "error": … }` as the document.
 */
import type { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { refusedOf } from '../commissioning/commissioning.ts';

/** Where lines go: standard output and standard error, but for tests. */
export interface Terminal {
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
}

export class Output {
  readonly #isJSON: boolean;
  readonly #terminal: Terminal;

  constructor(isJSON: boolean, terminal: Terminal) {
    this.#isJSON = isJSON;
    this.#terminal = terminal;
  }

  /** Says to people alone; a machine gets documents. */
  words(line: string): void {
    if (!this.#isJSON) this.#terminal.say(line);
  }

  /** Says how it ended. @param words a line each */
  result(document: object, words: string | readonly string[]): void {
    this.#say(document, words);
  }

  /** Says what has just happened, while the command goes on. */
  step(document: object, words: string | readonly string[]): void {
    this.#say(document, words);
  }

  /** Says why not. @param fault an expected failure */
  refusal(fault: DomainError): void {
    const refused = refusedOf(fault);
    if (this.#isJSON) this.#terminal.say(JSON.stringify({ error: refused }));
    this.#terminal.complain(`${refused.message} (${refused.code})`);
    const fields = refused.fields ?? [];
    if (fields.length < 2) return;
    for (const { field, message } of fields) this.#terminal.complain(`  ${field}: ${message}`);
  }

  #say(document: object, words: string | readonly string[]): void {
    if (this.#isJSON) this.#terminal.say(JSON.stringify(document));
    else for (const line of [words].flat()) this.#terminal.say(line);
  }
}
