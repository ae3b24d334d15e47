/**
 * How much is sent to one viewer, and how good: so much that the road carries it at once, and what is sent is what the screen
 * shows then. What does not fit is left out before it is encoded, and never waits.
 *
 * In: what leaves, and when it has come. Out: whether the next update may be made, how far frames are apart, how good they
 * are, and how many tiles go without loss in one update. Decision 0049. Pure: time comes in, monotonic.
 */
import { FILM_LEVEL_AT_FIRST, LEVEL_BYTES, nextFilmLevel, type FilmLevel } from './film-level.ts';
import { Road, type Arrival } from './road.ts';

/** Share of the road that the film takes; the rest is for what stands still, for input, and for whoever else is on it. */
const FILM_SHARE = 0.8;
/** Between two frames at least: no film of a medical device has many more; and at most, however narrow the road. */
const FRAME_PACE_MS = 33;
const FRAME_PACE_MAX_MS = 1_000;
/** An update without loss takes the road for about so long, so that whatever comes next waits no longer. */
const STILL_MS = 400;
/** And has so many bytes at most, however wide the road, and at least, however slow the viewer. */
const STILL_BYTES_MAX = 200 * 1024;
const STILL_BYTES_MIN = 16 * 1024;
/** Bytes of a tile of 16 pixels without loss: at first, and at least, for text may be followed by a picture. */
const TILE_BYTES_AT_FIRST = 300;
const TILE_BYTES_MIN = 60;
const TILES_MIN = 64;
const TILES_MAX = 4096;
/** How fast what was seen of tiles and of frames is forgotten, a share each time. */
const TILE_FADE = 0.3;
const FRAME_FADE = 0.25;

/** What an update that leaves consists of. */
export interface Leaving {
  readonly bytes: number;
  /** Bytes of its frame of the film; 0 if there is none. */
  readonly filmBytes: number;
  /** Whether that frame begins a film anew, and so has many more bytes than others. */
  readonly isKey: boolean;
}

interface FrameUnderWay extends Leaving {
  readonly number: number;
  readonly level: number;
}

export class RateControl {
  readonly #road = new Road();
  readonly #frames: FrameUnderWay[] = [];
  #level: FilmLevel = FILM_LEVEL_AT_FIRST;
  #frameBytes: number | null = null;
  #tileBytes = TILE_BYTES_AT_FIRST;

  /** How good frames are: 0 is the best. */
  get level(): number {
    return this.#level.level;
  }

  /** Whether another update may be made. */
  isClear(nowMs: number): boolean {
    return this.#road.isClear(nowMs);
  }

  /** How far frames are apart. */
  framePaceMs(nowMs: number): number {
    const frameMs = this.#frameMs(nowMs) ?? 0;
    return Math.min(FRAME_PACE_MAX_MS, Math.max(FRAME_PACE_MS, frameMs));
  }

  /** How many bytes without loss go in one update. */
  stillBytes(nowMs: number): number {
    const bytes = this.#road.bytesPerMs(nowMs) * STILL_MS;
    return Math.min(STILL_BYTES_MAX, Math.max(STILL_BYTES_MIN, bytes));
  }

  /** How many tiles those are, about. */
  stillTiles(nowMs: number): number {
    const tiles = Math.floor(this.stillBytes(nowMs) / this.#tileBytes);
    return Math.min(TILES_MAX, Math.max(TILES_MIN, tiles));
  }

  /** Notes how many bytes tiles had without loss. */
  seenStill(tiles: number, bytes: number): void {
    if (tiles <= 0) return;
    const each = bytes / tiles;
    const faded = this.#tileBytes * (1 - TILE_FADE) + each * TILE_FADE;
    this.#tileBytes = Math.max(TILE_BYTES_MIN, each, faded);
  }

  /** The number of a fence that goes before the next update, or null for none. */
  ping(nowMs: number): number | null {
    return this.#road.ping(nowMs);
  }

  /** Notes that an update leaves. @returns the number of the fence behind it */
  sent(leaving: Leaving, nowMs: number): number {
    const number = this.#road.sent(leaving.bytes, nowMs);
    if (leaving.filmBytes > 0) this.#frames.push({ ...leaving, number, level: this.level });
    return number;
  }

  /** Notes a fence's answer; one that answers nothing is ignored. */
  answered(number: number, nowMs: number): void {
    const arrival = this.#road.answered(number, nowMs);
    if (arrival !== null) this.#take(arrival, number, nowMs);
  }

  /** Notes that a viewer without fences has all that was sent. */
  answeredAll(nowMs: number): void {
    const arrival = this.#road.answeredAll(nowMs);
    if (arrival !== null) this.#take(arrival, Infinity, nowMs);
  }

  #take(_arrival: Arrival, upTo: number, nowMs: number): void {
    const later = this.#frames.findIndex(({ number }) => number > upTo);
    const come = this.#frames.splice(0, later === -1 ? this.#frames.length : later);
    for (const { filmBytes, isKey, level } of come) {
      if (isKey || level !== this.level) continue;
      const before = this.#frameBytes ?? filmBytes;
      this.#frameBytes = before + (filmBytes - before) * FRAME_FADE;
      this.#judge(nowMs);
    }
  }

  #judge(nowMs: number): void {
    const [frameBytes, frameMs] = [this.#frameBytes, this.#frameMs(nowMs)];
    if (frameBytes === null || frameMs === null) return;
    const before = this.level;
    this.#level = nextFilmLevel(this.#level, { nowMs, frameBytes, frameMs });
    if (this.level === before) return;
    const ratio = (LEVEL_BYTES[this.level] ?? 1) / (LEVEL_BYTES[before] ?? 1);
    this.#frameBytes = frameBytes * ratio;
  }

  /** For how long the film's share of the road is at a frame; null before the first frame. */
  #frameMs(nowMs: number): number | null {
    if (this.#frameBytes === null) return null;
    return this.#frameBytes / (this.#road.bytesPerMs(nowMs) * FILM_SHARE);
  }
}
