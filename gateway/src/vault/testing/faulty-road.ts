/**
 * Test support: a road to an HTTP server on which things go wrong on purpose. Over TLS when it is given a certificate.
 *
 * It passes each request on and the answer back, but for what the fault says. A fault counts for the requests that it
 * picks, from the moment it is set.
 */
import { once } from 'node:events';
import { createServer as createHttpServer, request as ask } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export type Fault =
  /** The connection ends without an answer. */
  | 'cut'
  /** 500 in place of what the server would say. */
  | 'error'
  /** The answer's body ends in its middle. */
  | 'truncate'
  /** One bit of the answer's body is flipped. */
  | 'flip-answer'
  /** One bit of the request's body is flipped. */
  | 'flip-request'
  /** What was asked is done, and the answer is lost. */
  | 'lose-answer';

export interface FaultyRoad {
  readonly port: number;
  /** Sets what goes wrong, for requests of this method and the query or header that names it. Null: nothing. */
  set(fault: Fault | null, picks?: (method: string, url: string) => boolean): void;
  /** Requests that came, as `PUT /bucket/key?partNumber=1`. */
  readonly seen: readonly string[];
  close(): Promise<void>;
}

export interface RoadIdentity {
  readonly key: string;
  readonly cert: string;
}

export async function openFaultyRoad(to: number, identity?: RoadIdentity): Promise<FaultyRoad> {
  let fault: Fault | null = null;
  let picks: (method: string, url: string) => boolean = () => true;
  const seen: string[] = [];
  const pass = (request: IncomingMessage, answer: ServerResponse): void => {
    const { method = '', url = '' } = request;
    seen.push(`${method} ${url}`);
    const now = fault !== null && picks(method, url) ? fault : null;
    void carry(request, answer, to, now).catch(() => request.socket.destroy());
  };
  const server =
    identity === undefined ? createHttpServer(pass) : createHttpsServer(identity, pass);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    set: (next, which = () => true) => {
      fault = next;
      picks = which;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function carry(
  request: IncomingMessage,
  answer: ServerResponse,
  to: number,
  fault: Fault | null,
): Promise<void> {
  const body = await wholeOf(request);
  if (fault === 'cut') return void request.socket.destroy();
  if (fault === 'error') return void answer.writeHead(500).end();
  if (fault === 'flip-request') flip(body);
  const { method = 'GET', url = '/', headers } = request;
  const onward = ask({ host: '127.0.0.1', port: to, method, path: url, headers });
  onward.end(body);
  const [said] = (await once(onward, 'response')) as [IncomingMessage];
  const content = await wholeOf(said);
  if (fault === 'lose-answer') return void request.socket.destroy();
  if (fault === 'flip-answer') flip(content);
  answer.writeHead(said.statusCode ?? 500, said.headers);
  if (fault === 'truncate') {
    answer.write(content.subarray(0, Math.floor(content.length / 2)));
    // What was written is on its way first.
    return void setTimeout(() => request.socket.destroy(), 20);
  }
  answer.end(content);
}

function flip(body: Buffer): void {
  const at = Math.floor(body.length / 2);
  if (body.length > 0) body[at] = (body[at] ?? 0) ^ 1;
}

async function wholeOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
