/**
 * The number of a frame, drawn into it: twenty squares of eight pixels, white for one, low bits first; the last four are
 * 0, 1, 0, 1. Black and white squares survive every coarse picture, and lie in the film, so that whoever has the number has the frame.
 */
import { CINE, SCREEN } from './layout.ts';

const BITS = 16;
const SQUARES = 20;
const SIDE = 8;
/** In the middle of what moves: at its rim it would not be taken for a part of the film. */
const LEFT = 320;
const TOP = 440;
const WHITE = 0xff_ffff;

/** Draws a number into a frame of the film's size. */
export function drawCode(frame: Uint32Array, number: number): void {
  for (let square = 0; square < SQUARES; square += 1) {
    const colour = bitOf(number, square) ? WHITE : 0;
    for (let row = 0; row < SIDE; row += 1) {
      const at = (TOP + row) * CINE.width + LEFT + square * SIDE;
      frame.fill(colour, at, at + SIDE);
    }
  }
}

/** Reads the number from a picture of the whole screen; null if there is none. */
export function readCode(picture: Uint32Array): number | null {
  let number = 0;
  for (let square = 0; square < SQUARES; square += 1) {
    const x = CINE.x + LEFT + square * SIDE + SIDE / 2;
    const y = CINE.y + TOP + SIDE / 2;
    const green = ((picture[y * SCREEN.width + x] ?? 0) >> 8) & 255;
    const bit = green > 127;
    if (square < BITS) number |= Number(bit) << square;
    else if (bit !== bitOf(0, square)) return null;
  }
  return number;
}

function bitOf(number: number, square: number): boolean {
  return square < BITS ? ((number >> square) & 1) === 1 : square % 2 === 1;
}
