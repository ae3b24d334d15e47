/** Outlines of simple shapes, for `cover`. */
import type { Outline } from './raster.ts';

const CORNER_STEPS = 6;

/** A rectangle with round corners. */
export function roundedRectangle(
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): Outline {
  const points: number[] = [];
  const corner = (centreX: number, centreY: number, startQuarter: number): void => {
    for (let step = 0; step <= CORNER_STEPS; step += 1) {
      const angle = ((startQuarter + step / CORNER_STEPS) * Math.PI) / 2;
      points.push(centreX + radius * Math.cos(angle), centreY + radius * Math.sin(angle));
    }
  };
  corner(x + width - radius, y + radius, 3);
  corner(x + width - radius, y + height - radius, 0);
  corner(x + radius, y + height - radius, 1);
  corner(x + radius, y + radius, 2);
  return [points];
}

/** The border of a rectangle with round corners: the outer outline and, the other way round, the inner. */
export function roundedFrame(
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
  thickness: number,
): Outline {
  const inner = roundedRectangle(
    x + thickness,
    y + thickness,
    width - 2 * thickness,
    height - 2 * thickness,
    Math.max(0, radius - thickness),
  );
  return [...roundedRectangle(x, y, width, height, radius), ...inner.map(reversed)];
}

/** A straight line of some thickness. */
export function line(x0: number, y0: number, x1: number, y1: number, thickness: number): Outline {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  const dx = (((y1 - y0) / length) * thickness) / 2;
  const dy = (((x1 - x0) / length) * thickness) / 2;
  return [[x0 + dx, y0 - dy, x1 + dx, y1 - dy, x1 - dx, y1 + dy, x0 - dx, y0 + dy]];
}

/** A circular sector that opens downwards from its tip, as an ultrasound image does. */
export function sector(x: number, y: number, radius: number, halfAngle: number): Outline {
  const points = [x, y];
  for (let step = 0; step <= 16; step += 1) {
    const angle = Math.PI / 2 - halfAngle + (2 * halfAngle * step) / 16;
    points.push(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  return [points];
}

/** A closed shape through these points. */
export function polygon(...points: readonly number[]): Outline {
  return [points];
}

function reversed(contour: readonly number[]): number[] {
  const points: number[] = [];
  for (let at = contour.length - 2; at >= 0; at -= 2) {
    points.push(contour[at] ?? 0, contour[at + 1] ?? 0);
  }
  return points;
}
