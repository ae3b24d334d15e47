/**
 * The edge's only door: how an arriving connection, untouched, reaches a desk.
 *
 * The edge knows no certificate, no database and no key. What it hands over is the raw socket with every byte that came,
 * and what the ClientHello said in the clear, which is not proof of anything.
 */
import type { Socket } from 'node:net';

/** The two roads that carts take (docs/protocol.md, section 1). */
export type EdgeRoad = 'tunnel' | 'enrolment';

export interface EdgeArrival {
  readonly road: EdgeRoad;
  /** The untouched TCP connection; the bytes that the edge looked at have been put back. */
  readonly socket: Socket;
  readonly remoteAddress: string;
  /** What the ClientHello names, lower case, or null when it names nobody. Not trusted. */
  readonly serverName: string | null;
}

/** A desk's side: takes over the socket, with its errors and its end. Must not throw. */
export interface EdgeIntake {
  accept(arrival: EdgeArrival): void;
}

/** Why a connection was closed without an answer. */
export const EDGE_REFUSALS = [
  'too-many',
  'too-many-from-address',
  'too-fast',
  'not-a-client-hello',
  'too-slow',
  'no-road',
  'gone',
] as const;
export type EdgeRefusal = (typeof EDGE_REFUSALS)[number];

export interface EdgeCounters {
  readonly live: number;
  readonly arrived: number;
  readonly handedOver: number;
  readonly refused: Readonly<Record<EdgeRefusal, number>>;
}

export interface RunningEdge {
  readonly address: { readonly host: string; readonly port: number };
  counters(): EdgeCounters;
  /** Stops listening and ends what was not handed over. */
  close(): Promise<void>;
}
