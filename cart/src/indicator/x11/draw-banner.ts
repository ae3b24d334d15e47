/** Draws the banner: who is in, what they may do, for how long, and the targets. */
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
export function groundOf({
  paused,
  interlocked,
}: Pick<Indicated, 'paused' | 'interlocked'>): number {
  return paused || interlocked ? INDICATOR_COLOUR.paused : INDICATOR_COLOUR.live;
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
    const { banner, scale, textLeft, textRight, interlock, pause, end } = this.#layout;
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
    const { paused, interlocked, technicianName } = indicated;
    const whole = `${words.remoteService}: ${technicianName}`;
    // Where there is little room the name is what counts: the colour says the rest.
    const isRoomy = canvas.textWidth(whole, 23 * scale, 700) <= room;
    const who = isRoomy ? whole : technicianName;
    const what = whatIs(indicated);
    this.#line(who, middle - 5 * scale, 23 * scale, 700, room);
    this.#line(what, middle + 22 * scale, 18 * scale, 500, room);
    this.#target(interlock, words.interlock, interlocked);
    this.#target(pause, [words.pause], paused || interlocked);
    this.#target(end, [words.end], false);
    return canvas.pixels;
  }

  #line(text: string, baseline: number, size: number, weight: 500 | 700, room: number): void {
    const shown = shortened(text, (part) => this.#canvas.textWidth(part, size, weight) <= room);
    const style = { size, weight, colour: INDICATOR_COLOUR.text };
    this.#canvas.text(this.#layout.textLeft, baseline, shown, style);
  }

  #target(area: IndicatorLayout['end'], lines: readonly string[], isOff: boolean): void {
    const { scale } = this.#layout;
    const outline = roundedRectangle(area.x, area.y, area.width, area.height, 10 * scale);
    this.#canvas.shape(outline, isOff ? INDICATOR_COLOUR.targetOff : INDICATOR_COLOUR.target);
    const colour = isOff ? INDICATOR_COLOUR.text : INDICATOR_COLOUR.onTarget;
    const most = (lines.length > 1 ? 18 : 22) * scale;
    const widest = Math.max(...lines.map((line) => this.#canvas.textWidth(line, most, 700)));
    const size = Math.min(most, (most * (area.width - 12 * scale)) / widest);
    const middle = area.y + area.height / 2 + size * 0.36;
    for (const [index, line] of lines.entries()) {
      const baseline = middle + (index - (lines.length - 1) / 2) * size * 1.15;
      this.#canvas.text(area.x + area.width / 2, baseline, line, {
        ...{ size, colour, weight: 700, align: 'centre' },
      });
    }
  }
}

/** What goes on; that the screen is recorded stands right behind that it is seen, where it is never cut off. */
function whatIs({ language, activities, paused, interlocked, isRecorded }: Indicated): string {
  const words = INDICATOR_WORDS[language];
  if (interlocked) return words.interlocked;
  if (paused) return words.paused;
  return activities
    .flatMap((activity) =>
      activity === 'view' && isRecorded
        ? [words.activities.view, words.recorded]
        : [words.activities[activity]],
    )
    .join(' · ');
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
