/**
 * Refusals of a password come on a beat, so that how long one took does not tell how it came about.
 *
 * A domain answers sooner about a name that it does not know: it counts no wrong password then. The difference of some
 * milliseconds is seen across a network when somebody asks often enough. To wait costs no processor time, and a person does
 * not notice it.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** More than a domain takes as a rule; a slower answer comes at the next beat. Milliseconds. */
const BEAT_MS = 300;

/** Now, for `onTheBeat`; not the desk's clock, which is about what was agreed on and not about how long code ran. */
export function beginBeat(): number {
  return performance.now();
}

/** Waits for the next beat since the beginning. */
export async function onTheBeat(begunMs: number): Promise<void> {
  const tookMs = performance.now() - begunMs;
  await pause(BEAT_MS - (tookMs % BEAT_MS));
}
