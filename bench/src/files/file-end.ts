/** The two ends of the peer: a file into a TLS connection, and out of one into a file that is brought to the disk. */
import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { connect, createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { TestAuthority } from '@chaperone/cart/platform/testing/test-authority.ts';
import { serve } from '../ends/serve.ts';

/** As much as a cart reads at once. */
const BLOCK_BYTES = 256 * 1024;
const SERVER_NAME = 'localhost';

export interface FilePort {
  readonly port: number;
  readonly rootPem: string;
}
export interface Sending extends FilePort {
  readonly file: string;
}

/** Keeps one connection's bytes in a file, and says so once they are on the disk. */
async function store(socket: TLSSocket, file: string): Promise<void> {
  const options = { highWaterMark: BLOCK_BYTES, flush: true };
  await pipeline(socket, createWriteStream(file, options));
  socket.end('.');
}

serve({
  async listen({ file }: { readonly file: string }): Promise<FilePort> {
    const authority = await TestAuthority.make('p256-sha3-256', 'Bench files');
    const { pem, keyPem } = await authority.server(SERVER_NAME);
    const options = { cert: pem, key: keyPem, minVersion: 'TLSv1.3', allowHalfOpen: true } as const;
    const server = createServer(options, (socket) => {
      socket.on('error', () => socket.destroy());
      store(socket, file).catch(() => socket.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { port: (server.address() as AddressInfo).port, rootPem: authority.pem };
  },
  /** Sends a file and waits until the other end has it on its disk. @returns milliseconds */
  async send({ port, rootPem, file }: Sending): Promise<number> {
    const began = performance.now();
    const options = { host: '127.0.0.1', port, servername: SERVER_NAME, ca: rootPem };
    const socket = connect({ ...options, allowHalfOpen: true } as never);
    await once(socket, 'secureConnect');
    const stored = once(socket, 'data');
    await pipeline(createReadStream(file, { highWaterMark: BLOCK_BYTES }), socket);
    await stored;
    return performance.now() - began;
  },
});
