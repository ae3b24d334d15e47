// Goal: whatever races the resolving of its case loses cleanly: refused as a conflict, and nothing of the case is left.
// Method: a gateway in this process; uploads, fetches and requests begun at once with the decision, many times over, and grants
// put between the decision's steps.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import {
  factsOf,
  newTestGateway,
  someBytes,
} from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type {
  Technician,
  TestGateway,
} from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { uploadHeaders } from '@chaperone/gateway/composition/testing/upload-file.ts';
import {
  grantSession,
  openCase,
  resolveCase,
  sessionIs,
} from '@chaperone/gateway/composition/testing/session-script.ts';
import { eventually } from '../../harness/eventually.ts';
import type { TestCase } from '@chaperone/gateway/composition/testing/session-script.ts';

const ROUNDS = 6;

let gateway: TestGateway;
let tara: Technician;
let serials = 0;
before(async () => {
  gateway = await newTestGateway();
  tara = await gateway.signedIn('tara');
});
after(async () => await gateway[Symbol.asyncDispose]());

const nextCart = async () => {
  const serial = `US-RESOLVE-${(serials += 1)}`;
  const cart = await gateway.enrolCart(serial);
  return { cart, opened: await openCase(tara, serial) };
};

/** Nothing of a case's files is on the disk, under any name. */
function nothingLeft({ id }: TestCase): void {
  const names = readdirSync(path.join(gateway.directory, 'gateway', 'vault'), { recursive: true });
  assert.deepEqual(
    names.filter((name) => String(name).includes(id)),
    [],
  );
}

/** Begins an upload and sends its end when told. */
function beginUpload({ id }: TestCase, name: string) {
  const base = new URL(gateway.running.consoleUrl);
  const request = httpRequest({
    host: '127.0.0.1',
    port: base.port,
    method: 'POST',
    path: `/api/cases/${id}/uploads`,
    agent: false,
    headers: {
      host: base.host,
      origin: base.origin,
      cookie: tara.cookie,
      ...uploadHeaders(name, 2_000_000),
      'content-length': String(2_000_000),
    },
  });
  request.on('error', () => undefined);
  request.write(someBytes(1_000_000));
  const answered = once(request, 'response').then(async ([response]) => {
    const answer = response as IncomingMessage;
    return { status: answer.statusCode ?? 0, text: await readAll(answer) };
  });
  return { answered, finish: () => request.end(someBytes(1_000_000)) };
}

test('resolving: an upload that it cuts off is told so, and leaves nothing', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { opened } = await nextCart();
    const upload = beginUpload(opened, 'fix.bin');
    // Early, in the middle, and while its end arrives.
    if (round % 3 > 0) await new Promise((resolve) => setTimeout(resolve, 15));
    const resolving = resolveCase(tara, opened);
    if (round % 3 === 1) await resolving;
    upload.finish();
    const [resolved, { status, text }] = await Promise.all([resolving, upload.answered]);
    assert.equal(resolved.status, 200, resolved.text);
    // Whole before the decision, or a conflict; never a fault.
    assert.ok(status === 201 || status === 409, `${status} ${text}`);
    nothingLeft(opened);
  }
});

test('resolving: a request that races it opens nothing', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { cart, opened } = await nextCart();
    await cart.connect();
    await sessionIs(tara, opened, 'waiting');
    const jws = await tara.signedRequest(opened, ['view']);
    const target = `/api/cases/${opened.id}/session/request`;
    const asking = async () => await tara.ask('POST', target, { body: { jws } });
    const resolving = async () => await resolveCase(tara, opened);
    const order = round % 2 === 0 ? [asking, resolving] : [resolving, asking];
    await Promise.all(order.map(async (act) => await act()));
    const after = await tara.ask('GET', `/api/cases/${opened.id}`);
    assert.equal(after.body['state'], 'resolved', after.text);
    assert.equal((await asking()).body['code'], 'CASE_NOT_OPEN');
    const facts = await factsOf(gateway.running);
    const decided = facts.findIndex(
      (fact) => fact.kind === 'case-resolved' && fact.caseId === opened.id,
    );
    const late = facts.slice(decided).filter(({ kind }) => kind === 'session-requested');
    assert.deepEqual(late, []);
    cart.drop();
  }
});

/** Does something right after the ledger has an entry of one kind, before whoever wrote it goes on; once. */
function rightAfter(kind: LedgerFact['kind'], act: () => Promise<void>): void {
  const { ledger } = gateway.running;
  const append = ledger.append.bind(ledger);
  ledger.append = async (fact) => {
    const written = await append(fact);
    if (fact.kind !== kind) return written;
    ledger.append = append;
    await act();
    return written;
  };
}

/** A cart that waits, and a case whose technician has asked to come in. */
async function requested() {
  const { cart, opened } = await nextCart();
  await cart.connect();
  await sessionIs(tara, opened, 'waiting');
  const jws = await tara.signedRequest(opened, ['view', 'fetch-files']);
  await tara.ask('POST', `/api/cases/${opened.id}/session/request`, { body: { jws } });
  return { cart, opened };
}

/** The cart was told to end, and nothing can be used. */
async function noSession({ cart, opened }: Awaited<ReturnType<typeof requested>>): Promise<void> {
  await cart.until(() => cart.ends.length > 0);
  await eventually('the end of the session', async () => {
    const { body } = await tara.ask('GET', `/api/cases/${opened.id}/session`);
    return body['state'] === 'ended' || body['state'] === 'offline';
  });
  const target = `/api/cases/${opened.id}/fetches`;
  const fetching = await tara.ask('POST', target, { body: { directory: 'exports', path: 'a' } });
  assert.equal(fetching.body['code'], 'NO_SESSION', fetching.text);
  const seen = await tara.ask('GET', `/api/cases/${opened.id}`);
  assert.equal(seen.body['state'], 'resolved', seen.text);
  nothingLeft(opened);
}

test('resolving: decided while a grant is being recorded, it leaves no session', async () => {
  const held = await requested();
  const resolved = Promise.withResolvers<number>();
  rightAfter('grant-received', async () => {
    resolved.resolve((await resolveCase(tara, held.opened)).status);
  });
  await held.cart.grant();
  assert.equal(await resolved.promise, 200);
  await noSession(held);
});

test('resolving: a grant that comes while the decision is being recorded opens no session', async () => {
  const held = await requested();
  rightAfter('case-resolving', async () => {
    await held.cart.grant();
    await sessionIs(tara, held.opened, 'granted');
  });
  const resolved = await resolveCase(tara, held.opened);
  assert.equal(resolved.status, 200, resolved.text);
  await noSession(held);
});

test('resolving: fetches that race it leave nothing, and it is refused while a session runs', async () => {
  for (let round = 0; round < 3; round += 1) {
    const { cart, opened } = await nextCart();
    cart.files.set('study.dcm', someBytes(3_000_000));
    await cart.connect();
    await grantSession(tara, cart, opened);
    const target = `/api/cases/${opened.id}`;
    const fetches = { body: { directory: 'exports', path: 'study.dcm' } };
    const fetching = await Promise.all(
      Array.from({ length: 4 }, async () => await tara.ask('POST', `${target}/fetches`, fetches)),
    );
    for (const { status, text } of fetching) assert.equal(status, 200, text);
    assert.equal((await resolveCase(tara, opened)).body['code'], 'CASE_IN_SESSION');
    await tara.ask('POST', `${target}/session/leave`);
    const [resolved, late] = await Promise.all([
      resolveCase(tara, opened),
      tara.ask('POST', `${target}/fetches`, fetches),
    ]);
    assert.equal(late.status, 409, late.text);
    if (resolved.status !== 200) {
      assert.equal(resolved.status, 409, resolved.text);
      await sessionIs(tara, opened, 'ended');
      const again = await resolveCase(tara, opened);
      assert.equal(again.status, 200, again.text);
    }
    nothingLeft(opened);
    const seen = await tara.ask('GET', target);
    assert.deepEqual([seen.body['recordList'], seen.body['transfers']], [[], []]);
  }
});
