/** Whether the window is low, as the style sheets see it. */
import { useSyncExternalStore } from 'react';

/** The same line as in the style sheets: above it lies 1280x1024, below it 1280x800 and 1024x768. */
const LOW = '(max-height: 900px)';

/** Tells whether the window is low, and keeps telling. */
export function useIsLow(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const query = matchMedia(LOW);
      query.addEventListener('change', onChange);
      return () => query.removeEventListener('change', onChange);
    },
    () => matchMedia(LOW).matches,
  );
}
