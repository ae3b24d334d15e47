/**
 * Test support: frames of HTTP/2 (RFC 9113 §4.1) as bytes, for what no library would send. They are written past a cart's own HTTP/2
 * session onto the same TLS connection.
 *
 * | offset | size | field |
 * |---|---|---|
 * | 0 | 3 | length of the payload |
 * | 3 | 1 | type |
 * | 4 | 1 | flags |
 * | 5 | 4 | stream |
 * | 9 | length | payload |
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** RFC 9113 §6. */
const TYPES = {
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
  unknown: 0xbe,
} as const;

export function frame(
  type: keyof typeof TYPES,
  stream: number,
  payload: Uint8Array = new Uint8Array(),
  flags = 0,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(TYPES[type], 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** RFC 9113 §6.8. @param code 0 is "no error" */
export function goaway(lastStream: number, code: number): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(lastStream, 0);
  payload.writeUInt32BE(code, 4);
  return frame('goaway', 0, payload);
}

/** Writes the same bytes again and again until the other end hangs up or the time is over. */
export async function flood(
  socket: Socket,
  bytes: Uint8Array,
  forMs: number,
): Promise<{ readonly written: number; readonly ended: boolean }> {
  const untilMs = performance.now() + forMs;
  const gone = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  let written = 0;
  while (performance.now() < untilMs && socket.writable) {
    written += bytes.length;
    if (socket.write(bytes)) {
      // Our own end answers meanwhile, as an honest cart's does.
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    let timer: NodeJS.Timeout | undefined;
    const drained = new Promise<void>((resolve) => {
      socket.once('drain', resolve);
      timer = setTimeout(resolve, untilMs - performance.now());
    });
    await Promise.race([drained, gone]);
    clearTimeout(timer);
  }
  return { written, ended: !socket.writable };
}

/**
 * Carries a session's bytes to and from its TLS connection over a connection of this machine, so that the first can also
 * be written past it.
 */
export async function apart(socket: Socket): Promise<Socket> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const [far] = (await once(server, 'connection')) as [Socket];
  server.close();
  near.on('error', () => undefined);
  far.on('error', () => undefined);
  far.on('data', (chunk: Buffer) => {
    if (socket.writable) socket.write(chunk);
  });
  far.once('close', () => socket.destroySoon());
  socket.on('data', (chunk: Buffer) => {
    if (far.writable) far.write(chunk);
  });
  socket.once('end', () => far.end());
  socket.once('close', () => far.destroy());
  return near;
}

/** Reads nothing any more from a connection that is carried by `apart`. */
export function deaf(socket: Socket): void {
  socket.removeAllListeners('data');
  socket.removeAllListeners('end');
  socket.resume = () => socket;
  socket.pause();
}

/** The same frame many times. */
export function many(one: Uint8Array, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => one));
}
