/**
 * What a viewer had on its screen, decoded afterwards from what it was sent, piece by piece and in order.
 *
 * Films and JPEGs are first sorted into files, one for each decoder that a viewer would have had, and then decoded side by
 * side with the rest.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { TightDecoder } from '@chaperone/cart/screen/testing/tight-decoder.ts';
import type { Piece, Recording } from '../meter/recording.ts';
import { SCREEN } from '../workload/layout.ts';
import { cropOf } from '../workload/workload.ts';
import { FrameStream } from './frame-stream.ts';
import type { Format, Pixels } from './frame-stream.ts';
import { ZRLEReader } from './zrle.ts';

const HEADER_BYTES = 12;
/** Before a frame of Open H.264: its length and its flags. */
const FILM_HEADER_BYTES = 8;
const TIGHT_JPEG = 9;

/** A decoder's input: which pieces it is given, in which form. */
interface Reel {
  readonly format: Format;
  readonly file: string;
  stream: FrameStream | null;
}

export class ViewerPicture {
  readonly pixels: Pixels = new Uint32Array(SCREEN.width * SCREEN.height);
  readonly #pieces: readonly Piece[];
  readonly #path: string;
  readonly #file: number;
  readonly #tight = new TightDecoder();
  readonly #zrle = new ZRLEReader();
  /** Whose turn it is when a piece is decoded, for those that ffmpeg decodes. */
  readonly #reelOf = new Map<Piece, Reel>();
  readonly #reels: Reel[] = [];

  /** @param path of the file with the bytes; files beside it are made and left to who made that one */
  constructor({ pieces }: Recording, path: string) {
    this.#pieces = pieces;
    this.#path = path;
    this.#file = openSync(path, 'r');
    this.#sort();
  }

  /**
   * Draws all of it.
   *
   * @param onPiece told before each piece is drawn when that came
   * @param onUpdate told at the end of each update when that was
   */
  async draw(onPiece: (atMs: number) => void, onUpdate: (atMs: number) => void): Promise<void> {
    try {
      for (const piece of this.#pieces) {
        onPiece(piece.atMs);
        if (piece.encoding === null) onUpdate(piece.atMs);
        else await this.#drawPiece(piece, piece.encoding);
      }
    } finally {
      closeSync(this.#file);
      for (const { stream } of this.#reels) stream?.close();
    }
  }

  async #drawPiece(piece: Piece, encoding: number): Promise<void> {
    const { width, height } = piece.area;
    const reel = this.#reelOf.get(piece);
    if (reel !== undefined) {
      reel.stream ??= new FrameStream(reel.format, reel.file);
      this.#put(piece, await reel.stream.next(width, height));
      return;
    }
    const content = this.#contentOf(piece);
    switch (encoding) {
      case ENCODING.tight:
        this.#put(piece, await this.#tight.decode(content, width, height));
        return;
      case ENCODING.zrle:
        this.#put(piece, await this.#zrle.decode(content, width, height));
        return;
      case ENCODING.raw:
        this.#put(piece, rawPixels(content));
        return;
      case ENCODING.copyRect: {
        const from = { x: content.readUInt16BE(0), y: content.readUInt16BE(2), width, height };
        this.#put(piece, cropOf(this.pixels, SCREEN.width, from));
        return;
      }
      case ENCODING.desktopSize:
      case ENCODING.cursor:
      case ENCODING.desktopName:
        return;
      default:
        throw new Error(`pieces of encoding ${encoding} are not decoded here`);
    }
  }

  #put({ area }: Piece, pixels: Uint32Array): void {
    for (let row = 0; row < area.height; row += 1) {
      const line = pixels.subarray(row * area.width, (row + 1) * area.width);
      this.pixels.set(line, (area.y + row) * SCREEN.width + area.x);
    }
  }

  /** Gives each film a file of its own, a new one whenever its decoder begins anew, and all JPEGs one together. */
  #sort(): void {
    const films = new Map<string, Reel>();
    const files = new Map<Reel, number>();
    const begin = (format: Format): Reel => {
      const reel = { format, file: `${this.#path}.${this.#reels.length}`, stream: null };
      this.#reels.push(reel);
      files.set(reel, openSync(reel.file, 'w'));
      return reel;
    };
    let pictures: Reel | null = null;
    for (const piece of this.#pieces) {
      const { encoding, area } = piece;
      if (encoding === ENCODING.h264) {
        const content = this.#contentOf(piece);
        const place = `${area.x} ${area.y} ${area.width} ${area.height}`;
        const isBeginning = content.readUInt32BE(4) !== 0 || !films.has(place);
        const reel = isBeginning ? begin('h264') : films.get(place);
        if (reel === undefined) continue;
        films.set(place, reel);
        this.#reelOf.set(piece, reel);
        writeSync(files.get(reel) ?? 0, content.subarray(FILM_HEADER_BYTES));
      }
      if (encoding !== ENCODING.tight) continue;
      const jpeg = jpegIn(this.#contentOf(piece));
      if (jpeg === null) continue;
      pictures ??= begin('mjpeg');
      this.#reelOf.set(piece, pictures);
      writeSync(files.get(pictures) ?? 0, jpeg);
    }
    for (const file of files.values()) closeSync(file);
  }

  #contentOf({ from, bytes }: Piece): Buffer {
    const content = Buffer.alloc(bytes - HEADER_BYTES);
    readSync(this.#file, content, 0, content.length, from + HEADER_BYTES);
    return content;
  }
}

/** The JPEG of a Tight rectangle: behind a byte that says so, and its length in one to three bytes. */
function jpegIn(content: Buffer): Buffer | null {
  if (content.readUInt8(0) >> 4 !== TIGHT_JPEG) return null;
  let at = 1;
  while (at < 3 && (content.readUInt8(at) & 0x80) !== 0) at += 1;
  return content.subarray(at + 1);
}

function rawPixels(content: Buffer): Pixels {
  const pixels = new Uint32Array(content.length / 4);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = content.readUIntBE(at * 4, 3);
  return pixels;
}
