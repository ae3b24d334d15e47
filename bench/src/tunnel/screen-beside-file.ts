/**
 * How long a picture is under way on a narrow road, alone and beside a file: 20 Mbit/s, as a hospital's guest network.
 * The peer is the same screen without the file.
 */
import type { Result, Say } from '../bench.ts';
import { bandwidthDelayBytes } from '../link/lane.ts';
import { median, percentile } from '../statistics/statistics.ts';
import { startOverRoad } from './ends.ts';
import type { ScreenTime } from './desk-end.ts';

const ROAD = { bitsPerSecond: 20_000_000, delayMs: 20 } as const;
/** A frame of the demo's ultrasound cine, as it leaves the cart. */
const FRAME_BYTES = 93_000;
const FRAMES = 150;
/** A transfer finds its pace in the first seconds; a session lasts longer than they do. */
const FRAMES_LEFT_OUT = 30;
const RATIO_MOST = 2;

/** Measures the screen alone, beside a fetch and beside a send. */
export async function screenBesideFile(say: Say): Promise<readonly Result[]> {
  const alone = await frames('none');
  const beside = [
    ['fetch', await frames('fetch')],
    ['send', await frames('send')],
  ] as const;
  const words = [['no file', alone] as const, ...beside].map(
    ([what, took]) =>
      `${what} ${median(took).toFixed(0)} (p95 ${percentile(took, 0.95).toFixed(0)})`,
  );
  say(`a frame at 20 Mbit/s and 40 ms, ms: ${words.join(', ')}`);
  const peer = percentile(alone, 0.95);
  return beside.map(([what, took]) => {
    const value = percentile(took, 0.95);
    const ratio = value / peer;
    return {
      name: `screen latency beside a ${what}, p95`,
      value,
      unit: 'ms',
      target: `≤ ${RATIO_MOST} × that without (here ${ratio.toFixed(2)} ×)`,
      peer,
      ok: ratio <= RATIO_MOST,
    };
  });
}

async function frames(file: ScreenTime['file']): Promise<readonly number[]> {
  await using ends = await startOverRoad({ ...ROAD, queueBytes: bandwidthDelayBytes(ROAD) });
  const count = FRAMES + FRAMES_LEFT_OUT;
  const took = await ends.desk.ask<readonly number[]>('screenFrames', {
    bytes: FRAME_BYTES,
    count,
    file,
  } satisfies ScreenTime);
  return took.slice(FRAMES_LEFT_OUT);
}
