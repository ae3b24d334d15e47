/**
 * One connection to the collector: syslog over TLS (RFC 5425), from the handshake to the orderly end.
 *
 * Syslog acknowledges nothing. What tells that a collector has read everything is the end: we send close_notify, and it MUST answer
 * with its own (RFC 5425 §4.4), which it can only do behind the last message. A connection that ends in any other way has confirmed
 * nothing.
 */
import { isIP } from 'node:net';
import { checkServerIdentity, connect as connectTLS } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { SiemTrouble } from '../contract.ts';

export interface CollectorTerms {
  readonly host: string;
  readonly port: number;
  /** The name that its certificate must have. */
  readonly serverName: string;
  /** PEM of the authorities that may certify it; no others are asked. */
  readonly authorities: string;
  /** PEM of our own certificate and key, where the collector wants one. */
  readonly own: { readonly certificate: string; readonly key: string } | null;
}

/** Milliseconds for the connection and its handshake. */
const CONNECT_MS = 10_000;
/** Milliseconds without a byte going through after which a collector counts as gone. */
const STALLED_MS = 20_000;
/** Milliseconds that a collector has to end the connection in order. */
const END_MS = 15_000;

/** Nothing more comes of this connection. */
export class CollectorLost extends Error {
  override readonly name = 'CollectorLost';
  readonly trouble: SiemTrouble;

  constructor(trouble: SiemTrouble, cause?: unknown) {
    super(`The collector is lost: ${trouble}.`, { cause });
    this.trouble = trouble;
  }
}

export class Collector {
  readonly #socket: TLSSocket;
  /** Settles when the connection is over: in order after `finish`, with a fault otherwise. */
  readonly #over: Promise<void>;
  #isFinishing = false;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    this.#over = new Promise((resolve, reject) => {
      socket.once('error', (fault) => reject(lostBy(fault)));
      socket.once('end', () => {
        if (this.#isFinishing) resolve();
        else reject(new CollectorLost('collector-unreachable'));
      });
      socket.once('close', () => reject(new CollectorLost('collector-unreachable')));
      socket.setTimeout(STALLED_MS, () =>
        socket.destroy(new CollectorLost('collector-unreachable')),
      );
    });
    // Whoever waits for it hears of it; nobody else has to.
    this.#over.catch(() => undefined);
    // A collector says nothing, but its end has to be read.
    socket.resume();
  }

  /** @throws CollectorLost */
  static async connect(terms: CollectorTerms, signal: AbortSignal): Promise<Collector> {
    const { host, port, serverName, authorities, own } = terms;
    signal.throwIfAborted();
    const socket = connectTLS({
      host,
      port,
      ca: authorities,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      // There is no server name for an address (RFC 6066 §3); it is checked against the certificate all the same.
      ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
      checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate),
      ...(own === null ? {} : { cert: own.certificate, key: own.key }),
    });
    const stop = (): void => void socket.destroy(new CollectorLost('collector-unreachable'));
    signal.addEventListener('abort', stop, { once: true });
    const timer = setTimeout(stop, CONNECT_MS);
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('secureConnect', resolve);
        socket.once('error', reject);
        socket.once('close', () => reject(new CollectorLost('collector-unreachable')));
      });
    } catch (fault) {
      socket.destroy();
      throw lostBy(fault);
    } finally {
      clearTimeout(timer);
    }
    const collector = new Collector(socket);
    socket.once('close', () => signal.removeEventListener('abort', stop));
    return collector;
  }

  /** Sends framed messages; resolves when there is room for more. @throws CollectorLost */
  async send(frames: Uint8Array): Promise<void> {
    const drained = new Promise<void>((resolve) => {
      if (this.#socket.write(frames)) resolve();
      else this.#socket.once('drain', resolve);
    });
    await Promise.race([drained, this.#over]);
  }

  /** Waits a while for nothing but the collector's loss. @throws CollectorLost */
  async lossDuring(wait: Promise<unknown>): Promise<void> {
    await Promise.race([wait, this.#over]);
  }

  /** Ends the connection in order: when it resolves, the collector has read everything. @throws CollectorLost */
  async finish(): Promise<void> {
    this.#isFinishing = true;
    const timer = setTimeout(
      () => this.#socket.destroy(new CollectorLost('collector-unconfirmed')),
      END_MS,
    );
    try {
      this.#socket.end();
      await this.#over;
    } finally {
      clearTimeout(timer);
    }
  }

  drop(): void {
    this.#socket.destroy();
  }
}

function lostBy(fault: unknown): CollectorLost {
  if (fault instanceof CollectorLost) return fault;
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
  const isOfTLS = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|HOSTNAME)/.test(code);
  return new CollectorLost(isOfTLS ? 'collector-untrusted' : 'collector-unreachable', fault);
}
