/**
 * Who may hold a connection to the panel's listener: the operator's panel always, anybody else for a moment.
 *
 * Any process on the cart can connect to loopback. A connection is a stranger's until a request on it has shown the
 * credential; then it is the panel's and has one of the reserved places. Strangers have few places and little time, and
 * a new one takes the oldest one's place, so that however many there are, End on the panel's open connection is not
 * held up and a panel that is loaded anew gets in. It is not a limit on what one connection asks.
 */
import type { Server, Socket } from 'node:net';

/** Connections without the credential: a browser opens six to load the pages; these are for a few hundred. */
export const STRANGERS_MAX = 256;
/** How long a connection may be open without the credential. Loading the pages from loopback takes far less. */
export const STRANGER_MS = 5000;
/** Connections that have shown the credential: six of one browser, twice while it loads anew, and `cart status`. */
export const PANELS_MAX = 32;

export interface PlacesLimits {
  readonly strangersMax: number;
  readonly strangerMs: number;
  readonly panelsMax: number;
}

export class ConnectionPlaces {
  readonly #limits: PlacesLimits;
  readonly #onCrowded: () => void;
  /** In the order of their coming. */
  readonly #strangers = new Map<Socket, NodeJS.Timeout>();
  /** In the order of their last request. */
  readonly #panels = new Set<Socket>();

  /** @param onCrowded called for each stranger that lost its place to the next */
  constructor(onCrowded: () => void, limits: Partial<PlacesLimits> = {}) {
    this.#onCrowded = onCrowded;
    this.#limits = {
      strangersMax: STRANGERS_MAX,
      strangerMs: STRANGER_MS,
      panelsMax: PANELS_MAX,
      ...limits,
    };
  }

  /** Gives each connection of a server its place. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.#take(socket));
  }

  /** Notes that a request on this connection has shown the credential. */
  prove(socket: Socket): void {
    const timer = this.#strangers.get(socket);
    if (timer === undefined && !this.#panels.delete(socket)) return;
    clearTimeout(timer);
    this.#strangers.delete(socket);
    this.#panels.add(socket);
    // The one that has been silent longest; a panel's stream of views is asked for once and read for hours.
    if (this.#panels.size > this.#limits.panelsMax) this.#oldest(this.#panels)?.destroy();
  }

  #take(socket: Socket): void {
    if (this.#strangers.size >= this.#limits.strangersMax) {
      const oldest = this.#oldest(this.#strangers.keys());
      if (oldest !== undefined) {
        this.#forget(oldest);
        oldest.destroy();
      }
      this.#onCrowded();
    }
    const late = setTimeout(() => socket.destroy(), this.#limits.strangerMs);
    this.#strangers.set(socket, late);
    socket.once('close', () => this.#forget(socket));
  }

  #oldest(sockets: Iterable<Socket>): Socket | undefined {
    for (const socket of sockets) return socket;
    return undefined;
  }

  #forget(socket: Socket): void {
    clearTimeout(this.#strangers.get(socket));
    this.#strangers.delete(socket);
    this.#panels.delete(socket);
  }
}
