/** Counts what was changed, by tag and action. Private tags are counted by their group: their numbers are a vendor's own. */
import type {
  DeidentificationAction,
  DeidentificationChange,
} from '@chaperone/domain/deidentification/report.ts';
import { tagName } from './element.ts';
import { isPrivate } from './table/table-e1-1.ts';

/** Lines of a report; what is more is counted in the last one. */
const LINES_MAX = 500;

export class ChangeCount {
  readonly #counts = new Map<string, DeidentificationChange>();

  add(tag: number, keyword: string, action: DeidentificationAction): void {
    if (isPrivate(tag)) return this.#add('private', 'private attributes', action);
    this.#add(tagName(tag), keyword, action);
  }

  list(): readonly DeidentificationChange[] {
    return [...this.#counts.values()].toSorted((a, b) => (a.what < b.what ? -1 : 1));
  }

  #add(what: string, name: string, action: DeidentificationAction): void {
    const isFull = this.#counts.size >= LINES_MAX;
    const key = isFull ? 'others' : `${what} ${name} ${action}`;
    const known = this.#counts.get(key);
    const fresh = { what: isFull ? 'others' : what, name: isFull ? 'others' : name, action };
    this.#counts.set(key, { ...(known ?? fresh), count: (known?.count ?? 0) + 1 });
  }
}
