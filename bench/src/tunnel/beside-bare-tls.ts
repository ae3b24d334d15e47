/** The tunnel beside bare TLS: the same bytes, between the same two processes, with the same certificates. */
import path from 'node:path';
import type { Result, Say } from '../bench.ts';
import { startEnd } from '../ends/end.ts';
import type { End } from '../ends/end.ts';
import { median, medianRatio, spread } from '../statistics/statistics.ts';
import type { DeskAddress } from './desk-end.ts';
import type { Took } from './traffic.ts';

const ROUNDS = 7;
const BULK_BYTES = 512 * 1024 * 1024;
const SCREEN_BYTES = 256 * 1024 * 1024;
/** An update request or a pointer event, and how many of them in one measurement. */
const MESSAGE_BYTES = 16;
const MESSAGES = 5000;

const TARGET = { bulk: 0.85, cpu: 1.25, interactive: 0.7 } as const;

interface Figure {
  /** MB (10⁶ bytes) or exchanges a second. */
  readonly rate: number;
  /** Processor time of both ends, nanoseconds a byte. */
  readonly cpuNs: number;
}
interface Pair {
  readonly ours: Figure[];
  readonly bare: Figure[];
}

/** Measures streams pair by pair, ours and the peer's in turn. */
export async function besideBareTLS(say: Say): Promise<readonly Result[]> {
  const desk = await startEnd(path.join(import.meta.dirname, 'desk-end.ts'));
  const cart = await startEnd(path.join(import.meta.dirname, 'cart-end.ts'));
  try {
    const address = await desk.ask<DeskAddress>('address');
    await cart.ask('connect', { desk: address });
    const ends = { desk, cart, address };
    const fetch = await pairs(ends, 'bulkFetch', 'bareReceive', { bytes: BULK_BYTES });
    said(say, 'bulk, from the cart, MB/s', fetch);
    const send = await pairs(ends, 'bulkSend', 'bareDeliver', { bytes: BULK_BYTES });
    said(say, 'bulk, to the cart, MB/s', send);
    const screen = await pairs(ends, 'screenReceive', 'bareReceive', { bytes: SCREEN_BYTES });
    said(say, 'interactive, MB/s', screen);
    const exchanges = { bytes: MESSAGE_BYTES, count: MESSAGES };
    const talk = await pairs(ends, 'screenPingPong', 'barePingPong', exchanges);
    said(say, 'interactive, exchanges a second', talk);
    return [
      rateResult('bulk from the cart', 'MB/s', fetch, TARGET.bulk),
      processorResult('bulk from the cart, processor', fetch),
      rateResult('bulk to the cart', 'MB/s', send, TARGET.bulk),
      processorResult('bulk to the cart, processor', send),
      rateResult('interactive stream', 'MB/s', screen, TARGET.interactive),
      rateResult('interactive exchanges', '1/s', talk, TARGET.interactive),
    ];
  } finally {
    await Promise.all([desk.stop(), cart.stop()]);
  }
}

interface Ends {
  readonly desk: End;
  readonly cart: End;
  readonly address: DeskAddress;
}

async function pairs(
  ends: Ends,
  ours: string,
  bare: string,
  input: { readonly bytes: number; readonly count?: number },
): Promise<Pair> {
  const pair: Pair = { ours: [], bare: [] };
  // The first one warms up and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const mine = await measured(ends, ours, input);
    await ends.cart.ask('dialBare', { desk: ends.address });
    const peers = await measured(ends, bare, input);
    if (round === 0) continue;
    pair.ours.push(mine);
    pair.bare.push(peers);
  }
  return pair;
}

async function measured(
  { desk, cart }: Ends,
  act: string,
  input: { readonly bytes: number; readonly count?: number },
): Promise<Figure> {
  const before = await processorMs(desk, cart);
  const { ms } = await desk.ask<Took>(act, input);
  const spentMs = (await processorMs(desk, cart)) - before;
  const bytes = input.bytes * (input.count ?? 1);
  return {
    rate: input.count === undefined ? bytes / 1e3 / ms : (input.count / ms) * 1e3,
    cpuNs: (spentMs * 1e6) / bytes,
  };
}

async function processorMs(...ends: readonly End[]): Promise<number> {
  const used = await Promise.all(ends.map((end) => end.ask<NodeJS.CpuUsage>('cpu')));
  return used.reduce((sum, { user, system }) => sum + (user + system) / 1e3, 0);
}

function said(say: Say, what: string, { ours, bare }: Pair): void {
  const rates = (figures: readonly Figure[]): string => spread(figures.map(({ rate }) => rate));
  const cpu = (figures: readonly Figure[]): string =>
    median(figures.map((f) => f.cpuNs)).toFixed(2);
  say(`${what}: ${rates(ours)}, bare TLS ${rates(bare)}; ns/byte ${cpu(ours)} and ${cpu(bare)}`);
}

function rateResult(name: string, unit: string, { ours, bare }: Pair, least: number): Result {
  const [rates, peers] = [ours, bare].map((figures) => figures.map(({ rate }) => rate)) as [
    number[],
    number[],
  ];
  const ratio = medianRatio(rates, peers);
  const target = `≥ ${least} × raw TLS (here ${ratio.toFixed(2)} ×)`;
  return { name, value: median(rates), unit, target, peer: median(peers), ok: ratio >= least };
}

function processorResult(name: string, { ours, bare }: Pair): Result {
  const [spent, peers] = [ours, bare].map((figures) => figures.map(({ cpuNs }) => cpuNs)) as [
    number[],
    number[],
  ];
  const ratio = medianRatio(spent, peers);
  const target = `≤ ${TARGET.cpu} × raw TLS (here ${ratio.toFixed(2)} ×)`;
  const value = median(spent);
  return { name, value, unit: 'ns/byte', target, peer: median(peers), ok: ratio <= TARGET.cpu };
}
