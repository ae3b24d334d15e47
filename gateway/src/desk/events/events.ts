/**
 * What has changed, told to the consoles that may know of it. Nothing is kept: a console asks again for what it shows.
 */
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { ConsoleEvent } from '@chaperone/protocol/console-api/schema.ts';

export type EventListener = (event: ConsoleEvent) => void;

/** Consoles at once; a technician has one or two open. Guards memory. */
const LISTENERS_MAX = 500;
/** The same of one technician, so that others keep theirs: tabs and windows, and those that a lost network left. */
const LISTENERS_OF_ONE_MAX = 24;

export class Events {
  readonly #listeners = new Map<EventListener, string | null>();

  /**
   * Listens until the returned function is called; null when there are too many listeners.
   * @param owner the technician who listens; null for the desk itself
   */
  listen(listener: EventListener, owner: string | null = null): (() => void) | null {
    if (this.#listeners.size >= LISTENERS_MAX) return null;
    const own = [...this.#listeners.values()].filter((each) => each === owner);
    if (owner !== null && own.length >= LISTENERS_OF_ONE_MAX) return null;
    this.#listeners.set(listener, owner);
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

  deskChanged(): void {
    this.publish({ type: 'desk' });
  }

  publish(event: ConsoleEvent): void {
    for (const listener of this.#listeners.keys()) listener(event);
  }
}
