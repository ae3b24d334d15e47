/**
 * Test support: a gateway that a test drives by hand. Real TLS 1.3 with client certificates on a loopback port, and
 * the client's side of reverse HTTP/2; it does exactly what it is told, also what no honest desk would do.
 */
import { once } from 'node:events';
import http2 from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { Hello } from '@chaperone/protocol/cart-api/schema.ts';
import {
  CART_ALPN,
  PROTOCOL_HEADER,
  PROTOCOL_VERSIONS,
} from '@chaperone/protocol/cart-api/version.ts';
import type { Certified, TestAuthority } from './test-authority.ts';

export const TEST_SERVER_NAME = 'gateway.test';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly trailers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  /** The body as JSON. */
  json(): Record<string, unknown>;
}

export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | object;
}

/** One connection that a cart has dialled, seen from the desk. */
export class DeskConnection {
  readonly socket: TLSSocket;
  readonly http2: ClientHttp2Session;
  readonly closed: Promise<unknown>;

  constructor(socket: TLSSocket) {
    this.socket = socket;
    this.http2 = http2.connect('https://cart', {
      createConnection: () => socket,
      settings: { initialWindowSize: 4 * 1024 * 1024, enablePush: false },
    });
    this.http2.on('error', () => undefined);
    // Not `once`: an error that comes before the end would become a rejection that nobody waits for.
    this.closed = new Promise((resolve) => this.http2.once('close', resolve));
  }

  /** Opens a stream; nobody reads it yet. */
  open(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): ClientHttp2Stream {
    const target =
      method === 'CONNECT' ? { ':authority': path } : { ':path': path, ':authority': 'cart' };
    const stream = this.http2.request(
      { ':method': method, ...target, ...headers },
      { endStream: false },
    );
    stream.on('error', () => undefined);
    return stream;
  }

  /** Asks and waits for the whole answer. */
  async ask(method: string, path: string, { headers = {}, body }: Asked = {}): Promise<Answer> {
    const stream = this.open(method, path, headers);
    const isRaw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
    stream.end(isRaw ? body : JSON.stringify(body));
    return answerOf(stream);
  }

  /** @param version that it says it speaks; null: none, as the desks before version 4 */
  async hello(version: number | null = PROTOCOL_VERSIONS.max): Promise<Hello> {
    const headers = version === null ? {} : { [PROTOCOL_HEADER]: String(version) };
    return (await this.ask('GET', '/v1/hello', { headers })).json() as unknown as Hello;
  }

  destroy(): void {
    this.http2.destroy();
    this.socket.destroy();
  }
}

/** Waits for the whole answer of a stream. @throws when the stream is reset before its end */
export async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  let headers: Record<string, unknown> = {};
  let trailers: Record<string, unknown> = {};
  const chunks: Buffer[] = [];
  stream.on('response', (found) => {
    headers = { ...found };
  });
  stream.on('trailers', (found) => {
    trailers = { ...found };
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => stream.once('close', resolve));
  const body = Buffer.concat(chunks);
  if (
    stream.rstCode !== 0 &&
    !(stream.rstCode === 8 && headers[':status'] !== undefined && body.length > 0)
  ) {
    throw new Error(`the stream was reset (${stream.rstCode}) after ${body.length} bytes`);
  }
  return {
    status: Number(headers[':status']),
    headers,
    trailers,
    body,
    json: () => JSON.parse(body.toString('utf8')) as Record<string, unknown>,
  };
}

export class ScriptedDesk {
  readonly port: number;
  readonly #server: tls.Server;
  readonly #arrived: TLSSocket[] = [];
  readonly #awaiting: { take(socket: TLSSocket): void; refuse(fault: Error): void }[] = [];
  readonly #open = new Set<TLSSocket>();

  private constructor(server: tls.Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** @param root whose carts are let in. @param certified the gateway's own certificate */
  static async start(root: TestAuthority, certified: Certified): Promise<ScriptedDesk> {
    const server = tls.createServer({
      key: certified.keyPem,
      cert: certified.pem,
      ca: root.pem,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
      ALPNProtocols: [CART_ALPN],
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const desk = new ScriptedDesk(server);
    server.on('tlsClientError', () => undefined);
    server.on('secureConnection', (socket: TLSSocket) => desk.#arrive(socket));
    return desk;
  }

  /** How many connections have come and not been taken. */
  get waiting(): number {
    return this.#arrived.length;
  }

  /** Waits for the next connection of the cart, before anything is asked on it. */
  async arrival(): Promise<TLSSocket> {
    while (this.#arrived[0]?.destroyed === true) this.#arrived.shift();
    return (
      this.#arrived.shift() ?? new Promise((take, refuse) => this.#awaiting.push({ take, refuse }))
    );
  }

  /** Hangs up on the connections that have come and that nobody has taken. */
  dropWaiting(): void {
    for (const socket of this.#arrived.splice(0)) socket.destroy();
  }

  /** Lets go of those who wait for a connection: none will come. */
  stopWaiting(): void {
    for (const { refuse } of this.#awaiting.splice(0)) refuse(new Error('nobody dials any more'));
  }

  /** Waits for the next connection and becomes its HTTP/2 client. */
  async connection(): Promise<DeskConnection> {
    return new DeskConnection(await this.arrival());
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #arrive(socket: TLSSocket): void {
    socket.on('error', () => undefined);
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    const taker = this.#awaiting.shift();
    if (taker) taker.take(socket);
    else this.#arrived.push(socket);
  }
}
