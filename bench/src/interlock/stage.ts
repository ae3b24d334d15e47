/** A cart with a session whose screen is never still, against a desk that reads it; and the time of the screen's last byte. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { listenForSignals } from '@chaperone/cart/interlock/interlock.ts';
import { connect, grant, startBench } from '@chaperone/cart/platform/testing/cart-bench.ts';
import type {
  GrantedBench,
  TestCertificates,
} from '@chaperone/cart/platform/testing/cart-bench.ts';
import { connectSource } from '@chaperone/cart/screen/screen.ts';
import { RecordingViewer } from '@chaperone/cart/screen/testing/recording-viewer.ts';
import { startLink } from '../link/link.ts';
import type { RoadPlan } from '../link/lane.ts';

export interface Stage {
  readonly cart: GrantedBench;
  /** Where the vendor's socket is. */
  readonly directory: string;
}

/** Measures with a session of its own. @param road between cart and desk; null: loopback as it is */
export async function measured<T>(
  certificates: TestCertificates,
  road: RoadPlan | null,
  measure: (stage: Stage) => Promise<T>,
): Promise<T> {
  const closers: (() => unknown)[] = [];
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-bench-interlock-'));
  closers.push(() => rm(directory, { recursive: true, force: true }));
  // The test support cleans up after a test; here, after a measurement.
  const stage = { after: (close: () => unknown) => closers.push(close) } as unknown as TestContext;
  try {
    // Read anew for each dialling.
    const dial: { port?: number } = {};
    const screenSource = connectSource({ kind: 'demo' });
    closers.push(() => screenSource.close());
    const bench = await startBench(stage, { certificates, dial, screenSource });
    if (road !== null) {
      const link = await startLink({ host: '127.0.0.1', port: bench.desk.port }, road);
      closers.push(() => link.close());
      dial.port = link.port;
    }
    const cart = await grant(await connect(bench), certificates.workstation);
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

/** Opens the screen and waits until it moves. */
export async function watch({ interactive, granted }: GrantedBench) {
  const stream = interactive.open('CONNECT', 'screen', granted);
  let lastMs = 0;
  stream.on('data', () => {
    lastMs = performance.now();
  });
  const closed = once(stream, 'close');
  const viewer = new RecordingViewer(stream as unknown as Duplex);
  await viewer.start();
  for (let frame = 0; frame < 3; frame += 1) await viewer.nextUpdate();
  return {
    /** Milliseconds from an instant to the last byte; 0 when none came after it. @param watchedMs how long one may still come */
    async lastAfter(begunMs: number, watchedMs: number): Promise<number> {
      await Promise.race([closed, pause(watchedMs)]);
      await pause(watchedMs);
      return Math.max(0, lastMs - begunMs);
    },
  };
}
