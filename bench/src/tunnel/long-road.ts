/** A file over a long road: 50 Mbit/s and 100 ms for the round trip, as from a hospital abroad. The peer is the link itself. */
import type { Result, Say } from '../bench.ts';
import { bandwidthDelayBytes } from '../link/lane.ts';
import { median, spread } from '../statistics/statistics.ts';
import { startOverRoad } from './ends.ts';
import type { Took } from './traffic.ts';

const ROAD = { bitsPerSecond: 50_000_000, delayMs: 50 } as const;
const LINK_MB_PER_S = ROAD.bitsPerSecond / 8 / 1e6;
/** Seven seconds at full speed, so that the beginning does not decide. */
const BYTES = 44_000_000;
const ROUNDS = 3;
const LEAST = 0.8;

/** Measures fetch, send and bare TLS in turn. */
export async function longRoad(say: Say): Promise<readonly Result[]> {
  await using ends = await startOverRoad({ ...ROAD, queueBytes: bandwidthDelayBytes(ROAD) });
  const { desk, cart, address } = ends;
  const [fetch, send, bare]: [number[], number[], number[]] = [[], [], []];
  const rate = async (act: string): Promise<number> =>
    BYTES / 1e3 / (await desk.ask<Took>(act, { bytes: BYTES })).ms;
  for (let round = 0; round < ROUNDS; round += 1) {
    fetch.push(await rate('bulkFetch'));
    send.push(await rate('bulkSend'));
    await cart.ask('dialBare', { desk: address });
    bare.push(await rate('bareReceive'));
  }
  say(
    `50 Mbit/s, 100 ms: fetch ${spread(fetch, 2)} MB/s, send ${spread(send, 2)}, bare TLS ${spread(bare, 2)}`,
  );
  return [result('fetch', fetch, bare), result('send', send, bare)];
}

function result(what: string, rates: readonly number[], bare: readonly number[]): Result {
  const share = median(rates) / LINK_MB_PER_S;
  return {
    name: `${what} at 50 Mbit/s and 100 ms`,
    value: median(rates),
    unit: 'MB/s',
    target: `≥ 80 % of the link (here ${(share * 100).toFixed(0)} %)`,
    peer: median(bare),
    ok: share >= LEAST,
  };
}
