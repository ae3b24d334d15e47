/** Dials while the session wants a connection, more and more rarely while that fails. */
import type { SessionId } from '@chaperone/domain/id/id.ts';
import { isInSession } from '@chaperone/domain/session/state.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import type { Connection, Network } from '../world/network.ts';
import type { World } from '../world/world.ts';

const FIRST_MS = 40;
const AGAIN_MS = 1500;
const AGAIN_MS_MAX = 24_000;
/** A hello that does not come in this time lets the cart dial again. */
const HELLO_MS = 5000;
const REFUSED_PERCENT = 3;

export interface DiallerOptions {
  readonly world: World;
  readonly network: Network;
  readonly isDeskUp: () => boolean;
  /** The session that wants a connection now. */
  readonly wants: () => SessionId | null;
  readonly failed: (code: string, isFinal: boolean) => void;
  readonly connected: (connection: Connection) => void;
}

export class Dialler {
  readonly #options: DiallerOptions;
  #nextMs = Infinity;
  #againMs = AGAIN_MS;

  constructor(options: DiallerOptions) {
    this.#options = options;
  }

  /** Looks whether there is something to dial for. */
  look(): void {
    if (this.#options.wants() === null) {
      this.#againMs = AGAIN_MS;
      return;
    }
    if (this.#nextMs === Infinity) this.#dialAfter(FIRST_MS);
  }

  /** The process is gone, and with it what was to be dialled. */
  stop(): void {
    this.#nextMs = Infinity;
    this.#againMs = AGAIN_MS;
  }

  #dialAfter(delayMs: number): void {
    const { world } = this.#options;
    const atMs = world.nowMs + delayMs;
    this.#nextMs = atMs;
    world.after(delayMs, 'cart', () => {
      if (this.#nextMs !== atMs) return;
      this.#nextMs = Infinity;
      this.#dial();
    });
  }

  #dial(): void {
    const { world, network, isDeskUp, wants, failed, connected } = this.#options;
    const session = wants();
    if (session === null) return;
    if (network.isUp && isDeskUp()) {
      if (world.has('gateway-lies') && world.dice.percent(REFUSED_PERCENT)) {
        return failed('GATEWAY_REFUSED', true);
      }
      this.#dialAfter(HELLO_MS);
      return connected(network.connect(session));
    }
    this.#againMs = Math.min(this.#againMs * 2, AGAIN_MS_MAX);
    // First, for a failure is a change of the session, and each change is looked at.
    this.#dialAfter(this.#againMs);
    failed('GATEWAY_UNREACHABLE', false);
  }
}

/** The session for which a connection is missing, if any. */
export function sessionToDial(state: SessionState): SessionId | null {
  if (state.phase === 'dialling') return state.sessionId;
  return isInSession(state) && state.link.is === 'lost' ? state.sessionId : null;
}
