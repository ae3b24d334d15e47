/** Draws what of the machine is no film: its controls, a trace, a menu, a dialog with a text that is typed. */
import type { Canvas } from '@chaperone/cart/platform/drawing/canvas.ts';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { CLOCK, DIALOG, MENU, SCREEN, TRACE } from './layout.ts';

const BACKGROUND = 0x0a_0a0c;
const PANEL = 0x16_181c;
const KEY = 0x2c_3038;
const EDGE = 0x50_5662;
const TEXT = 0xcd_d2da;
const BRIGHT = 0xff_ffff;
const CHOSEN = 0x2f_6fb0;
const TOP = { from: 0x1e_2c54, to: 0x2f_3d6b } as const;
const TOP_HEIGHT = 70;

const LEFT_KEYS = [
  ...['2D Gain  62', 'DR  65', 'Map  Grey 4', 'Freq  3.4 MHz', 'THI  On', 'Focus  9.5 cm'],
  ...['Persist  3', 'Clarity  4', 'Line density  High', 'Sector  90', 'Tilt  0', 'Zoom  Off'],
];
const BOTTOM_KEYS = [
  'Exam',
  'Report',
  'Measure',
  'Body mark',
  'Text',
  'M',
  'PW',
  'Colour',
  'Freeze',
];
const MENU_ROWS = [
  ...['Adult echo', 'Paediatric echo', 'Stress echo', 'Carotid', 'Abdomen', 'Renal', 'Obstetrics'],
  ...['Small parts', 'Musculoskeletal', 'Vascular venous'],
];
const TYPED =
  'Mild concentric hypertrophy. Ejection fraction by biplane 58 percent. Trace mitral regurgitation, no stenosis. ';
const LETTERS_IN_ROW = 48;
const ROW_HEIGHT = 26;
const ROWS_MAX = 8;

/** Draws the whole machine with a dark picture. */
export function drawMachine(canvas: Canvas): void {
  canvas.fill(0, 0, SCREEN.width, SCREEN.height, BACKGROUND);
  canvas.gradient(0, 0, SCREEN.width, TOP_HEIGHT, TOP.from, TOP.to);
  canvas.text(16, 34, 'ULTRASOUND', { size: 22, colour: TEXT, weight: 700 });
  canvas.text(220, 30, 'TEST, PATIENT   1961-04-12  F', { size: 20, colour: BRIGHT });
  canvas.text(220, 56, 'ID 00000-0001   Adult echo', { size: 15, colour: TEXT });
  canvas.text(860, 30, 'MI 1.1  TIS 0.7', { size: 18, colour: 0xff_e678 });
  drawClock(canvas, 0);
  canvas.fill(0, 72, 228, SCREEN.height - 136, PANEL);
  for (const [at, text] of LEFT_KEYS.entries()) drawKey(canvas, 10, 88 + at * 48, 208, 40, text);
  for (const [at, text] of BOTTOM_KEYS.entries()) {
    drawKey(canvas, 10 + at * 105, SCREEN.height - 56, 96, 46, text);
  }
  canvas.fill(1052, 72, 228, SCREEN.height - 136, PANEL);
  for (let row = 0; row < 14; row += 1) {
    const text = `Measurement ${row + 1}    ${(1.3 + row * 0.37).toFixed(2)} cm`;
    canvas.text(1064, 110 + row * 44, text, { size: 15, colour: TEXT });
  }
}

/** Draws the clock after so many seconds. */
export function drawClock(canvas: Canvas, seconds: number): void {
  canvas.fill(CLOCK.x, CLOCK.y, CLOCK.width, CLOCK.height, TOP.from);
  const text = `10:${pair(14 + Math.floor(seconds / 60))}:${pair(Math.floor(seconds) % 60)}`;
  canvas.text(CLOCK.x + CLOCK.width, CLOCK.y + 20, text, {
    size: 18,
    colour: BRIGHT,
    align: 'right',
  });
}

/** Goes on with the trace by four pixels, the gap before it with it. @returns where it has changed */
export function drawTrace(canvas: Canvas, step: number): Rectangle {
  const width = 14;
  const x = (step * 4) % (TRACE.width - width);
  canvas.fill(TRACE.x + x, TRACE.y, width, TRACE.height, BACKGROUND);
  for (let column = 0; column < 4; column += 1) {
    const beat = ((step * 4 + column) % 100) / 100;
    const peak =
      Math.exp(-(((beat - 0.3) / 0.025) ** 2)) - 0.25 * Math.exp(-(((beat - 0.36) / 0.03) ** 2));
    const wave = 0.22 * Math.exp(-(((beat - 0.62) / 0.07) ** 2));
    const y = Math.round(TRACE.y + TRACE.height - 16 - 48 * (peak + wave));
    canvas.fill(TRACE.x + x + column, y, 1, 3, 0x40_e060);
  }
  return { x: TRACE.x + x, y: TRACE.y, width, height: TRACE.height };
}

/** Draws the menu with one of its rows chosen. */
export function drawMenu(canvas: Canvas, chosen: number): void {
  canvas.fill(MENU.x, MENU.y, MENU.width, MENU.height, EDGE);
  canvas.fill(MENU.x + 1, MENU.y + 1, MENU.width - 2, MENU.height - 2, PANEL);
  for (const [row, text] of MENU_ROWS.entries()) {
    const y = MENU.y + 4 + row * 32;
    const isChosen = row === chosen % MENU_ROWS.length;
    if (isChosen) canvas.fill(MENU.x + 4, y, MENU.width - 8, 30, CHOSEN);
    const colour = isChosen ? BRIGHT : TEXT;
    canvas.text(MENU.x + 14, y + 21, text, { size: 16, colour });
  }
}

/** Draws the dialog with so many letters typed. */
export function drawDialog(canvas: Canvas, letters: number): void {
  const { x, y, width, height } = DIALOG;
  canvas.fill(x, y, width, height, EDGE);
  canvas.fill(x + 2, y + 2, width - 4, height - 4, PANEL);
  canvas.gradient(x + 2, y + 2, width - 4, 40, TOP.from, TOP.to);
  canvas.text(x + 18, y + 28, 'Report text', { size: 18, colour: BRIGHT, weight: 700 });
  canvas.fill(x + 18, y + 60, width - 36, ROWS_MAX * ROW_HEIGHT + 16, 0x06_0708);
  const text = typed(letters);
  for (let from = 0; from <= text.length; from += LETTERS_IN_ROW) {
    const row = from / LETTERS_IN_ROW;
    const line = text.slice(from, from + LETTERS_IN_ROW);
    const end = canvas.text(x + 26, baseline(row), line, { size: 16, colour: BRIGHT });
    if (from + LETTERS_IN_ROW > text.length) {
      canvas.fill(Math.round(x + 28 + end), baseline(row) - 16, 2, 20, TEXT);
    }
  }
  drawKey(canvas, x + width - 236, y + height - 54, 100, 40, 'Cancel');
  drawKey(canvas, x + width - 124, y + height - 54, 100, 40, 'Store');
}

/** Where the last of so many letters has changed the dialog: its row, and the one before if it begins it. */
export function fieldOf(letters: number): Rectangle {
  const length = typed(letters).length;
  const last = Math.floor(length / LETTERS_IN_ROW);
  const first = Math.floor(Math.max(0, length - 1) / LETTERS_IN_ROW);
  const top = baseline(first) - 20;
  return { x: DIALOG.x + 18, y: top, width: DIALOG.width - 36, height: baseline(last) + 8 - top };
}

function typed(letters: number): string {
  const most = ROWS_MAX * LETTERS_IN_ROW - 1;
  return TYPED.repeat(Math.ceil((letters + 1) / TYPED.length)).slice(0, Math.min(letters, most));
}

function baseline(row: number): number {
  return DIALOG.y + 60 + (row + 1) * ROW_HEIGHT;
}

function drawKey(
  canvas: Canvas,
  x: number,
  y: number,
  width: number,
  height: number,
  text: string,
): void {
  canvas.fill(x, y, width, height, EDGE);
  canvas.fill(x + 1, y + 1, width - 2, height - 2, KEY);
  canvas.text(x + 10, y + height / 2 + 6, text, { size: 15, colour: TEXT });
}

function pair(value: number): string {
  return String(value).padStart(2, '0');
}
