/**
 * The road between one cart and its gateway: connections that the cart dials, and messages that may be late, lost,
 * repeated or overtake each other.
 *
 * TLS would not let that happen within a connection; a gateway that lies does, and the cart must not care.
 */
import type { SessionId } from '@chaperone/domain/id/id.ts';
import type { World } from './world.ts';

export interface Connection {
  readonly number: number;
  readonly session: SessionId;
  /** Unpredictable bytes of the cart; what a workstation signs for this connection. */
  readonly challenge: string;
  isOpenAtCart: boolean;
  isOpenAtDesk: boolean;
}

/** Both ends notice a cut within the time of three pings, each in its own time. */
const NOTICED_MS_MAX = 3000;
const TRIP_MS = 10;
const LATE_MS_MAX = 9000;

export class Network {
  readonly #world: World;
  #connections: Connection[] = [];
  #made = 0;
  isUp = true;
  /** Told when an end notices that a connection is gone. */
  lostAtCart: (connection: Connection) => void = () => undefined;
  lostAtDesk: (connection: Connection) => void = () => undefined;

  constructor(world: World) {
    this.#world = world;
  }

  connect(session: SessionId): Connection {
    this.#made += 1;
    const connection: Connection = {
      number: this.#made,
      session,
      challenge: `challenge-${this.#made}`,
      isOpenAtCart: true,
      isOpenAtDesk: true,
    };
    this.#connections.push(connection);
    return connection;
  }

  /** Sends one message; what arrives runs, if its end is still there. */
  send(connection: Connection, to: 'cart' | 'desk', run: () => void): void {
    const { dice } = this.#world;
    if (!this.isUp) return;
    if (this.#strikes('message-lost', 4)) return;
    let delayMs = TRIP_MS + dice.below(3);
    if (this.#strikes('message-late', 6)) delayMs += dice.below(LATE_MS_MAX);
    const deliver = (): void => {
      const isOpen = to === 'cart' ? connection.isOpenAtCart : connection.isOpenAtDesk;
      if (this.isUp && isOpen) run();
    };
    this.#world.after(delayMs, 'world', deliver);
    if (this.#strikes('message-repeated', 6)) {
      this.#world.after(delayMs + dice.below(2000), 'world', deliver);
    }
  }

  /** One end closes a connection; the other notices at once, or when the network lets it. */
  close(connection: Connection, by: 'cart' | 'desk'): void {
    this.#connections = this.#connections.filter((each) => each !== connection);
    const noticedMs = this.isUp ? TRIP_MS : this.#world.dice.below(NOTICED_MS_MAX);
    if (by === 'cart') connection.isOpenAtCart = false;
    else connection.isOpenAtDesk = false;
    this.#world.after(noticedMs, 'world', () => this.#notice(connection));
  }

  cut(): void {
    this.isUp = false;
    const cut = this.#connections;
    this.#connections = [];
    for (const connection of cut) {
      const { dice } = this.#world;
      this.#world.after(dice.below(NOTICED_MS_MAX), 'world', () => this.#loseAtCart(connection));
      this.#world.after(dice.below(NOTICED_MS_MAX), 'world', () => this.#loseAtDesk(connection));
    }
  }

  heal(): void {
    this.isUp = true;
  }

  #strikes(fault: 'message-lost' | 'message-late' | 'message-repeated', percent: number): boolean {
    if (!this.#world.has(fault) || !this.#world.dice.percent(percent)) return false;
    this.#world.reach(`fault ${fault}`);
    return true;
  }

  #notice(connection: Connection): void {
    this.#loseAtCart(connection);
    this.#loseAtDesk(connection);
  }

  #loseAtCart(connection: Connection): void {
    if (!connection.isOpenAtCart) return;
    connection.isOpenAtCart = false;
    this.lostAtCart(connection);
  }

  #loseAtDesk(connection: Connection): void {
    if (!connection.isOpenAtDesk) return;
    connection.isOpenAtDesk = false;
    this.lostAtDesk(connection);
  }
}
