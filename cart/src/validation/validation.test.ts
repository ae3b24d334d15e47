/**
 * Goal: a validation on one machine, as in a demo, looks at no network; behind the first step that fails the others are left out and
 * say which one comes first; it can be stopped; and no fault of a stranger gets into a report as it is.
 * Method: a port of this machine that nobody listens on, and words with what does not belong into a line.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import { validation } from '@chaperone/protocol/commissioning/validation.ts';
import { failed, reportOf } from './outcome.ts';
import { validate } from './validation.ts';
import type { ValidationOptions } from './validation.ts';

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function optionsOf(): Promise<ValidationOptions> {
  return {
    road: {
      gateway: { host: '127.0.0.1', port: await closedPort(), serverName: 'localhost' },
      proxy: { kind: 'none' },
    },
    identity: null,
    rootFingerprint: null,
    idleSeconds: 0,
  };
}

test('on one machine no network is looked at; what comes behind a failure says so', async () => {
  const told: string[] = [];
  const { signal } = new AbortController();
  const whole = await validate(await optionsOf(), ({ step }) => told.push(step), signal);
  assert.deepEqual(validation.parse(whole), whole);
  assert.deepEqual(told, VALIDATION_STEPS);
  const [link, address, route, names, port, proxy, ...behind] = whole.steps;
  for (const each of [link, address, route, proxy]) assert.equal(each?.result, 'left-out');
  assert.equal(names?.result, 'passed');
  assert.equal(port?.finding, 'PORT_CLOSED');
  assert.match(port?.advice ?? '', /allow TCP port \d+ from .* to 127\.0\.0\.1/);
  for (const { result, said } of behind) {
    assert.equal(result, 'left-out');
    assert.match(said, /“port” comes first/);
  }
});

test('a validation that is stopped says no more', async () => {
  const stopping = new AbortController();
  const told: string[] = [];
  const stopped = validate(
    await optionsOf(),
    ({ step }) => {
      told.push(step);
      stopping.abort(new Error('stopped'));
    },
    stopping.signal,
  );
  await assert.rejects(stopped, { message: 'stopped' });
  assert.deepEqual(told, ['link']);
});

test('what strangers say is cleaned and cut before it is read', () => {
  const issuer = `Evil\u001B[2J\r\nCA${'x'.repeat(1000)}`;
  const { said, advice, seen } = reportOf('inspection', failed('TLS_INSPECTED', { issuer }), 1.4);
  assert.doesNotMatch(`${said}${advice}${seen['issuer']}`, /[\u0000-\u001F]/);
  assert.ok(said.length <= 500 && (advice?.length ?? 0) <= 500);
  assert.equal(String(seen['issuer']).length, 300);
});
