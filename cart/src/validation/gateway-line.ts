/**
 * Asks the gateway over the enrolment road with the cart's certificate (protocol/src/commissioning/service.ts): one connection,
 * kept open between questions, made again when the gateway closed it.
 *
 * Who answers has shown a certificate of the pinned root; its dates are the validation's own matter, since a clock that is wrong
 * is something to be found out here.
 */
import { Agent, request as httpRequest } from 'node:http';
import type { ClientRequestArgs, IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { EST_ALPN } from '@chaperone/protocol/est/est.ts';
import type { CartIdentity } from '../licence/licence.ts';
import { openRoad } from '../road/road.ts';
import type { RoadMemory, RoadSettings } from '../road/road.ts';
import { isPinned } from './pinned.ts';

export interface LineQuestion {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: Uint8Array;
  /** Takes the answer as it comes, in place of keeping it. */
  readonly onBytes?: (chunk: Uint8Array) => void;
}

export interface LineAnswer {
  readonly status: number;
  /** Empty where `onBytes` took it. */
  readonly body: Buffer;
  /** Seconds, of a 429; null: not said. */
  readonly retryAfterSeconds: number | null;
}

/** Answers that are kept are JSON or an echo. */
const ANSWER_BYTES_MAX = 64 * 1024;

export interface LineOptions {
  readonly road: RoadSettings;
  readonly memory: RoadMemory;
  /** Null: nothing is shown, and nobody is believed. */
  readonly identity: CartIdentity | null;
  /** Keeps to its first connection: one that was lost is not made again. */
  readonly isOnce?: boolean;
}

export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

export class AnotherServer extends Error {
  override readonly name = 'AnotherServer';
}

export class GatewayLine {
  readonly #options: LineOptions;
  readonly #agent: RoadAgent;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#agent = new RoadAgent(options);
  }

  /** Asks. @throws what the road and TLS throw, AnotherServer, and the signal's reason */
  async ask(question: LineQuestion, signal: AbortSignal): Promise<LineAnswer> {
    signal.throwIfAborted();
    const { gateway } = this.#options.road;
    const { method, path, body, onBytes } = question;
    this.#agent.signal = signal;
    const request = httpRequest({
      agent: this.#agent,
      method,
      path,
      headers: {
        Host: gateway.serverName,
        ...(body === undefined
          ? {}
          : { 'Content-Type': 'application/octet-stream', 'Content-Length': body.length }),
      },
      signal,
    });
    // After an abort the request emits an error that nobody waits for any more.
    request.on('error', () => undefined);
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      if (onBytes !== undefined && response.statusCode === 200) {
        onBytes(chunk);
        continue;
      }
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES_MAX) throw new AnotherServer('The answer is far too long.');
      chunks.push(chunk);
    }
    const after = Number(response.headers['retry-after'] ?? Number.NaN);
    return {
      status: response.statusCode ?? 0,
      body: Buffer.concat(chunks),
      retryAfterSeconds: Number.isFinite(after) ? after : null,
    };
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Gives the one connection that requests go over. */
class RoadAgent extends Agent {
  readonly #options: LineOptions;
  signal: AbortSignal = AbortSignal.abort();
  #isMade = false;

  constructor(options: LineOptions) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#options = options;
  }

  override createConnection(
    _options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const { signal } = this;
    if (this.#isMade && this.#options.isOnce === true) {
      callback?.(new ConnectionLost('The connection was lost.'), undefined as never);
      return undefined;
    }
    this.#isMade = true;
    void this.#give(signal, callback);
    return undefined;
  }

  /** Keeps it as it is: Node's own agent would have TCP send probes on it, and no connection would ever be idle. */
  override keepSocketAlive(): boolean {
    return true;
  }

  async #give(
    signal: AbortSignal,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Promise<void> {
    let socket: TLSSocket;
    try {
      socket = await secure(this.#options, EST_ALPN, signal);
    } catch (fault) {
      callback?.(fault as Error, undefined as never);
      return;
    }
    callback?.(null, socket);
  }
}

/**
 * Opens a connection with the cart's certificate to whoever shows one of the pinned root.
 * @throws what the road and TLS throw, AnotherServer, and the signal's reason
 */
export async function secure(
  { road, memory, identity }: LineOptions,
  protocol: string,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const { socket } = await openRoad(road, signal, memory);
  const secured = tls.connect({
    socket,
    servername: road.gateway.serverName,
    ...(identity === null
      ? {}
      : { key: identity.keyPem, cert: identity.certificatePem, ca: identity.cartRootPem }),
    minVersion: 'TLSv1.3',
    ALPNProtocols: [protocol],
    // Judged below: dates are not.
    rejectUnauthorized: false,
  });
  try {
    await once(secured, 'secureConnect', { signal });
    const leaf = secured.getPeerX509Certificate();
    if (leaf === undefined || (identity !== null && !isPinned(leaf, identity.cartRootPem)))
      throw new AnotherServer('Somebody else answers than the gateway.');
    if (secured.alpnProtocol !== protocol)
      throw new AnotherServer('The gateway does not speak this protocol.');
    secured.setNoDelay(true);
    secured.on('error', () => undefined);
    return secured;
  } catch (fault) {
    secured.on('error', () => undefined);
    secured.destroy();
    socket.destroy();
    signal.throwIfAborted();
    throw fault;
  }
}
