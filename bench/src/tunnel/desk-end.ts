/**
 * The gateway's end, in a process of its own: the product's edge, desk tunnel and moving of files, in front of a small
 * authority and without a vault; and, for the peer, a bare TLS server with the same certificates and settings.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { newId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import { CART_ALPN } from '@chaperone/protocol/cart-api/version.ts';
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { TestAuthority } from '@chaperone/cart/platform/testing/test-authority.ts';
import { tunnelServerOptions } from '@chaperone/gateway/authority/admission/admission.ts';
import type { CartRoots } from '@chaperone/gateway/authority/establishment/establishment.ts';
import type { ServerIdentity } from '@chaperone/gateway/authority/server-identity/server-identity.ts';
import { sendFile } from '@chaperone/gateway/desk/transfer/send-file.ts';
import type { HeldTransfer } from '@chaperone/gateway/desk/transfer/transfer-store.ts';
import { Tunnel } from '@chaperone/gateway/desk/tunnel/tunnel.ts';
import type { CartLink } from '@chaperone/gateway/desk/tunnel/tunnel.ts';
import { DEFAULT_EDGE_LIMITS, startEdge } from '@chaperone/gateway/edge/edge.ts';
import type { ByteRange, Vault } from '@chaperone/gateway/vault/contract.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import { serve } from '../ends/serve.ts';
import { blocks, deliver, frames, pingPong, receive } from './traffic.ts';
import type { Took } from './traffic.ts';

const SERVER_NAME = 'localhost';
const SERIAL = parseCartSerial('US-BENCH-1');
const GRANT = newId('grant', randomBytes);
const GIVE_UP_MS = 300_000;
/** Longer under way than the frames beside it are counted. */
const FILE_BYTES = 512 * 1024 * 1024;

const authority = await TestAuthority.make('p256-sha3-256', 'Bench carts');
const server = await authority.server(SERVER_NAME);
const cart = await authority.cart(SERIAL);
/** The product's own settings of the server that carts dial. */
const options = tunnelServerOptions(
  { key: server.keyPem, cert: server.pem } as unknown as ServerIdentity,
  { accepted: [{ certificatePEM: authority.pem }], bridges: [] } as unknown as CartRoots,
  [CART_ALPN],
);

const tunnel = new Tunnel({
  authority: {
    admitCart: async (socket) =>
      readPeerCertificate(socket.getPeerX509Certificate()?.raw ?? Buffer.alloc(0)),
    isRevoked: () => Promise.resolve(false),
    onRevoked: () => () => undefined,
    tunnelServerOptions: () => options,
  },
  record: () => undefined,
});
const edge = await startEdge(
  {
    host: '127.0.0.1',
    port: 0,
    serverNames: [SERVER_NAME],
    admitsWithoutName: false,
    limits: DEFAULT_EDGE_LIMITS,
  },
  { accept: ({ socket }) => tunnel.accept(socket) },
);

const bare = createServer(options);
bare.listen(0, '127.0.0.1');
await once(bare, 'listening');
let bareSocket = Promise.withResolvers<TLSSocket>();
bare.on('secureConnection', (socket) => {
  socket.on('error', () => socket.destroy());
  bareSocket.resolve(socket.setNoDelay(true));
});

/** One measurement on the peer's road: the cart's end dials anew for each. */
async function onBare(measure: (socket: TLSSocket) => Promise<Took>): Promise<Took> {
  const socket = await bareSocket.promise;
  bareSocket = Promise.withResolvers();
  try {
    return await measure(socket);
  } finally {
    socket.destroy();
  }
}

async function onScreen(
  measure: (stream: Awaited<ReturnType<CartLink['openScreen']>>) => Promise<Took>,
): Promise<Took> {
  const stream = await link().openScreen(GRANT);
  stream.on('error', () => undefined);
  try {
    return await measure(stream);
  } finally {
    stream.destroy();
  }
}

function link(): CartLink {
  const found = tunnel.linkOf(SERIAL);
  if (found === null) throw new Error('the cart is not connected');
  return found;
}

/** A file that the cart makes up, read as a fetch reads it, into nothing. */
async function fetched(bytes: number): Promise<Took> {
  const began = performance.now();
  const { id, directory, path } = transferOf(bytes);
  const ask = {
    grant: GRANT,
    transfer: id,
    directory,
    path,
    from: 0,
    etag: null,
    withBlocks: false,
  };
  const content = await link().content(ask, AbortSignal.timeout(GIVE_UP_MS));
  let came = 0;
  for await (const chunk of content.body as AsyncIterable<Buffer>) came += chunk.length;
  if (came !== content.bytesTotal) throw new Error(`${came} of ${bytes} bytes came`);
  content.digest();
  return { ms: performance.now() - began };
}

/** A file out of memory, sent to a cart that throws it away. */
async function sent(bytes: number): Promise<Took> {
  const began = performance.now();
  const record = {
    ...{ bytes, name: 'bench', folder: '' },
    sha256: Buffer.alloc(32).toString('base64url'),
  } satisfies Partial<CaseRecord>;
  const content = (_case: unknown, _record: unknown, range?: ByteRange) =>
    Promise.resolve({ record, bytes: blocks(range?.length ?? bytes) });
  await sendFile({
    transfer: transferOf(bytes),
    record: record as CaseRecord,
    link: link(),
    grant: GRANT,
    vault: { content } as unknown as Vault,
    signal: AbortSignal.timeout(GIVE_UP_MS),
    moved: () => undefined,
  });
  return { ms: performance.now() - began };
}

function transferOf(bytes: number): HeldTransfer {
  return {
    id: newId('transfer', randomBytes),
    directory: 'bench',
    path: String(bytes),
    etag: null,
    bytes: 0,
    bytesTotal: 0,
  } as unknown as HeldTransfer;
}

export interface DeskAddress {
  readonly edge: number;
  readonly bare: number;
  readonly serverName: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly cartRootPem: string;
}
interface Amount {
  readonly bytes: number;
}
interface Exchanges extends Amount {
  readonly count: number;
}

/** Frames of the screen, asked for one by one, for as long as a file is under way or a number of times. */
async function screenFrames({ bytes, count, file }: ScreenTime): Promise<readonly number[]> {
  const stream = await link().openScreen(GRANT);
  stream.on('error', () => undefined);
  let moving = true;
  const moved = file === 'none' ? null : file === 'fetch' ? fetched(FILE_BYTES) : sent(FILE_BYTES);
  void moved?.finally(() => (moving = false));
  try {
    const goesOn = (taken: number): boolean => moving && taken < count;
    const took = await frames(stream, bytes, goesOn);
    if (moved !== null && !moving) throw new Error('the file was there before the frames were');
    return took;
  } finally {
    stream.destroy();
  }
}

export interface ScreenTime extends Exchanges {
  readonly file: 'none' | 'fetch' | 'send';
}

serve({
  address: (): DeskAddress => ({
    edge: edge.address.port,
    bare: (bare.address() as AddressInfo).port,
    serverName: SERVER_NAME,
    certificatePem: cart.pem,
    keyPem: cart.keyPem,
    cartRootPem: authority.pem,
  }),
  cpu: () => process.cpuUsage(),
  bulkFetch: async ({ bytes }: Amount) => await fetched(bytes),
  bulkSend: async ({ bytes }: Amount) => await sent(bytes),
  screenReceive: async ({ bytes }: Amount) => await onScreen((s) => receive(s, bytes)),
  screenPingPong: async ({ bytes, count }: Exchanges) =>
    await onScreen((s) => pingPong(s, bytes, count)),
  screenFrames,
  bareReceive: async ({ bytes }: Amount) => await onBare((s) => receive(s, bytes)),
  bareDeliver: async ({ bytes }: Amount) => await onBare((s) => deliver(s, bytes)),
  barePingPong: async ({ bytes, count }: Exchanges) =>
    await onBare((s) => pingPong(s, bytes, count)),
});
