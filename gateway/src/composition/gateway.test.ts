/**
 * Goal: one whole session works through the gateway's real roads, survives losses and restarts, and a resolved case
 * leaves nothing behind.
 * Method: a demo gateway with real TLS, database, ledger and vault; a cart that does as it is told; a technician who
 * signs with WebCrypto.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { get as httpsGet } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { CaseId, TechnicianId } from '@chaperone/domain/id/id.ts';
import { CaseStore } from '../desk/service-case/case-store.ts';
import { readDatabaseLocation } from '../platform/configuration/configuration.ts';
import { openDatabase } from '../platform/database/database.ts';
import { forEachDatabase } from '../platform/database/testing/database-suite.ts';
import { establishGateway, startGateway } from '../composition.ts';
import { BUILT_IN_DEMO_PEOPLE } from '../directory/demo/demo.ts';
import { silentLog } from '../platform/log/log.ts';
import {
  demoConfiguration,
  factOf,
  factsOf,
  newTestGateway,
  someBytes,
} from './testing/gateway-harness.ts';
import { uploadFile, uploadedRecord } from './testing/upload-file.ts';
import {
  PLANTED,
  fetchFile,
  grantSession,
  openCase,
  resolveCase,
  resumeSession,
  sessionIs,
  transferIs,
} from './testing/session-script.ts';

/** Names the files below a directory whose name or bytes hold any of the texts. */
function filesWith(directory: string, texts: readonly string[]): readonly string[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .map((file) => path.join(file.parentPath, file.name))
    .filter((file) => {
      const bytes = readFileSync(file);
      return texts.some(
        (text) =>
          file.includes(text) ||
          bytes.includes(text) ||
          bytes.includes(Buffer.from(text, 'utf16le')),
      );
    });
}

forEachDatabase('a gateway', (open) => {
  test('one whole session: case, grant, screen, fetch, send, loss, resume, end, resolve', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const cart = await gateway.enrolCart();
    const tara = await gateway.signedIn('tara');
    const serviceCase = await openCase(tara);
    await cart.connect();
    await grantSession(tara, cart, serviceCase);

    const screen = tara.webSocket(`/api/cases/${serviceCase.id}/session/screen`);
    const [greeting] = await once(screen, 'message');
    assert.equal(String(greeting), 'RFB 003.008\n');
    screen.send(Buffer.from('pointer'));
    const [echo] = await once(screen, 'message');
    assert.equal(String(echo), 'pointer');

    const file = Buffer.concat([Buffer.from(PLANTED.content), someBytes(3_000_000)]);
    cart.files.set(PLANTED.fileName, file);
    const listing = await tara.ask(
      'GET',
      `/api/cases/${serviceCase.id}/session/files?directory=exports`,
    );
    assert.equal(listing.status, 200, listing.text);
    const fetching = await fetchFile(tara, serviceCase, PLANTED.fileName);
    const { record } = await transferIs(tara, serviceCase, fetching, 'done');
    const target = `/api/cases/${serviceCase.id}/records/${record}/content`;
    const content = await tara.ask('GET', target, { headers: { range: 'bytes=0-19' } });
    assert.equal(content.status, 206);
    assert.equal(content.headers['content-range'], `bytes 0-19/${file.length}`);
    assert.equal(content.text, PLANTED.content.slice(0, 20));

    const note = { body: { text: PLANTED.note } };
    assert.equal((await tara.ask('POST', `/api/cases/${serviceCase.id}/notes`, note)).status, 200);
    const tool = someBytes(2_500_000);
    const uploaded = uploadedRecord(await uploadFile(tara, serviceCase.id, 'fix.bin', tool));
    const sending = await tara.ask('POST', `/api/cases/${serviceCase.id}/sends`, {
      body: { record: uploaded.id },
    });
    assert.equal(sending.status, 200, sending.text);
    await transferIs(tara, serviceCase, String(sending.body['id']), 'done');
    const [placed] = cart.inbox.values();
    assert.ok(placed?.placed === true && placed.data.equals(tool));

    cart.drop();
    await sessionIs(tara, serviceCase, 'interrupted');
    await cart.connect();
    const resumed = await resumeSession(tara, cart, serviceCase);
    assert.equal(resumed.status, 200, resumed.text);
    assert.equal(cart.resumes.length, 1);

    assert.equal((await resolveCase(tara, serviceCase)).status, 409);
    const left = await tara.ask('POST', `/api/cases/${serviceCase.id}/session/leave`);
    assert.equal(left.status, 200, left.text);
    await sessionIs(tara, serviceCase, 'ended');
    assert.deepEqual(cart.ends, ['technician-left']);

    const resolved = await resolveCase(tara, serviceCase);
    assert.equal(resolved.status, 200, resolved.text);
    assert.equal(resolved.body['state'], 'resolved');
    assert.equal(resolved.body['complaint'], null);
    const certificate = await tara.ask('GET', `/api/cases/${serviceCase.id}/certificate`);
    assert.equal(certificate.status, 200, certificate.text);
    for (const part of ['timeline', 'evidence']) {
      const answer = await tara.ask('GET', `/api/cases/${serviceCase.id}/${part}`);
      assert.equal(answer.status, 200, answer.text);
      for (const text of Object.values(PLANTED)) assert.ok(!answer.text.includes(text));
    }
    // Everything that widened access is in the ledger, in the order in which it happened.
    const kinds = (await factsOf(gateway.running)).map(({ kind }) => kind);
    const story = [
      'case-opened',
      'session-requested',
      'grant-received',
      'activity-opened',
      'fetch-begun',
    ];
    const told = [
      ...story,
      'record-sealed',
      'record-viewed',
      'send-begun',
      'send-done',
      'session-interrupted',
    ];
    let at = -1;
    for (const kind of [
      ...told,
      'session-resumed',
      'session-ended',
      'case-resolving',
      'case-resolved',
    ] as const) {
      at = kinds.indexOf(kind as (typeof kinds)[number], at + 1);
      assert.notEqual(at, -1, `${kind} is missing or out of order`);
    }
    const receipt = (await factsOf(gateway.running)).find((fact) => fact.kind === 'session-ended');
    assert.ok(
      receipt !== undefined && 'receiptDigest' in receipt && receipt.receiptDigest !== null,
    );
    assert.deepEqual(filesWith(gateway.directory, Object.values(PLANTED)), []);
    // Also with nothing left to write.
    await gateway.running.close();
    assert.deepEqual(filesWith(gateway.directory, Object.values(PLANTED)), []);
  });

  test('a session outlives a restart of the gateway, and its fetch goes on where it was', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const cart = await gateway.enrolCart();
    const tara = await gateway.signedIn('tara');
    const serviceCase = await openCase(tara);
    await cart.connect();
    await grantSession(tara, cart, serviceCase);
    const file = someBytes(6_000_000);
    cart.files.set('study.dcm', file);
    cart.breakAfterBytes = 2_000_000;
    const fetching = await fetchFile(tara, serviceCase, 'study.dcm');
    await transferIs(tara, serviceCase, fetching, 'interrupted');
    await gateway.restart();
    tara.moveTo(gateway.running);
    await sessionIs(tara, serviceCase, 'interrupted');
    const again = cart.at(gateway.running.edgeAddress.port);
    again.takeOver(cart);
    await again.connect();
    const resumed = await resumeSession(tara, again, serviceCase);
    assert.equal(resumed.status, 200, resumed.text);
    const { record, bytes } = await transferIs(tara, serviceCase, fetching, 'done');
    assert.equal(bytes, file.length);
    const ranges = again.ranges.filter((range) => range !== undefined);
    assert.ok(
      ranges.some((range) => Number(/bytes=(\d+)-/.exec(range)?.[1]) > 0),
      `it began anew: ${ranges.join(' ')}`,
    );
    const target = `/api/cases/${serviceCase.id}/records/${record}/content`;
    const content = await tara.ask('GET', target, { headers: { range: 'bytes=5999990-' } });
    assert.equal(content.status, 206);
    again.drop();
  });
});

test('what was planted is found while it is there, so the search above can fail', async () => {
  await using gateway = await newTestGateway();
  assert.notDeepEqual(filesWith(gateway.directory, ['chaperone-gateway-data']), []);
});

test('only the same technician at the same workstation resumes', async () => {
  await using gateway = await newTestGateway();
  const cart = await gateway.enrolCart();
  const tara = await gateway.signedIn('tara');
  const lena = await gateway.signedIn('lena');
  const serviceCase = await openCase(tara);
  const designation = { body: { technician: lena.id } };
  const designated = await tara.ask(
    'POST',
    `/api/cases/${serviceCase.id}/designations`,
    designation,
  );
  assert.equal(designated.status, 200, designated.text);
  await cart.connect();
  await grantSession(tara, cart, serviceCase, ['view']);
  const shown = await lena.ask('GET', `/api/cases/${serviceCase.id}/session`);
  assert.equal(shown.body['technicianName'], 'Tara Lindqvist');
  assert.equal(shown.body['grant'], null);
  cart.drop();
  await sessionIs(tara, serviceCase, 'interrupted');
  await cart.connect();
  await sessionIs(tara, serviceCase, 'interrupted', ({ challenge }) => challenge !== null);
  // Lena is shown no challenge; even with it, she is refused.
  const { challenge, session } = await sessionIs(tara, serviceCase, 'interrupted');
  const grant = cart.grantClaims?.jti;
  const changes = { purpose: 'resume', grant, challenge, session };
  const jws = await lena.signedRequest(serviceCase, ['view'], changes);
  const refused = await lena.ask('POST', `/api/cases/${serviceCase.id}/session/resume`, {
    body: { jws },
  });
  assert.equal(refused.body['code'], 'SESSION_HELD_BY_ANOTHER', refused.text);
  // Tara at another workstation is refused too.
  const elsewhere = await gateway.signedIn('tara');
  const other = await elsewhere.signedRequest(serviceCase, ['view'], changes);
  const from = await elsewhere.ask('POST', `/api/cases/${serviceCase.id}/session/resume`, {
    body: { jws: other },
  });
  assert.equal(from.body['code'], 'SESSION_HELD_BY_ANOTHER', from.text);
  assert.equal(cart.resumes.length, 0);
  assert.equal((await resumeSession(tara, cart, serviceCase, ['view'])).status, 200);
});

test('a grant that answers nothing that was asked opens nothing and ends the session', async () => {
  await using gateway = await newTestGateway();
  const cart = await gateway.enrolCart();
  const tara = await gateway.signedIn('tara');
  const serviceCase = await openCase(tara);
  await cart.connect();
  await sessionIs(tara, serviceCase, 'waiting');
  const jws = await tara.signedRequest(serviceCase, ['view']);
  await tara.ask('POST', `/api/cases/${serviceCase.id}/session/request`, { body: { jws } });
  // Wider than what was asked.
  await cart.grant(['view', 'control']);
  await factOf(gateway.running, 'cart-refused', ({ code }) => code === 'GRANT_INVALID');
  assert.deepEqual(await cart.until(() => cart.ends.length > 0 && cart.ends), ['gateway-ended']);
  const facts = await factsOf(gateway.running);
  assert.ok(facts.every(({ kind }) => kind !== 'grant-received'));
});

test('a cart that pauses and goes on without end loses its connection before it fills the ledger', async () => {
  await using gateway = await newTestGateway();
  const cart = await gateway.enrolCart();
  const tara = await gateway.signedIn('tara');
  const serviceCase = await openCase(tara);
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  for (let times = 0; times < 100; times += 1) {
    cart.view = { ...cart.view, paused: times % 2 === 0 };
    cart.show();
  }
  await factOf(gateway.running, 'cart-refused', ({ code }) => code === 'PAUSES_FLOODED');
  await sessionIs(tara, serviceCase, 'interrupted');
  const facts = await factsOf(gateway.running);
  const told = facts.filter(({ kind }) => kind === 'session-paused' || kind === 'session-resumed');
  assert.equal(told.length, 60);
});

test('a session request for another challenge, case, name or workstation is not passed on', async () => {
  await using gateway = await newTestGateway();
  const cart = await gateway.enrolCart();
  const tara = await gateway.signedIn('tara');
  const lena = await gateway.signedIn('lena');
  const serviceCase = await openCase(tara);
  await cart.connect();
  await sessionIs(tara, serviceCase, 'waiting');
  const offers = cart.offers.length;
  const now = Math.floor(Date.now() / 1000);
  const wrongs = [
    [{ challenge: 'A'.repeat(43) }, 'SESSION_REQUEST_STALE'],
    [{ sub: lena.id }, 'SESSION_REQUEST_INVALID'],
    [{ name: 'Somebody Else' }, 'SESSION_REQUEST_INVALID'],
    [{ iss: lena.workstation }, 'SESSION_REQUEST_INVALID'],
    [{ caseNumber: 'SC-2020-0001' }, 'SESSION_REQUEST_INVALID'],
    [{ purpose: 'resume' }, 'SESSION_REQUEST_INVALID'],
    [{ activities: ['control'] }, 'SESSION_REQUEST_INVALID'],
    [{ exp: now + 3000 }, 'SESSION_REQUEST_INVALID'],
    [{ iat: now - 900, exp: now - 700 }, 'SESSION_REQUEST_INVALID'],
    [{ extra: true }, 'SESSION_REQUEST_INVALID'],
  ] as const;
  for (const [change, code] of wrongs) {
    const jws = await tara.signedRequest(serviceCase, ['view'], change);
    const answer = await tara.ask('POST', `/api/cases/${serviceCase.id}/session/request`, {
      body: { jws },
    });
    assert.equal(answer.body['code'], code, `${JSON.stringify(change)}: ${answer.text}`);
  }
  assert.equal(cart.offers.length, offers);
});

test('retiring a workstation ends its sign-in and its live session', async () => {
  await using gateway = await newTestGateway();
  const { authority } = gateway.running;
  const cart = await gateway.enrolCart();
  const tara = await gateway.signedIn('tara');
  const serviceCase = await openCase(tara);
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  const [certificate] = await authority.certificatesOf({
    kind: 'workstation',
    id: tara.workstation,
  });
  await authority.revokeCertificate(certificate?.certificateSerialHex ?? '', 'retired');
  assert.deepEqual(await cart.until(() => cart.ends.length > 0 && cart.ends), ['gateway-ended']);
  assert.equal((await tara.ask('GET', '/api/me')).status, 401);
});

test('signing out ends the session that the technician holds, and its screen', async () => {
  await using gateway = await newTestGateway();
  const cart = await gateway.enrolCart();
  const tara = await gateway.signedIn('tara');
  const serviceCase = await openCase(tara);
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  const screen = tara.webSocket(`/api/cases/${serviceCase.id}/session/screen`);
  await once(screen, 'message');
  const closed = once(screen, 'close');
  assert.equal((await tara.ask('POST', '/api/sign-out')).status, 204);
  assert.deepEqual(await cart.until(() => cart.ends.length > 0 && cart.ends), ['technician-left']);
  const [code] = await closed;
  assert.equal(code, 4000);
});

test('a newer viewer takes the place of the older', async () => {
  await using gateway = await newTestGateway();
  const cart = await gateway.enrolCart();
  const tara = await gateway.signedIn('tara');
  const serviceCase = await openCase(tara);
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  const target = `/api/cases/${serviceCase.id}/session/screen`;
  const first = tara.webSocket(target);
  await once(first, 'message');
  const closed = once(first, 'close');
  const second = tara.webSocket(target);
  await once(second, 'message');
  const [code, reason] = await closed;
  assert.deepEqual([code, String(reason)], [4009, 'REPLACED']);
  // What it sends still arrives.
  second.send(Buffer.from('still here'));
  const [echo] = await once(second, 'message');
  assert.equal(String(echo), 'still here');
});

test('a destruction that a crash cut off after its decision is completed at the next start', async () => {
  await using gateway = await newTestGateway();
  await gateway.enrolCart();
  const tara = await gateway.signedIn('tara');
  const { id } = await openCase(tara);
  await gateway.running.close();
  // What a crash leaves between the decision and the destruction.
  const database = await openDatabase({
    location: await readDatabaseLocation(gateway.configuration),
  });
  const by = { id: tara.id as TechnicianId, name: tara.name, role: 'technician' };
  const decision = { by, atUtcMs: 1, ledgerIndex: 0 };
  assert.equal(await new CaseStore(database).decide(id as CaseId, decision), true);
  await database.close();
  await gateway.restart();
  tara.moveTo(gateway.running);
  const found = await tara.ask('GET', `/api/cases/${id}`);
  assert.equal(found.body['state'], 'resolved', found.text);
  const certificate = await tara.ask('GET', `/api/cases/${id}/certificate`);
  assert.deepEqual((certificate.body['claims'] as { decidedBy: object }).decidedBy, by);
  assert.deepEqual(filesWith(gateway.directory, Object.values(PLANTED)), []);
});

test('with TLS, the console has a certificate of the browser root, and shows nothing to strangers', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-tls-'));
  writeFileSync(path.join(directory, 'people.json'), JSON.stringify(BUILT_IN_DEMO_PEOPLE));
  const configuration = demoConfiguration(directory, null, 'browser-chain');
  const overrides = { log: silentLog() };
  await establishGateway(configuration, { by: 'test' }, overrides);
  const running = await startGateway(configuration, overrides);
  try {
    const { consoleUrl, authority } = running;
    assert.match(consoleUrl, /^https:/);
    const trusting = { ca: authority.publicRoots.browserRootPEM, agent: false } as const;
    const [response] = await once(httpsGet(`${consoleUrl}/api/about`, trusting), 'response');
    response.resume();
    // Who shows no workstation's certificate sees nothing: workstation-gate.test.ts.
    assert.equal(response.statusCode, 403);
    assert.equal(response.headers['content-security-policy'], "default-src 'none'");
    // The carts' root is not one that browsers are to trust.
    const wrong = { ca: authority.publicRoots.cartRootPEM, agent: false } as const;
    await assert.rejects(once(httpsGet(`${consoleUrl}/api/about`, wrong), 'response'));
  } finally {
    await running.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
