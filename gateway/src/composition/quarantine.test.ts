/**
 * Goal: through a whole gateway nothing infected reaches a technician or a cart, by whatever address, and what is clean comes
 * free by itself. Method: a real clamd; a cart that gives EICAR and a technician who uploads it; every route of the console is
 * asked for the record, and every answer, file and event is searched for what is in it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { container, startClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import type { DatedClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import { EICAR, gzipOf, tarOf, zipOf } from '../antivirus/testing/packed.ts';
import { ROUTE_TABLE } from '../desk/console/console.ts';
import type { ScriptedCart } from '../desk/tunnel/testing/scripted-cart.ts';
import { antivirus } from '../platform/configuration/section-antivirus.ts';
import { factsOf, newTestGateway } from './testing/gateway-harness.ts';
import type { Technician, TestGateway } from './testing/gateway-harness.ts';
import { uploadFile, uploadedRecord } from './testing/upload-file.ts';
import { fetchFile, grantSession, openCase, transferIs } from './testing/session-script.ts';
import type { TestCase } from './testing/session-script.ts';

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly quarantine: {
    readonly state: string;
    readonly reason: string | null;
    readonly signature: string | null;
    readonly scanned: boolean;
  };
}

const CLEAN = Buffer.from('DICM what a technician needs');
/** Zipped the test file cannot be searched for; so it lies in these as it is. */
const HIDDEN = zipOf([{ name: 'driver.exe', content: EICAR, method: 0 }]);

let clamd: DatedClamd;
let gateway: TestGateway;
let tara: Technician;
let cart: ScriptedCart;
let serviceCase: TestCase;
before(async () => {
  clamd = await startClamd({ 'daily.cud': container(Date.now() - 3_600_000) });
  const section = antivirus.parse({ kind: 'clamd', socket: clamd.socket, bytesMax: 1024 * 1024 });
  gateway = await newTestGateway({}, null, 'off-demo', 'off', {}, { antivirus: section });
  cart = await gateway.enrolCart();
  await cart.connect();
  tara = await gateway.signedIn();
  serviceCase = await openCase(tara);
  cart.files.set('clean.dcm', CLEAN);
  cart.files.set('bad.zip', HIDDEN);
  cart.files.set('bad.tar.gz', gzipOf(tarOf([{ name: 'x', content: EICAR }])));
  await grantSession(tara, cart, serviceCase);
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await clamd.close();
});

/** Asks until a record is where this says. */
async function recordIs(name: string, isSo: (record: Listed) => boolean): Promise<Listed> {
  for (let tries = 0; tries < 2000; tries += 1) {
    const { body } = await tara.ask('GET', `/api/cases/${serviceCase.id}`);
    const { recordList } = body as unknown as { recordList: readonly Listed[] };
    const found = recordList.findLast((each) => each.name === name);
    if (found !== undefined && isSo(found)) return found;
    await delay(10);
  }
  return assert.fail(`${name} never became that`);
}
const stateIs = async (name: string, state: string): Promise<Listed> =>
  await recordIs(name, ({ quarantine }) => quarantine.state === state);

async function fetched(name: string): Promise<void> {
  const transfer = await fetchFile(tara, serviceCase, name);
  await transferIs(tara, serviceCase, transfer, 'done');
}
async function uploaded(name: string, content: Buffer): Promise<Listed> {
  return uploadedRecord(await uploadFile(tara, serviceCase.id, name, content)) as Listed;
}
const sent = async (record: string) =>
  await tara.ask('POST', `/api/cases/${serviceCase.id}/sends`, { body: { record } });

test('what is clean comes free by itself: it can be opened, and what was uploaded can be sent at once', async () => {
  await fetched('clean.dcm');
  const { id, quarantine } = await stateIs('clean.dcm', 'released');
  assert.equal(quarantine.scanned, true);
  const content = `/api/cases/${serviceCase.id}/records/${id}/content`;
  assert.equal((await tara.ask('GET', content)).text, CLEAN.toString());
  const tool = await uploaded('tool.bin', CLEAN);
  const sending = await sent(tool.id);
  assert.equal(sending.status, 200, sending.text);
  await transferIs(tara, serviceCase, String(sending.body['id']), 'done');
  assert.ok([...cart.inbox.values()].some(({ data }) => data.equals(CLEAN)));
});

test('what is infected is said by name and signature, and no route of the console gives a byte of it', async () => {
  await fetched('bad.zip');
  await fetched('bad.tar.gz');
  await stateIs('bad.tar.gz', 'infected');
  const { id, quarantine } = await stateIs('bad.zip', 'infected');
  assert.match(quarantine.signature ?? '', /EICAR/i);
  assert.equal(quarantine.scanned, false);
  let asked = 0;
  for (const route of Object.keys(ROUTE_TABLE)) {
    const [method = '', pattern = ''] = route.split(' ');
    if (!pattern.startsWith('/api/cases/:case') || pattern.endsWith('/screen')) continue;
    if (/\/(?:destroy|leave|resolve|designations|request|resume)$/.test(pattern)) continue;
    const path = pattern
      .replace(':case', serviceCase.id)
      .replace(':record', id)
      .replaceAll(/:[a-z]+/gi, id);
    for (const range of [undefined, 'bytes=0-10', 'bytes=-5']) {
      const body = { record: id, reason: 'look', directory: 'exports', path: 'clean.dcm' };
      const answer = await tara.ask(method, path, {
        ...(method === 'POST' ? { body } : {}),
        ...(range === undefined ? {} : { headers: { range } }),
      });
      assert.ok(!answer.text.includes(EICAR.toString()), route);
      if (pattern.includes(':record')) {
        assert.ok(answer.status >= 400, `${route} ${answer.status}`);
        asked += 1;
      }
      if (method === 'POST' && pattern.endsWith('/exports')) assert.ok(answer.status >= 400, route);
      if (pattern.endsWith('/records/:record/content')) {
        assert.deepEqual([answer.status, answer.body['code']], [409, 'RECORD_IN_QUARANTINE']);
      }
    }
  }
  assert.ok(asked >= 3, 'the table has routes of a record');
  const facts = (await factsOf(gateway.running)).filter((fact) => 'recordId' in fact);
  const own = facts.filter((fact) => 'recordId' in fact && fact.recordId === id);
  assert.deepEqual(
    own.map(({ kind }) => kind),
    ['record-infected'],
  );
});

test('what a technician uploads infected reaches no cart, however it is sent', async () => {
  const inboxBefore = cart.inbox.size;
  const record = await uploaded('fix.zip', HIDDEN);
  assert.notEqual(record.quarantine.state, 'released');
  for (let tries = 0; tries < 3; tries += 1) {
    const answer = await sent(record.id);
    assert.deepEqual([answer.status, answer.body['code']], [409, 'RECORD_IN_QUARANTINE']);
  }
  assert.equal(cart.inbox.size, inboxBefore);
  const { body } = await tara.ask('GET', `/api/cases/${serviceCase.id}`);
  assert.ok(JSON.stringify(body).includes('fix.zip'));
});

test('what was never released is destroyed at once when a technician says so', async () => {
  const record = await uploaded('gone.zip', HIDDEN);
  await stateIs('gone.zip', 'infected');
  const path = `/api/cases/${serviceCase.id}/records/${record.id}/destroy`;
  const destroyed = await tara.ask('POST', path, { body: {} });
  assert.equal(destroyed.status, 200, destroyed.text);
  assert.equal((await tara.ask('POST', path, { body: {} })).status, 404);
  const clean = await uploaded('stays.bin', CLEAN);
  await stateIs('stays.bin', 'released');
  const refused = await tara.ask(
    'POST',
    `/api/cases/${serviceCase.id}/records/${clean.id}/destroy`,
    { body: {} },
  );
  assert.deepEqual([refused.status, refused.body['code']], [409, 'RECORD_RELEASED']);
});

test('while clamd is away everything is held, and says so; the desk says it to everybody', async () => {
  await clamd.close();
  const record = await uploaded('held.bin', CLEAN);
  const held = await stateIs('held.bin', 'held');
  assert.equal(held.quarantine.reason, 'scanner-unreachable');
  const answer = await sent(record.id);
  assert.equal(answer.status, 409, answer.text);
  assert.match(answer.text, /scanner does not answer/);
  for (let tries = 0; tries < 2000; tries += 1) {
    const { body } = await tara.ask('GET', '/api/desk');
    if (body['scanner'] === 'scanner-unreachable') return;
    await delay(20);
  }
  assert.fail('the desk never said it');
});
