/**
 * A file from a cart into the vault, and one from the vault into a cart's inbox: the whole way, between the real
 * programs, with both digests, sealed at rest and on the disk when it counts as done. The peer moves the same bytes
 * over bare TLS from file to file between two processes, and brings them to the disk as well. scp and the scan that follows
 * are reported beside. Then the same between a gateway and a cart over a long road that loses packets (`lossy-road.ts`).
 */
import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startDay } from '@chaperone/test/scenario/day.ts';
import type { Day } from '@chaperone/test/scenario/day.ts';
import type { Bench, Result, Say } from '../bench.ts';
import { startEnd } from '../ends/end.ts';
import { median, medianRatio, spread } from '../statistics/statistics.ts';
import type { FilePort, Sending } from './file-end.ts';
import { lossyRoad } from './lossy-road.ts';
import { SCANNED_BYTES, scans } from './scan.ts';
import { ScpMissing, startScp } from './scp.ts';
import type { Scp } from './scp.ts';

const BYTES = 512 * 1024 * 1024;
const ROUNDS = 5;
const NAME = 'bench.bin';
const RATIO_LEAST = 0.4;
/** A link of 1 Gbit/s, less what TCP and IP take. */
const LINK_MB_PER_S = 118;
/** How closely the end of a transfer is noticed, milliseconds; each look costs the gateway a little. */
const LOOK_EVERY_MS = 20;
/** The share of the last transfer's time after which looking begins. */
const LOOK_AFTER = 0.7;

interface Rates {
  readonly fetch: number[];
  readonly send: number[];
  /** The peer's, next to a fetch and next to a send. */
  readonly bareFetch: number[];
  readonly bareSend: number[];
  readonly scp: number[];
}

export const filesBench: Bench = {
  name: 'files',
  does: 'fetch and send with digests and sealing, beside bare TLS from file to file, scp and the scan; and over a lossy road',
  async run(say) {
    const near = await nearby(say);
    const scanned = await scans(randomFillSync(Buffer.allocUnsafeSlow(SCANNED_BYTES)), say);
    return [...near, ...scanned, ...(await lossyRoad(say))];
  },
};

/** Without a road between them that would be slower than they are. */
async function nearby(say: Say): Promise<readonly Result[]> {
  await using day = await startDay({}, undefined, directRoad);
  await using peer = await startPeer(path.join(day.folder, 'peer'), day.logs);
  const scp = await tryScp(say);
  try {
    const rates = await measure(day, peer, scp, say);
    return resultsOf(rates, say);
  } finally {
    await scp?.[Symbol.asyncDispose]();
  }
}

/** A cart that dials the edge itself: nothing of this process lies on the way. */
async function directRoad(edge: { readonly host: string; readonly port: number }) {
  const none = (): void => undefined;
  const close = (): Promise<void> => Promise.resolve();
  return { port: edge.port, cut: none, freeze: none, mend: none, bytes: () => 0, close };
}

async function measure(day: Day, peer: Peer, scp: Scp | null, say: Say): Promise<Rates> {
  const file = path.join(day.logs, NAME);
  say(`a file of ${BYTES / 2 ** 20} MiB is made and uploaded …`);
  const content = randomFillSync(Buffer.allocUnsafeSlow(BYTES));
  await writeFile(file, content);
  await day.openSession(['view', 'fetch-files', 'send-files']);
  const { technician, opened } = day;
  const record = await technician.upload(opened.id, NAME, content);
  const digest = createHash('sha256').update(content).digest('hex');
  const rates: Rates = { fetch: [], send: [], bareFetch: [], bareSend: [], scp: [] };
  const inbox = path.join(path.dirname(day.logs), 'inbox', NAME);
  let lastMs = 0;
  const moved = async (begin: () => Promise<{ readonly id: string }>): Promise<number> => {
    const began = performance.now();
    const { id } = await begin();
    await pause(lastMs * LOOK_AFTER);
    for (;;) {
      const found = (await technician.case(opened.id)).transfers.find((each) => each.id === id);
      if (found?.state === 'done') break;
      if (found?.failure != null) throw new Error(`the transfer failed: ${found.failure}`);
      await pause(LOOK_EVERY_MS);
    }
    lastMs = performance.now() - began;
    return rateOf(lastMs);
  };
  // The first round warms up and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const fetch = await moved(() => technician.fetchFile(opened.id, 'logs', NAME));
    const bareFetch = rateOf(await peer.copy());
    const send = await moved(() => technician.send(opened.id, record));
    const bareSend = rateOf(await peer.copy());
    if (round === 0) await assertSame(inbox, digest);
    await rm(inbox);
    const copied = scp === null ? null : rateOf(await scp.copy(file));
    await rm(scp?.target ?? '', { force: true });
    if (round === 0) continue;
    rates.fetch.push(fetch);
    rates.send.push(send);
    rates.bareFetch.push(bareFetch);
    rates.bareSend.push(bareSend);
    if (copied !== null) rates.scp.push(copied);
    say(
      `round ${round}, MB/s: fetch ${fetch.toFixed(0)}, bare TLS ${bareFetch.toFixed(0)}, ` +
        `send ${send.toFixed(0)}, bare TLS ${bareSend.toFixed(0)}, scp ${copied?.toFixed(0) ?? '–'}`,
    );
  }
  return rates;
}

function resultsOf(rates: Rates, say: Say): readonly Result[] {
  const { fetch, send, bareFetch, bareSend, scp } = rates;
  const rows = [
    ['fetch into the vault', fetch, bareFetch],
    ["send into the cart's inbox", send, bareSend],
  ] as const;
  const results = rows.flatMap(([name, ours, bare]): Result[] => {
    say(`${name}: ${spread(ours)} MB/s, bare TLS ${spread(bare)}`);
    const ratio = medianRatio(ours, bare);
    const [value, peer] = [median(ours), median(bare)];
    const target = `≥ ${RATIO_LEAST} × raw TLS (here ${ratio.toFixed(2)} ×)`;
    const link = `≥ ${LINK_MB_PER_S} MB/s where raw TLS carries that`;
    return [
      { name, value, unit: 'MB/s', target, peer, ok: ratio >= RATIO_LEAST },
      {
        name: `${name}, on 1 Gbit/s`,
        value,
        unit: 'MB/s',
        target: link,
        peer,
        ok: value >= LINK_MB_PER_S || peer < LINK_MB_PER_S,
      },
    ];
  });
  if (scp.length === 0) return results;
  say(`scp: ${spread(scp)} MB/s`);
  const beside = { unit: 'MB/s', target: null, peer: null, ok: true } as const;
  return [...results, { name: 'scp, for comparison', value: median(scp), ...beside }];
}

function rateOf(ms: number): number {
  return BYTES / 1e3 / ms;
}

interface Peer extends AsyncDisposable {
  /** Copies the file. @returns milliseconds */
  copy(): Promise<number>;
}

/** Bare TLS from a file of the cart's to a file beside the vault's. */
async function startPeer(folder: string, from: string): Promise<Peer> {
  await mkdir(folder);
  const module = path.join(import.meta.dirname, 'file-end.ts');
  const [taker, giver] = await Promise.all([startEnd(module), startEnd(module)]);
  const arrival = path.join(folder, NAME);
  const port = await taker.ask<FilePort>('listen', { file: arrival });
  return {
    async copy() {
      await rm(arrival, { force: true });
      const sending: Sending = { ...port, file: path.join(from, NAME) };
      return await giver.ask<number>('send', sending);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([taker.stop(), giver.stop()]);
    },
  };
}

async function tryScp(say: Say): Promise<Scp | null> {
  try {
    return await startScp();
  } catch (fault) {
    if (!(fault instanceof ScpMissing)) throw fault;
    say(`scp is left out: ${fault.message}`);
    return null;
  }
}

/** A measurement of something else than the file would be worth nothing. */
async function assertSame(file: string, digest: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  if (hash.digest('hex') !== digest) throw new Error('another file arrived');
}
