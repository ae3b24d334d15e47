/**
 * The edge: a blind door on TCP 443. It reads a ClientHello, chooses a road by its ALPN name, and hands the untouched
 * connection to a desk. It ends no TLS and holds no key; whoever owns it can refuse service and see sizes.
 *
 * Whatever is not one of the two roads is closed without an answer, so that a scanner learns nothing but an open port.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { CART_ALPN } from '@chaperone/protocol/cart-api/version.ts';
import { EST_ALPN } from '@chaperone/protocol/est/est.ts';
import { RateLimit } from '../platform/rate-limit/rate-limit.ts';
import { NotAClientHello, readClientHello } from './client-hello.ts';
import type { ClientHello } from './client-hello.ts';
import { EDGE_REFUSALS } from './contract.ts';
import type { EdgeCounters, EdgeIntake, EdgeRefusal, EdgeRoad, RunningEdge } from './contract.ts';

export interface EdgeLimits {
  /** Connections at once; guards file descriptors and memory. */
  readonly connectionsMax: number;
  /** Connections at once from one address. A hospital's carts share one address behind its NAT. */
  readonly connectionsPerAddressMax: number;
  /** Handshakes per second that are let through to the desk, with as many at once; guards its processor. */
  readonly handshakesPerSecondMax: number;
  readonly handshakesPerAddressPerSecondMax: number;
  /** How long a ClientHello may take to arrive, milliseconds. */
  readonly helloTimeoutMs: number;
}

/** A desk makes about 260 full handshakes a second on one core: half of it stays for the sessions. */
export const DEFAULT_EDGE_LIMITS: EdgeLimits = {
  connectionsMax: 10_000,
  connectionsPerAddressMax: 256,
  handshakesPerSecondMax: 120,
  handshakesPerAddressPerSecondMax: 20,
  helloTimeoutMs: 5_000,
};
const ADDRESSES_REMEMBERED_MAX = 10_000;
const BACKLOG = 511;

export interface EdgeOptions {
  readonly host: string;
  readonly port: number;
  /** Names that a ClientHello may ask for, lower case. */
  readonly serverNames: readonly string[];
  /** True where the gateway is reached by its IP address, for which there is no server name (RFC 6066 §3). */
  readonly admitsWithoutName: boolean;
  readonly limits: EdgeLimits;
}

/** Listens, and gives each cart's connection to the desk's intake. */
export async function startEdge(options: EdgeOptions, intake: EdgeIntake): Promise<RunningEdge> {
  const edge = new Edge(options, intake);
  return await edge.listen();
}

class Edge {
  readonly #options: EdgeOptions;
  readonly #intake: EdgeIntake;
  readonly #server = createServer({ noDelay: true, allowHalfOpen: false }, (socket) =>
    this.#arrive(socket),
  );
  readonly #perAddress = new Map<string, number>();
  readonly #undecided = new Set<Socket>();
  readonly #rate: RateLimit;
  readonly #rateOfAddress: RateLimit;
  readonly #refused = Object.fromEntries(EDGE_REFUSALS.map((why) => [why, 0])) as Record<
    EdgeRefusal,
    number
  >;
  #live = 0;
  #arrived = 0;
  #handedOver = 0;

  constructor(options: EdgeOptions, intake: EdgeIntake) {
    this.#options = options;
    this.#intake = intake;
    const now = (): number => performance.now();
    const { handshakesPerSecondMax: all, handshakesPerAddressPerSecondMax: each } = options.limits;
    this.#rate = new RateLimit({ burst: all, perSecond: all, keysMax: 1, now });
    const keysMax = ADDRESSES_REMEMBERED_MAX;
    this.#rateOfAddress = new RateLimit({ burst: each * 2, perSecond: each, keysMax, now });
  }

  async listen(): Promise<RunningEdge> {
    const { host, port } = this.#options;
    this.#server.listen({ host, port, backlog: BACKLOG });
    await once(this.#server, 'listening');
    const bound = this.#server.address() as AddressInfo;
    return {
      address: { host: bound.address, port: bound.port },
      counters: () => this.#counters(),
      close: async () => await this.#close(),
    };
  }

  #counters(): EdgeCounters {
    return {
      live: this.#live,
      arrived: this.#arrived,
      handedOver: this.#handedOver,
      refused: { ...this.#refused },
    };
  }

  async #close(): Promise<void> {
    for (const socket of this.#undecided) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    // Connections that a desk has taken over are the desk's to end; the port is free already.
    if (this.#live === 0) await closed;
  }

  #arrive(socket: Socket): void {
    this.#arrived += 1;
    const address = socket.remoteAddress;
    socket.on('error', () => socket.destroy());
    if (address === undefined) return this.#refuse(socket, 'gone');
    const { connectionsMax, connectionsPerAddressMax } = this.#options.limits;
    const fromAddress = this.#perAddress.get(address) ?? 0;
    if (this.#live >= connectionsMax) return this.#refuse(socket, 'too-many');
    if (fromAddress >= connectionsPerAddressMax)
      return this.#refuse(socket, 'too-many-from-address');
    this.#live += 1;
    this.#perAddress.set(address, fromAddress + 1);
    socket.once('close', () => this.#forget(address));
    this.#await(socket, address);
  }

  #forget(address: string): void {
    this.#live -= 1;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }

  /** Gathers the hello. The stream stays paused, so that nothing is read that could not be put back. */
  #await(socket: Socket, address: string): void {
    let seen = Buffer.alloc(0);
    let needBytes = 1;
    this.#undecided.add(socket);
    const decide = (): void => {
      clearTimeout(timer);
      this.#undecided.delete(socket);
      socket.removeListener('readable', look);
      socket.removeListener('close', vanish);
    };
    const refuse = (why: EdgeRefusal): void => {
      decide();
      this.#refuse(socket, why);
    };
    const vanish = (): void => refuse('gone');
    const timer = setTimeout(() => refuse('too-slow'), this.#options.limits.helloTimeoutMs);
    const look = (): void => {
      for (;;) {
        const chunk = socket.read() as Buffer | null;
        if (chunk === null) break;
        seen = Buffer.concat([seen, chunk]);
      }
      if (seen.length < needBytes) return;
      try {
        const hello = readClientHello(seen);
        if ('needBytes' in hello) {
          needBytes = hello.needBytes;
          return;
        }
        const road = this.#roadOf(hello);
        if (road === null) return refuse('no-road');
        if (!this.#rateOfAddress.take(address) || !this.#rate.take('')) return refuse('too-fast');
        decide();
        socket.unshift(seen);
        this.#handedOver += 1;
        this.#intake.accept({ road, socket, remoteAddress: address, serverName: hello.serverName });
      } catch (fault) {
        if (!(fault instanceof NotAClientHello)) throw fault;
        refuse('not-a-client-hello');
      }
    };
    socket.on('readable', look);
    socket.once('close', vanish);
  }

  #roadOf(hello: ClientHello): EdgeRoad | null {
    const { serverNames, admitsWithoutName } = this.#options;
    if (hello.serverName === null ? !admitsWithoutName : !serverNames.includes(hello.serverName))
      return null;
    if (hello.protocols.includes(CART_ALPN)) return 'tunnel';
    return hello.protocols.includes(EST_ALPN) ? 'enrolment' : null;
  }

  #refuse(socket: Socket, why: EdgeRefusal): void {
    this.#refused[why] += 1;
    socket.destroy();
  }
}
