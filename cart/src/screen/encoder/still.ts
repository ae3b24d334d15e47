/**
 * Encodes what stands still without loss, each rectangle in the densest way that the viewer takes.
 *
 * A viewer that takes both gets small rectangles, which are menus and text, as Tight or as ZRLE, whichever has fewer bytes: Tight
 * keeps nothing from one to the next, so that large ones are packed side by side; ZRLE can refer to what the viewer had
 * before, and a menu is drawn again and again.
 */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import type { Picture } from '../picture/picture.ts';
import type { Pixels } from './pack-pixels.ts';
import { encodeRaw } from './raw.ts';
import { cutForTight, encodeTight } from './tight.ts';
import { ZRLEEncoder, type ZRLEState } from './zrle.ts';

/** Pixels of a rectangle that is encoded in both ways: a large menu has fewer. */
const BOTH_PIXELS_MAX = 96 * 1024;
/** Share of the pixels that differ from the one before, from which on a rectangle is taken for a picture. */
const PICTURE_SHARE = 0.5;

/** How a viewer takes what stands still. */
export interface StillTerms {
  readonly still: 'tight' | 'tight-or-zrle' | 'zrle' | 'raw';
  readonly format: PixelFormat;
}

interface Cropped {
  readonly area: Rectangle;
  readonly pixels: Pixels;
}

export class StillEncoder {
  readonly #zrle = new ZRLEEncoder();
  /** States of the stream of ZRLE before the areas encoded last, and after each of them. */
  #states: readonly ZRLEState[] = [null];

  /** Encodes areas. Their pixels are read before the first await. @returns the rectangles of each */
  async encode(
    picture: Picture,
    areas: readonly Rectangle[],
    terms: StillTerms,
  ): Promise<readonly Buffer[][]> {
    const pieces = areas.map((area) =>
      (takesTight(terms) ? cutForTight(area) : [area]).map((piece) => ({
        area: piece,
        pixels: picture.crop(piece),
      })),
    );
    // What refers to nothing is packed side by side, and before the rest.
    const alone = pieces.map((each) => each.map((piece) => encodeAlone(piece, terms)));
    const states = [this.#zrle.state];
    const encoded: Buffer[][] = [];
    for (const [at, each] of pieces.entries()) {
      const rectangles: Buffer[] = [];
      for (const [index, piece] of each.entries()) {
        rectangles.push(await this.#shortest(piece, terms, (await alone[at]?.[index]) ?? null));
      }
      encoded.push(rectangles);
      states.push(this.#zrle.state);
    }
    this.#states = states;
    return encoded;
  }

  /** Only the first of the areas that were encoded last are sent: the viewer's streams go on from these. */
  keep(count: number): void {
    this.#zrle.goBack(this.#states[count] ?? null);
  }

  async #shortest(piece: Cropped, terms: StillTerms, alone: Buffer | null): Promise<Buffer> {
    const { area, pixels } = piece;
    if (alone !== null && !(terms.still === 'tight-or-zrle' && isDrawn(pixels))) return alone;
    const before = this.#zrle.state;
    const zrle = await this.#zrle.encode(pixels, area, terms.format);
    if (alone === null || zrle.length < alone.length) return zrle;
    this.#zrle.goBack(before);
    return alone;
  }
}

function takesTight({ still }: StillTerms): boolean {
  return still === 'tight' || still === 'tight-or-zrle';
}

/** Encodes a piece so that it refers to nothing; null for a viewer that takes ZRLE only. */
async function encodeAlone(
  { area, pixels }: Cropped,
  { still, format }: StillTerms,
): Promise<Buffer | null> {
  if (still === 'zrle') return null;
  if (still === 'raw') return encodeRaw(pixels, area, format);
  return await encodeTight(pixels, area, format);
}

/** Whether pixels are few enough and look like a menu or text, of which ZRLE can make less than Tight. */
function isDrawn(pixels: Pixels): boolean {
  if (pixels.length > BOTH_PIXELS_MAX) return false;
  let changes = 0;
  for (let at = 1; at < pixels.length; at += 1) if (pixels[at] !== pixels[at - 1]) changes += 1;
  return changes < pixels.length * PICTURE_SHARE;
}
