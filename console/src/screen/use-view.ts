/** How somebody looks at the screen, remembered for them, and at which size a fitted picture comes out. */
import { useEffect, useState } from 'react';
import type { RefObject } from 'react';
import { fittedPercent, keptViews, recalledView, rememberView } from './view-mode.ts';
import type { Size, View } from './view-mode.ts';

/** @param person an account's id */
export function useView(person: string): [View, (view: View) => void] {
  const [view, setView] = useState<View>(() => recalledView(person, keptViews()));
  return [
    view,
    (next) => {
      setView(next);
      rememberView(person, next, keptViews());
    },
  ];
}

/** The percentage of a fitted picture; null while nothing is known of it. */
export function useFitted(place: RefObject<HTMLElement | null>, size: Size | null): number | null {
  const [room, setRoom] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const shown = place.current;
    if (shown === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      setRoom({ width, height });
    });
    observer.observe(shown);
    return () => observer.disconnect();
  }, [place]);
  return fittedPercent(room, size, devicePixelRatio);
}
