/**
 * One connection of a session to the desk, with the roles turned round: the cart is the HTTP/2 server.
 *
 * Life: handshake → hello → requests → closed. It holds every limit that a peer could run into: streams, headers,
 * memory, requests in a time, silence. What a request means is the router's matter.
 */
import http2 from 'node:http2';
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { WINDOWS } from '@chaperone/protocol/cart-api/version.ts';
import { RateLimit } from '../platform/rate-limit.ts';
import { cartRefused, GatewayTimedOut } from './dial-failure.ts';
import { resetSocket } from './dial.ts';
import { watchLiveness } from './liveness.ts';
import { isSentSoon } from './unsent.ts';

export type ConnectionKind = keyof typeof WINDOWS;

/** From the end of the TLS handshake to the first request. */
const HELLO_TIMEOUT_MS = 10_000;
/** For the desk to close its side once the session is over (docs/protocol.md section 6). */
const CLOSING_TIMEOUT_MS = 2000;
const STREAMS_MAX = { interactive: 64, bulk: 16 } as const satisfies Record<ConnectionKind, number>;
/** Headers of a request: the longest name of a file, encoded, and little else. */
const HEADER_BYTES_MAX = 16 * 1024;
const HEADER_PAIRS_MAX = 32;
/** Megabytes that the HTTP/2 layer may hold for one connection; the bulk window has to fit in. */
const MEMORY_MB = { interactive: 8, bulk: 48 } as const satisfies Record<ConnectionKind, number>;
/** Requests at once and per second; a directory of a thousand small files still comes quickly. */
const REQUESTS_BURST = 400;
const REQUESTS_PER_SECOND = 100;
/** How Node names what its HTTP/2 layer says of a peer that breaks the protocol, or floods. */
const HTTP2_BROKEN = 'ERR_HTTP2_ERROR';
/** Requests over the limit after which the peer is not worth another answer. */
const EXCESS_MAX = 1000;

export interface ConnectionOptions {
  readonly socket: TLSSocket;
  readonly kind: ConnectionKind;
  readonly monotonicMs: () => number;
  readonly isInSession: () => boolean;
  /** Called for each request within the limits; it answers the stream. */
  readonly onRequest: (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    connection: Connection,
  ) => void;
  /** Called for each request over the limits; it answers the stream. */
  readonly onExcess: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;
  /** Called when the peer breaks HTTP/2, or sends a request that HTTP/2 itself resets: there is nothing to answer. */
  readonly onMalformed: () => void;
}

export class Connection {
  readonly kind: ConnectionKind;
  /** Settles when the desk has said hello; rejects with the reason why it never will. */
  readonly greeted: Promise<void>;
  /** Settles when the connection is over, whatever the reason. */
  readonly closed: Promise<void>;
  readonly #socket: TLSSocket;
  readonly #http2: ServerHttp2Session;
  readonly #requests: RateLimit;
  readonly #monotonicMs: () => number;
  #excess = 0;
  #requestsSeen = 0;
  #requestsUnseen = 0;
  #greet: () => void = () => undefined;
  #isGreeted = false;
  #isLost = false;

  constructor(options: ConnectionOptions) {
    const { socket, kind, monotonicMs } = options;
    this.kind = kind;
    this.#monotonicMs = monotonicMs;
    this.#socket = socket;
    this.#requests = new RateLimit(REQUESTS_BURST, REQUESTS_PER_SECOND, monotonicMs);
    this.#http2 = http2.performServerHandshake(socket, {
      maxHeaderListPairs: HEADER_PAIRS_MAX,
      maxSessionMemory: MEMORY_MB[kind],
      settings: {
        initialWindowSize: WINDOWS[kind].streamBytes,
        maxConcurrentStreams: STREAMS_MAX[kind],
        maxHeaderListSize: HEADER_BYTES_MAX,
        enableConnectProtocol: false,
      },
    });
    const liveness = watchLiveness({
      socket,
      http2: this.#http2,
      monotonicMs,
      isInSession: options.isInSession,
      onLook: () => this.#lookForUnseen(options),
      onLost: () => this.#lose(),
    });
    this.closed = new Promise((resolve) => {
      const end = (): void => {
        liveness.stop();
        resolve();
      };
      this.#http2.once('close', end);
      socket.once('close', () => {
        this.#http2.destroy();
        end();
      });
    });
    this.greeted = this.#awaitHello();
    // Whoever dialled waits for it; a connection that is thrown away has nobody who does.
    this.greeted.catch(() => undefined);
    // A protocol error of the peer ends the connection; the end itself is what is acted upon.
    this.#http2.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === HTTP2_BROKEN) options.onMalformed();
    });
    this.#http2.on('connect', () => this.#http2.setLocalWindowSize(WINDOWS[kind].connectionBytes));
    if (!this.#http2.connecting) this.#http2.setLocalWindowSize(WINDOWS[kind].connectionBytes);
    this.#http2.on('stream', (stream, headers) => this.#request(stream, headers, options));
  }

  get isGreeted(): boolean {
    return this.#isGreeted;
  }

  /** Tells whether the connection broke, as opposed to a stream on it that the peer has reset. */
  get isBroken(): boolean {
    return this.#isLost || this.#socket.destroyed || this.#http2.destroyed;
  }

  /** Notes that the desk has said hello: it accepts this cart. */
  hello(): void {
    this.#isGreeted = true;
    this.#greet();
  }

  /**
   * Lets what is being sent go out, waits a little for the desk to close, then closes. It sends no GOAWAY: that
   * would keep the desk from reading the journal's last lines. Nothing that needs a grant is admitted any more.
   */
  async finish(): Promise<void> {
    const timer = setTimeout(() => this.destroy(), CLOSING_TIMEOUT_MS);
    await this.closed;
    clearTimeout(timer);
    this.destroy();
  }

  /** Ends the connection at once, and every stream on it. */
  destroy(): void {
    this.#http2.destroy();
    this.#socket.destroy();
  }

  /**
   * Sees to it that nothing more goes out of what has been given to the network already: once that has not been taken
   * in a moment, the connection is reset, and what is queued is gone with it.
   * @param isHeldOff asked at the end of that moment: what the operator has let go on meanwhile is not reset
   */
  dropUnsent(isHeldOff: () => boolean): void {
    void isSentSoon(this.#socket, this.#monotonicMs).then((isSent) => {
      if (isSent || this.#socket.destroyed || !isHeldOff()) return;
      this.#isLost = true;
      resetSocket(this.#socket);
      this.destroy();
    });
  }

  #request(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    options: ConnectionOptions,
  ): void {
    // A reset by the peer is no error of the cart's.
    stream.on('error', () => undefined);
    this.#requestsSeen += 1;
    this.#lookForUnseen(options);
    if (this.#requests.take()) {
      options.onRequest(stream, headers, this);
      return;
    }
    this.#excess += 1;
    if (this.#excess > EXCESS_MAX) {
      this.#http2.destroy(undefined, http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
      this.#socket.destroy();
      return;
    }
    options.onExcess(stream, headers);
  }

  /**
   * Notices requests that never came here: the HTTP/2 layer resets what is malformed or has too many headers and tells
   * nobody. The numbers of streams tell: a peer uses each odd one in turn (RFC 9113 section 5.1.1).
   */
  #lookForUnseen({ onMalformed }: ConnectionOptions): void {
    const begun = ((this.#http2.state.lastProcStreamID ?? 0) + 1) >> 1;
    const unseen = begun - this.#requestsSeen;
    if (unseen > this.#requestsUnseen) onMalformed();
    this.#requestsUnseen = Math.max(unseen, this.#requestsUnseen);
  }

  #awaitHello(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new GatewayTimedOut('The gateway accepted the connection but says nothing.'));
        this.destroy();
      }, HELLO_TIMEOUT_MS);
      let alert: unknown;
      this.#socket.once('error', (error) => {
        alert = error;
      });
      this.#greet = () => {
        clearTimeout(timer);
        resolve();
      };
      void this.closed.then(() => {
        clearTimeout(timer);
        reject(cartRefused(alert));
      });
    });
  }

  #lose(): void {
    this.#isLost = true;
    this.destroy();
  }
}
