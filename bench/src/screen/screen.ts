/**
 * The screen: a minute of an ultrasound machine in use, re-encoded by the cart, beside TigerVNC on the same display.
 *
 * `SCREEN_SECONDS` plays a shorter minute; figures are then noisier, and scenes have at least two and a half seconds.
 */
import path from 'node:path';
import type { Bench, Result, Say } from '../bench.ts';
import { startEnd } from '../ends/end.ts';
import { median } from '../statistics/statistics.ts';
import { atEqualQuality, onLoopback, overRoad, pointOf, stills } from './figures.ts';
import { measure } from './rows.ts';
import type { Row, RowPlan, Server } from './rows.ts';
import { CineFilm } from './workload/cine.ts';
import { planOf } from './workload/plan.ts';
import type { Scene } from './workload/plan.ts';

const SECONDS = 60;
/** 50 ms there and back. */
const ROAD = { bitsPerSecond: 1_000_000, delayMs: 25 } as const;
/** Rate factors of x264 between which ours are put to a peer's quality. */
const RATE_FACTORS = [14, 20, 26] as const;

const TIGHT_6 = { kind: 'tight', quality: 6, compression: 2 } as const;
const TIGHT_3 = { kind: 'tight', quality: 3, compression: 1 } as const;
const CART = { kind: 'cart', rateFactor: null } as const;

export const screenBench: Bench = {
  name: 'screen',
  does: 'the screen of a machine in use: bytes, quality, stillness, a narrow road, latency, processor time',
  run,
};

async function run(say: Say): Promise<readonly Result[]> {
  const seconds = Number(process.env['SCREEN_SECONDS'] ?? SECONDS);
  if (!(seconds >= 1 && seconds <= 600))
    throw new Error('SCREEN_SECONDS is a number from 1 to 600');
  const film = new CineFilm();
  const player = await startEnd(path.join(import.meta.dirname, 'workload', 'player-end.ts'));
  const [whole, films] = [planOf(seconds), planOf(seconds, ['grey', 'colour'])];
  const row = async (
    name: string,
    server: Server,
    plan: readonly Scene[],
    road: RowPlan['road'],
  ) => {
    const measured = await measure({ name, server, plan, road }, player, film);
    say(wordsOf(measured));
    return measured;
  };
  try {
    const cart = await row('the cart', CART, whole, null);
    const tight6 = await row('Tight q6 c2', TIGHT_6, whole, null);
    const tight3 = await row('Tight q3 c1', TIGHT_3, whole, null);
    const zrle = await row('ZRLE', { kind: 'zrle' }, whole, null);
    const ours: Row[] = [];
    for (const rateFactor of RATE_FACTORS) {
      const server = { kind: 'cart', rateFactor } as const;
      ours.push(await row(`the cart at rate factor ${rateFactor}`, server, films, null));
    }
    const road = ' at 1 Mbit/s';
    const cartOnRoad = await row(`the cart${road}`, CART, films, ROAD);
    const peersOnRoad = [
      await row(`Tight q6 c2${road}`, TIGHT_6, films, ROAD),
      await row(`Tight q3 c1${road}`, TIGHT_3, films, ROAD),
    ];
    const lossy = [tight6, tight3];
    return [
      ...atEqualQuality('grey', ours, lossy),
      ...atEqualQuality('colour', ours, lossy),
      ...stills(cart, [...lossy, zrle]),
      ...overRoad(cartOnRoad, peersOnRoad),
      ...onLoopback(cart, tight6),
    ];
  } finally {
    await player.stop();
  }
}

/** A row for a person who waits. */
function wordsOf(row: Row): string {
  const films = (['grey', 'colour'] as const).map((kind) => {
    const figures = row.scenes.get(kind);
    if (figures === undefined || figures.frames === 0) return `${kind}: no frame`;
    const { bytes, decibels } = pointOf(row, kind);
    const rate = figures.frames / figures.seconds;
    const latency = median(figures.latenciesMs);
    return `${kind} ${(bytes / 1000).toFixed(1)} kB a frame, ${decibels === Infinity ? 'exact' : `${decibels.toFixed(1)} dB`}, ${rate.toFixed(1)} frames/s, ${latency.toFixed(0)} ms`;
  });
  const rest = [...row.scenes]
    .filter(([name]) => name !== 'grey' && name !== 'colour')
    .map(([name, { bytes }]) => `${name} ${(bytes / 1000).toFixed(0)} kB`);
  const wrong = row.judgement.wrong.map(({ scene, pixels }) => `${scene} ${pixels}`);
  const parts = [...films, ...rest, ...(wrong.length > 0 ? [`wrong: ${wrong.join(', ')}`] : [])];
  return `${row.name}: ${parts.join('; ')}; player late by ${row.lateMs.toFixed(0)} ms at most`;
}
