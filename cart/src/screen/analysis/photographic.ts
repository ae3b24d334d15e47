/** Tells pictures from drawings: speckle has many colours close together, menus and text have few. */
import type { Picture } from '../picture/picture.ts';

/** Colours in a tile, their lowest two bits aside, beyond which it looks photographic. */
const DRAWN_COLOURS_MAX = 12;
const COARSE = 0xfc_fcfc;

/** Tells whether a tile looks photographic. Every second row is looked at. */
export function isPhotographic(picture: Picture, tile: number): boolean {
  const { x, y, width, height } = picture.tileArea(tile);
  const colours: number[] = [];
  let last = -1;
  for (let row = y; row < y + height; row += 2) {
    const start = row * picture.width + x;
    for (let at = start; at < start + width; at += 1) {
      const colour = (picture.pixels[at] ?? 0) & COARSE;
      if (colour === last) continue;
      last = colour;
      if (colours.includes(colour)) continue;
      if (colours.length === DRAWN_COLOURS_MAX) return true;
      colours.push(colour);
    }
  }
  return false;
}

/** Channels that lie further apart than this make a colour, not a grey. */
const GREY_SPREAD_MAX = 4;
/** Every how many pixels colour is looked for: no multiple of a common width. */
const COLOUR_STEP = 7;
/** One in how many of the pixels looked at must be coloured. */
const COLOUR_SHARE = 500;

/** Tells whether pixels hold colour: more than a stray mark of it. */
export function hasColour(pixels: Uint32Array): boolean {
  const needed = pixels.length / COLOUR_STEP / COLOUR_SHARE;
  let coloured = 0;
  for (let at = 0; at < pixels.length; at += COLOUR_STEP) {
    const pixel = pixels[at] ?? 0;
    const green = (pixel >> 8) & 255;
    const isGrey =
      Math.abs(((pixel >> 16) & 255) - green) <= GREY_SPREAD_MAX &&
      Math.abs((pixel & 255) - green) <= GREY_SPREAD_MAX;
    if (isGrey) continue;
    coloured += 1;
    if (coloured > needed) return true;
  }
  return false;
}
