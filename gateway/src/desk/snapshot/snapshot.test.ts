/**
 * Goal: a picture of the screen becomes a sealed record of the case by whoever may view the screen at that moment, and by nobody
 * else; it is in the ledger before it is a record, is not released by itself, and is counted when its case is destroyed.
 * Method: a real gateway with a scripted cart, pictures over HTTP in every state of a session.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { factsOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { Answer, Technician, TestGateway } from '../../composition/testing/gateway-harness.ts';
import {
  grantSession,
  openCase,
  resolveCase,
  sessionIs,
} from '../../composition/testing/session-script.ts';
import type { TestCase } from '../../composition/testing/session-script.ts';
import type { ScriptedCart } from '../tunnel/testing/scripted-cart.ts';
import { SNAPSHOT_BYTES_MAX, snapshotName } from './snapshot.ts';
import { soundPNG } from './testing/make-png.ts';

let gateway: TestGateway;
let tara: Technician;
before(async () => {
  gateway = await newTestGateway();
  tara = await gateway.signedIn('tara');
});
after(async () => await gateway[Symbol.asyncDispose]());

const PICTURE = soundPNG();

async function granted(
  serial: string,
  activities: Parameters<typeof grantSession>[3] = ['view'],
): Promise<{ readonly cart: ScriptedCart; readonly serviceCase: TestCase }> {
  const cart = await gateway.enrolCart(serial);
  const serviceCase = await openCase(tara, serial);
  await cart.connect();
  await grantSession(tara, cart, serviceCase, activities);
  return { cart, serviceCase };
}

async function keep(
  { id }: TestCase,
  bytes: Uint8Array = PICTURE,
  query = '',
  type = 'image/png',
): Promise<Answer> {
  const target = `/api/cases/${id}/session/snapshots${query}`;
  return await tara.ask('POST', target, { bytes, headers: { 'content-type': type } });
}

async function recordsOf({ id }: TestCase): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { body } = await tara.ask('GET', `/api/cases/${id}`);
  return body['recordList'] as readonly Readonly<Record<string, unknown>>[];
}

const code = ({ status, body }: Answer): readonly unknown[] => [status, body['code']];

test('what is on view becomes a sealed record, in the ledger with its session', async () => {
  const { serviceCase } = await granted('US-7301');
  const answer = await keep(serviceCase, PICTURE, '?picture=exact&ageMs=60000');
  assert.equal(answer.status, 201, answer.text);
  const { body } = answer;
  assert.equal(body['origin'], 'snapshot');
  assert.equal(body['bytes'], PICTURE.length);
  assert.equal(body['sha256'], createHash('sha256').update(PICTURE).digest('base64url'));
  assert.match(String(body['name']), /^screen \d{4}-\d\d-\d\d \d\d-\d\d-\d\dZ exact\.png$/);
  const session = await tara.ask('GET', `/api/cases/${serviceCase.id}/session`);
  const facts = await factsOf(gateway.running);
  const kept = facts.find((fact) => fact.kind === 'snapshot-taken');
  assert.ok(kept?.kind === 'snapshot-taken');
  assert.deepEqual(
    [kept.caseId, kept.by, kept.sessionId, kept.bytes, kept.picture],
    [serviceCase.id, tara.id, session.body['session'], PICTURE.length, 'exact'],
  );
  const timeline = await tara.ask('GET', `/api/cases/${serviceCase.id}/timeline`);
  assert.match(timeline.text, /A picture of the screen was kept as a record/);
  assert.equal((await recordsOf(serviceCase)).length, 1);
});

test('a picture goes through quarantine like every other file', async () => {
  const { serviceCase } = await granted('US-7302');
  const { body } = await keep(serviceCase);
  const facts = await factsOf(gateway.running);
  // This demo has no scanner, and its ledger says so of each file.
  const released = facts.find(
    (fact) => fact.kind === 'record-released' && fact.recordId === body['id'],
  );
  assert.ok(released?.kind === 'record-released');
  assert.notEqual(released.by, 'scan');
  const [kept] = facts.filter((fact) => fact.kind === 'snapshot-taken').slice(-1);
  assert.ok(kept !== undefined && facts.indexOf(kept) < facts.indexOf(released));
});

test('it needs the right to view at that moment: granted, not paused, not over', async () => {
  const { cart, serviceCase } = await granted('US-7303');
  cart.show({ paused: true });
  await sessionIs(tara, serviceCase, 'granted', ({ paused }) => paused === true);
  assert.deepEqual(code(await keep(serviceCase)), [409, 'SESSION_PAUSED']);
  cart.show({ paused: false });
  await sessionIs(tara, serviceCase, 'granted', ({ paused }) => paused === false);
  assert.equal((await keep(serviceCase)).status, 201);
  await tara.ask('POST', `/api/cases/${serviceCase.id}/session/leave`, { body: {} });
  await sessionIs(tara, serviceCase, 'ended');
  assert.deepEqual(code(await keep(serviceCase)), [409, 'NO_SESSION']);
  assert.equal((await recordsOf(serviceCase)).length, 1);
});

test('who was granted files only keeps no picture', async () => {
  const { serviceCase } = await granted('US-7304', ['fetch-files']);
  assert.deepEqual(code(await keep(serviceCase)), [403, 'ACTIVITY_NOT_GRANTED']);
  assert.deepEqual(await recordsOf(serviceCase), []);
});

test('the same technician at another workstation keeps none of a session that is not held there', async () => {
  const { serviceCase } = await granted('US-7305');
  const elsewhere = await gateway.signedIn('tara');
  const refused = await elsewhere.ask('POST', `/api/cases/${serviceCase.id}/session/snapshots`, {
    bytes: PICTURE,
    headers: { 'content-type': 'image/png' },
  });
  assert.deepEqual(code(refused), [409, 'SESSION_HELD_BY_ANOTHER']);
});

test('what is no picture, or too large, is refused whole', async () => {
  const { serviceCase } = await granted('US-7306');
  const bad = [
    [Buffer.from('%PDF-1.7'), '', 'image/png'],
    [Buffer.concat([PICTURE, Buffer.from('more')]), '', 'image/png'],
    [PICTURE, '', 'application/octet-stream'],
  ] as const;
  for (const [bytes, query, type] of bad)
    assert.deepEqual(code(await keep(serviceCase, bytes, query, type)), [422, 'SNAPSHOT_NOT_PNG']);
  const large = Buffer.alloc(SNAPSHOT_BYTES_MAX + 1);
  assert.equal((await keep(serviceCase, large)).status, 413);
  for (const query of ['?picture=perfect', '?ageMs=-1', '?ageMs=1e12'])
    assert.deepEqual(code(await keep(serviceCase, PICTURE, query)), [400, 'REQUEST_MALFORMED']);
  assert.deepEqual(await recordsOf(serviceCase), []);
});

test('where only de-identified files leave the cart, no picture is kept', async () => {
  const cart = await gateway.enrolCart('US-7307');
  const about = { facility: 'St. Test', cart: 'US-7307', caller: 'x', complaint: 'y' };
  const opened = await tara.ask('POST', '/api/cases', {
    body: { ...about, deidentification: 'on-the-cart' },
  });
  const serviceCase = opened.body as unknown as TestCase;
  await cart.connect();
  await grantSession(tara, cart, serviceCase, ['view']);
  assert.deepEqual(code(await keep(serviceCase)), [409, 'DEIDENTIFIED_ONLY']);
});

test('its certificate of destruction counts pictures by themselves', async () => {
  const { serviceCase } = await granted('US-7308');
  assert.equal((await keep(serviceCase)).status, 201);
  await tara.ask('POST', `/api/cases/${serviceCase.id}/session/leave`, { body: {} });
  await sessionIs(tara, serviceCase, 'ended');
  assert.equal((await resolveCase(tara, serviceCase)).status, 200);
  assert.deepEqual(code(await keep(serviceCase)), [409, 'NO_SESSION']);
  const certificate = await tara.ask('GET', `/api/cases/${serviceCase.id}/certificate`);
  assert.match(certificate.text, /"records-snapshot":1/);
});

test('its name says when it was on view, and whether it was exact', () => {
  const atMs = Date.UTC(2026, 10, 30, 12, 3, 4);
  assert.equal(snapshotName(atMs, 'moving'), 'screen 2026-11-30 12-03-04Z moving.png');
  assert.equal(snapshotName(atMs, 'unknown'), 'screen 2026-11-30 12-03-04Z.png');
});
