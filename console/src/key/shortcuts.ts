/** Keyboard shortcuts: single keys, and two in a row that begin with `g`. Never while somebody types or drives a cart. */
import { useEffect, useRef } from 'react';

/** How long the second key of two may take, milliseconds. */
const SECOND_KEY_MS = 1_200;

export type Shortcuts = Readonly<Record<string, (() => void) | undefined>>;

/** Listens as long as the component is shown. Keys are named as `n`, `/` or `g c`. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts);
  useEffect(() => {
    current.current = shortcuts;
  });
  useEffect(() => {
    let first: { readonly key: string; readonly atMs: number } | null = null;
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
      const isSecond = first !== null && performance.now() - first.atMs < SECOND_KEY_MS;
      const name = isSecond ? `${first?.key} ${event.key}` : event.key;
      const act = current.current[name];
      // Where `g` is a key of its own it begins nothing.
      const isFirst = !isSecond && event.key === 'g' && act === undefined;
      first = isFirst ? { key: 'g', atMs: performance.now() } : null;
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

/** Keys belong to where they are typed; behind an open dialog nothing listens. */
function isTaken({ target }: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]') !== null) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT|CANVAS)$/.test(target.tagName);
}
