/**
 * A TCP relay between two ends whose road can be cut, made half-open, and mended: what a hospital's network does.
 *
 * `cut` resets what is connected and refuses what is new. `freeze` lets connections stand and passes nothing, so that
 * neither end is told; after it one direction alone can be let pass. It is not a shaper: bytes pass as they come.
 */
import net from 'node:net';
import { once } from 'node:events';

export interface CutProxy {
  /** Loopback unless given. */
  readonly host?: string;
  readonly port: number;
  cut(): void;
  freeze(): void;
  mend(): void;
  /** Bytes that have passed in either direction. */
  bytes(): number;
  close(): Promise<void>;
}

export interface OneWayProxy extends CutProxy {
  /** After `freeze`: lets pass what goes to those who dialled, and nothing of theirs, so that what they answer is never heard. */
  mendTowardsDiallers(): void;
}

/** Starts a relay on loopback towards one address. */
export async function startCutProxy(target: { host: string; port: number }): Promise<CutProxy> {
  return await startOneWayProxy(target);
}

/** The same, of which one direction can be held. */
export async function startOneWayProxy(target: {
  host: string;
  port: number;
}): Promise<OneWayProxy> {
  let road: 'open' | 'cut' | 'frozen' | 'towards diallers' = 'open';
  let passed = 0;
  const sockets = new Set<net.Socket>();
  const targets = new Set<net.Socket>();
  const server = net.createServer((near) => {
    if (road === 'cut') {
      near.resetAndDestroy();
      return;
    }
    const far = net.connect(target);
    targets.add(far);
    far.on('close', () => targets.delete(far));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        passed += chunk.length;
        if (!to.write(chunk)) from.pause();
      });
      const mayPass = (): boolean =>
        road === 'open' || (road === 'towards diallers' && from === far);
      to.on('drain', () => mayPass() && from.resume());
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
    if (road === 'frozen') {
      near.pause();
      far.pause();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    port: address.port,
    cut() {
      road = 'cut';
      for (const socket of sockets) socket.resetAndDestroy();
    },
    freeze() {
      road = 'frozen';
      for (const socket of sockets) socket.pause();
    },
    mend() {
      road = 'open';
      for (const socket of sockets) socket.resume();
    },
    mendTowardsDiallers() {
      road = 'towards diallers';
      for (const socket of targets) socket.resume();
    },
    bytes: () => passed,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
