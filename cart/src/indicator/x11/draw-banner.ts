/** Draws the banner: who is in, what they may do, for how long, and the two targets. */
import { Canvas } from '../../platform/drawing/canvas.ts';
import { roundedRectangle } from '../../platform/drawing/shape.ts';
import type { Indicated } from '../indicator-contract.ts';
import { INDICATOR_WORDS } from '../indicator-words.ts';
import type { IndicatorLayout } from './layout.ts';

/** White on them has a contrast of 5.6 and 7.9 to 1. */
export const INDICATOR_COLOUR = {
  live: 0xc6_2828,
  paused: 0x37_474f,
  target: 0xff_ffff,
  onTarget: 0x14_1a22,
  targetOff: 0x62_727b,
  text: 0xff_ffff,
} as const;

/** The ground of border and banner. */
export function groundOf({ paused }: Pick<Indicated, 'paused'>): number {
  return paused ? INDICATOR_COLOUR.paused : INDICATOR_COLOUR.live;
}

/** Draws it anew. */
export class BannerCanvas {
  readonly #canvas: Canvas;
  readonly #layout: IndicatorLayout;

  constructor(layout: IndicatorLayout) {
    this.#layout = layout;
    const { width, height } = layout.banner;
    this.#canvas = new Canvas(width, height, () => undefined);
  }

  /** @param seconds how long it has been on; @returns the pixels of the whole banner, 0xRRGGBB */
  draw(indicated: Indicated, seconds: number): Uint32Array {
    const canvas = this.#canvas;
    const { banner, scale, textLeft, textRight, pause, end } = this.#layout;
    const words = INDICATOR_WORDS[indicated.language];
    const { text } = INDICATOR_COLOUR;
    canvas.fill(0, 0, banner.width, banner.height, groundOf(indicated));
    const clock = timeText(seconds);
    const clockSize = 24 * scale;
    const clockWidth = Math.ceil(canvas.textWidth(clock, clockSize, 600));
    const middle = banner.height / 2;
    canvas.text(textRight, middle + clockSize * 0.36, clock, {
      ...{ size: clockSize, colour: text, weight: 600, align: 'right' },
    });
    const room = textRight - clockWidth - 16 * scale - textLeft;
    const who = `${words.remoteService}: ${indicated.technicianName}`;
    const what = indicated.paused
      ? words.paused
      : indicated.activities.map((activity) => words.activities[activity]).join(' · ');
    this.#line(who, middle - 5 * scale, 23 * scale, 700, room);
    this.#line(what, middle + 22 * scale, 18 * scale, 500, room);
    this.#target(pause, words.pause, indicated.paused);
    this.#target(end, words.end, false);
    return canvas.pixels;
  }

  #line(text: string, baseline: number, size: number, weight: 500 | 700, room: number): void {
    const shown = shortened(text, (part) => this.#canvas.textWidth(part, size, weight) <= room);
    const style = { size, weight, colour: INDICATOR_COLOUR.text };
    this.#canvas.text(this.#layout.textLeft, baseline, shown, style);
  }

  #target(area: IndicatorLayout['end'], text: string, isOff: boolean): void {
    const { scale } = this.#layout;
    const outline = roundedRectangle(area.x, area.y, area.width, area.height, 10 * scale);
    this.#canvas.shape(outline, isOff ? INDICATOR_COLOUR.targetOff : INDICATOR_COLOUR.target);
    const size = 22 * scale;
    const colour = isOff ? INDICATOR_COLOUR.text : INDICATOR_COLOUR.onTarget;
    this.#canvas.text(area.x + area.width / 2, area.y + area.height / 2 + size * 0.36, text, {
      ...{ size, colour, weight: 700, align: 'centre' },
    });
  }
}

/** `4:07`, or `1:04:07`. */
export function timeText(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** As much of a text as fits, with a sign where something is missing. */
export function shortened(text: string, fits: (part: string) => boolean): string {
  if (fits(text)) return text;
  const characters = [...text];
  let length = characters.length;
  while (length > 0 && !fits(`${characters.slice(0, length).join('')}…`)) length -= 1;
  return `${characters.slice(0, length).join('').trimEnd()}…`;
}
