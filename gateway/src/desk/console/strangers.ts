/**
 * Connections that have not shown a workstation's certificate in force. Each has a few seconds from its first packet on, for
 * handshake, request and answer. When there are too many, of one address or in all, the one that came first makes way: so
 * whoever holds many keeps no workstation out.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

export interface StrangerLimits {
  /** How long one may stay, milliseconds. */
  readonly stayMs: number;
  /** Workstations of one office share an address; they are strangers for the time of a handshake only. */
  readonly perAddressMax: number;
  readonly inAllMax: number;
}

/** Enrolment, all that a stranger may ask for, is one small request and takes two round trips and two transactions. */
export const STRANGER_LIMITS: StrangerLimits = {
  stayMs: 10_000,
  perAddressMax: 64,
  inAllMax: 512,
};

interface Held {
  readonly socket: Socket;
  readonly forget: () => void;
}

export class Strangers {
  readonly #limits: StrangerLimits;
  /** By both ends of the connection, those that came first at first. */
  readonly #held = new Map<string, Held>();
  readonly #ofAddress = new Map<string, Set<Held>>();

  constructor(limits: StrangerLimits) {
    this.#limits = limits;
  }

  /** Takes in a connection before its handshake. */
  arrive(socket: Socket): void {
    const { remoteAddress } = socket;
    // It has gone already.
    if (remoteAddress === undefined) return void socket.destroy();
    const ends = endsOf(socket);
    const neighbours = this.#ofAddress.get(remoteAddress) ?? new Set();
    const timer = setTimeout(() => socket.destroy(), this.#limits.stayMs);
    const forget = (): void => {
      clearTimeout(timer);
      if (this.#held.get(ends) === held) this.#held.delete(ends);
      neighbours.delete(held);
      if (neighbours.size === 0 && this.#ofAddress.get(remoteAddress) === neighbours)
        this.#ofAddress.delete(remoteAddress);
    };
    const held = { socket, forget };
    this.#held.set(ends, held);
    this.#ofAddress.set(remoteAddress, neighbours.add(held));
    socket.once('close', forget);
    if (neighbours.size > this.#limits.perAddressMax) endFirst(neighbours.values());
    if (this.#held.size > this.#limits.inAllMax) endFirst(this.#held.values());
  }

  /** Whoever holds this connection is no stranger any more. */
  release(socket: TLSSocket): void {
    this.#held.get(endsOf(socket))?.forget();
  }
}

/** A TLS socket does not tell what it runs over; no other connection that is open has the same ends. RFC 9293 §3.3.1. */
function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

function endFirst(held: Iterator<Held>): void {
  const first = held.next().value as Held;
  first.forget();
  first.socket.destroy();
}
