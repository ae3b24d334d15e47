/**
 * Where in a long list one is. A browser's own scrolling ends at some tens of millions of pixels; a list of more rows than
 * fit in there is scrolled by a bar that stands for all of it, and moved row by row by wheel and keys.
 */

/** Browsers differ (Chromium 33,554,428; Firefox 17,895,698); well below all of them. Pixels. */
export const SCROLL_PX_MAX = 10_000_000;

export interface RowList {
  readonly rows: number;
  readonly rowPx: number;
  readonly viewPx: number;
}

/** How many rows are seen whole. */
export function rowsSeen({ rowPx, viewPx }: RowList): number {
  return Math.max(1, Math.floor(viewPx / rowPx));
}

/** The last row that can stand at the top. */
export function topMax(list: RowList): number {
  return Math.max(0, list.rows - rowsSeen(list));
}

/** How high the scrolled content is; pixels. */
export function contentPx(list: RowList): number {
  const viewPx = Math.max(list.viewPx, 0);
  return Math.min(SCROLL_PX_MAX, viewPx + topMax(list) * list.rowPx);
}

/** Which row stands at the top when the bar is at `scrollPx`. */
export function topAt(list: RowList, scrollPx: number): number {
  const wayPx = contentPx(list) - list.viewPx;
  if (wayPx <= 0) return 0;
  const part = Math.min(1, Math.max(0, scrollPx / wayPx));
  return Math.round(part * topMax(list));
}

/** Where the bar is when `top` stands at the top; pixels. */
export function scrollAt(list: RowList, top: number): number {
  const last = topMax(list);
  if (last === 0) return 0;
  return (clampTop(list, top) / last) * (contentPx(list) - list.viewPx);
}

export function clampTop(list: RowList, top: number): number {
  return Math.min(topMax(list), Math.max(0, Math.round(top)));
}

/** Where a key leads; null when it leads nowhere. */
export function topByKey(list: RowList, top: number, key: string): number | null {
  const page = Math.max(1, rowsSeen(list) - 1);
  const ways: Readonly<Record<string, number>> = {
    ArrowDown: top + 1,
    ArrowUp: top - 1,
    PageDown: top + page,
    PageUp: top - page,
    Home: 0,
    End: topMax(list),
  };
  const next = Object.hasOwn(ways, key) ? ways[key] : undefined;
  return next === undefined ? null : clampTop(list, next);
}
