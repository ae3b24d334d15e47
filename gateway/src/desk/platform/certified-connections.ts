/**
 * The TLS connections that are open now under certificates of ours, of workstations or of carts that are being commissioned.
 * Whatever runs over one, a page, an event stream, a screen or a measurement, ends with the certificate that it was opened with.
 *
 * A revocation on this desk ends them at once; one that another desk on the same database made, and the end of a
 * certificate's life, are noticed at the next look.
 */
import type { TLSSocket } from 'node:tls';

/** Well within the five seconds after which nothing of a retired holder may be open. */
export const LOOK_EVERY_MS = 2_000;

export interface ConnectionsOptions {
  /** Which of these certificates are not revoked. */
  readonly inForce: (certificateSerials: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly utcMs: () => number;
  /** Told of looks that failed. Must not throw. */
  readonly report: (fault: unknown) => void;
}

/** Of a certificate: what its connections need to be judged by. */
export interface CertifiedPeer {
  readonly certificateSerialHex: string;
  readonly notAfterMs: number;
}

interface Open {
  readonly peer: CertifiedPeer;
  readonly sockets: Set<TLSSocket>;
}

export class CertifiedConnections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<string, Open>();
  readonly #timer: NodeJS.Timeout;
  #looking = false;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      if (this.#looking) return;
      this.#looking = true;
      this.look()
        .catch(options.report)
        .finally(() => (this.#looking = false));
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Remembers a connection whose certificate was admitted; again does nothing. */
  hold(socket: TLSSocket, peer: CertifiedPeer): void {
    const serial = peer.certificateSerialHex;
    const open = this.#open.get(serial) ?? { peer, sockets: new Set() };
    if (open.sockets.has(socket) || socket.destroyed) return;
    this.#open.set(serial, open);
    open.sockets.add(socket);
    socket.once('close', () => {
      open.sockets.delete(socket);
      if (open.sockets.size === 0 && this.#open.get(serial) === open) this.#open.delete(serial);
    });
  }

  /** Ends every connection that was opened with a certificate. */
  drop(certificateSerialHex: string): void {
    const open = this.#open.get(certificateSerialHex);
    if (open === undefined) return;
    this.#open.delete(certificateSerialHex);
    for (const socket of open.sockets) socket.destroy();
  }

  /** Ends the connections whose certificate is not in force any more. */
  async look(): Promise<void> {
    const looked = [...this.#open.values()].map(({ peer }) => peer);
    if (looked.length === 0) return;
    const serials = looked.map(({ certificateSerialHex }) => certificateSerialHex);
    const inForce = await this.#options.inForce(serials);
    const nowMs = this.#options.utcMs();
    for (const { certificateSerialHex: serial, notAfterMs } of looked) {
      if (nowMs > notAfterMs || !inForce.has(serial)) this.drop(serial);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
