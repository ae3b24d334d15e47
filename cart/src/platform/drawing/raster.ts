/**
 * Fills outlines with exact area coverage, for smooth text and shapes.
 *
 * Each edge adds the signed area that it covers in the pixels it crosses; the running sum along a row is
 * the coverage. Outlines may not overlap themselves.
 */

/** Closed outlines: each a list of x, y, x, y … */
export type Outline = readonly (readonly number[])[];

export interface Coverage {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** 0 to 255 a pixel. */
  readonly alpha: Uint8Array;
}

/** Computes which pixels an outline covers, and how much. */
export function cover(outline: Outline): Coverage {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const contour of outline) {
    for (let at = 0; at + 1 < contour.length; at += 2) {
      const x = contour[at] ?? 0;
      const y = contour[at + 1] ?? 0;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  if (left > right) return { x: 0, y: 0, width: 0, height: 0, alpha: new Uint8Array(0) };
  const x = Math.floor(left) - 1;
  const y = Math.floor(top) - 1;
  const width = Math.ceil(right) - x + 3;
  const height = Math.ceil(bottom) - y + 2;
  const area = new Float32Array(width * height);
  for (const contour of outline) {
    const last = contour.length - 2;
    let x0 = (contour[last] ?? 0) - x;
    let y0 = (contour[last + 1] ?? 0) - y;
    for (let at = 0; at <= last; at += 2) {
      const x1 = (contour[at] ?? 0) - x;
      const y1 = (contour[at + 1] ?? 0) - y;
      addEdge(area, width, x0, y0, x1, y1);
      x0 = x1;
      y0 = y1;
    }
  }
  return { x, y, width, height, alpha: accumulate(area, width, height) };
}

function accumulate(area: Float32Array, width: number, height: number): Uint8Array {
  const alpha = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) {
    let sum = 0;
    for (let at = row * width; at < (row + 1) * width; at += 1) {
      sum += area[at] ?? 0;
      alpha[at] = Math.min(255, Math.round(Math.abs(sum) * 255));
    }
  }
  return alpha;
}

function addEdge(
  area: Float32Array,
  width: number,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
): void {
  if (fromY === toY) return;
  const direction = fromY < toY ? 1 : -1;
  const [topX, topY, bottomX, bottomY] =
    direction === 1 ? [fromX, fromY, toX, toY] : [toX, toY, fromX, fromY];
  const slope = (bottomX - topX) / (bottomY - topY);
  let x = topX;
  for (let row = Math.floor(topY); row < Math.ceil(bottomY); row += 1) {
    const rows = Math.min(row + 1, bottomY) - Math.max(row, topY);
    const nextX = x + slope * rows;
    addSpan(area, row * width, rows * direction, Math.min(x, nextX), Math.max(x, nextX));
    x = nextX;
  }
}

/** Spreads what an edge covers within one row over the pixels between `low` and `high`. */
function addSpan(
  area: Float32Array,
  rowAt: number,
  signedRows: number,
  low: number,
  high: number,
): void {
  const first = Math.floor(low);
  const last = Math.ceil(high);
  const add = (column: number, amount: number): void => {
    area[rowAt + column] = (area[rowAt + column] ?? 0) + amount * signedRows;
  };
  if (last <= first + 1) {
    const right = (low + high) / 2 - first;
    add(first, 1 - right);
    add(first + 1, right);
    return;
  }
  // The covered share grows with the square inside the first and the last pixel, evenly in between.
  const step = 1 / (high - low);
  let covered = 0;
  for (let column = first; column <= last; column += 1) {
    const total = column === last ? 1 : shareLeftOf(column + 1, low, high, step);
    add(column, total - covered);
    covered = total;
  }
}

/** Mean coverage of the pixel that ends at `edge`, by an edge that runs evenly from `low` to `high`. */
function shareLeftOf(edge: number, low: number, high: number, step: number): number {
  const integral = (to: number): number => {
    const within = Math.min(Math.max(to, low), high) - low;
    return (within * within * step) / 2 + Math.max(0, to - high);
  };
  return integral(edge) - integral(edge - 1);
}
