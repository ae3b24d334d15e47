/**
 * Guards against the second touch of a double touch.
 *
 * When a page changes under a finger, a button of the new page must not take what was meant for the old one. A
 * button that widens anything accepts nothing until it has stood for a moment that no person can react within; so
 * does "Take back", which appears where "Allow" was. End, Pause, Decline and Stop are never guarded.
 */
import { useEffect, useState } from 'react';

/** Milliseconds. A double touch takes up to 350; reading even one word of a new page takes longer. */
export const SETTLE_MS = 400;

/** Tells whether the calling part has been on the page long enough. */
export function useSettled(): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), SETTLE_MS);
    return () => clearTimeout(timer);
  }, []);
  return settled;
}
