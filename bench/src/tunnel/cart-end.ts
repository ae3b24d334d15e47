/**
 * The cart's end, in a process of its own: the product's dialling, connections and sending of content, with files that
 * are made up in memory; and, for the peer, a bare TLS socket to the other server.
 */
import { X509Certificate, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { newId } from '@chaperone/domain/id/id.ts';
import { keyThumbprint } from '@chaperone/protocol/x509/algorithm.ts';
import { inboxFile } from '@chaperone/protocol/cart-api/schema.ts';
import type { Hello } from '@chaperone/protocol/cart-api/schema.ts';
import { arriving } from '@chaperone/cart/files/arriving.ts';
import { Connection } from '@chaperone/cart/tunnel/connection.ts';
import type { ConnectionKind } from '@chaperone/cart/tunnel/connection.ts';
import { sendContent } from '@chaperone/cart/tunnel/content-stream.ts';
import { dial } from '@chaperone/cart/tunnel/dial.ts';
import { Exchange } from '@chaperone/cart/tunnel/exchange.ts';
import { serve } from '../ends/serve.ts';
import type { DeskAddress } from './desk-end.ts';
import { blocks, perform } from './traffic.ts';

const SESSION = newId('session', randomBytes);
const CHALLENGE = randomBytes(32).toString('base64url');
const NO_DIGEST = Buffer.alloc(32).toString('base64');
/** Bytes of the one file that is arriving. */
let expected = 0;

async function dialDesk(desk: DeskAddress, port: number) {
  const { serverName, certificatePem, keyPem, cartRootPem } = desk;
  const road = {
    gateway: { host: '127.0.0.1', port, serverName },
    proxy: { kind: 'none' },
  } as const;
  const options = { road, certificatePem, keyPem, cartRootPem, utcMs: Date.now };
  return await dial(options, AbortSignal.timeout(10_000));
}

async function connect(desk: DeskAddress, kind: ConnectionKind): Promise<void> {
  const { publicKey, subject } = new X509Certificate(desk.certificatePem);
  const hello: Hello = {
    protocol: { min: 1, max: 1 },
    connection: kind,
    serial: /serialNumber=(\S+)/.exec(subject)?.[1] ?? '',
    model: 'Bench',
    software: '1',
    session: SESSION,
    challenge: CHALLENGE,
    keyThumbprint: keyThumbprint(publicKey),
    phase: 'open',
    grant: null,
  };
  const connection = new Connection({
    socket: await dialDesk(desk, desk.edge),
    kind,
    monotonicMs: () => performance.now(),
    isInSession: () => true,
    onRequest: (stream, headers, on) => {
      if (headers[':path'] === '/v1/hello') {
        new Exchange(stream, headers).answer(200, hello);
        on.hello();
      } else void take(stream, headers);
    },
    onExcess: (stream) => stream.close(),
    onMalformed: () => undefined,
  });
  await connection.greeted;
}

/** The requests that a measurement makes, answered without asking anybody. */
async function take(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
  const exchange = new Exchange(stream, headers);
  if (exchange.method === 'CONNECT') {
    stream.respond({ ':status': 200 });
    await perform(stream);
    return;
  }
  if (exchange.path.startsWith('/v1/content/')) {
    const bytes = Number(exchange.parameter('path'));
    await sendContent(stream, contentOf(bytes), () => false);
    return;
  }
  if (exchange.method === 'POST') {
    const file = await exchange.json(inboxFile);
    expected = file.bytes;
    exchange.answer(201, { transfer: file.transfer, received: 0, state: 'receiving' });
    return;
  }
  const transfer = exchange.path.split('/').at(-1);
  let received = Number(exchange.header('upload-offset'));
  for await (const chunk of arriving(stream)) received += chunk.length;
  exchange.answer(200, {
    transfer,
    received,
    state: received === expected ? 'placed' : 'receiving',
  });
}

function contentOf(bytes: number): Parameters<typeof sendContent>[1] {
  return {
    etag: '"bench"',
    bytesTotal: bytes,
    from: 0,
    to: bytes,
    isPart: false,
    isDeidentified: false,
    blockCount: 0,
    async *read() {
      yield* blocks(bytes);
    },
    digest: () => NO_DIGEST,
    sent: () => undefined,
    settle: () => Promise.resolve(),
  };
}

serve({
  cpu: () => process.cpuUsage(),
  async connect({ desk }: { desk: DeskAddress }) {
    await connect(desk, 'interactive');
    await connect(desk, 'bulk');
  },
  async dialBare({ desk }: { desk: DeskAddress }) {
    void perform(await dialDesk(desk, desk.bare));
  },
});
