/**
 * How long after a signal, or after End, bytes of the screen still leave the cart.
 *
 * A cart's session, screen (the built-in cine, which never stands still) and tunnel against a scripted desk that reads all of
 * it, in one process, over real TLS on loopback. A signal goes through the vendor's socket. The time is that of the last byte
 * of the screen at the desk, so what is on its way counts as well; it is 0 when nothing came after the signal.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { listenForSignals, signalInterlock } from '@chaperone/cart/interlock/interlock.ts';
import {
  connect,
  grant,
  startBench,
  testCertificates,
} from '@chaperone/cart/platform/testing/cart-bench.ts';
import type {
  GrantedBench,
  TestCertificates,
} from '@chaperone/cart/platform/testing/cart-bench.ts';
import { RecordingViewer } from '@chaperone/cart/screen/testing/recording-viewer.ts';
import type { Bench, Result, Say } from '../bench.ts';
import { percentile, spread } from '../statistics/statistics.ts';

const SIGNALS = 150;
const ENDS = 50;
const LAST_BYTE_MS_MAX = 200;
/** Longer than a byte could still be under way on loopback. */
const WATCHED_MS = 400;

export const interlockBench: Bench = {
  name: 'interlock',
  does: 'how soon after a signal at the cart, and after End, nothing of the screen leaves it',
  run: async (say) => await run(say),
};

async function run(say: Say): Promise<readonly Result[]> {
  const certificates = await testCertificates();
  const signals = await measured(certificates, async (stage) => await signalTimes(stage));
  say(`signal: ${spread(signals, 1)} ms to the last byte`);
  const ends: number[] = [];
  while (ends.length < ENDS)
    ends.push(...(await measured(certificates, async ({ cart }) => [await endTime(cart)])));
  say(`End: ${spread(ends, 1)} ms to the last byte`);
  return [resultOf('signal to the last byte', signals), resultOf('End to the last byte', ends)];
}

interface Stage {
  readonly cart: GrantedBench;
  /** Where the vendor's socket is. */
  readonly directory: string;
}

async function measured<T>(
  certificates: TestCertificates,
  measure: (stage: Stage) => Promise<T>,
): Promise<T> {
  const closers: (() => unknown)[] = [];
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-bench-interlock-'));
  closers.push(() => rm(directory, { recursive: true, force: true }));
  // The test support cleans up after a test; here, after a measurement.
  const stage = { after: (close: () => unknown) => closers.push(close) } as unknown as TestContext;
  try {
    const opened = await connect(await startBench(stage, { certificates }));
    const cart = await grant(opened, certificates.workstation);
    const server = await listenForSignals(directory, {
      raise: (source) => {
        cart.session.raiseInterlock(source);
        return source;
      },
      refused: () => undefined,
    });
    closers.push(() => server.close());
    return await measure({ cart, directory });
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

async function signalTimes({ cart, directory }: Stage): Promise<readonly number[]> {
  const times: number[] = [];
  while (times.length < SIGNALS) {
    const screen = await watch(cart);
    const begunMs = performance.now();
    await signalInterlock(directory, 'probe-active');
    times.push(await screen.lastAfter(begunMs));
    await cart.session.liftInterlock();
  }
  return times;
}

async function endTime(cart: GrantedBench): Promise<number> {
  const screen = await watch(cart);
  const begunMs = performance.now();
  cart.session.end('operator-ended');
  return await screen.lastAfter(begunMs);
}

async function watch({ interactive, granted }: GrantedBench) {
  const stream = interactive.open('CONNECT', 'screen', granted);
  let lastMs = 0;
  stream.on('data', () => {
    lastMs = performance.now();
  });
  const viewer = new RecordingViewer(stream as unknown as Duplex);
  await viewer.start();
  for (let frame = 0; frame < 3; frame += 1) await viewer.nextUpdate();
  const closed = once(stream, 'close');
  return {
    async lastAfter(begunMs: number): Promise<number> {
      await closed;
      await pause(WATCHED_MS);
      return Math.max(0, lastMs - begunMs);
    },
  };
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
