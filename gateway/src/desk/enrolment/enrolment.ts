/**
 * The enrolment road: ends the TLS of carts that come for a certificate, and lets the authority answer them; what a cart asks
 * while it is commissioned goes to the commissioning service.
 */
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { EST_ALPN } from '@chaperone/protocol/est/est.ts';
import type { Authority } from '../../authority/contract.ts';
import { Commissioning } from '../commissioning/commissioning.ts';

/** An enrolment is three short requests; a measurement is longer, and ends itself. Milliseconds. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 30_000;
const IDLE_TIMEOUT_MS = 15_000;
/** A handshake over the worst road takes two or three seconds. */
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Handshakes under way have places of their own: somebody who begins them and goes no further takes none of the connections. */
const HANDSHAKES_MAX = 64;
/** Of one address; carts of a hospital may share one. */
const HANDSHAKES_PER_ADDRESS_MAX = 16;
/** Connections at once: a commissioning engineer opens one or two, and a test of the idle time has one of 64 more. */
const CONNECTIONS_MAX = 128;

export class Enrolment {
  readonly #server: Server;
  readonly #sockets = new Set<TLSSocket>();
  /** Connections that have not shaken hands yet, oldest first, by address and port. */
  readonly #handshakes = new Map<string, Socket>();
  /** Connections that have shown a certificate, by its serial number as shown; nothing here is believed. */
  readonly #shown = new Map<TLSSocket, string>();

  constructor(
    authority: Pick<Authority, 'tunnelServerOptions' | 'estRoutes' | 'onRevoked'>,
    commissioning: Pick<Commissioning, 'answer'>,
    idleTimeoutMs = IDLE_TIMEOUT_MS,
  ) {
    this.#server = createServer(
      {
        ...authority.tunnelServerOptions([EST_ALPN]),
        requestTimeout: REQUEST_TIMEOUT_MS,
        headersTimeout: HEADERS_TIMEOUT_MS,
        keepAliveTimeout: idleTimeoutMs,
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      },
      (request, response) => {
        if (Commissioning.serves(request.url)) void commissioning.answer(request, response);
        else void authority.estRoutes(request, response);
      },
    );
    this.#server.setTimeout(idleTimeoutMs, (socket) => socket.destroy());
    this.#server.on('tlsClientError', (_fault, socket) => socket.destroy());
    this.#server.on('secureConnection', (socket: TLSSocket) => {
      socket.on('error', () => socket.destroy());
      this.#establish(socket);
    });
    authority.onRevoked(({ certificateSerialHex }) => this.endRevoked(certificateSerialHex));
  }

  /** Takes over an untouched connection. */
  accept(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const waiting = [...this.#handshakes.values()];
    const own = waiting.filter((each) => each.remoteAddress === address);
    // The oldest makes room, not the newest: an honest handshake is over long before it is the oldest.
    if (own.length >= HANDSHAKES_PER_ADDRESS_MAX) own[0]?.destroy();
    else if (waiting.length >= HANDSHAKES_MAX) waiting[0]?.destroy();
    const place = placeOf(socket);
    this.#handshakes.set(place, socket);
    socket.once('close', () => {
      if (this.#handshakes.get(place) === socket) this.#handshakes.delete(place);
    });
    this.#server.emit('connection', socket);
  }

  /** Gives what has shaken hands a place among the connections. */
  #establish(socket: TLSSocket): void {
    this.#handshakes.delete(placeOf(socket));
    if (this.#sockets.size >= CONNECTIONS_MAX) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#note(socket);
  }

  /** Ends what a certificate holds that has just been revoked. Each request is judged, too; this only does not wait for one. */
  endRevoked(certificateSerialHex: string): void {
    for (const [socket, serial] of this.#shown)
      if (serial === certificateSerialHex) socket.destroy();
  }

  #note(socket: TLSSocket): void {
    const serial = socket.getPeerX509Certificate()?.serialNumber.toLowerCase();
    if (serial === undefined) return;
    this.#shown.set(socket, serial);
    socket.once('close', () => this.#shown.delete(socket));
  }

  close(): void {
    for (const socket of [...this.#sockets, ...this.#handshakes.values()]) socket.destroy();
    this.#server.close();
  }
}

/** Names a connection; the same before and after its handshake. */
function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? 0}`;
}
