/** Servers on loopback that follow a script: a proxy that answers what a test tells it to, and a target behind it. */
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** Listens on a free port of loopback; connections go with the test. */
export async function listenOn(
  t: TestContext,
  onConnection: (socket: Socket) => void,
): Promise<number> {
  const open = new Set<Socket>();
  const server = net.createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

export interface ScriptedProxy {
  readonly port: number;
  /** Heads of requests as they came. */
  readonly heads: readonly string[];
}

/**
 * Starts a proxy.
 * @param answer to the head of a request: text that is sent as it is, `connect` to do what was asked, or null for silence
 */
export async function startProxy(
  t: TestContext,
  answer: (head: string, count: number) => string | null,
): Promise<ScriptedProxy> {
  const heads: string[] = [];
  const port = await listenOn(t, (socket) => {
    let got = '';
    const onData = (chunk: Buffer): void => {
      got += chunk.toString('latin1');
      if (!got.includes('\r\n\r\n')) return;
      socket.off('data', onData);
      heads.push(got);
      const said = answer(got, heads.length);
      if (said === 'connect') void connect(t, socket, got);
      else if (said !== null) socket.write(said, 'latin1');
    };
    socket.on('data', onData);
  });
  return { port, heads };
}

async function connect(t: TestContext, near: Socket, head: string): Promise<void> {
  const [, port = ''] = /^CONNECT \S+:(\d+) HTTP\/1\.1\r\n/.exec(head) ?? [];
  const far = net.connect(Number(port), '127.0.0.1');
  t.after(() => far.destroy());
  far.on('error', () => near.destroy());
  await once(far, 'connect');
  near.write('HTTP/1.1 200 Connection established\r\n\r\n');
  near.pipe(far).pipe(near);
}
