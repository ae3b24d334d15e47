/**
 * Goal: a record becomes a de-identified one in the same case, with a report and entries of the ledger; what cannot is refused and
 * leaves nothing; the rule of a case is kept, and everything of it is destroyed with the case.
 * Method: a real gateway with the demo's region templates; the echo study with a patient in it, uploaded by a technician.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { demoTemplatesPin, planted } from '@chaperone/deidentification/testing/echo.ts';
import { factsOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { Technician, TestGateway } from '../../composition/testing/gateway-harness.ts';
import { uploadFile, uploadedRecord } from '../../composition/testing/upload-file.ts';
import {
  PLANTED,
  fetchFile,
  grantSession,
  resolveCase,
  transferIs,
} from '../../composition/testing/session-script.ts';
import type { TestCase } from '../../composition/testing/session-script.ts';
import { openDatabase } from '../../platform/database/database.ts';
import type { ScriptedCart } from '../tunnel/testing/scripted-cart.ts';
import type { DeidentificationTables } from './tables.ts';

const PATIENT = ['DOE', 'JANE', '99812345', 'St. Mary'];

let gateway: TestGateway;
let tara: Technician;
const carts = new Map<string, ScriptedCart>();
before(async () => {
  gateway = await newTestGateway({}, null, undefined, undefined, {
    deidentification: demoTemplatesPin(),
  });
  tara = await gateway.signedIn('tara');
});
after(async () => await gateway[Symbol.asyncDispose]());

async function caseOf(cart: string, deidentification?: string): Promise<TestCase> {
  carts.set(cart, await gateway.enrolCart(cart));
  const { caller, complaint } = PLANTED;
  const body = { facility: 'St. Test', cart, caller, complaint, deidentification };
  const answer = await tara.ask('POST', '/api/cases', { body });
  assert.equal(answer.status, 200, answer.text);
  return answer.body as unknown as TestCase;
}

async function uploaded({ id }: TestCase, name: string, bytes: Uint8Array): Promise<string> {
  return uploadedRecord(await uploadFile(tara, id, name, bytes)).id;
}

/** As text: what is looked for are words. */
async function contentOf(caseId: string, recordId: string): Promise<string> {
  const answer = await tara.ask('GET', `/api/cases/${caseId}/records/${recordId}/content`);
  assert.equal(answer.status, 200, answer.text.slice(0, 200));
  return answer.text;
}

interface Listed {
  readonly rule: string;
  readonly outcomes: readonly {
    readonly source: string | null;
    readonly result: string | null;
    readonly text: string | null;
    readonly refusal: string | null;
  }[];
}
async function outcomesOf({ id }: TestCase): Promise<Listed> {
  const answer = await tara.ask('GET', `/api/cases/${id}/deidentification`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body as unknown as Listed;
}

test('a case whose rule the disk has lost lets nothing leave that is not de-identified', async () => {
  const serviceCase = await caseOf('US-7009');
  const { id } = serviceCase;
  const connected = carts.get('US-7009');
  assert.ok(connected !== undefined);
  await connected.connect();
  connected.files.set('system.log', Buffer.from('2026-11-30T08:00:00Z storage ok\n'));
  await grantSession(tara, connected, serviceCase);
  const fetch = await fetchFile(tara, serviceCase, 'system.log');
  const { record } = await transferIs(tara, serviceCase, fetch, 'done');
  assert.equal((await outcomesOf(serviceCase)).rule, 'not-required');
  const database = new DatabaseSync(path.join(gateway.configuration.dataDirectory, 'gateway.db'));
  const change = database.prepare('update case_deidentification set case_id = ? where case_id = ?');
  const rules = database
    .prepare("select name, sql from sqlite_schema where type = 'trigger' and tbl_name = ?")
    .all('case_deidentification');
  for (const { name } of rules) database.exec(`drop trigger "${String(name)}"`);
  assert.equal(change.run(`${id.slice(0, -1)}!`, id).changes, 1);
  for (const { sql } of rules) database.exec(String(sql));
  database.close();
  assert.equal((await outcomesOf(serviceCase)).rule, 'on-the-cart');
  const body = { record, reason: 'to show it' };
  const exported = await tara.ask('POST', `/api/cases/${id}/exports`, { body });
  assert.equal(exported.body['code'], 'DEIDENTIFIED_ONLY', exported.text);
});

test('a record becomes another one without its patient, with a report that tells what was changed', async () => {
  const serviceCase = await caseOf('US-7001');
  const source = await uploaded(serviceCase, 'DOE-JANE.dcm', await planted());
  const at = `/api/cases/${serviceCase.id}/records/${source}/deidentification`;
  const answer = await tara.ask('POST', at);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.body['origin'], 'de-identified');
  assert.match(String(answer.body['name']), /^deidentified-[A-Za-z0-9]{8}\.dcm$/);
  const result = await contentOf(serviceCase.id, String(answer.body['id']));
  const text = result.toLowerCase();
  for (const word of PATIENT) assert.ok(!text.includes(word.toLowerCase()), word);

  const { outcomes, rule } = await outcomesOf(serviceCase);
  assert.equal(rule, 'not-required');
  assert.equal(outcomes.length, 1);
  assert.match(outcomes[0]?.text ?? '', /PatientName +emptied, 1/);
  for (const word of PATIENT) assert.ok(!outcomes[0]?.text?.includes(word), word);

  const facts = await factsOf(gateway.running);
  const done = facts.find((fact) => fact.kind === 'record-deidentified');
  assert.deepEqual(done, {
    kind: 'record-deidentified',
    caseId: serviceCase.id,
    recordId: source,
    resultId: answer.body['id'],
    by: tara.id,
    methods: ['113100', '113101', '113103'],
  });
  const again = await tara.ask('POST', at);
  assert.equal(again.body['code'], 'ALREADY_DEIDENTIFIED', again.text);
  // What an image said of its patient is taken out of the case's logs, too.
  const line = Buffer.from('2026-11-30T08:00:00Z storage stored jane doe\n');
  const log = await uploaded(serviceCase, 'system.log', line);
  const cleaned = await tara.ask(
    'POST',
    `/api/cases/${serviceCase.id}/records/${log}/deidentification`,
  );
  assert.equal(cleaned.status, 200, cleaned.text);
  assert.ok(!/jane|doe/i.test(await contentOf(serviceCase.id, String(cleaned.body['id']))));
});

test('what has no rule is refused with its code, and leaves no record', async () => {
  const serviceCase = await caseOf('US-7002');
  const source = await uploaded(serviceCase, 'report.pdf', Buffer.from('%PDF-1.7 Jane Doe'));
  const at = `/api/cases/${serviceCase.id}/records/${source}/deidentification`;
  const answer = await tara.ask('POST', at);
  assert.equal(answer.status, 422, answer.text);
  assert.equal(answer.body['code'], 'DEIDENTIFICATION_KIND_UNKNOWN');
  const { body } = await tara.ask('GET', `/api/cases/${serviceCase.id}`);
  assert.equal((body['recordList'] as readonly unknown[]).length, 1);
  assert.equal(
    (await outcomesOf(serviceCase)).outcomes[0]?.refusal,
    'DEIDENTIFICATION_KIND_UNKNOWN',
  );
  const facts = await factsOf(gateway.running);
  assert.ok(
    facts.some((fact) => fact.kind === 'deidentification-refused' && fact.recordId === source),
  );
});

test('the rule of a case is kept from its opening, told to the ledger first, and destroyed material is gone', async () => {
  const serviceCase = await caseOf('US-7003', 'on-the-cart');
  assert.equal((await outcomesOf(serviceCase)).rule, 'on-the-cart');
  const facts = await factsOf(gateway.running);
  const own = facts.filter((fact) => 'caseId' in fact && fact.caseId === serviceCase.id);
  const ruled = own.findIndex(({ kind }) => kind === 'deidentification-ruled');
  assert.ok(ruled >= 0);
  const line = Buffer.from('2026-11-30T08:00:00Z storage self test passed\n');
  const log = await uploaded(serviceCase, 'system.log', line);
  await tara.ask('POST', `/api/cases/${serviceCase.id}/records/${log}/deidentification`);
  const resolved = await resolveCase(tara, serviceCase);
  assert.equal(resolved.status, 200, resolved.text);
  assert.equal((await outcomesOf(serviceCase)).outcomes.length, 0);
});

test('in-the-vault: what is fetched gets its companion by itself', async () => {
  const serviceCase = await caseOf('US-7004', 'in-the-vault');
  const line = Buffer.from('2026-11-30T08:00:00Z storage MRN: 4455667\n');
  const connected = carts.get('US-7004');
  assert.ok(connected !== undefined);
  await connected.connect();
  connected.files.set('system.log', line);
  await grantSession(tara, connected, serviceCase);
  await transferIs(tara, serviceCase, await fetchFile(tara, serviceCase, 'system.log'), 'done');
  for (let tries = 0; (await outcomesOf(serviceCase)).outcomes.length === 0; tries += 1) {
    assert.ok(tries < 500, 'the companion never came');
    await delay(20);
  }
  const [outcome] = (await outcomesOf(serviceCase)).outcomes;
  assert.ok(!(await contentOf(serviceCase.id, outcome?.result ?? '')).includes('4455667'));
  const exported = await tara.ask('POST', `/api/cases/${serviceCase.id}/exports`, {
    body: { record: outcome?.source, reason: 'to show it' },
  });
  assert.equal(exported.body['code'], 'DEIDENTIFIED_ONLY', exported.text);
});

test('a result that a kill left without its report does not leave, is removed at the start, and is made again', async () => {
  const serviceCase = await caseOf('US-7005', 'in-the-vault');
  const cart = carts.get('US-7005');
  assert.ok(cart !== undefined);
  await cart.connect();
  cart.files.set('system.log', Buffer.from('2026-11-30T08:00:00Z storage MRN: 4455667\n'));
  await grantSession(tara, cart, serviceCase);
  await transferIs(tara, serviceCase, await fetchFile(tara, serviceCase, 'system.log'), 'done');
  const orphan = await resultOf(serviceCase);
  const file = path.join(gateway.configuration.dataDirectory, 'gateway.db');
  const database = await openDatabase({ location: { kind: 'sqlite', file } });
  await database
    .db<DeidentificationTables>()
    .deleteFrom('record_deidentification')
    .where('case_id', '=', serviceCase.id)
    .execute();
  await database.close();
  const taken = await tara.ask('POST', `/api/cases/${serviceCase.id}/exports`, {
    body: { record: orphan, reason: 'to show it' },
  });
  assert.equal(taken.body['code'], 'DEIDENTIFIED_ONLY', taken.text);
  await gateway.restart();
  tara.moveTo(gateway.running);
  const again = await resultOf(serviceCase);
  assert.notEqual(again, orphan);
  const { body } = await tara.ask('GET', `/api/cases/${serviceCase.id}`);
  const results = (
    body['recordList'] as readonly { readonly id: string; readonly origin: string }[]
  )
    .filter(({ origin }) => origin === 'de-identified')
    .map(({ id }) => id);
  assert.deepEqual(results, [again]);
});

/** Waits until the vault has made what the rule of a case asks for. */
async function resultOf(serviceCase: TestCase): Promise<string> {
  for (;;) {
    const [outcome] = (await outcomesOf(serviceCase)).outcomes;
    if (outcome?.result != null) return outcome.result;
    await delay(20);
  }
}
