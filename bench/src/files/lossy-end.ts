/**
 * A whole system inside the namespace of a lossy road: the real gateway and cart, which dials over that road, and beside them a
 * bare TLS connection over the same road.
 */
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, createServer } from 'node:tls';
import { TestAuthority } from '@chaperone/cart/platform/testing/test-authority.ts';
import { startDay } from '@chaperone/test/scenario/day.ts';
import type { Day } from '@chaperone/test/scenario/day.ts';
import { serve } from '../ends/serve.ts';

export interface SystemWanted {
  /** The gateway, as the cart dials it. */
  readonly host: string;
  readonly bytes: number;
}
export interface BareWanted {
  readonly host: string;
  readonly bytes: number;
}

const NAME = 'road.bin';
const SERVER_NAME = 'localhost';
const LOOK_EVERY_MS = 50;

let day: Day | null = null;
let record = '';

function running(): Day {
  if (day === null) throw new Error('the system was not started');
  return day;
}

/** @returns milliseconds until the transfer is done */
async function moved(begun: Promise<{ readonly id: string }>): Promise<number> {
  const { technician, opened } = running();
  const began = performance.now();
  const { id } = await begun;
  for (;;) {
    const found = (await technician.case(opened.id)).transfers.find((each) => each.id === id);
    if (found?.state === 'done') return performance.now() - began;
    if (found?.failure != null) throw new Error(`the transfer failed: ${found.failure}`);
    await pause(LOOK_EVERY_MS);
  }
}

serve({
  /** Starts the system, and lays a file on the cart and a record into the vault. */
  async start({ host, bytes }: SystemWanted): Promise<void> {
    day = await startDay({}, undefined, async ({ port }) => {
      const none = (): void => undefined;
      const close = (): Promise<void> => Promise.resolve();
      return { host, port, cut: none, freeze: none, mend: none, bytes: () => 0, close };
    });
    const content = randomFillSync(Buffer.allocUnsafeSlow(bytes));
    await writeFile(path.join(day.logs, NAME), content);
    await day.openSession(['view', 'fetch-files', 'send-files']);
    record = await day.technician.upload(day.opened.id, NAME, content);
  },
  async fetch(): Promise<number> {
    const { technician, opened } = running();
    return await moved(technician.fetchFile(opened.id, 'logs', NAME));
  },
  async send(): Promise<number> {
    const { technician, opened, logs } = running();
    const tookMs = await moved(technician.send(opened.id, record));
    await rm(path.join(path.dirname(logs), 'inbox', NAME));
    return tookMs;
  },
  /** @returns milliseconds until as many bytes came over bare TLS */
  async bare({ host, bytes }: BareWanted): Promise<number> {
    const authority = await TestAuthority.make('p256-sha3-256', 'Bench road');
    const { pem, keyPem } = await authority.server(SERVER_NAME);
    const server = createServer({ cert: pem, key: keyPem, minVersion: 'TLSv1.3' });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const began = performance.now();
    const socket = connect({ host, port, servername: SERVER_NAME, ca: authority.pem });
    const [[far]] = (await Promise.all([
      once(server, 'secureConnection'),
      once(socket, 'secureConnect'),
    ])) as [[typeof socket], unknown];
    let left = bytes;
    const whole = new Promise<void>((resolve, reject) => {
      far.on('data', (chunk: Buffer) => {
        left -= chunk.length;
        if (left === 0) resolve();
      });
      far.once('error', reject);
    });
    socket.end(Buffer.alloc(bytes, 7));
    await whole;
    const tookMs = performance.now() - began;
    far.destroy();
    socket.destroy();
    server.close();
    return tookMs;
  },
  async end(): Promise<void> {
    await day?.[Symbol.asyncDispose]();
    day = null;
  },
});
