/**
 * A road, a viewer and a film for tests of the control, all in simulated time: a step is a millisecond.
 *
 * The road carries bytes one after another at a rate that may change, and each is under way for a while; the viewer is at a
 * frame for a while before it answers. What is sent is what the re-encoder would send.
 */
import { LEVEL_BYTES } from '../rate/film-level.ts';
import { RateControl } from '../rate/rate-control.ts';
import { frameDueMs } from '../re-encoder/update-plan.ts';

/** Between two frames of the film. */
const FRAME_MS = 40;
/** A key frame against others. */
const KEY_FACTOR = 5;
const FENCE_BYTES = 14;

export interface Plan {
  /** Bytes a millisecond at a time. */
  readonly bytesPerMs: (atMs: number) => number;
  /** In one direction. */
  readonly delayMs: number;
  /** For how long the viewer is at a frame. */
  readonly paintMs: number;
  /** Bytes of a frame of level 1, about. */
  readonly frameBytes: number;
  /** Share by which frames are larger or smaller, 0 to 1, one after another. */
  readonly noise: readonly number[];
}

export interface ShownFrame {
  /** When the screen showed it, when it left, and when it had come. */
  readonly capturedMs: number;
  readonly sentMs: number;
  readonly shownMs: number;
  readonly level: number;
  readonly bytes: number;
}

interface UnderWay {
  left: number;
  readonly number: number;
  readonly frame: Omit<ShownFrame, 'shownMs'> | null;
}

/** Plays a film for so long and returns what the viewer was shown. */
export function simulate(plan: Plan, untilMs: number): readonly ShownFrame[] {
  const control = new RateControl();
  const queue: UnderWay[] = [];
  const arriving: (UnderWay & { readonly atMs: number })[] = [];
  const answers: { readonly number: number; readonly atMs: number }[] = [];
  const shown: ShownFrame[] = [];
  let [frameMs, level, count, readyMs] = [Number.NEGATIVE_INFINITY, -1, 0, 0];
  let captured: number | null = null;
  for (let nowMs = 0; nowMs < untilMs; nowMs += 1) {
    if (nowMs % FRAME_MS === 0) captured = nowMs;
    while (answers[0] !== undefined && answers[0].atMs <= nowMs) {
      control.answered(answers.shift()?.number ?? 0, nowMs);
    }
    const isDue = nowMs - frameMs >= control.framePaceMs(nowMs);
    if (captured !== null && isDue && control.isClear(nowMs)) {
      const ping = control.ping(nowMs);
      if (ping !== null) queue.push({ left: FENCE_BYTES, number: ping, frame: null });
      const isKey = control.level !== level;
      level = control.level;
      const noise = 1 + (plan.noise[count % plan.noise.length] ?? 0);
      const size = plan.frameBytes * (LEVEL_BYTES[level] ?? 1) * noise * (isKey ? KEY_FACTOR : 1);
      const bytes = Math.ceil(size);
      const number = control.sent({ bytes, filmBytes: bytes, isKey }, nowMs);
      const frame = { capturedMs: captured, sentMs: nowMs, level, bytes };
      queue.push({ left: bytes + FENCE_BYTES, number, frame });
      frameMs = frameDueMs(frameMs, nowMs, control.framePaceMs(nowMs));
      [captured, count] = [null, count + 1];
    }
    let budget = plan.bytesPerMs(nowMs);
    for (let first = queue[0]; first !== undefined && budget > 0; first = queue[0]) {
      const carried = Math.min(budget, first.left);
      first.left -= carried;
      budget -= carried;
      if (first.left > 0) break;
      arriving.push({ ...first, atMs: nowMs + plan.delayMs });
      queue.shift();
    }
    while (arriving[0] !== undefined && arriving[0].atMs <= nowMs) {
      const come = arriving.shift();
      if (come === undefined) break;
      readyMs = Math.max(readyMs, nowMs) + (come.frame === null ? 0 : plan.paintMs);
      answers.push({ number: come.number, atMs: readyMs + plan.delayMs });
      if (come.frame !== null) shown.push({ ...come.frame, shownMs: readyMs });
    }
  }
  return shown;
}

/** How often the level changed between two times. */
export function changes(shown: readonly ShownFrame[], fromMs: number, toMs: number): number {
  const levels = shown
    .filter(({ sentMs }) => sentMs >= fromMs && sentMs < toMs)
    .map(({ level }) => level);
  return levels.filter((level, at) => at > 0 && level !== levels[at - 1]).length;
}

/** The longest time between two frames in a stretch of time. */
export function longestGapMs(shown: readonly ShownFrame[], fromMs: number, toMs: number): number {
  const times = shown.map(({ shownMs }) => shownMs).filter((at) => at >= fromMs && at < toMs);
  return Math.max(...[...times, toMs].map((at, index) => at - (times[index - 1] ?? fromMs)));
}
