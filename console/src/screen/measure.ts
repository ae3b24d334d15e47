/**
 * Distances on the cart's picture: in its own pixels, and in millimetres once somebody has said how long a known distance is,
 * such as that between two marks of the depth scale.
 *
 * A technician's aid, not a measurement of the patient: it takes the picture's pixels for square, knows nothing of the probe, stays
 * in this window and goes into no record.
 */
import type { Size } from './view-mode.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Longer is no depth of an ultrasound picture, millimetres. */
export const KNOWN_MM_MAX = 1000;

export function distance(from: Point, to: Point): number {
  return Math.hypot(to.x - from.x, to.y - from.y);
}

/** Millimetres of one pixel, from a distance that is known; null when nothing can be said by it. */
export function calibrated(pixels: number, knownMm: number): number | null {
  const isUsable = pixels >= 1 && knownMm > 0 && knownMm <= KNOWN_MM_MAX;
  return isUsable ? knownMm / pixels : null;
}

/** Keeps a point inside the picture. */
export function inside({ x, y }: Point, { width, height }: Size): Point {
  const within = (value: number, end: number): number => Math.min(Math.max(0, value), end);
  return { x: within(x, width), y: within(y, height) };
}

/** What is measured: no point, the first, or both. */
export interface Measured {
  readonly from: Point | null;
  readonly to: Point | null;
}
export const NOTHING: Measured = { from: null, to: null };

/** Sets the next point; after two, a new distance begins. */
export function withPoint({ from, to }: Measured, point: Point): Measured {
  return from === null || to !== null ? { from: point, to: null } : { from, to: point };
}

/** Such as `214 px` or `214 px · 32.1 mm`. */
export function distanceText(pixels: number, mmPerPixel: number | null): string {
  const px = `${pixels.toFixed(pixels < 100 ? 1 : 0)} px`;
  return mmPerPixel === null ? px : `${px} · ${(pixels * mmPerPixel).toFixed(1)} mm`;
}
