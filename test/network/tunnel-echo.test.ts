/**
 * Goal: a validation looks at the tunnel without anybody noticing: no link, no fact in the ledger, and a session that runs is left alone.
 * Method: the real gateway on loopback, a cart enrolled by its own enrolment, the echo of the validation, and the gateway's ledger.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { enrol } from '@chaperone/cart/licence/licence.ts';
import { RoadMemory } from '@chaperone/cart/road/road.ts';
import { echoes } from '@chaperone/cart/validation/tunnel-echo.ts';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { newTestGateway, SERIAL } from '@chaperone/gateway/composition/testing/gateway-harness.ts';

test('the echo of a validation leaves nothing behind at the desk', async (t) => {
  await using gateway = await newTestGateway();
  const { authority, edgeAddress, ledger } = gateway.running;
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-echo-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const serial = parseCartSerial('US-1002');
  const { code } = await authority.issueCartLicence(serial, { by: 'test' });
  const road = {
    gateway: { ...edgeAddress, serverName: 'localhost' },
    proxy: { kind: 'none' as const },
  };
  const memory = new RoadMemory();
  const { signal } = new AbortController();
  const identity = await enrol({
    directory,
    ...road,
    serial,
    licenceCode: code,
    rootFingerprint: authority.facts.fingerprints.cart,
    signal,
  });
  const scripted = await gateway.enrolCart();
  await scripted.connect();
  for (let count = 0; count < 3; count += 1)
    assert.equal((await echoes({ road, memory, identity }, signal)).length, 9);
  // Whatever the desk had to say of those that left is said by then: this one comes after them.
  await (await gateway.enrolCart('US-1003')).connect();
  await ledger.settle();
  const kinds = (await ledger.page(0, 1000))
    .filter(({ fact }) => /^cart-(connected|disconnected|refused)$/.test(fact.kind))
    .map(({ fact }) => [fact.kind, 'cart' in fact ? fact.cart : null]);
  assert.deepEqual(kinds, [
    ['cart-connected', SERIAL],
    ['cart-connected', 'US-1003'],
  ]);
});
