/**
 * A slow road between two ends: a TCP relay whose two directions are lanes, each shared by all connections.
 *
 * Connections share a lane in turns of a few kilobytes, as packets would share a router's queue. A TCP relay loses
 * nothing: where a router would drop, this one stops reading, so what is too much waits with its sender.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { Lane } from './lane.ts';
import type { RoadPlan } from './lane.ts';

/** Taken of one connection before it is another's turn, bytes: three packets. */
const TURN_BYTES = 4380;
/** Bytes that may wait for an end that does not read. */
const UNREAD_BYTES_MAX = 1024 * 1024;

export interface Link {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts a road on loopback towards an address. */
export async function startLink(
  target: { readonly host: string; readonly port: number },
  plan: RoadPlan,
): Promise<Link> {
  const [there, back] = [new Carrier(plan), new Carrier(plan)];
  const sockets = new Set<Socket>();
  const options = { noDelay: true, highWaterMark: TURN_BYTES } as const;
  const server = createServer(options, (near) => {
    const far = connect({ ...target, ...options });
    for (const [from, to, carrier] of [
      [near, far, there],
      [far, near, back],
    ] as const) {
      sockets.add(from);
      from.on('error', () => from.destroy());
      from.once('close', () => {
        sockets.delete(from);
        carrier.end(from, to);
      });
      carrier.add(from, to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    port: address.port,
    async close() {
      there.stop();
      back.stop();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Piece {
  readonly arrivesMs: number;
  readonly to: Socket;
  /** Null at the end of a connection. */
  readonly bytes: Buffer | null;
}

/** Carries what its sources give over one lane. */
class Carrier {
  readonly #lane: Lane;
  /** Those that may have something, in the order of their turns. */
  readonly #ready = new Map<Socket, Socket>();
  readonly #pieces: Piece[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;
  #stopped = false;

  constructor(plan: RoadPlan) {
    this.#lane = new Lane(plan);
  }

  add(from: Socket, to: Socket): void {
    from.on('readable', () => {
      this.#ready.set(from, to);
      this.#pump();
    });
    to.on('drain', () => {
      this.#ready.set(from, to);
      this.#pump();
    });
  }

  /** Ends the other side once it has all that came before. */
  end(from: Socket, to: Socket): void {
    this.#ready.delete(from);
    this.#pieces.push({ arrivesMs: this.#lastMs, to, bytes: null });
    this.#pump();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #pump(): void {
    if (this.#stopped) return;
    const nowMs = performance.now();
    this.#deliver(nowMs);
    let waitMs = Infinity;
    for (const [from, to] of this.#ready) {
      waitMs = this.#lane.untilRoomMs(nowMs, TURN_BYTES);
      if (waitMs > 0) break;
      waitMs = Infinity;
      // To the end of the line; it comes again when there is more.
      this.#ready.delete(from);
      if (to.writableLength > UNREAD_BYTES_MAX) continue;
      const bytes = (from.read(Math.min(TURN_BYTES, from.readableLength)) ?? null) as Buffer | null;
      if (bytes === null) continue;
      this.#lastMs = this.#lane.take(nowMs, bytes.length);
      this.#pieces.push({ arrivesMs: this.#lastMs, to, bytes });
      this.#ready.set(from, to);
    }
    const arrivesMs = this.#pieces[0]?.arrivesMs ?? Infinity;
    const nextMs = Math.min(waitMs, arrivesMs - nowMs);
    clearTimeout(this.#timer);
    if (nextMs < Infinity) this.#timer = setTimeout(() => this.#pump(), Math.max(0, nextMs));
  }

  #deliver(nowMs: number): void {
    let count = 0;
    for (const { arrivesMs, to, bytes } of this.#pieces) {
      if (arrivesMs > nowMs) break;
      count += 1;
      if (bytes === null) to.destroySoon();
      else if (!to.destroyed) to.write(bytes);
    }
    this.#pieces.splice(0, count);
  }
}
