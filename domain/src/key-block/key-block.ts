/**
 * Keeps blocked key combinations from the cart: the key that would complete one does not go down, whichever of its keys it is
 * and in whatever order they come.
 *
 * It judges what this viewer holds down. What the operator holds on a keyboard of the cart it does not know; while the
 * operator is at work, no remote input passes anyway (decision 0051). Pure.
 */
import { namesOf, readCombination } from './key-name.ts';
import { MACHINE_KEYS } from './machine-key.ts';

/** What a session has no reason to press: it reaches past the application, to its end, the console or the machine. */
export const DEFAULT_BLOCKED_KEYS: readonly string[] = [
  'Ctrl+Alt+Delete',
  'Ctrl+Alt+Backspace',
  ...Array.from({ length: 12 }, (_, index) => `Ctrl+Alt+F${index + 1}`),
  'Alt+F4',
  'Alt+PrintScreen',
  'Super',
  // With it, a keyboard moves the pointer.
  'Shift+NumLock',
  ...Object.keys(MACHINE_KEYS),
];

/** A key as a viewer says it. */
export interface SaidKey {
  readonly keysym: number;
  /** Null where the viewer says none. */
  readonly keycode: number | null;
}

export class KeyBlock {
  readonly #blocked: readonly ReadonlySet<string>[];

  /** @param combinations such as `Ctrl+Alt+Delete`; @throws RangeError for one that is none: the configuration has read them */
  constructor(combinations: readonly string[]) {
    this.#blocked = combinations.map((text) => {
      const keys = readCombination(text);
      if (keys === null) throw new RangeError(`"${text}" is no combination of keys`);
      return keys;
    });
  }

  /** Tells whether a key may go down while others are held. */
  admits(key: SaidKey, held: Iterable<SaidKey>): boolean {
    const own = namesOf(key.keysym, key.keycode);
    if (own.length === 0) return true;
    const down = new Set(own);
    for (const each of held) for (const name of namesOf(each.keysym, each.keycode)) down.add(name);
    return !this.#blocked.some(
      (keys) => own.some((name) => keys.has(name)) && [...keys].every((name) => down.has(name)),
    );
  }
}
