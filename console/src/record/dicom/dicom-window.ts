/** Windows that are offered, and how mouse and keys change one. */
import type { ImageTerms, Window, WindowPreset } from './image-terms.ts';

/** A window of this width shows two greys; pixels have no more to tell. */
const WIDTH_MIN = 1;
const WIDTH_MAX = 131_072;
const KEY_PART = 0.05;

/** @param first the window in which the file is shown at first */
export function presetsOf(terms: ImageTerms, first: Window): readonly WindowPreset[] {
  const { center, width } = first;
  return [
    { name: 'As stored', ...first },
    ...terms.windows.filter((each) => each.center !== center || each.width !== width),
    { name: 'Brighter', center: center - width / 4, width },
    { name: 'Darker', center: center + width / 4, width },
    { name: 'More contrast', center, width: Math.max(WIDTH_MIN, width / 2) },
    { name: 'Less contrast', center, width: width * 1.5 },
  ];
}

/** Across: contrast; along: brightness; as one draws it on a scanner. @param byX, byY parts of the stage */
export function drawn(window: Window, byX: number, byY: number, first: Window): Window {
  return bounded({
    center: window.center + byY * first.width,
    width: window.width + byX * first.width * 2,
  });
}

export function byKey(
  window: Window,
  change: 'brighter' | 'darker' | 'narrower' | 'wider',
  first: Window,
): Window {
  const step = first.width * KEY_PART;
  const changes = {
    brighter: { center: window.center - step, width: window.width },
    darker: { center: window.center + step, width: window.width },
    narrower: { center: window.center, width: window.width - step },
    wider: { center: window.center, width: window.width + step },
  };
  return bounded(changes[change]);
}

function bounded({ center, width }: Window): Window {
  return {
    center: Math.min(WIDTH_MAX, Math.max(-WIDTH_MAX, center)),
    width: Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, width)),
  };
}
