/** Draws the demo's bars, columns and keys. */
import { mix, type Canvas } from '../../platform/drawing/canvas.ts';
import { viewPixelsPerCm } from './cine-view.ts';
import type { Exam } from './exam.ts';
import { KEYS, type Key } from './key.ts';
import {
  line,
  polygon,
  roundedFrame,
  roundedRectangle,
  sector,
} from '../../platform/drawing/shape.ts';
import { AREA, COLOUR, THUMBNAIL } from './theme.ts';

/** Pixels of the depth scale: beside the image, above the stored images. */
const DEPTH_SCALE_HEIGHT = 706;
const NO_PICTURE = new Uint32Array(0);

/** Draws what never changes in the top bar, and the clock. */
export function drawTop(canvas: Canvas, now: Date): void {
  const { top } = AREA;
  canvas.gradient(top.x, top.y, top.width, top.height, COLOUR.panelTop, COLOUR.panel);
  canvas.fill(0, top.height - 2, top.width, 1, COLOUR.edge);
  canvas.fill(0, top.height - 1, top.width, 1, COLOUR.black);
  canvas.shape(roundedRectangle(14, 14, 48, 48, 11), COLOUR.accentDark);
  canvas.shape(sector(38, 22, 32, 0.62), COLOUR.accent);
  canvas.shape(sector(38, 22, 19, 0.62), COLOUR.accentDark, 0.55);
  const faint = { size: 12, colour: COLOUR.dim, weight: 500 } as const;
  canvas.text(76, 36, 'Demo Ultrasound', { size: 18, colour: COLOUR.text, weight: 600 });
  canvas.text(76, 56, 'Echo Lab · Demonstration Hospital', faint);
  canvas.fill(300, 14, 1, 48, COLOUR.edge);
  const nameWidth = canvas.text(318, 38, 'DEMO^PATIENT', {
    size: 22,
    colour: COLOUR.text,
    weight: 700,
  });
  canvas.text(318, 58, 'ID DEMO-000001   ·   1970-01-01   ·   F', faint);
  const badge = 318 + nameWidth + 14;
  canvas.shape(roundedRectangle(badge, 20, 92, 22, 11), COLOUR.amberDark);
  canvas.shape(roundedFrame(badge, 20, 92, 22, 11, 1), COLOUR.amber, 0.7);
  const badgeText = { size: 11, colour: COLOUR.amber, weight: 600, align: 'centre' } as const;
  canvas.text(badge + 46, 35, 'DEMO DATA', badgeText);
  drawPair(canvas, 690, 'Transducer', 'P4-2');
  drawPair(canvas, 790, 'Preset', 'Adult Echo');
  drawPair(canvas, 916, 'MI', '1.2');
  drawPair(canvas, 972, 'TIS', '0.8');
  canvas.fill(1112, 14, 1, 48, COLOUR.edge);
  drawClock(canvas, now);
}

/** Draws the clock alone. */
export function drawClock(canvas: Canvas, now: Date): void {
  const { clock, top } = AREA;
  const shade = (y: number): number =>
    mix(COLOUR.panelTop, COLOUR.panel, (y - top.y) / (top.height - 1));
  const bottom = clock.y + clock.height - 1;
  canvas.gradient(clock.x, clock.y, clock.width, clock.height, shade(clock.y), shade(bottom));
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':');
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const right = 1264;
  const big = { size: 24, colour: COLOUR.text, weight: 600, align: 'right' } as const;
  canvas.text(right, 38, time, big);
  canvas.text(right, 58, day, { size: 12, colour: COLOUR.dim, align: 'right' });
}

function drawPair(canvas: Canvas, x: number, label: string, value: string): void {
  canvas.text(x, 34, label, { size: 11, colour: COLOUR.faint, weight: 500 });
  canvas.text(x, 55, value, { size: 16, colour: COLOUR.text, weight: 600 });
}

/** Draws the column of imaging parameters with its keys. */
export function drawLeft(canvas: Canvas, exam: Exam, hovered: Key | null): void {
  const { left } = AREA;
  canvas.fill(left.x, left.y, left.width, left.height, COLOUR.ground);
  card(canvas, 90, 300, '2D', !exam.isColour);
  row(canvas, 140, 'Frequency', '2.7 MHz');
  row(canvas, 166, 'Dyn. range', '60 dB');
  row(canvas, 192, 'Frame rate', exam.isFrozen ? '—' : '13 Hz');
  stepper(canvas, 224, 'Gain', String(exam.gainDb), 'dB');
  canvas.shape(roundedRectangle(16, 284, 172, 5, 2.5), COLOUR.key);
  canvas.shape(roundedRectangle(16, 284, 8 + 164 * exam.gainShare, 5, 2.5), COLOUR.accent);
  stepper(canvas, 320, 'Depth', String(exam.depthCm), 'cm');
  card(canvas, 402, 140, 'Color', exam.isColour);
  row(canvas, 452, 'Scale', exam.isColour ? '±52 cm/s' : '—');
  row(canvas, 478, 'Gain', exam.isColour ? '48 %' : '—');
  row(canvas, 504, 'Wall filter', exam.isColour ? 'Medium' : '—');
  row(canvas, 530, 'Angle', exam.isColour ? '0°' : '—');
  card(canvas, 554, 110, 'Physio', false);
  canvas.text(16, 638, '85', { size: 40, colour: COLOUR.green, weight: 600 });
  canvas.text(72, 638, 'bpm', { size: 14, colour: COLOUR.dim });
  canvas.text(188, 638, 'ECG II', { size: 12, colour: COLOUR.dim, align: 'right' });
  card(canvas, 676, 118, 'Measurements', exam.isMeasuring);
  drawMeasurements(canvas, exam);
  drawStatus(canvas, exam);
  for (const key of KEYS) if (key.area.y < AREA.keys.y) drawKey(canvas, key, exam, hovered);
}

function drawMeasurements(canvas: Canvas, exam: Exam): void {
  const lengths = measuredLengths(exam);
  if (lengths.length === 0) {
    canvas.text(16, 728, 'None', { size: 13, colour: COLOUR.faint });
  }
  for (const [index, length] of lengths.entries()) {
    row(canvas, 728 + 26 * index, `Distance ${index + 1}`, `${length.toFixed(2)} cm`);
  }
}

/** Lengths in centimetres between pairs of calipers. */
export function measuredLengths(exam: Exam): number[] {
  const lengths: number[] = [];
  for (let at = 0; at + 1 < exam.points.length; at += 2) {
    const [a, b] = exam.points.slice(at, at + 2);
    if (a === undefined || b === undefined) break;
    lengths.push(Math.hypot(a.x - b.x, a.y - b.y) / viewPixelsPerCm(exam.depthCm));
  }
  return lengths;
}

function drawStatus(canvas: Canvas, exam: Exam): void {
  const colour = exam.isFrozen ? COLOUR.blue : COLOUR.green;
  canvas.shape(roundedRectangle(8, 808, 188, 44, 10), COLOUR.panel);
  canvas.shape(roundedRectangle(22, 825, 10, 10, 5), colour);
  const text = exam.isFrozen ? 'FROZEN' : 'LIVE';
  canvas.text(42, 835, text, { size: 14, colour, weight: 700 });
  const stored = { size: 12, colour: COLOUR.dim, align: 'right' } as const;
  canvas.text(184, 835, `${exam.storedImages} stored`, stored);
}

function card(canvas: Canvas, y: number, height: number, title: string, isLit: boolean): void {
  canvas.shape(roundedRectangle(8, y, 188, height, 10), COLOUR.panel);
  const colour = isLit ? COLOUR.accent : COLOUR.dim;
  canvas.text(16, y + 24, title, { size: 13, colour, weight: 700 });
  canvas.fill(16, y + 32, 172, 1, COLOUR.edge);
}

function row(canvas: Canvas, y: number, label: string, value: string): void {
  canvas.text(16, y, label, { size: 13, colour: COLOUR.dim });
  canvas.text(188, y, value, { size: 13, colour: COLOUR.text, weight: 600, align: 'right' });
}

function stepper(canvas: Canvas, y: number, label: string, value: string, unit: string): void {
  canvas.text(102, y + 12, label, { size: 12, colour: COLOUR.dim, align: 'centre' });
  const width = canvas.textWidth(value, 22, 600);
  const left = 102 - (width + 5 + canvas.textWidth(unit, 12)) / 2;
  canvas.text(left, y + 36, value, { size: 22, colour: COLOUR.text, weight: 600 });
  canvas.text(left + width + 5, y + 36, unit, { size: 12, colour: COLOUR.dim });
}

/** Draws the depth scale, the colour and grey bars, and the column they stand in. */
export function drawRight(canvas: Canvas, exam: Exam, stored: readonly Uint32Array[]): void {
  const { right } = AREA;
  canvas.fill(right.x, right.y, right.width, right.height, COLOUR.black);
  const perCm = viewPixelsPerCm(exam.depthCm);
  canvas.fill(right.x + 8, right.y + 8, 1, DEPTH_SCALE_HEIGHT, COLOUR.faint);
  for (let cm = 0; cm * perCm < DEPTH_SCALE_HEIGHT; cm += 1) {
    const y = Math.round(right.y + 8 + cm * perCm);
    const isNamed = cm % 2 === 0;
    canvas.fill(right.x + 8, y, isNamed ? 12 : 6, 1, isNamed ? COLOUR.dim : COLOUR.faint);
    if (!isNamed) continue;
    const style = { size: 12, colour: COLOUR.dim } as const;
    canvas.text(right.x + 26, y + 4, cm === 0 ? '0 cm' : String(cm), style);
  }
  bar(canvas, 1150, 128, 300, (share) => greyAt(share * exam.brightness));
  canvas.text(1161, 116, '2D', { size: 11, colour: COLOUR.dim, weight: 600, align: 'centre' });
  drawStored(canvas, exam, stored);
  if (!exam.isColour) return;
  bar(canvas, 1214, 128, 300, flowColour);
  const style = { size: 11, colour: COLOUR.dim, weight: 600, align: 'centre' } as const;
  canvas.text(1225, 116, '+52', style);
  canvas.text(1225, 446, '−52', style);
  canvas.text(1225, 462, 'cm/s', { ...style, weight: 500 });
}

/** Draws the last images that were stored; empty places keep their frames. */
function drawStored(canvas: Canvas, exam: Exam, stored: readonly Uint32Array[]): void {
  const { width, height, x, top, gap } = THUMBNAIL;
  const title = { size: 12, colour: COLOUR.dim, weight: 600 } as const;
  canvas.text(x, top - 14, `Stored images  ${exam.storedImages}`, title);
  for (const [index, y] of [top, top + height + gap].entries()) {
    const picture = stored[index] ?? NO_PICTURE;
    for (let at = 0; at < picture.length; at += width) {
      const to = (y + at / width) * canvas.width + x;
      canvas.pixels.set(picture.subarray(at, at + width), to);
    }
    canvas.shape(roundedFrame(x - 1, y - 1, width + 2, height + 2, 4, 1), COLOUR.edge);
  }
}

function greyAt(share: number): number {
  const level = Math.min(255, Math.round(255 * share));
  return (level << 16) | (level << 8) | level;
}

/** From blue (away) over black to red and yellow (towards the transducer). */
function flowColour(share: number): number {
  if (share >= 0.5) {
    const strength = (share - 0.5) * 2;
    return strength < 0.55
      ? mix(0x1c0404, 0xe02020, strength / 0.55)
      : mix(0xe02020, 0xffe14a, (strength - 0.55) / 0.45);
  }
  const strength = (0.5 - share) * 2;
  return strength < 0.55
    ? mix(0x04061c, 0x1f4fe0, strength / 0.55)
    : mix(0x1f4fe0, 0x58e6f0, (strength - 0.55) / 0.45);
}

function bar(
  canvas: Canvas,
  x: number,
  y: number,
  height: number,
  colourAt: (share: number) => number,
): void {
  canvas.fill(x - 1, y - 1, 24, height + 2, COLOUR.edge);
  for (let at = 0; at < height; at += 1) {
    canvas.fill(x, y + at, 22, 1, colourAt(1 - at / (height - 1)));
  }
}

/** Draws the annotation line and the row of soft keys. */
export function drawKeys(canvas: Canvas, exam: Exam, hovered: Key | null): void {
  const { keys, note } = AREA;
  canvas.gradient(keys.x, keys.y, keys.width, keys.height, COLOUR.panelTop, COLOUR.ground);
  canvas.fill(keys.x, keys.y, keys.width, 1, COLOUR.edge);
  const baseline = note.y + 21;
  const label = canvas.text(16, baseline, 'Annotation', { size: 13, colour: COLOUR.dim });
  const style = { size: 14, colour: COLOUR.yellow, weight: 600 } as const;
  const typed = canvas.text(28 + label, baseline, exam.annotation, style);
  canvas.fill(Math.round(30 + label + typed), baseline - 12, 2, 15, COLOUR.yellow);
  const message = { size: 13, colour: COLOUR.accent, weight: 600, align: 'right' } as const;
  canvas.text(1264, baseline, exam.message, message);
  for (const key of KEYS) if (key.area.y >= keys.y) drawKey(canvas, key, exam, hovered);
}

function drawKey(canvas: Canvas, key: Key, exam: Exam, hovered: Key | null): void {
  const { x, y, width, height } = key.area;
  const isLit = key.isLit(exam);
  const isHovered = key === hovered;
  const fill = isLit ? COLOUR.accentDark : isHovered ? COLOUR.keyTop : COLOUR.key;
  canvas.shape(roundedRectangle(x, y, width, height, 9), fill);
  const edge = isLit || isHovered ? COLOUR.accent : COLOUR.edge;
  canvas.shape(roundedFrame(x, y, width, height, 9, isHovered ? 2 : 1), edge);
  const isStep = width < 50;
  const style = {
    size: isStep ? 20 : 15,
    colour: isLit ? COLOUR.accent : COLOUR.text,
    weight: 600,
    align: 'centre',
  } as const;
  canvas.text(x + width / 2, y + height / 2 + (isStep ? 7 : 5), key.label, style);
}

/** Draws the calipers of the measurements, in coordinates of the image. */
export function drawCalipers(canvas: Canvas, exam: Exam): void {
  const { image } = AREA;
  for (let at = 0; at < exam.points.length; at += 2) {
    const [a, b] = exam.points.slice(at, at + 2);
    if (a === undefined) break;
    caliper(canvas, image.x + a.x, image.y + a.y);
    if (b === undefined) continue;
    caliper(canvas, image.x + b.x, image.y + b.y);
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    for (let from = 10; from + 6 < length - 8; from += 12) {
      const place = (distance: number): [number, number] => [
        image.x + a.x + ((b.x - a.x) * distance) / length,
        image.y + a.y + ((b.y - a.y) * distance) / length,
      ];
      canvas.shape(line(...place(from), ...place(from + 6), 1.6), COLOUR.yellow);
    }
  }
}

function caliper(canvas: Canvas, x: number, y: number): void {
  canvas.shape(line(x - 8, y, x + 8, y, 2), COLOUR.yellow);
  canvas.shape(line(x, y - 8, x, y + 8, 2), COLOUR.yellow);
}

/** Draws the mark on the probe's side of the image. */
export function drawProbeMark(canvas: Canvas): void {
  const { image } = AREA;
  const x = image.x + image.width / 2 - 92;
  const y = image.y + 22;
  canvas.shape(polygon(x, y, x + 16, y, x + 8, y + 14), COLOUR.accent);
}
