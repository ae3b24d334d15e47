/**
 * Goal: only the given root is believed, whoever else answers is named, and what goes wrong has words of its own. Method:
 * real TLS servers on port 0 under real roots, whose answers the tests choose.
 */
import { equal, match, ok, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { z } from 'zod';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { LicenceUsed } from '@chaperone/domain/licence/licence.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { issueCertificate, readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { parseGatewayAddress } from './address.ts';
import { ANSWER_BYTES_MAX, ask } from './gateway.ts';
import {
  GatewayAddressInvalid,
  GatewayAnswerRefused,
  GatewayNotVerified,
  GatewayOfAnotherRoot,
  GatewayRefused,
  GatewayUnreachable,
  RootInvalid,
  SeatsTaken,
  TooManyAttempts,
  WorkstationNotAdmitted,
} from './gateway-error.ts';
import { readProblem } from './problem.ts';
import { findRoot } from './trusted-root.ts';

const NOW = Date.now();
const HOUR = 3_600_000;
const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-gateway-client-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function newRoot(commonName: string) {
  const keys = await newKeyPair('p256-sha256');
  const terms = { notBeforeMs: NOW - HOUR, notAfterMs: NOW + HOUR };
  const certificate = issueCertificate(
    { profile: 'p256-sha256', privateKey: keys.privateKey },
    {
      subject: { kind: 'other', commonName },
      purpose: 'authority',
      publicKey: keys.publicKey,
      ...terms,
    },
  );
  return { profile: 'p256-sha256', certificate, ...keys, commonName } as const;
}
const root = await newRoot('Example service centre');
const rootPEM = encodePEM('CERTIFICATE', root.certificate);

/** A server of a root, with the root beside its certificate as the gateway does. */
async function serve(
  answer: RequestListener,
  given: { readonly of?: typeof root; readonly name?: string; readonly notAfterMs?: number } = {},
) {
  const issuer = given.of ?? root;
  const keys = await newKeyPair('p256-sha256');
  const der = issueCertificate(issuer, {
    subject: { kind: 'other', commonName: 'console' },
    purpose: 'server',
    publicKey: keys.publicKey,
    notBeforeMs: NOW - HOUR,
    notAfterMs: given.notAfterMs ?? NOW + HOUR,
    hostNames: [given.name ?? 'localhost'],
  });
  const chain = [der, issuer.certificate].map((each) => encodePEM('CERTIFICATE', each)).join('');
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const server = createServer({ key, cert: chain }, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    gateway: `https://localhost:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const schema = z.object({ said: z.string() });
const signal = new AbortController().signal;
const question = (gateway: string) =>
  ({ gateway, browserRoot: rootPEM, method: 'GET', path: '/api/workstation', signal }) as const;

test('the gateway of the given root is asked, and its answer read', async () => {
  await using server = await serve((_, response) => response.end('{"said":"hello"}'));
  equal((await ask(question(server.gateway), schema)).said, 'hello');
});

test('a root is found by its fingerprint, and by nothing else', async () => {
  await using server = await serve((_, response) => response.end('{}'));
  const address = parseGatewayAddress(server.gateway);
  const { fingerprint } = readCertificate(root.certificate);
  const typed = (fingerprint.toUpperCase().match(/../g) ?? []).join(':');
  equal(await findRoot({ fingerprint: typed }, address, signal), rootPEM);
  await rejects(findRoot({ fingerprint: '0'.repeat(64) }, address, signal), GatewayOfAnotherRoot);
  const file = path.join(folder, 'root.pem');
  writeFileSync(file, rootPEM);
  equal(await findRoot({ file }, address, signal), rootPEM);
  for (const text of ['', 'nonsense', rootPEM + rootPEM]) {
    writeFileSync(file, text);
    await rejects(findRoot({ file }, address, signal), RootInvalid);
  }
});

test('a device that opens TLS is named, and hears nothing', async () => {
  let heard = 0;
  const inspection = await newRoot('Acme \u001b[2J TLS inspection');
  await using server = await serve(() => (heard += 1), { of: inspection });
  await rejects(ask(question(server.gateway), schema), (fault: Error) => {
    ok(fault instanceof GatewayOfAnotherRoot);
    match(fault.message, /"Acme .+TLS inspection"/);
    ok(!fault.message.includes('\u001b'));
    return true;
  });
  equal(heard, 0);
});

test('another name, another time and a dead address are told apart', async () => {
  await using named = await serve(() => undefined, { name: 'elsewhere.example' });
  await rejects(ask(question(named.gateway), schema), (fault: Error) => {
    ok(fault instanceof GatewayNotVerified);
    return fault.message.includes('another name');
  });
  await using ended = await serve(() => undefined, { notAfterMs: NOW - HOUR / 2 });
  await rejects(ask(question(ended.gateway), schema), (fault: Error) => {
    ok(fault instanceof GatewayNotVerified);
    return fault.message.includes('clock');
  });
  const { gateway } = await serve(() => undefined).then(async (server) => {
    await server[Symbol.asyncDispose]();
    return server;
  });
  await rejects(ask(question(gateway), schema), GatewayUnreachable);
  const address = parseGatewayAddress(gateway);
  await rejects(findRoot({ fingerprint: '0'.repeat(64) }, address, signal), GatewayUnreachable);
});

test('an answer in another form, or without an end, changes nothing', async () => {
  await using odd = await serve((_, response) => response.end('{"said":5}'));
  await rejects(ask(question(odd.gateway), schema), GatewayAnswerRefused);
  await using endless = await serve((_, response) => {
    response.end(Buffer.alloc(ANSWER_BYTES_MAX + 1, ' '));
  });
  await rejects(ask(question(endless.gateway), schema), GatewayAnswerRefused);
  await using torn = await serve((_, response) => {
    response.write('{"said":');
    response.destroy();
  });
  await rejects(ask(question(torn.gateway), schema), GatewayUnreachable);
});

test("the gateway's refusals become errors, whatever they say", () => {
  const problem = (code: string, detail?: string): string => JSON.stringify({ code, detail });
  ok(readProblem(409, problem('LICENCE_USED'), false) instanceof LicenceUsed);
  ok(readProblem(409, problem('SEATS_TAKEN'), false) instanceof SeatsTaken);
  ok(readProblem(403, problem('WORKSTATION_REFUSED'), true) instanceof WorkstationNotAdmitted);
  ok(readProblem(403, 'bare', true) instanceof WorkstationNotAdmitted);
  ok(readProblem(403, 'bare', false) instanceof GatewayRefused);
  ok(readProblem(429, problem('ENROLMENT_THROTTLED'), false) instanceof TooManyAttempts);
  match(readProblem(500, problem('__proto__', 'x'), false).message, /HTTP_500/);
  const { message } = readProblem(400, problem('ODD', `\u001b[2J${'x'.repeat(5000)}`), false);
  ok(message.startsWith('The gateway refused (ODD).') && message.length < 500);
  ok(!message.includes('\u001b'));
});

test('an address is an origin of HTTPS and nothing else', () => {
  equal(parseGatewayAddress('https://[::1]:8443').host, '::1');
  equal(parseGatewayAddress('https://Console.Example').origin, 'https://console.example');
  equal(parseGatewayAddress('https://console.example/').port, 443);
  for (const text of [
    '',
    'console.example',
    'http://console.example',
    'https://console.example/path',
    'https://somebody@console.example',
    'https://console.example?x',
    'https://',
  ]) {
    try {
      parseGatewayAddress(text);
      ok(false, text);
    } catch (fault) {
      ok(fault instanceof GatewayAddressInvalid && fault instanceof DomainError, text);
    }
  }
});
