/**
 * Connections that a cart asked to leave unused for a while, to see how long its road keeps them. They are few, so that they
 * take nothing from carts that enrol.
 */
import type { TLSSocket } from 'node:tls';
import { CommissioningThrottled } from './commissioning-error.ts';

export interface IdlePlacesOptions {
  readonly placesMax: number;
  readonly placesPerCartMax: number;
}

/** A validation that broke off has left its connections behind; they end by themselves. Seconds. */
const BUSY_WAIT_S = 60;

export class IdlePlaces {
  readonly #options: IdlePlacesOptions;
  readonly #held = new Map<TLSSocket, string>();

  constructor(options: IdlePlacesOptions) {
    this.#options = options;
  }

  /** Gives a connection its place, until it ends. Again does nothing. @throws CommissioningThrottled */
  take(socket: TLSSocket, cart: string): void {
    if (this.#held.has(socket)) return;
    const own = [...this.#held.values()].filter((each) => each === cart).length;
    const { placesMax, placesPerCartMax } = this.#options;
    if (own >= placesPerCartMax || this.#held.size >= placesMax)
      throw new CommissioningThrottled(BUSY_WAIT_S);
    this.#held.set(socket, cart);
    socket.once('close', () => this.#held.delete(socket));
  }
}
