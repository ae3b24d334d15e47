/**
 * Looks whether the display shows what was painted: some lines of the banner, the border on each side, and that nothing
 * else lies above in the overlay.
 *
 * A window that hides anything one could read or touch is higher than the lines are apart; the lines move from look to
 * look, so that nothing stays between them. All is read in one go, and nothing of it is kept.
 */
import type { Overlay, OverlayArea } from '../../device/x11-overlay/x11-overlay.ts';
import type { IndicatorLayout } from './layout.ts';

/** Pixels between two lines of the banner that are looked at. */
const LINES_APART = 16;

export interface Painted {
  readonly layout: IndicatorLayout;
  /** 0xRRGGBB, row by row. */
  readonly banner: Uint32Array;
  /** Of the border. */
  readonly ground: number;
}

/** Tells whether all of it is there. @param look counts the looks */
export async function looksAsPainted(
  overlay: Pick<Overlay, 'read' | 'isOnTop'>,
  look: number,
  { layout, banner, ground }: Painted,
): Promise<boolean> {
  const { width, height } = layout.banner;
  const questions: Promise<boolean>[] = [overlay.isOnTop()];
  for (let y = (look * 5) % LINES_APART; y < height; y += LINES_APART) {
    const expected = banner.subarray(y * width, (y + 1) * width);
    questions.push(shows(overlay, { x: 0, y, width, height: 1 }, (at) => expected[at]));
  }
  for (const side of layout.border) {
    questions.push(shows(overlay, middleLine(side), () => ground));
  }
  try {
    return (await Promise.all(questions)).every(Boolean);
  } catch {
    // A server that does not answer, or not as it should, shows nothing that could be vouched for.
    return false;
  }
}

async function shows(
  overlay: Pick<Overlay, 'read'>,
  area: OverlayArea,
  expected: (at: number) => number | undefined,
): Promise<boolean> {
  const pixels = await overlay.read(area);
  return pixels.every((pixel, at) => pixel === expected(at));
}

function middleLine({ x, y, width, height }: OverlayArea): OverlayArea {
  return width > height
    ? { x, y: y + Math.floor(height / 2), width, height: 1 }
    : { x: x + Math.floor(width / 2), y, width: 1, height };
}
