/**
 * How large the cart's screen is shown: fitted into the window, or at a step of zoom, where 100 is one pixel of the cart on one
 * pixel of this display.
 *
 * Remembered for each person in this browser; what is stored is an account's id and a number, nothing of a case.
 */
export const ZOOM_STEPS = [25, 50, 75, 100, 150, 200, 300, 400] as const;
export const ACTUAL = 100;
export type View = 'fit' | (typeof ZOOM_STEPS)[number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The part of `Storage` that is used. */
export interface KeptViews {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const keyOf = (person: string): string => `chaperone.view.${person}`;

/**
 * Gives the size in CSS pixels at which a picture is laid out; null lets it fit into what there is.
 * @param pixelRatio pixels of this display for one CSS pixel
 */
export function sizeOf(view: View, picture: Size | null, pixelRatio: number): Size | null {
  if (view === 'fit' || picture === null) return null;
  const scale = view / ACTUAL / pixelRatio;
  return { width: picture.width * scale, height: picture.height * scale };
}

/** Gives the percentage at which a fitted picture is shown; null while nothing is known of it. */
export function fittedPercent(
  place: Size,
  picture: Size | null,
  pixelRatio: number,
): number | null {
  if (picture === null || picture.width === 0 || picture.height === 0) return null;
  const scale = Math.min(place.width / picture.width, place.height / picture.height);
  return scale * ACTUAL * pixelRatio;
}

/** The next step from what is shown now; the outermost stays. @param percent at which it is shown */
export function stepped(percent: number, direction: 'in' | 'out'): View {
  // Almost at a step counts as at it: a fitted picture is rarely so by a hair.
  const near = 0.5;
  return direction === 'in'
    ? (ZOOM_STEPS.find((step) => step > percent + near) ?? 400)
    : (ZOOM_STEPS.findLast((step) => step < percent - near) ?? 25);
}

/** Tells how somebody looked last time; to fit when nothing is known, or what is stored is nothing of ours. */
export function recalledView(person: string, kept: KeptViews | null): View {
  const text = read(person, kept);
  return ZOOM_STEPS.find((step) => text === String(step)) ?? 'fit';
}

/** Remembers how somebody looks; a browser that keeps nothing is none the worse. */
export function rememberView(person: string, view: View, kept: KeptViews | null): void {
  try {
    kept?.setItem(keyOf(person), String(view));
  } catch {
    // Storage that is full or switched off: it is a convenience only.
  }
}

function read(person: string, kept: KeptViews | null): string | null {
  try {
    return kept?.getItem(keyOf(person)) ?? null;
  } catch {
    return null;
  }
}

/** This browser's storage, where it has one. */
export function keptViews(): KeptViews | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
