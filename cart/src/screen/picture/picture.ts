/**
 * A picture in memory: 0x00RRGGBB each pixel, row by row, and the tiles in which its changes are counted.
 *
 * Pixels are read and written as 32-bit numbers and, for Raw and the video encoder, as bytes; both views are of the same
 * memory and rely on a little-endian machine, as every cart is.
 */
import assert from 'node:assert/strict';
import { endianness } from 'node:os';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { MalformedRFB } from '@chaperone/protocol/rfb/malformed-rfb.ts';
import type { FramebufferSize } from '@chaperone/protocol/rfb/server-message.ts';

/** Pixels along a side of a tile: H.264 codes in blocks of as many. */
export const TILE_SIDE = 16;
/** Pixels of a picture: 8K UHD. Each costs eight bytes, in the source's picture and in the shown one. */
export const PICTURE_PIXELS_MAX = 7680 * 4320;

assert(endianness() === 'LE', 'pixels are kept for a little-endian machine');

export class Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array<ArrayBuffer>;
  /** The same memory as `pixels`. */
  readonly bytes: Buffer;
  readonly columns: number;
  readonly rows: number;

  /** @throws MalformedRFB if there are too many pixels */
  constructor({ width, height }: FramebufferSize) {
    if (width * height > PICTURE_PIXELS_MAX) {
      throw new MalformedRFB(`A picture has at most ${PICTURE_PIXELS_MAX} pixels.`);
    }
    this.width = width;
    this.height = height;
    this.pixels = new Uint32Array(width * height);
    this.bytes = Buffer.from(this.pixels.buffer);
    this.columns = Math.ceil(width / TILE_SIDE);
    this.rows = Math.ceil(height / TILE_SIDE);
  }

  get area(): Rectangle {
    return { x: 0, y: 0, width: this.width, height: this.height };
  }

  get tiles(): number {
    return this.columns * this.rows;
  }

  /** Draws pixels that come as rows of bytes, four to a pixel. The area lies inside. */
  draw(area: Rectangle, bytes: Buffer): void {
    const rowBytes = area.width * 4;
    for (let row = 0; row < area.height; row += 1) {
      const at = ((area.y + row) * this.width + area.x) * 4;
      bytes.copy(this.bytes, at, row * rowBytes, (row + 1) * rowBytes);
    }
  }

  /** Fills all of it with one colour. @param rgb 0xRRGGBB */
  fill(rgb: number): void {
    this.pixels.fill(rgb);
  }

  /** Copies an area out, row by row without gaps. The area lies inside. @param cropped as many pixels as the area has */
  crop(
    area: Rectangle,
    cropped = new Uint32Array(area.width * area.height),
  ): Uint32Array<ArrayBuffer> {
    for (let row = 0; row < area.height; row += 1) {
      const at = (area.y + row) * this.width + area.x;
      cropped.set(this.pixels.subarray(at, at + area.width), row * area.width);
    }
    return cropped;
  }

  /** The pixels of one tile; those at the right and lower edge may be smaller. */
  tileArea(tile: number): Rectangle {
    const x = (tile % this.columns) * TILE_SIDE;
    const y = Math.floor(tile / this.columns) * TILE_SIDE;
    return {
      x,
      y,
      width: Math.min(TILE_SIDE, this.width - x),
      height: Math.min(TILE_SIDE, this.height - y),
    };
  }
}

/** Makes a picture of pixels, 0x00RRGGBB each. @throws MalformedRFB if there are too many */
export function pictureOf({
  width,
  height,
  pixels,
}: FramebufferSize & { readonly pixels: Uint32Array }): Picture {
  const picture = new Picture({ width, height });
  picture.pixels.set(pixels);
  return picture;
}
