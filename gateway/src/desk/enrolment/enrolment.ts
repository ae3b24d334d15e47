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
/** Connections at once: a commissioning engineer opens one or two, and a test of the idle time has one of 64 more. */
const CONNECTIONS_MAX = 128;

export class Enrolment {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
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
      this.#note(socket);
    });
    authority.onRevoked(({ certificateSerialHex }) => this.endRevoked(certificateSerialHex));
  }

  /** Takes over an untouched connection. */
  accept(socket: Socket): void {
    if (this.#sockets.size >= CONNECTIONS_MAX) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#server.emit('connection', socket);
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
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
