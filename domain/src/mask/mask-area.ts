/** Rectangles of a screen, in pixels of its frame buffer, and what is left of one when others are taken out. */

export interface MaskArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ScreenSize {
  readonly width: number;
  readonly height: number;
}

/** Tells whether an area has pixels and lies inside a screen. */
export function isInside({ x, y, width, height }: MaskArea, size: ScreenSize): boolean {
  return (
    [x, y, width, height].every(Number.isSafeInteger) &&
    x >= 0 &&
    y >= 0 &&
    width > 0 &&
    height > 0 &&
    x + width <= size.width &&
    y + height <= size.height
  );
}

/** Gives all of a screen but some areas, as areas that do not overlap. */
export function outsideOf(size: ScreenSize, areas: readonly MaskArea[]): readonly MaskArea[] {
  const whole: MaskArea = { x: 0, y: 0, width: size.width, height: size.height };
  return areas.reduce<readonly MaskArea[]>(
    (rest, area) => rest.flatMap((each) => without(each, area)),
    [whole],
  );
}

/** What of one area lies outside of another: above, below, left and right of it. */
function without(area: MaskArea, hole: MaskArea): readonly MaskArea[] {
  const left = Math.max(area.x, hole.x);
  const top = Math.max(area.y, hole.y);
  const right = Math.min(area.x + area.width, hole.x + hole.width);
  const bottom = Math.min(area.y + area.height, hole.y + hole.height);
  if (right <= left || bottom <= top) return [area];
  return [
    { x: area.x, y: area.y, width: area.width, height: top - area.y },
    { x: area.x, y: bottom, width: area.width, height: area.y + area.height - bottom },
    { x: area.x, y: top, width: left - area.x, height: bottom - top },
    { x: right, y: top, width: area.x + area.width - right, height: bottom - top },
  ].filter(({ width, height }) => width > 0 && height > 0);
}
