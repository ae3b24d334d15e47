/** Targets of short texts in a protocol: headers, ids, paths, lines, ClientHellos. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:tls';
import { Content } from '@chaperone/cart/files/content.ts';
import { FileChanged, RangeRefused } from '@chaperone/cart/files/file-error.ts';
import { PanelCredential } from '@chaperone/cart/panel-api/credential.ts';
import { admitToPanel } from '@chaperone/cart/panel-api/gate.ts';
import {
  PanelCredentialRefused,
  PanelHostRefused,
  PanelOriginRefused,
} from '@chaperone/cart/panel-api/panel-refused.ts';
import { FileNameRefused, checkRelativePath } from '@chaperone/domain/file-name/file-name.ts';
import { MalformedId, parseCartSerial, parseId } from '@chaperone/domain/id/id.ts';
import { readBasicCredentials } from '@chaperone/gateway/authority/est/basic-credentials.ts';
import { readRange } from '@chaperone/gateway/desk/console/byte-range.ts';
import { OriginRefused } from '@chaperone/gateway/desk/console/console-error.ts';
import { Origins } from '@chaperone/gateway/desk/console/origins.ts';
import { readLines } from '@chaperone/gateway/desk/tunnel/line-reader.ts';
import { CartMisbehaved } from '@chaperone/gateway/desk/tunnel/tunnel-error.ts';
import {
  CLIENT_HELLO_BYTES_MAX,
  NotAClientHello,
  readClientHello,
} from '@chaperone/gateway/edge/client-hello.ts';
import {
  parseChecksum,
  parseMetadata,
  parseOffset,
} from '@chaperone/gateway/desk/upload/tus-header.ts';
import { UploadHeaderMalformed } from '@chaperone/gateway/desk/upload/upload-error.ts';
import { CART_ALPN } from '@chaperone/protocol/cart-api/version.ts';
import { Chance } from '../engine/chance.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const FILE_BYTES = 1000;

const range: Target = {
  name: 'header-range',
  entry: 'gateway/src/desk/console/byte-range.ts › readRange',
  refusals: [],
  limits: 'never outside the record',
  form: 'text',
  words: ['bytes=', '-', ',', '0', '999999999999999'],
  seeds: () => ['bytes=0-', 'bytes=5-9', 'bytes=-7', 'bytes=999-'].map((text) => Buffer.from(text)),
  feed: (input) => {
    const asked = readRange(input.toString('latin1'), FILE_BYTES);
    if (asked === null || asked === 'unsatisfiable') return asked;
    const { offset, length } = asked;
    holds(offset >= 0 && length > 0 && offset + length <= FILE_BYTES, 'a range outside');
    return asked;
  },
};

const inBase64 = (text: string): string => Buffer.from(text).toString('base64');

const uploadMetadata: Target = {
  name: 'header-upload-metadata',
  entry: 'gateway/src/desk/upload/tus-header.ts › parseMetadata',
  refusals: [UploadHeaderMalformed, FileNameRefused],
  limits: 'short; a name and a relative path by the rules for names, in both directions the same',
  form: 'text',
  words: ['filename', 'folder', 'fingerprint', ' ', ',', inBase64('../x'), inBase64('a/b'), '='],
  seeds: () =>
    [
      `filename ${inBase64('a.dcm')}`,
      `filename ${inBase64('a.dcm')},folder ${inBase64('study/1')},fingerprint ${inBase64('f0')}`,
      `filename ${inBase64('Ä.log')},folder`,
    ].map((text) => Buffer.from(text)),
  feed: (input) => {
    const said = parseMetadata(input.toString('latin1'));
    holds(!said.name.includes('/') && said.name !== '', 'a name that is a path');
    holds(!said.folder.split('/').includes('..'), 'a folder outside');
    holds(said.fingerprint.length <= 100, 'a mark too long');
    return said;
  },
};

const uploadChecksum: Target = {
  name: 'header-upload-checksum',
  entry: 'gateway/src/desk/upload/tus-header.ts › parseChecksum',
  refusals: [UploadHeaderMalformed],
  limits: 'SHA-256 alone, whole',
  form: 'text',
  words: ['sha256', 'sha1', ' ', '=', 'A'],
  seeds: () =>
    [`sha256 ${Buffer.alloc(32, 7).toString('base64')}`].map((text) => Buffer.from(text)),
  feed: (input) => {
    const digest = parseChecksum(input.toString('latin1'));
    holds(digest?.length === 32, 'a digest of another length');
    return digest;
  },
};

const uploadOffset: Target = {
  name: 'header-upload-offset',
  entry: 'gateway/src/desk/upload/tus-header.ts › parseOffset',
  refusals: [UploadHeaderMalformed],
  limits: 'a whole number that a double holds',
  form: 'text',
  words: ['0', '9', '-', '.', 'e', ' ', '999999999999999'],
  seeds: () => ['0', '1048576', '999999999999999'].map((text) => Buffer.from(text)),
  feed: (input) => {
    const offset = parseOffset(input.toString('latin1'), 'Upload-Offset');
    holds(Number.isSafeInteger(offset) && offset >= 0, 'no offset');
    return offset;
  },
};

const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-fuzz-header-'));
writeFileSync(path.join(folder, 'a'), Buffer.alloc(FILE_BYTES));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const contentRange: Target = {
  name: 'header-content-range',
  entry: 'cart/src/files/content.ts › Content.open (Range, If-Match)',
  refusals: [RangeRefused, FileChanged],
  limits: 'never outside the file',
  form: 'text',
  words: ['bytes=', '-', '\n*', '\n""'],
  weight: 0.2,
  seeds: () => ['bytes=0-', 'bytes=999-\n*'].map((text) => Buffer.from(text)),
  feed: async (input) => {
    const [asked, ifMatch] = input.toString('latin1').split('\n');
    const content = await Content.open({ root: folder, segments: ['a'], range: asked, ifMatch });
    await content.close();
    holds(content.from >= 0 && content.from < FILE_BYTES, 'a first byte outside');
    return content;
  },
};

const basic: Target = {
  name: 'header-basic-credentials',
  entry: 'gateway/src/authority/est/basic-credentials.ts › readBasicCredentials',
  refusals: [],
  limits: '512 characters',
  form: 'text',
  words: ['Basic ', 'basic  ', '=', ':'],
  seeds: () => [Buffer.from(`Basic ${Buffer.from('US-1:code').toString('base64')}`)],
  feed: (input) => readBasicCredentials(input.toString('latin1')) ?? null,
};

const credential = new PanelCredential((length) => new Uint8Array(length).fill(7));
const gate: Target = {
  name: 'header-panel-gate',
  entry: 'cart/src/panel-api/gate.ts › admitToPanel (Host, Origin, Sec-Fetch-Site, Authorization)',
  refusals: [PanelHostRefused, PanelOriginRefused, PanelCredentialRefused],
  limits: 'only exact texts',
  form: 'text',
  words: ['\n', 'null', 'same-origin', 'http://127.0.0.1:8700', 'Bearer '],
  seeds: () => [
    Buffer.from(
      ['127.0.0.1:8700', 'http://127.0.0.1:8700', 'same-origin', `Bearer ${credential.text}`].join(
        '\n',
      ),
    ),
  ],
  feed: (input) => {
    const [host, origin, site, authorization] = input.toString('latin1').split('\n');
    const headers = { host, origin, 'sec-fetch-site': site, authorization };
    const options = { credential, host: () => '127.0.0.1:8700' };
    admitToPanel({ method: 'POST', isPage: false, headers }, options);
    holds(authorization === `Bearer ${credential.text}`, 'another credential was let in');
    return true;
  },
};

const origins = new Origins('https', ['console.example', '::1'], 443);
const origin: Target = {
  name: 'header-console-origin',
  entry: 'gateway/src/desk/console/origins.ts › Origins.admitHost, admitOrigin',
  refusals: [OriginRefused],
  limits: 'only the names of the console',
  form: 'text',
  words: ['\n', 'CONSOLE.example', ':443', 'null', '[::1]'],
  seeds: () => [
    Buffer.from('console.example\nhttps://console.example\nsame-origin'),
    Buffer.from('[::1]:443\nhttps://[::1]:443\nsame-origin'),
  ],
  feed: (input) => {
    const [host, from, site] = input.toString('latin1').split('\n');
    const request = { headers: { host, origin: from, 'sec-fetch-site': site } };
    origins.admitHost(request as unknown as IncomingMessage);
    origins.admitOrigin(request as unknown as IncomingMessage);
    holds(
      /^https:\/\/(console\.example|\[::1\])(:443)?$/.test(from ?? ''),
      'another page was let in',
    );
    return true;
  },
};

const ids: Target = {
  name: 'id',
  entry: 'domain/src/id/id.ts › parseId, parseCartSerial',
  refusals: [MalformedId],
  limits: 'one prefix and 26 characters; a plate of 64',
  form: 'text',
  words: ['case-', 'xfer-', '\n', '_', 'é', '\u0000'],
  seeds: () => [Buffer.from('xfer-00000000000000000000000001')],
  feed: (input) => {
    const text = input.toString('utf8');
    const serial = parseCartSerial(text);
    holds(serial.length <= 64 && !/[^\w-]/.test(serial), 'no plate');
    const transfer = parseId('transfer', text);
    holds(/^xfer-[0-9a-z]{26}$/.test(transfer), 'no id');
    return transfer;
  },
};

const fileName: Target = {
  name: 'file-name',
  entry: 'domain/src/file-name/file-name.ts › checkRelativePath',
  refusals: [FileNameRefused],
  limits: '2,048 bytes, 255 each segment; nothing leads outside',
  form: 'text',
  words: [
    '..',
    '.',
    '/',
    '\\',
    '\u0000',
    'CON',
    'nul.txt',
    '\u202e',
    ' ',
    'a'.repeat(256),
    '\ud800',
  ],
  seeds: () => ['exams/2026/a.dcm', 'é/ü.txt', ''].map((text) => Buffer.from(text)),
  feed: (input) => {
    const text = input.toString('utf8');
    const segments = checkRelativePath(text);
    holds(segments.join('/') === text, 'a path is read as another');
    const resolved = path.resolve('/exposed', text);
    holds(resolved === '/exposed' || resolved.startsWith('/exposed/'), 'a path leads outside');
    holds(
      segments.every((one) => Buffer.byteLength(one) <= 255),
      'a segment is too long',
    );
    return segments;
  },
};

const LINE_BYTES_MAX = 100;
const lines: Target = {
  name: 'ndjson-lines',
  entry: 'gateway/src/desk/tunnel/line-reader.ts › readLines',
  refusals: [CartMisbehaved],
  limits: 'the bytes of a line that a caller names; the same in any chunks',
  form: 'bytes',
  words: ['\n', '\n\n', '\u00fc', 'x'.repeat(101)],
  weight: 0.2,
  seeds: () => [Buffer.from('{"a":1}\n{"b":"é"}\nrest'), Buffer.from(`${'y'.repeat(100)}\n`)],
  feed: async (input) => {
    const whole = await linesOf([input]);
    const cut = await linesOf(new Chance(input.length).chunks(input));
    holds(JSON.stringify(whole) === JSON.stringify(cut), 'chunks decide what is read');
    if (whole.fault !== null) throw whole.fault;
    holds(
      whole.read.every((line) => Buffer.byteLength(line) <= LINE_BYTES_MAX),
      'a line is too long',
    );
    return whole.read;
  },
};

async function linesOf(
  chunks: readonly Buffer[],
): Promise<{ readonly read: string[]; readonly fault: unknown }> {
  const read: string[] = [];
  try {
    const stream = Readable.from(
      [...chunks].filter((one) => one.length > 0),
      { objectMode: false },
    );
    for await (const line of readLines(stream, LINE_BYTES_MAX)) read.push(line);
    return { read, fault: null };
  } catch (fault) {
    return { read, fault };
  }
}

const clientHello: Target = {
  name: 'tls-client-hello',
  entry: 'gateway/src/edge/client-hello.ts › readClientHello (SNI, ALPN)',
  refusals: [NotAClientHello],
  limits: 'CLIENT_HELLO_BYTES_MAX; asks for no more than that; the same however much has come',
  form: 'bytes',
  seeds: async () => [
    await helloOf('gateway.example', [CART_ALPN]),
    await helloOf('a.example', ['http/1.1', 'h2']),
  ],
  feed: (input) => {
    const hello = readClientHello(input);
    if ('needBytes' in hello) {
      holds(hello.needBytes > input.length, 'it asks for what is there');
      holds(hello.needBytes <= CLIENT_HELLO_BYTES_MAX + 5, 'it asks for too much');
      return hello;
    }
    // What comes first must not be understood otherwise than the whole.
    for (let length = 0; length < input.length; length += 1 + (length >> 4)) {
      const part = readClientHello(input.subarray(0, length));
      if ('needBytes' in part) continue;
      holds(JSON.stringify(part) === JSON.stringify(hello), 'a part is another hello');
    }
    return hello;
  },
};

/** Takes down what Node's own TLS says first. */
export async function helloOf(servername: string, ALPNProtocols: string[]): Promise<Buffer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const socket = connect({ host: '127.0.0.1', port, servername, ALPNProtocols });
  socket.on('error', () => undefined);
  const [taken] = await once(server, 'connection');
  const [bytes] = await once(taken, 'data');
  socket.destroy();
  taken.destroy();
  server.close();
  return bytes;
}

export const HEADER_TARGETS: readonly Target[] = [
  range,
  uploadMetadata,
  uploadChecksum,
  uploadOffset,
  contentRange,
  basic,
  gate,
  origin,
  ids,
  fileName,
  lines,
  clientHello,
];
