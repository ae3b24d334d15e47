/**
 * Files between a real gateway and a real cart over a long road that loses packets: 50 Mbit/s, 100 ms for the round trip, one
 * packet of a hundred lost each way. The sender has BBR; what CUBIC does with such a road is reported beside.
 *
 * A transfer counts from the technician's wish to the record in the vault or the placed file, with digests, blocks and sealing.
 */
import path from 'node:path';
import type { Result, Say } from '../bench.ts';
import { startEnd } from '../ends/end.ts';
import type { End } from '../ends/end.ts';
import { bandwidthDelayBytes } from '../link/lane.ts';
import { FAR_END, PacketRoad, knownCongestionControls } from '../packet-road/packet-road.ts';
import type { CongestionControl } from '../packet-road/packet-road.ts';
import { median, spread } from '../statistics/statistics.ts';
import type { BareWanted, SystemWanted } from './lossy-end.ts';

const ROAD = { bitsPerSecond: 50_000_000, delayMs: 50 } as const;
const LOSS = 0.01;
const SEED = 20_261_130;
const LINK_MBITS = ROAD.bitsPerSecond / 1e6;
/** Forty seconds at full speed, so that the beginning does not decide. */
const BYTES = 256 * 1024 * 1024;
/** CUBIC gets nowhere here: as long a time with much less. */
const CUBIC_BYTES = 4 * 1024 * 1024;
const ROUNDS = 2;
const SHARE_LEAST = 0.9;

interface Rates {
  readonly fetch: number[];
  readonly send: number[];
  readonly bare: number[];
}

/** Measures both directions with either congestion control. */
export async function lossyRoad(say: Say): Promise<readonly Result[]> {
  const known = await knownCongestionControls();
  const queueBytes = bandwidthDelayBytes(ROAD);
  await using road = await PacketRoad.lay({ ...ROAD, queueBytes, loss: LOSS, seed: SEED });
  const bbr = known.includes('bbr') ? await measure(road, 'bbr', BYTES, ROUNDS, say) : null;
  const cubic = known.includes('cubic') ? await measure(road, 'cubic', CUBIC_BYTES, 1, say) : null;
  return [
    ...(['fetch', 'send'] as const).map((direction) => withBbr(direction, bbr)),
    ...(cubic === null
      ? []
      : (['fetch', 'send'] as const).map((direction) => withCubic(direction, cubic))),
  ];
}

async function measure(
  road: PacketRoad,
  control: CongestionControl,
  bytes: number,
  rounds: number,
  say: Say,
): Promise<Rates> {
  await road.setCongestionControl(control);
  const end = await startEnd(path.join(import.meta.dirname, 'lossy-end.ts'), road);
  const rates: Rates = { fetch: [], send: [], bare: [] };
  try {
    await end.ask('start', { host: FAR_END, bytes } satisfies SystemWanted);
    for (let round = 0; round < rounds; round += 1) {
      for (const direction of ['fetch', 'send'] as const)
        rates[direction].push(rateOf(bytes, await watched(road, control, end, direction)));
      const wanted: BareWanted = { host: FAR_END, bytes };
      rates.bare.push(rateOf(bytes, await end.ask<number>('bare', wanted)));
    }
  } finally {
    await end.ask('end').catch(() => undefined);
    await end.stop();
  }
  say(
    `50 Mbit/s, 100 ms, 1 % loss, ${control}, Mbit/s: fetch ${spread(rates.fetch, 1)}, send ${spread(rates.send, 1)}, ` +
      `bare TLS ${spread(rates.bare, 1)}`,
  );
  return rates;
}

/** A rate under the wrong congestion control would be worth nothing. */
async function watched(
  road: PacketRoad,
  control: CongestionControl,
  end: End,
  direction: 'fetch' | 'send',
): Promise<number> {
  const moved = end.ask<number>(direction);
  const seen = await road.seenCongestionControls();
  const tookMs = await moved;
  if (seen.size !== 1 || !seen.has(control))
    throw new Error(`the connections have ${[...seen].join(', ')} and not ${control}`);
  return tookMs;
}

function withBbr(direction: 'fetch' | 'send', rates: Rates | null): Result {
  const name = `${direction} at 50 Mbit/s, 100 ms and 1 % loss, BBR`;
  const target = `≥ ${SHARE_LEAST * 100} % of the link`;
  if (rates === null)
    return {
      name,
      value: 0,
      unit: 'Mbit/s',
      target: `${target}; this kernel has no BBR`,
      peer: null,
      ok: false,
    };
  const value = median(rates[direction]);
  const share = value / LINK_MBITS;
  return {
    name,
    value,
    unit: 'Mbit/s',
    target: `${target} (here ${(share * 100).toFixed(0)} %)`,
    peer: median(rates.bare),
    ok: share >= SHARE_LEAST,
  };
}

function withCubic(direction: 'fetch' | 'send', rates: Rates): Result {
  return {
    name: `${direction} likewise, CUBIC, for comparison`,
    value: median(rates[direction]),
    unit: 'Mbit/s',
    target: null,
    peer: median(rates.bare),
    ok: true,
  };
}

function rateOf(bytes: number, ms: number): number {
  return (bytes * 8) / 1e3 / ms;
}
