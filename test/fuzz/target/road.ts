/** Targets on the road to the gateway: name servers, proxies, and where PAC files lead. */
import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { validateHeaderValue } from 'node:http';
import path from 'node:path';
import { encode, RECURSION_DESIRED } from 'dns-packet';
import { AnswerMalformed, readAnswer } from '@chaperone/cart/road/name/answer.ts';
import { readChallenges } from '@chaperone/cart/road/proxy/challenge.ts';
import { connectThrough } from '@chaperone/cart/road/proxy/connect-through.ts';
import { readDirections } from '@chaperone/cart/road/proxy/pac.ts';
import { makeProof } from '@chaperone/cart/road/proxy/proof.ts';
import {
  ProxyAuthenticationUnknown,
  ProxyCredentialsRefused,
  ProxyGatewayUnreachable,
  ProxyNotAProxy,
  ProxyPortRefused,
  ProxySlow,
} from '@chaperone/cart/road/road-error.ts';
import {
  readSiteSettings,
  SiteSettingsDamaged,
  writeSiteSettings,
} from '@chaperone/cart/site/site.ts';
import { folderTarget } from '../fixture/folder.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const QUESTION = { id: 0x4711, name: 'gateway.example' };
const CREDENTIALS = { name: 'cärt', password: 'päss"\\' };
const ADDRESSES_MAX = 16;
/** 127 labels of a byte, or fewer longer ones, written with escapes. */
const NAME_CHARACTERS_MAX = 1024;

function answer(flags: number, ...addresses: readonly string[]): Buffer {
  return encode({
    ...{ type: 'response', id: QUESTION.id, flags: RECURSION_DESIRED | flags },
    questions: [{ type: 'A', class: 'IN', name: QUESTION.name }],
    answers: [
      { type: 'CNAME', name: QUESTION.name, data: 'edge.example', ttl: 5 },
      ...addresses.map((data) => ({ type: 'A', name: 'edge.example', data, ttl: 60 }) as const),
    ],
  });
}

/** NXDOMAIN with the zone that says so, and an extended error: blocked. */
const DENIED = encode({
  ...{ type: 'response', id: QUESTION.id, flags: RECURSION_DESIRED | 3 },
  questions: [{ type: 'A', class: 'IN', name: QUESTION.name }],
  authorities: [
    {
      ...{ type: 'SOA', name: 'example', ttl: 60 },
      data: {
        ...{ mname: 'ns.example', rname: 'hostmaster.example', serial: 1 },
        ...{ refresh: 3600, retry: 900, expire: 86_400, minimum: 300 },
      },
    },
  ],
  additionals: [
    {
      ...{ type: 'OPT', name: '.', udpPayloadSize: 1232, extendedRcode: 0, ednsVersion: 0 },
      ...{ flags: 0, flag_do: false },
      options: [{ code: 15, data: Buffer.of(0, 15) }] as never,
    },
  ],
});

const nameAnswer: Target = {
  name: 'name-answer',
  entry: 'cart/src/road/name/answer.ts › readAnswer (dns-packet)',
  refusals: [AnswerMalformed],
  limits: '64 KiB; 16 addresses, 16 aliases; only for the question that was asked',
  form: 'bytes',
  seeds: () => [
    answer(0, '192.0.2.1', '192.0.2.2'),
    answer(3),
    answer(5),
    answer(0x0200, '192.0.2.1'),
    DENIED,
  ],
  feed: (input) => {
    const read = readAnswer(input, QUESTION);
    holds(input.readUInt16BE(0) === QUESTION.id, 'another id was heard');
    if ('denial' in read) {
      const { zone, extended } = read.denial;
      holds((zone?.length ?? 0) <= NAME_CHARACTERS_MAX, 'the name of a zone is too long');
      holds(extended === null || extended <= 0xffff, 'a reason has two bytes');
    }
    if (read.is !== 'found') return read;
    holds(read.addresses.length <= ADDRESSES_MAX, 'too many addresses');
    holds(
      read.addresses.every((each) => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(each)),
      'an address is none',
    );
    return read;
  },
};

const DIGEST = 'Digest realm="r, \\"s\\"", nonce="n", opaque="o", qop="auth, auth-int"';

const challenges: Target = {
  name: 'proxy-challenges',
  entry: 'cart/src/road/proxy/challenge.ts › readChallenges, proof.ts › makeProof',
  refusals: [],
  limits: '16 challenges of 32 parameters; what is made of them is one field of a header',
  form: 'text',
  words: [
    'Basic ',
    'Digest ',
    'Negotiate abc==',
    ', ',
    '="',
    '\\',
    'qop=auth',
    'userhash=true',
    'algorithm=MD5-sess',
  ],
  seeds: () =>
    [
      'Basic realm="hospital", charset="UTF-8"',
      `${DIGEST}, algorithm=SHA-256, stale=true, Basic realm=x`,
      `Negotiate, NTLM TlRMTVNTUAAC==, ${DIGEST}, userhash=true`,
    ].map((text) => Buffer.from(text, 'latin1')),
  feed: (input) => {
    const read = readChallenges(input.toString('latin1'));
    holds(read.length <= 16, 'too many challenges');
    const proof = makeProof(read, CREDENTIALS, { method: 'CONNECT', target: 'gateway:443' });
    if (proof === null) return read;
    validateHeaderValue('proxy-authorization', proof.field);
    holds(!proof.field.includes(CREDENTIALS.password), 'a password is shown');
    return proof.authentication;
  },
};

let proxy: Promise<Server> | undefined;
let said: Buffer = Buffer.alloc(0);

/** A proxy that answers whatever the run wants, and hangs up. It keeps no process alive. */
async function listening(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(said));
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return server;
}

const proxyAnswer: Target = {
  name: 'proxy-answer',
  entry: 'cart/src/road/proxy/connect-through.ts › connectThrough (Node’s HTTP)',
  refusals: [
    ProxyAuthenticationUnknown,
    ProxyCredentialsRefused,
    ProxyGatewayUnreachable,
    ProxyNotAProxy,
    ProxyPortRefused,
    ProxySlow,
  ],
  limits: '16 KiB of head, 7 s; three questions at most',
  form: 'bytes',
  weight: 0.2,
  words: [
    '\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
    '407',
    'transfer-encoding: chunked\r\n',
    '\u0000',
  ],
  seeds: () => [Buffer.from('HTTP/1.1 200 Connection established\r\nVia: squid\r\n\r\n', 'latin1')],
  vary: (chance) => {
    const status = chance.pick(['200', '204', '403', '407', '500', '503', '099', '1000', '101']);
    const field = chance.pick([DIGEST, 'Basic', 'Negotiate', `${DIGEST}, stale=true`, '']);
    return Buffer.from(
      `HTTP/1.${chance.below(3)} ${status} X\r\nProxy-Authenticate: ${field}\r\n\r\nrest`,
      'latin1',
    );
  },
  feed: async (input) => {
    const { port } = (await (proxy ??= listening())).address() as AddressInfo;
    said = input;
    const { socket, authentication } = await connectThrough(
      {
        proxy: { host: '127.0.0.1', port },
        target: 'gateway.example:443',
        credentials: CREDENTIALS,
        connect: async () => {
          const connecting = connect(port, '127.0.0.1');
          connecting.on('error', () => undefined);
          await once(connecting, 'connect');
          return connecting;
        },
      },
      AbortSignal.timeout(20_000),
    );
    socket.destroy();
    return authentication;
  },
};

const directions: Target = {
  name: 'pac-directions',
  entry: 'cart/src/road/proxy/pac.ts › readDirections',
  refusals: [],
  limits: '6 directions; a host is letters of names and addresses',
  form: 'text',
  words: ['PROXY ', 'DIRECT', ';', 'SOCKS5 ', '[::1]:', ':65536', '\r\n'],
  seeds: () => [
    Buffer.from('PROXY proxy.example:8080; HTTP 192.0.2.1:3128; SOCKS x:1; DIRECT'),
    Buffer.from('PROXY [2001:db8::1]:8080'),
  ],
  feed: (input) => {
    const read = readDirections(input.toString('utf8'));
    holds(read.length <= 6, 'too many directions');
    for (const each of read) {
      if (each.kind === 'direct') continue;
      holds(/^[\w.:-]{1,253}$/.test(each.host), 'a host is none');
      holds(each.port >= 1 && each.port <= 65_535, 'a port is none');
    }
    return read;
  },
};

const siteSettings = folderTarget({
  name: 'disk-site-settings',
  entry: 'cart/src/site/site-settings.ts › readSiteSettings',
  refusals: [SiteSettingsDamaged],
  limits: 'every member bounded by its schema',
  form: 'text',
  make: async (folder) => {
    await writeSiteSettings(path.resolve(folder), {
      gateway: { host: '192.0.2.1', port: 443, serverName: 'gateway.example' },
      proxy: { kind: 'pac', url: 'http://wpad/wpad.dat', credentials: CREDENTIALS },
    });
  },
  open: async (folder) => await readSiteSettings(folder),
});

export const ROAD_TARGETS: readonly Target[] = [
  nameAnswer,
  challenges,
  proxyAnswer,
  directions,
  siteSettings,
];
