/**
 * What has changed, told to the consoles that may know of it. Nothing is kept: a console asks again for what it shows.
 */
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { ConsoleEvent } from '@chaperone/protocol/console-api/schema.ts';

export type EventListener = (event: ConsoleEvent) => void;

/** Consoles at once; a technician has one or two open. Guards memory. */
const LISTENERS_MAX = 500;

export class Events {
  readonly #listeners = new Set<EventListener>();

  /** Listens until the returned function is called; null when there are too many listeners. */
  listen(listener: EventListener): (() => void) | null {
    if (this.#listeners.size >= LISTENERS_MAX) return null;
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  caseChanged(caseId: CaseId): void {
    this.publish({ type: 'case', case: caseId });
  }

  sessionChanged(caseId: CaseId): void {
    this.publish({ type: 'session', case: caseId });
  }

  cartsChanged(): void {
    this.publish({ type: 'carts' });
  }

  publish(event: ConsoleEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
