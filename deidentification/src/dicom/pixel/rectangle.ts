/** Rectangles of an image: what is kept of it, turned into what is blanked. */
import type { BlankedRectangle } from '@chaperone/domain/deidentification/report.ts';

export type Rectangle = BlankedRectangle;

/** Tells whether a rectangle lies in an image and has an area. */
export function liesIn(each: Rectangle, columns: number, rows: number): boolean {
  const { x, y, width, height } = each;
  return x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= columns && y + height <= rows;
}

/** Gives what lies outside of some rectangles, as rectangles that do not overlap. */
export function outsideOf(
  kept: readonly Rectangle[],
  columns: number,
  rows: number,
): readonly Rectangle[] {
  const edges = [...new Set([0, rows, ...kept.flatMap(({ y, height }) => [y, y + height])])];
  const outside: Rectangle[] = [];
  for (const [index, top] of edges.toSorted((a, b) => a - b).entries()) {
    const bottom = edges.toSorted((a, b) => a - b)[index + 1];
    if (bottom === undefined) break;
    const inBand = kept.filter(({ y, height }) => y <= top && y + height >= bottom);
    let at = 0;
    for (const { x, width } of inBand.toSorted((a, b) => a.x - b.x)) {
      if (x > at) outside.push({ x: at, y: top, width: x - at, height: bottom - top });
      at = Math.max(at, x + width);
    }
    if (at < columns) outside.push({ x: at, y: top, width: columns - at, height: bottom - top });
  }
  return outside;
}
