/**
 * Encodes the moving region as film, in runs of ffmpeg that follow its place, colour and level: as Open H.264 (RFB encoding 50)
 * for viewers that play it, as Tight JPEG for those that say Tight with a quality.
 *
 * Open H.264:
 *
 * | offset | size | field                                           |
 * |--------|------|-------------------------------------------------|
 * | 12     | 4    | bytes of the frame                              |
 * | 16     | 4    | flags: 1 begins this rectangle's decoder anew   |
 * | 20     | -    | the frame, as an Annex B byte stream            |
 *
 * Tight: a byte 0x90, the length in one to three bytes, the image. JPEG is made by the same program as video: it is there, it
 * works in a process of its own, and no library for it comes into the agent (decision 0049).
 *
 * When the program is missing or keeps failing, there is no film for the rest of the connection.
 *
 * @see rfbproto, Open H.264 Encoding and Tight Encoding
 */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { writeRectangleHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { TIGHT_JPEG, writeCompactLength } from '@chaperone/protocol/rfb/tight-length.ts';
import { FFmpegRun } from '../../device/film-encoder/film-encoder.ts';
import { hasColour } from '../analysis/photographic.ts';
import type { Picture } from '../picture/picture.ts';
import type { Pixels } from './pack-pixels.ts';
import type { RunAllowance } from './run-allowance.ts';
import { TIGHT_WIDTH_MAX } from './tight.ts';

/** Runs that may end without a frame, one after another. */
const FAILURES_MAX = 3;
const RESET_CONTEXT = 1;
/** Constant rate factors of x264 by level: 23 is its own default; what stands still is exact anyway. */
const RATE_FACTORS = [19, 23, 26, 29, 32, 35, 38] as const;
/** ffmpeg's scales for JPEG by the viewer's quality, 0 to 9, and how much coarser each level makes them. */
const JPEG_SCALES = [24, 18, 14, 10, 8, 6, 5, 4, 3, 2] as const;
const JPEG_COARSER = [0.7, 1, 1.5, 2, 3, 4.5, 6] as const;
const JPEG_SCALE_BEST = 2;
const JPEG_SCALE_WORST = 31;

/** What a run was begun with. */
type VideoTerms = FFmpegRun['terms'];

/** What a viewer takes as film. */
export type FilmKind =
  | { readonly codec: 'h264' }
  /** The quality that the viewer asked for: 0 is the worst, 9 the best. */
  | { readonly codec: 'jpeg'; readonly quality: number };

export interface FilmFrame {
  /** Header and content. */
  readonly rectangle: Buffer;
  /** Whether it begins the film anew, and so has many more bytes than the others. */
  readonly isKey: boolean;
}

export class FilmEncoder {
  readonly #program: string;
  readonly #kind: FilmKind;
  readonly #runs: RunAllowance;
  readonly #onFailed: () => void;
  #run: FFmpegRun | null = null;
  #area: Rectangle | null = null;
  #pixels: Pixels = new Uint32Array(0);
  #failures = 0;
  #isClosed = false;
  #isAnewWanted = false;
  /** Whether another run was needed, and none may be begun yet. */
  #isRunOwed = false;

  /**
   * @param runs how often the program may be started for this viewer
   * @param onFailed told once, when no film will come any more because the program fails
   */
  constructor(program: string, kind: FilmKind, runs: RunAllowance, onFailed: () => void) {
    this.#program = program;
    this.#kind = kind;
    this.#runs = runs;
    this.#onFailed = onFailed;
  }

  /** Whether a frame can be asked for now. */
  mayEncode(nowMs: number): boolean {
    if (!this.isUsable) return false;
    return this.#runs.isLeft(nowMs) || (this.#run?.isOver === false && !this.#isRunOwed);
  }

  /** Whether there is, or will be again, a run. */
  get isUsable(): boolean {
    return !this.#isClosed && this.#failures < FAILURES_MAX;
  }

  /** Pixels along a row of a frame. */
  get widthMax(): number {
    return this.#kind.codec === 'h264' ? Infinity : TIGHT_WIDTH_MAX;
  }

  /** Encodes one frame; null if that failed, and nothing is to be sent. One at a time. @param level see `film-level.ts` */
  async encode(picture: Picture, area: Rectangle, level: number): Promise<FilmFrame | null> {
    const pixels = picture.crop(area, this.#pixelsFor(area));
    const run = this.#runFor(pixels, area, level);
    if (run === null) return null;
    const { isFirst } = run;
    const frame = await run.encode(pixels);
    if (this.#isClosed) return null;
    if (frame === null) {
      // One that was ended for another is no failure of the program.
      if (run !== this.#run) return null;
      this.#failures += 1;
      if (this.#failures === FAILURES_MAX) this.#onFailed();
      return null;
    }
    this.#failures = 0;
    if (this.#kind.codec === 'jpeg') {
      const head = Buffer.from([TIGHT_JPEG]);
      const header = writeRectangleHeader(area, ENCODING.tight);
      const length = writeCompactLength(frame.length);
      return { rectangle: Buffer.concat([header, head, length, frame]), isKey: false };
    }
    const head = Buffer.alloc(8);
    head.writeUInt32BE(frame.length, 0);
    head.writeUInt32BE(isFirst ? RESET_CONTEXT : 0, 4);
    const header = writeRectangleHeader(area, ENCODING.h264);
    return { rectangle: Buffer.concat([header, head, frame]), isKey: isFirst };
  }

  /** Begins anew with the next frame: one that came out was not sent, so that what follows could not be decoded. */
  restart(): void {
    this.#run?.close();
    this.#run = null;
  }

  /**
   * Has the next frame refer to none before it: somebody wants the whole picture, and may have none of them. Where no run may
   * be begun yet, the next after that; an image of JPEG refers to none anyway.
   */
  beginAnew(): void {
    this.#isAnewWanted = this.#kind.codec === 'h264';
  }

  close(): void {
    this.#isClosed = true;
    this.restart();
  }

  /** One frame is under way at a time, and each has been read when it comes out: they share their memory. */
  #pixelsFor({ width, height }: Rectangle): Pixels {
    if (this.#pixels.length !== width * height) this.#pixels = new Uint32Array(width * height);
    return this.#pixels;
  }

  /** The run under way, or another if it is needed; null if none may be begun yet. */
  #runFor(pixels: Pixels, area: Rectangle, level: number): FFmpegRun | null {
    const terms = this.#termsFor(pixels, area, level);
    const kept = this.#run !== null && this.#canKeep(this.#run, area, terms) ? this.#run : null;
    if (kept !== null && !this.#isAnewWanted) return kept;
    if (!this.#runs.take(performance.now())) {
      this.#isRunOwed = kept === null;
      return kept;
    }
    this.#isAnewWanted = false;
    this.#isRunOwed = false;
    this.#run?.close();
    this.#area = area;
    this.#run = new FFmpegRun(terms);
    return this.#run;
  }

  #termsFor(pixels: Pixels, area: Rectangle, level: number): VideoTerms {
    const isThere = this.#area !== null && isSame(this.#area, area);
    const beginsAnew = this.#isAnewWanted && this.#runs.isLeft(performance.now());
    const wasColoured = isThere && !beginsAnew && this.#run?.terms.hasColour === true;
    return {
      program: this.#program,
      size: { width: area.width, height: area.height },
      codec: this.#kind.codec,
      quality: qualityOf(this.#kind, level),
      hasColour: wasColoured || hasColour(pixels),
    };
  }

  /** Whether a run goes on with a frame: in its place, with its colours and at its level. */
  #canKeep(
    run: FFmpegRun,
    area: Rectangle,
    { quality, hasColour: isColoured }: VideoTerms,
  ): boolean {
    if (run.isOver || this.#area === null || !isSame(this.#area, area)) return false;
    return run.terms.hasColour === isColoured && run.terms.quality === quality;
  }
}

function qualityOf(kind: FilmKind, level: number): number {
  if (kind.codec === 'h264') return RATE_FACTORS[level] ?? RATE_FACTORS[1];
  const scale = (JPEG_SCALES[kind.quality] ?? JPEG_SCALES[6]) * (JPEG_COARSER[level] ?? 1);
  return Math.min(JPEG_SCALE_WORST, Math.max(JPEG_SCALE_BEST, Math.round(scale)));
}

function isSame(a: Rectangle, b: Rectangle): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
