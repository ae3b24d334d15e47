/**
 * A program for a namespace: who answers in the gateway's place in a hospital. Listens on 0.0.0.0 and prints a line when it does.
 *
 * | kind | on its port | on port 80 |
 * |---|---|---|
 * | `inspector` | ends TLS with a certificate of its own authority for the name that is asked for, and goes on to the gateway | |
 * | `block-page` | TLS with a certificate of its own name | a page |
 * | `portal` | TLS likewise | redirects to a login page |
 * | `plain` | HTTP without TLS | |
 * | `chooser` | lets TLS through to the gateway, and resets what asks for a protocol that it does not know | |
 * | `cutter` | resets as soon as something is said | |
 * | `mute` | takes everything and says nothing | |
 */
import { once } from 'node:events';
import { createServer as createPageServer } from 'node:http';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { pipeline } from 'node:stream';
import tls from 'node:tls';

export interface StrangerHere {
  readonly kind: 'inspector' | 'block-page' | 'portal' | 'plain' | 'chooser' | 'cutter' | 'mute';
  readonly port: number;
  /** PEM, of `inspector`, `block-page` and `portal`. */
  readonly key: string;
  readonly certificates: string;
  /** Where an inspector goes on to. */
  readonly upstream: { readonly host: string; readonly port: number };
}

const given = JSON.parse(process.argv[2] ?? '') as StrangerHere;

function secured(): Server {
  const options = { key: given.key, cert: given.certificates, ALPNProtocols: ['http/1.1'] };
  return tls.createServer(options, (inside) => {
    inside.on('error', () => inside.destroy());
    if (given.kind !== 'inspector') return;
    const { host, port } = given.upstream;
    const servername = inside.servername || host;
    const outside = tls.connect({ host, port, servername, rejectUnauthorized: false });
    outside.on('error', () => inside.destroy());
    pipeline(inside, outside, inside, () => undefined);
  });
}

function choosing(inside: Socket): void {
  inside.on('error', () => inside.destroy());
  // The names of protocols are in the clear in the first message (RFC 7301), which is longer than one packet.
  const seen: Buffer[] = [];
  const outside = connect(given.upstream);
  outside.on('error', () => inside.destroy());
  inside.on('data', (chunk: Buffer) => {
    if (seen.length < 8) seen.push(chunk);
    if (Buffer.concat(seen).includes('chaperone-cart')) inside.resetAndDestroy();
  });
  pipeline(inside, outside, inside, () => undefined);
}

function silent(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.on('data', () => {
    if (given.kind === 'cutter') socket.resetAndDestroy();
    if (given.kind === 'plain')
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
}

function page(): Server {
  return createPageServer((_request, response) => {
    if (given.kind === 'portal')
      response.writeHead(302, { Location: 'http://login.hospital.example/welcome' });
    response.end('<html>This page is blocked.</html>');
  });
}

const isSecured = ['inspector', 'block-page', 'portal'].includes(given.kind);
const taking = given.kind === 'chooser' ? choosing : silent;
const servers = [[isSecured ? secured() : createServer(taking), given.port] as const];
if (given.kind === 'portal' || given.kind === 'block-page') servers.push([page(), 80]);
for (const [server, port] of servers) {
  server.listen(port, '0.0.0.0');
  await once(server, 'listening');
}
console.log('listening');
