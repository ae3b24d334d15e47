/** Where border, banner and its touch targets are, on a display of a given size. Pixels. */
import type { IndicatorRegion } from '../indicator-contract.ts';

export interface IndicatorLayout {
  readonly width: number;
  readonly height: number;
  readonly banner: IndicatorRegion;
  /** The other three sides; the banner is the fourth. */
  readonly border: readonly IndicatorRegion[];
  /** Holds everybody off: the clinical interlock. */
  readonly interlock: IndicatorRegion;
  readonly pause: IndicatorRegion;
  readonly end: IndicatorRegion;
  readonly textLeft: number;
  readonly textRight: number;
  /** Of letters: 1 on a display 1080 pixels high, and on smaller ones. */
  readonly scale: number;
}

/** A finger in a glove needs 44 pixels of a usual display; two targets lie apart by a third of that. */
const TARGET_HEIGHT = 52;
const TARGET_WIDTH = { usual: 124, narrow: 100 } as const;
/** Its words are longer, on two lines. */
const INTERLOCK_WIDTH = { usual: 148, narrow: 124 } as const;
/** On a display less wide than this many of its letters' pixels, the name needs the room more. */
const NARROW = 1000;
const GAP = 14;
const BANNER_HEIGHT = 68;
const BORDER = 6;
/** Displays of more pixels are mostly not larger, only finer. */
const USUAL_HEIGHT = 1080;

/** Lays it out. */
export function layOut(width: number, height: number): IndicatorLayout {
  const scale = Math.max(1, height / USUAL_HEIGHT);
  const of = (pixels: number): number => Math.round(pixels * scale);
  const bannerHeight = of(BANNER_HEIGHT);
  const border = of(BORDER);
  const room = width < NARROW * scale ? 'narrow' : 'usual';
  const target = { width: of(TARGET_WIDTH[room]), height: of(TARGET_HEIGHT) };
  const y = Math.floor((bannerHeight - target.height) / 2);
  const end = { x: width - of(GAP) - target.width, y, ...target };
  const pause = { x: end.x - of(GAP) - target.width, y, ...target };
  const interlockWidth = of(INTERLOCK_WIDTH[room]);
  const interlock = { ...target, x: pause.x - of(GAP) - interlockWidth, y, width: interlockWidth };
  const below = { y: bannerHeight, height: height - bannerHeight };
  return {
    ...{ width, height, scale, interlock, pause, end },
    banner: { x: 0, y: 0, width, height: bannerHeight },
    border: [
      { x: 0, width: border, ...below },
      { x: width - border, width: border, ...below },
      { x: 0, y: height - border, width, height: border },
    ],
    textLeft: of(GAP) + border,
    textRight: interlock.x - of(GAP),
  };
}

/** Tells whether a point lies in an area. */
export function isIn(area: IndicatorRegion, x: number, y: number): boolean {
  return x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height;
}
