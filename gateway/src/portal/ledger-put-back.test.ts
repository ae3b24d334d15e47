/**
 * Goal: a gateway whose whole machine was put back from a copy, the ledger's own file with it, is told so by everybody who has seen more:
 * carts when they connect, witnesses when they ask. It says so in the ledger, and to every facility at its portal.
 * Method: a real gateway; a cart that remembers more entries than there are, and a witness that asks from further on. To this gateway that
 * is the same as being put back: nothing on its own disk says more.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsOf, newTestGateway } from '../composition/testing/gateway-harness.ts';
import { openCase } from '../composition/testing/session-script.ts';
import { OfficerBrowser } from './testing/officer-browser.ts';

/** That of `openCase`. */
const FACILITY = 'St. Test';
const REMEMBERED = 1_000_000;

test('a cart and a witness that remember more than the ledger has raise an alarm that facilities read', async () => {
  await using gateway = await newTestGateway();
  const { running } = gateway;
  const officer = await OfficerBrowser.enrol(running, FACILITY);
  const signedIn = await officer.signIn();
  officer.cookie = String(signedIn.headers['set-cookie'] ?? '').split(';')[0] ?? '';
  const before = await officer.ask('/ledger');
  assert.match(before.text, /Newest checkpoint/);
  assert.doesNotMatch(before.text, /older than what others saw/);

  const cart = await gateway.enrolCart();
  const told = Promise.withResolvers<void>();
  cart.interfere = (stream, headers) => {
    if (headers[':path'] !== '/v1/ledger') return false;
    if (headers[':method'] === 'GET') {
      stream.respond({ ':status': 200, 'content-type': 'application/json' });
      stream.end(JSON.stringify({ size: REMEMBERED, root: 'A'.repeat(43), awaiting: [] }));
      return true;
    }
    stream.respond({ ':status': 409, 'content-type': 'application/problem+json' });
    stream.end(
      JSON.stringify({ type: 'x', status: 409, title: 'x', code: 'LEDGER_DIVERGED' }),
      () => told.resolve(),
    );
    return true;
  };
  await openCase(await gateway.signedIn('tara'));
  await cart.connect();
  await told.promise;
  const asked = await officer.ask(`/tlog/add-checkpoint?old=${REMEMBERED + 1}`);
  assert.equal(asked.status, 200);
  await officer.ask(`/tlog/add-checkpoint?old=${REMEMBERED + 1}`);
  await running.ledger.settle();
  const alarms = (await factsOf(running)).filter(({ kind }) => kind === 'ledger-contradicted');
  assert.deepEqual(
    alarms.map((fact) => ('size' in fact ? [fact.size, 'cart' in fact] : [])),
    [
      [REMEMBERED, true],
      [REMEMBERED + 1, false],
    ],
    'each once',
  );
  const { text } = await officer.ask('/ledger');
  assert.match(text, /role="alert"/);
  assert.match(text, /older than what others saw/);
  assert.match(text, /a cart remembers entries: 1000000/);
  assert.match(text, /a witness has seen entries: 1000001/);
});
