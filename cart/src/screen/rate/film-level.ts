/**
 * How good the film's frames are: one of a few levels, chosen by how many frames a second the road would carry at each.
 *
 * Another level begins the film anew, which costs a key frame; so a level is left only when it has been wrong for a while,
 * and what it takes to go up is far more than what it takes to go down: on a road that stays as it is, the level does. One
 * that had to be left soon after it was taken is taken again ever later. A viewer that is itself too slow is no better off
 * with worse frames: when they make nothing quicker, the level before comes back, for a while.
 *
 * Pure: state in, state out.
 */

/** What a frame has, about, in bytes, against one of level 1: six steps of x264's rate factor double them. */
export const LEVEL_BYTES = [1.6, 1, 0.7, 0.5, 0.35, 0.25, 0.18] as const;
export const LEVEL_AT_FIRST = 1;
const WORST = LEVEL_BYTES.length - 1;

/** Fewer frames a second than this are too few; a level is left for one that promises the next number of them. */
const TOO_FEW = 15;
const ENOUGH = 18;
/** A better level is taken where it promises so many frames a second. */
const PLENTY = 25;
const LOWER_AFTER_MS = 700;
const RAISE_AFTER_MS = 2_000;
/** A level that is left within this time after it was taken was a mistake: the next one waits twice as long. */
const MISTAKE_MS = 15_000;
const RAISE_AFTER_MAX_MS = 60_000;
/** Frames at a level before anything is said of it. */
const FRAMES_MIN = 4;
/** Frames so much smaller that are not at least so much quicker have not helped. */
const SMALLER = 0.8;
const QUICKER = 0.9;
/** For how long a level is kept when a worse one did not help. */
const KEEP_MS = 10_000;
const KEEP_MAX_MS = 80_000;

export interface FilmLevel {
  readonly level: number;
  /** Frames at this level so far. */
  readonly frames: number;
  readonly tooFewSinceMs: number | null;
  readonly plentySinceMs: number | null;
  /** When it was taken as a better one. */
  readonly raisedMs: number;
  readonly raiseAfterMs: number;
  /** What it was left for being too slow, and how it was then. */
  readonly before: {
    readonly level: number;
    readonly bytes: number;
    readonly tookMs: number;
  } | null;
  readonly keptUntilMs: number;
  readonly keepMs: number;
}

/** What is known when a frame has come. */
export interface FrameCome {
  readonly nowMs: number;
  /** Of a frame at this level, about. */
  readonly frameBytes: number;
  /** For how long the road is at one. */
  readonly frameMs: number;
}

/** The level before anything has been sent. */
export const FILM_LEVEL_AT_FIRST: FilmLevel = {
  level: LEVEL_AT_FIRST,
  frames: 0,
  tooFewSinceMs: null,
  plentySinceMs: null,
  raisedMs: Number.NEGATIVE_INFINITY,
  raiseAfterMs: RAISE_AFTER_MS,
  before: null,
  keptUntilMs: Number.NEGATIVE_INFINITY,
  keepMs: KEEP_MS,
};

/** Takes in that a frame has come. */
export function nextFilmLevel(state: FilmLevel, come: FrameCome): FilmLevel {
  const counted = { ...state, frames: state.frames + 1 };
  if (counted.frames < FRAMES_MIN) return counted;
  const judged = judge(counted, come);
  if (judged.level !== state.level) return judged;
  const { nowMs } = come;
  const perSecond = framesPerSecond(come);
  const tooFewSinceMs = perSecond < TOO_FEW ? (state.tooFewSinceMs ?? nowMs) : null;
  const better = betterLevel(state.level, perSecond);
  const plentySinceMs = better < state.level ? (state.plentySinceMs ?? nowMs) : null;
  const next = { ...judged, tooFewSinceMs, plentySinceMs };
  if (tooFewSinceMs !== null && nowMs - tooFewSinceMs >= LOWER_AFTER_MS) return lower(next, come);
  if (plentySinceMs !== null && nowMs - plentySinceMs >= next.raiseAfterMs) {
    return { ...at(next, better), raisedMs: nowMs, before: null };
  }
  return next;
}

/** Goes back to the level before when this one, with smaller frames, is no quicker. */
function judge(state: FilmLevel, { nowMs, frameBytes, frameMs }: FrameCome): FilmLevel {
  const { before } = state;
  if (before === null || state.frames < 2 * FRAMES_MIN) return state;
  const isSmaller = frameBytes < before.bytes * SMALLER;
  if (!isSmaller || frameMs < before.tookMs * QUICKER)
    return { ...state, before: null, keepMs: KEEP_MS };
  const keepMs = Math.min(KEEP_MAX_MS, state.keepMs * 2);
  return { ...at(state, before.level), before: null, keptUntilMs: nowMs + state.keepMs, keepMs };
}

function lower(state: FilmLevel, come: FrameCome): FilmLevel {
  const { nowMs, frameBytes, frameMs } = come;
  if (state.level === WORST || nowMs < state.keptUntilMs) return state;
  const perSecond = framesPerSecond(come);
  let level = state.level + 1;
  while (level < WORST && promised(state.level, level, perSecond) < ENOUGH) level += 1;
  const isMistake = nowMs - state.raisedMs < MISTAKE_MS;
  const raiseAfterMs = isMistake
    ? Math.min(RAISE_AFTER_MAX_MS, state.raiseAfterMs * 2)
    : RAISE_AFTER_MS;
  // Left twice before the first could be judged, it is the first that comes back.
  const before = state.before ?? { level: state.level, bytes: frameBytes, tookMs: frameMs };
  return { ...at(state, level), raiseAfterMs, before };
}

function at(state: FilmLevel, level: number): FilmLevel {
  return { ...state, level, frames: 0, tooFewSinceMs: null, plentySinceMs: null };
}

/** The best level that promises plenty; the same if none is better. */
function betterLevel(level: number, perSecond: number): number {
  for (let better = 0; better < level; better += 1) {
    if (promised(level, better, perSecond) >= PLENTY) return better;
  }
  return level;
}

function framesPerSecond({ frameMs }: FrameCome): number {
  return 1000 / Math.max(1, frameMs);
}

function promised(level: number, other: number, perSecond: number): number {
  return (perSecond * (LEVEL_BYTES[level] ?? 1)) / (LEVEL_BYTES[other] ?? 1);
}
