/**
 * How long after a signal, or after End, bytes of the screen still come to the desk.
 *
 * A cart's session, screen (the built-in cine, which never stands still) and tunnel against a scripted desk that reads all of
 * it, in one process, over real TLS on loopback, and over a road of 1 Mbit/s. A signal goes through the vendor's socket. The time
 * is that of the last byte of the screen at the desk, so what is on its way counts as well; it is 0 when nothing came after the
 * signal. On the slow road it holds what had left the cart before and waited in the road, which no cart can take back.
 */
import { signalInterlock } from '@chaperone/cart/interlock/interlock.ts';
import { testCertificates } from '@chaperone/cart/platform/testing/cart-bench.ts';
import type { TestCertificates } from '@chaperone/cart/platform/testing/cart-bench.ts';
import type { Bench, Result, Say } from '../bench.ts';
import type { RoadPlan } from '../link/lane.ts';
import { bandwidthDelayBytes } from '../link/lane.ts';
import { percentile, spread } from '../statistics/statistics.ts';
import { measured, watch } from './stage.ts';
import type { Stage } from './stage.ts';

const SIGNALS = 200;
const ENDS = 100;
/** Each with a session of its own: a signal on a slow road may reset the connection. */
const SLOW_SIGNALS = 60;
const SLOW_ENDS = 30;
const LAST_BYTE_MS_MAX = 200;
/** Longer than a byte could still be under way on loopback, and on the slow road. */
const WATCHED_MS = { loopback: 300, slow: 1000 } as const;

const SLOW = { bitsPerSecond: 1_000_000, delayMs: 25 } as const;
const SLOW_ROAD: RoadPlan = { ...SLOW, queueBytes: bandwidthDelayBytes(SLOW) };

export const interlockBench: Bench = {
  name: 'interlock',
  does: 'how soon after a signal at the cart, and after End, nothing of the screen leaves it',
  run: async (say) => await run(say),
};

async function run(say: Say): Promise<readonly Result[]> {
  const certificates = await testCertificates();
  const signals = await measured(certificates, null, async (stage) => await signalTimes(stage));
  say(`signal: ${spread(signals, 1)} ms to the last byte`);
  const ends = await repeated(ENDS, certificates, null, endTime);
  say(`End: ${spread(ends, 1)} ms to the last byte`);
  const slowSignals = await repeated(SLOW_SIGNALS, certificates, SLOW_ROAD, slowSignalTime);
  say(`signal on 1 Mbit/s: ${spread(slowSignals, 1)} ms to the last byte`);
  const slowEnds = await repeated(SLOW_ENDS, certificates, SLOW_ROAD, slowEndTime);
  say(`End on 1 Mbit/s: ${spread(slowEnds, 1)} ms to the last byte`);
  return [
    resultOf('signal to the last byte', signals),
    resultOf('End to the last byte', ends),
    resultOf('signal to the last byte, 1 Mbit/s', slowSignals),
    resultOf('End to the last byte, 1 Mbit/s', slowEnds),
  ];
}

async function repeated(
  count: number,
  certificates: TestCertificates,
  road: RoadPlan | null,
  measure: (stage: Stage) => Promise<number>,
): Promise<readonly number[]> {
  const times: number[] = [];
  while (times.length < count) times.push(await measured(certificates, road, measure));
  return times;
}

async function signalTimes({ cart, directory }: Stage): Promise<readonly number[]> {
  const times: number[] = [];
  while (times.length < SIGNALS) {
    const screen = await watch(cart);
    const begunMs = performance.now();
    await signalInterlock(directory, 'probe-active');
    times.push(await screen.lastAfter(begunMs, WATCHED_MS.loopback));
    await cart.session.liftInterlock();
  }
  return times;
}

async function slowSignalTime({ cart, directory }: Stage): Promise<number> {
  const screen = await watch(cart);
  const begunMs = performance.now();
  await signalInterlock(directory, 'probe-active');
  return await screen.lastAfter(begunMs, WATCHED_MS.slow);
}

async function endTime(stage: Stage): Promise<number> {
  return await endWithin(stage, WATCHED_MS.loopback);
}

async function slowEndTime(stage: Stage): Promise<number> {
  return await endWithin(stage, WATCHED_MS.slow);
}

async function endWithin({ cart }: Stage, watchedMs: number): Promise<number> {
  const screen = await watch(cart);
  const begunMs = performance.now();
  cart.session.end('operator-ended');
  return await screen.lastAfter(begunMs, watchedMs);
}

function resultOf(name: string, times: readonly number[]): Result {
  const value = percentile(times, 0.99);
  return {
    name: `${name}, p99`,
    value,
    unit: 'ms',
    target: `≤ ${LAST_BYTE_MS_MAX} ms`,
    peer: null,
    ok: value <= LAST_BYTE_MS_MAX,
  };
}
