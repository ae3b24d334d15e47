/**
 * Targets of the program on a technician's computer: what the gateway answers it, what it wrote itself, and what other
 * programs (certutil, Firefox) print and write.
 */
import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import type { Server } from 'node:tls';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { LicenceUnknown, LicenceUsed } from '@chaperone/domain/licence/licence.ts';
import { programLicence } from '@chaperone/protocol/console-api/workstation.ts';
import { encodeBase64 } from '@chaperone/protocol/tree/base64.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { issueCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { BrowserRecordDamaged } from '@chaperone/workstation/browser/browser-error.ts';
import {
  newBrowserRecord,
  readBrowserRecord,
} from '@chaperone/workstation/browser/browser-record.ts';
import { startingProfile } from '@chaperone/workstation/browser/firefox-profiles.ts';
import { readKeyList, readNicknames } from '@chaperone/workstation/browser/nss-output.ts';
import { rulesIn, selectionPolicy } from '@chaperone/workstation/browser/selection-policy.ts';
import { parseGatewayAddress } from '@chaperone/workstation/gateway/address.ts';
import { ANSWER_BYTES_MAX, ask } from '@chaperone/workstation/gateway/gateway.ts';
import {
  GatewayAddressInvalid,
  GatewayAnswerRefused,
  GatewayRefused,
  GatewayUnreachable,
  RootInvalid,
  SeatsTaken,
  TooManyAttempts,
} from '@chaperone/workstation/gateway/gateway-error.ts';
import { readProblem } from '@chaperone/workstation/gateway/problem.ts';
import { readRoot } from '@chaperone/workstation/gateway/trusted-root.ts';
import { readIdentity } from '@chaperone/workstation/identity/identity.ts';
import { IdentityDamaged } from '@chaperone/workstation/identity/identity-error.ts';
import { readIssued } from '@chaperone/workstation/identity/issued.ts';
import { readWaitingKey } from '@chaperone/workstation/identity/waiting-key.ts';
import {
  NOW_MS,
  WORKSTATION_ID,
  cartRoot,
  pem,
  serverKey,
  workstationKey,
  workstationRoot,
} from '../fixture/authorities.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const DAY_MS = 86_400_000;
const key = String(workstationKey.export({ type: 'pkcs8', format: 'pem' }));
const certificate = issueCertificate(workstationRoot, {
  subject: { kind: 'workstation', id: WORKSTATION_ID, label: 'Desk 1' },
  purpose: 'peer',
  publicKey: createPublicKey(workstationKey),
  notBeforeMs: NOW_MS - DAY_MS,
  notAfterMs: NOW_MS + DAY_MS,
});
const chain = [certificate, workstationRoot.certificate].map(encodeBase64);
const licence = {
  workstation: WORKSTATION_ID,
  label: 'Desk 1',
  chain,
  expiresUtcMs: NOW_MS,
  browserRoot: pem(cartRoot.certificate),
};

const identity: Target = {
  name: 'workstation-identity',
  entry: 'workstation/src/identity/identity.ts › readIdentity',
  refusals: [IdentityDamaged],
  limits: '64 KiB of file; key and certificate belong together',
  form: 'json',
  weight: 0.3,
  seeds: () => {
    const { workstation, label, browserRoot } = licence;
    const own = { version: 1, gateway: 'https://console.example', workstation, label };
    const rest = { licenceCodeHash: 'ab'.repeat(32), browserRoot, key, chain };
    return [Buffer.from(JSON.stringify({ ...own, ...rest }))];
  },
  feed: (input) => {
    const read = readIdentity(input.toString('utf8'));
    holds(read.workstation === String(WORKSTATION_ID), 'the identity of another workstation');
    return read;
  },
};

/** A damaged file of a waiting key counts as none. */
class NoKey extends Error {
  override readonly name = 'NoKey';
}

const waitingKey: Target = {
  name: 'workstation-waiting-key',
  entry: 'workstation/src/identity/waiting-key.ts › readWaitingKey',
  refusals: [NoKey],
  limits: '64 KiB of file',
  form: 'json',
  seeds: () => [Buffer.from(JSON.stringify({ occasion: 'ab'.repeat(32), key }))],
  feed: (input) => {
    const read = readWaitingKey(input.toString('utf8'));
    if (read === null) throw new NoKey('there is none');
    return read;
  },
};

const issued: Target = {
  name: 'workstation-issued-chain',
  entry: 'workstation/src/identity/issued.ts › readIssued',
  refusals: [GatewayAnswerRefused],
  limits: 'CERTIFICATE_BYTES_MAX each; every certificate of the right kind and purpose',
  form: 'text',
  seeds: () => [Buffer.from(JSON.stringify(chain)), Buffer.from(JSON.stringify(chain.slice(0, 1)))],
  feed: (input) => {
    // The answer's schema has seen to it that they are texts.
    const texts = input.toString('utf8').match(/[^[\]",]+/g) ?? [];
    return readIssued(texts, 'peer');
  },
};

const browserRecord: Target = {
  name: 'workstation-browser-record',
  entry: 'workstation/src/browser/browser-record.ts › readBrowserRecord',
  refusals: [BrowserRecordDamaged],
  limits: '64 KiB of file',
  form: 'json',
  seeds: () => {
    const none = newBrowserRecord('chromium', '/home/a/.pki/nssdb', 'https://console.example');
    const current = { nickname: 'Chaperone', serialHex: 'ab', notBeforeMs: 1, notAfterMs: 2 };
    const full = { ...none, request: 'AA==', current, former: ['x'], issuerName: 'Root' };
    return [none, full].map((record) => Buffer.from(JSON.stringify({ version: 1, ...record })));
  },
  feed: (input) => readBrowserRecord(input.toString('utf8')),
};

const nssLists: Target = {
  name: 'workstation-nss-lists',
  entry: 'workstation/src/browser/nss-output.ts › readKeyList, readNicknames',
  refusals: [],
  limits: '4 MiB of output; names are of one line',
  form: 'text',
  words: ['< 0> ec ', '(orphan)', 'NSS Certificate DB:', 'u,u,u', ',,', '\n', ':'],
  seeds: () => [
    Buffer.from(
      '< 0> ec       4efa87e50377f1c53af03c917ed1cab81c867f72   NSS Certificate DB:Chaperone\n',
    ),
    Buffer.from('Chaperone wrks-1 0123                         u,u,u\nRoot       C,,\n'),
  ],
  feed: (input) => {
    const text = input.toString('utf8');
    const keys = readKeyList(text);
    const names = readNicknames(text);
    for (const { id } of keys) holds(/^[0-9a-f]{2,64}$/.test(id), 'an id is none');
    holds(!names.some((name) => name.includes('\n')), 'a name has a line end');
    return [keys, names];
  },
};

const firefoxProfiles: Target = {
  name: 'workstation-firefox-profiles',
  entry: 'workstation/src/browser/firefox-profiles.ts › startingProfile',
  refusals: [],
  limits: '64 KiB of file; one line of path',
  form: 'text',
  words: ['[Install]', '[Profile0]', 'Default=', 'Path=', '\n', '='],
  seeds: () => [
    Buffer.from('[InstallAB]\nDefault=a.default\n[Profile0]\nPath=b.default\nDefault=1\n'),
    Buffer.from('[Profile0]\nPath=b.default\n'),
  ],
  feed: (input) => {
    const profile = startingProfile(input.toString('utf8'));
    holds(profile === undefined || !/^$|\n/.test(profile), 'a path is none');
    return profile ?? 'none';
  },
};

const policyRules: Target = {
  name: 'workstation-policy-rules',
  entry: 'workstation/src/browser/selection-policy.ts › rulesIn',
  refusals: [],
  limits: '64 KiB of file; what is no policy has no rules',
  form: 'json',
  seeds: () => [Buffer.from(selectionPolicy('https://console.example', 'Workstations'))],
  feed: (input) => rulesIn(input.toString('utf8')),
};

const address: Target = {
  name: 'workstation-gateway-address',
  entry: 'workstation/src/gateway/address.ts › parseGatewayAddress',
  refusals: [GatewayAddressInvalid],
  limits: 'an origin of HTTPS',
  form: 'text',
  words: ['https://', '@', '#', '?', '/', ':', '[::1]'],
  seeds: () => ['https://console.example:8443', 'https://[::1]/'].map((text) => Buffer.from(text)),
  feed: (input) => {
    const read = parseGatewayAddress(input.toString('utf8'));
    holds(new URL(read.origin).protocol === 'https:', 'it is not HTTPS');
    holds(read.port >= 0 && read.port <= 65_535, 'a port is none');
    return read;
  },
};

const root: Target = {
  name: 'workstation-gateway-root',
  entry: 'workstation/src/gateway/trusted-root.ts › readRoot',
  refusals: [RootInvalid],
  limits: '64 KiB of file; one certificate of an authority',
  form: 'text',
  seeds: () => [Buffer.from(pem(workstationRoot.certificate))],
  feed: (input) => readRoot(input.toString('utf8')),
};

const problem: Target = {
  name: 'workstation-problem',
  entry: 'workstation/src/gateway/problem.ts › readProblem',
  refusals: [],
  limits: '64 KiB of answer; a sentence of printable characters',
  form: 'json',
  seeds: () =>
    ['LICENCE_USED', 'SEATS_TAKEN', 'ODD'].map((code) =>
      Buffer.from(JSON.stringify({ code, detail: 'Say so.' })),
    ),
  feed: (input) => {
    const read = readProblem(409, input.toString('utf8'), input.length % 2 === 0);
    holds(read instanceof DomainError && read.message.length < 1000, 'it says too much');
    holds(!/\p{Cc}/u.test(read.message), 'a terminal would obey it');
    return read;
  },
};

interface ListeningGateway {
  readonly server: Server;
  readonly browserRoot: string;
}
let gateway: Promise<ListeningGateway> | undefined;
let answer: Buffer = Buffer.alloc(0);

/** A gateway that answers whatever the run wants, under a root of today. It keeps no process alive. */
async function listeningGateway(): Promise<ListeningGateway> {
  const profile = 'p256-sha256';
  const life = { notBeforeMs: Date.now() - DAY_MS, notAfterMs: Date.now() + DAY_MS };
  const { privateKey, publicKey } = await newKeyPair(profile);
  const subject = { kind: 'other', commonName: 'Gateway' } as const;
  const own = issueCertificate(
    { profile, privateKey },
    { subject, purpose: 'authority', publicKey, ...life },
  );
  const der = issueCertificate(
    { profile, privateKey, certificate: own },
    {
      subject,
      purpose: 'server',
      publicKey: createPublicKey(serverKey),
      hostNames: ['127.0.0.1'],
      ...life,
    },
  );
  const serverPEM = String(serverKey.export({ type: 'pkcs8', format: 'pem' }));
  const server = createServer({ key: serverPEM, cert: pem(der) }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return { server, browserRoot: pem(own) };
}

function httpAnswer(status: string, body: string): Buffer {
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  return Buffer.from(`${head}\r\n\r\n${body}`, 'latin1');
}

const gatewayAnswer: Target = {
  name: 'workstation-gateway-answer',
  entry: 'workstation/src/gateway/gateway.ts › ask',
  refusals: [
    GatewayUnreachable,
    GatewayAnswerRefused,
    GatewayRefused,
    TooManyAttempts,
    LicenceUsed,
    LicenceUnknown,
    SeatsTaken,
  ],
  limits: 'ANSWER_BYTES_MAX, 30 s',
  form: 'bytes',
  words: [
    '\r\n',
    'transfer-encoding: chunked\r\n',
    'ffffffff\r\n',
    'content-length: 99999999999\r\n',
    '"chain":',
    '\u0000',
  ],
  weight: 0.05,
  seeds: () => [httpAnswer('200 OK', JSON.stringify(licence))],
  vary: (chance) => {
    const code = chance.pick(['LICENCE_USED', 'SEATS_TAKEN', 'HOSTNAME_X', '__proto__', 5]);
    const detail = chance.pick(['\u001b[2J', 'x'.repeat(5000), 5, null]);
    const status = chance.pick(['409 Conflict', '429 Too Many', '200 OK', '302 Found', '999 X']);
    return httpAnswer(status, JSON.stringify({ code, detail }));
  },
  feed: async (input) => {
    const { server, browserRoot } = await (gateway ??= listeningGateway());
    const { port } = server.address() as AddressInfo;
    answer = input;
    holds(input.length <= ANSWER_BYTES_MAX * 2, 'an input is longer than any answer');
    const question = { method: 'POST', path: '/api/workstation/enrol', body: {} } as const;
    const signal = AbortSignal.timeout(20_000);
    const where = { gateway: `https://127.0.0.1:${port}`, browserRoot, signal };
    return await ask({ ...question, ...where }, programLicence);
  },
};

export const WORKSTATION_TARGETS: readonly Target[] = [
  identity,
  waitingKey,
  issued,
  browserRecord,
  nssLists,
  firefoxProfiles,
  policyRules,
  address,
  root,
  problem,
  gatewayAnswer,
];
