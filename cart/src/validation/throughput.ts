/**
 * How much the road carries in each direction: as many bytes as take about a second, found by growing from few. The gateway counts
 * what it is sent, and sends what does not compress.
 */
import { BYTES_MAX, COMMISSIONING_PATHS } from '@chaperone/protocol/commissioning/service.ts';
import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayLine, LineAnswer, LineQuestion } from './gateway-line.ts';

export interface ThroughputOptions {
  readonly line: GatewayLine;
  /** How long the last and longest measurement should take. */
  readonly measureMs: number;
  readonly monotonicMs: () => number;
}

const FIRST_BYTES = 128 * 1024;
/** The road is measured by what it does when it is warm: each measurement is at most so many times the one before. */
const GROWTH_MAX = 16;
const MEASUREMENTS_MAX = 4;
/** What the gateway says to wait when others measure, at most, and how often. */
const WAIT_SECONDS_MAX = 4;
const WAITS_MAX = 3;
/** Held at once: an upload is one buffer. */
const UPLOAD_BYTES_MAX = 32 * 1024 * 1024;

/** Measures one direction. @returns Mbit/s (10⁶ bits); null: the gateway lets nobody measure now */
export async function throughput(
  direction: 'up' | 'down',
  options: ThroughputOptions,
  signal: AbortSignal,
): Promise<number | null> {
  const { measureMs, monotonicMs } = options;
  const bytesMax = direction === 'up' ? UPLOAD_BYTES_MAX : BYTES_MAX;
  let bytes = FIRST_BYTES;
  let bitsPerMs: number | null = null;
  for (let count = 0; count < MEASUREMENTS_MAX; count += 1) {
    const beganMs = monotonicMs();
    const moved = await move(direction, bytes, options, signal);
    if (moved === null) break;
    const tookMs = Math.max(monotonicMs() - beganMs - moved.waitedMs, 0.1);
    bitsPerMs = (moved.bytes * 8) / tookMs;
    if (tookMs >= measureMs / 2 || bytes === bytesMax) break;
    const wanted = (bitsPerMs / 8) * measureMs;
    bytes = Math.min(Math.ceil(Math.min(wanted, bytes * GROWTH_MAX)), bytesMax);
  }
  return bitsPerMs === null ? null : Math.round(bitsPerMs / 100) / 10;
}

async function move(
  direction: 'up' | 'down',
  count: number,
  { line, monotonicMs }: ThroughputOptions,
  signal: AbortSignal,
): Promise<{ readonly bytes: number; readonly waitedMs: number } | null> {
  let bytes = 0;
  const path = COMMISSIONING_PATHS.bytes;
  const question: LineQuestion =
    direction === 'up'
      ? { method: 'POST', path, body: Buffer.alloc(count, 0x5a) }
      : {
          method: 'GET',
          path: `${path}?count=${count}`,
          onBytes: (chunk) => (bytes += chunk.length),
        };
  const beganMs = monotonicMs();
  let waitedMs = 0;
  for (let waits = 0; ; waits += 1) {
    const answer: LineAnswer = await line.ask(question, signal);
    if (answer.status === 200) return { bytes: direction === 'up' ? count : bytes, waitedMs };
    const seconds = answer.retryAfterSeconds ?? WAIT_SECONDS_MAX + 1;
    if (answer.status !== 429 || waits === WAITS_MAX || seconds > WAIT_SECONDS_MAX) return null;
    await delay(seconds * 1000, undefined, { signal });
    waitedMs = monotonicMs() - beganMs;
  }
}
