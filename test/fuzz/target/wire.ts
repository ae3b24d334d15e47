/** Targets behind a real socket: what a service centre answers to an enrolment, what comes over the two local doors. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectLocal } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { createServer } from 'node:tls';
import type { Server } from 'node:tls';
import {
  EnrolmentAnswerRefused,
  EnrolmentRefused,
  EnrolmentUnreachable,
} from '@chaperone/cart/licence/enrolment-error.ts';
import { exchange } from '@chaperone/cart/licence/est-exchange.ts';
import { listenForPress } from '@chaperone/cart/panel-api/press-socket.ts';
import { MistypedLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import {
  LicenceExpired,
  LicenceRetired,
  LicenceSerialMismatch,
  LicenceUnknown,
  LicenceUsed,
} from '@chaperone/domain/licence/licence.ts';
import { listenForAdministrator } from '@chaperone/gateway/composition/admin-socket.ts';
import { administer } from '@chaperone/gateway/composition/administration.ts';
import type { AdministrationParts } from '@chaperone/gateway/composition/administration.ts';
import {
  EST_ALPN,
  EST_ANSWER_CHARACTERS_MAX,
  EST_PATHS,
  encodeESTBody,
} from '@chaperone/protocol/est/est.ts';
import { cartCertificate, pem, serverCertificate, serverKey } from '../fixture/authorities.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-fuzz-wire-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

let centre: Promise<Server> | undefined;
let answer: Buffer = Buffer.alloc(0);

/** A service centre that answers whatever the run wants. It keeps no process alive. */
async function serviceCentre(): Promise<Server> {
  const server = createServer(
    {
      key: String(serverKey.export({ type: 'pkcs8', format: 'pem' })),
      cert: pem(serverCertificate),
      ALPNProtocols: [EST_ALPN],
    },
    (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(answer));
    },
  );
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return server;
}

function httpAnswer(status: string, type: string, body: string): Buffer {
  return Buffer.from(
    `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    'latin1',
  );
}

const estAnswer: Target = {
  name: 'est-answer',
  entry: 'cart/src/licence/est-exchange.ts › exchange',
  refusals: [
    EnrolmentUnreachable,
    EnrolmentRefused,
    EnrolmentAnswerRefused,
    LicenceUnknown,
    LicenceUsed,
    LicenceExpired,
    LicenceRetired,
    LicenceSerialMismatch,
    MistypedLicenceCode,
  ],
  limits: 'EST_ANSWER_CHARACTERS_MAX, 30 s',
  form: 'bytes',
  words: [
    '\r\n',
    'transfer-encoding: chunked\r\n',
    'ffffffff\r\n',
    'content-length: 99999999999\r\n',
    '"code":',
    '1xx',
    '\u0000',
  ],
  weight: 0.05,
  seeds: () => [httpAnswer('200 OK', 'application/pkcs7-mime', encodeESTBody(cartCertificate))],
  vary: (chance) => {
    const code = chance.pick([
      'LICENCE_USED',
      'LICENCE_UNKNOWN',
      'HOSTNAME_X',
      'toString',
      'ENOENT',
      '__proto__',
    ]);
    const body = {
      code,
      detail: chance.pick(['\u001b[2J', 'x'.repeat(5000), 5, null]),
      status: 409,
    };
    return httpAnswer('409 Conflict', 'application/problem+json', JSON.stringify(body));
  },
  feed: async (input) => {
    const { port } = (await (centre ??= serviceCentre())).address() as AddressInfo;
    answer = input;
    const text = await exchange({
      gateway: { host: '127.0.0.1', port, serverName: 'gateway.example' },
      proxy: { kind: 'none' },
      path: EST_PATHS.cacerts,
      signal: AbortSignal.timeout(20_000),
    });
    holds(text.length <= EST_ANSWER_CHARACTERS_MAX, 'an answer is too long');
    return text;
  },
};

/** What the door itself refuses. */
class RefusedAtDoor extends Error {
  override readonly name = 'RefusedAtDoor';
}

/** Says something and hears the answer. Neither door answers whoever has hung up. */
async function say(file: string, bytes: Buffer, isHungUp: boolean): Promise<string> {
  const socket = connectLocal(file);
  socket.on('error', () => undefined);
  if (isHungUp) socket.end(bytes);
  else socket.write(bytes);
  return await readAll(socket).catch(() => '');
}

const reported: unknown[] = [];
const administration: Target = {
  name: 'admin-socket',
  entry:
    'gateway/src/composition/admin-socket.ts › listenForAdministrator; administration.ts › administer',
  refusals: [RefusedAtDoor],
  limits: '64 KiB of line; every answer is one JSON line with a known code',
  form: 'json',
  words: ['\n', '{', '\u0000'],
  weight: 0.2,
  seeds: () => [Buffer.from('{"act":"list-accounts"}\n')],
  feed: async (input) => {
    const file = path.join(folder, 'admin.sock');
    const accounts = { list: async () => [], names: async () => [] };
    const parts = { accounts } as unknown as AdministrationParts;
    const act = async (asked: unknown): Promise<object> => await administer(parts, asked);
    const door = await listenForAdministrator(file, act, (fault) => reported.push(fault));
    const line = Buffer.concat([input, Buffer.from('\n')]);
    const said: unknown = JSON.parse(await say(file, line, false).finally(() => void door.close()));
    const fault = reported.shift();
    if (fault !== undefined) throw fault;
    if (typeof said === 'object' && said !== null && 'ok' in said) return said;
    throw new RefusedAtDoor(JSON.stringify(said));
  },
};

let pressDoor: Promise<unknown> | undefined;
let presses = 0;
const press: Target = {
  name: 'press-socket',
  entry: 'cart/src/panel-api/press-socket.ts › listenForPress',
  refusals: [RefusedAtDoor],
  limits: 'presses for exactly one line and nothing else',
  form: 'text',
  words: ['press\n', 'press', '\n', 'PRESS\n'],
  weight: 0.2,
  seeds: () => [Buffer.from('press\n')],
  feed: async (input) => {
    const pressed = { press: () => (presses += 1), refused: () => undefined };
    await (pressDoor ??= listenForPress(folder, pressed).then((server) => server.unref()));
    const before = presses;
    const said = await say(path.join(folder, 'press.sock'), input, true);
    holds(presses - before === (said === 'ok\n' ? 1 : 0), 'it pressed unasked');
    holds(said === '' || input.toString('latin1') === 'press\n', 'it answered something else');
    if (said === '') throw new RefusedAtDoor('closed');
    return said;
  },
};

export const WIRE_TARGETS: readonly Target[] = [estAnswer, administration, press];
