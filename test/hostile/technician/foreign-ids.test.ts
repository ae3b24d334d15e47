// Goal: a technician with a valid sign-in learns and does nothing with ids of cases, records, transfers and sessions that
// are not theirs; what one may not know looks exactly like what is not there.
// Method: every operation of the published OpenAPI document is tried with ids that exist, in every wrong combination.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { factsOf } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type { Technician } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { uploadHeaders } from '@chaperone/gateway/composition/testing/upload-file.ts';
import { FILE, NOTE, startStage } from './stage.ts';
import type { Held, Stage } from './stage.ts';

let stage: Stage;
before(async () => {
  stage = await startStage();
});
after(async () => await stage[Symbol.asyncDispose]());

interface Operation {
  readonly method: string;
  readonly path: string;
}

async function operations(): Promise<readonly Operation[]> {
  const { body } = await stage.tara.technician.ask('GET', '/api/openapi.json');
  const { paths } = body as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
}

/** An upload of one byte, as tus 1.0 announces and sends it. */
const TUS = { ...uploadHeaders('a.bin', 1), 'upload-offset': '0' };
const ABSENT = '0'.repeat(26);
/** A body that fits, so that a refusal is not for its form. */
function bodyFor(path: string, held: Held): object | undefined {
  const { technician, opened, uploaded, transfer, cart } = held;
  if (path.endsWith('/designations')) return { technician: technician.id };
  if (path.endsWith('/notes')) return { text: 'x' };
  if (path.endsWith('/resolve')) return { confirmNumber: opened.number };
  if (path.endsWith('/folder-fetches')) return { directory: 'exports', path: '' };
  if (path.endsWith('/transfers/act')) return { act: 'pause', transfer };
  if (path.endsWith('/exports')) return { record: uploaded, reason: 'for the maker' };
  if (path.endsWith('/attestation')) return { reason: null };
  if (path.endsWith('/export-permissions')) return { technician: technician.id };
  if (path.endsWith('/fetches')) return { directory: 'exports', path: FILE };
  if (path.endsWith('/masks/ask'))
    return { mask: 'whole-screen', reason: 'The picture flickers.', minutes: 5 };
  if (path.endsWith('/sends')) return { record: uploaded };
  const [jws] = cart.offers.flatMap(({ requests }) => requests);
  if (path.endsWith('/request') || path.endsWith('/resume') || path.endsWith('/watch'))
    return { jws };
  return undefined;
}

interface Ids {
  readonly case: string;
  readonly record: string;
  readonly transfer: string;
}

async function ask(caller: Technician, { method, path }: Operation, ids: Ids, owner: Held) {
  const query = path.endsWith('/files') ? '?directory=exports' : '';
  const target = path
    .replace('{case}', ids.case)
    .replace('{record}', ids.record)
    .replace('{transfer}', ids.transfer);
  const body = bodyFor(path, owner);
  if (path.endsWith('/snapshots')) {
    const headers = { 'content-type': 'image/png' };
    const whole = `${target}?picture=exact&ageMs=0`;
    return await caller.ask(method, whole, { bytes: Buffer.alloc(64), headers });
  }
  if (path.includes('/uploads'))
    return await caller.ask(method, target, { bytes: Buffer.alloc(0), headers: TUS });
  return await caller.ask(method, `${target}${query}`, body === undefined ? {} : { body });
}

const idsOf = ({ opened, fetched, transfer }: Held): Ids => {
  return { case: opened.id, record: fetched, transfer };
};

test('ids: every operation on a case of somebody else answers as if there were none', async () => {
  const { tara, otto, gateway } = stage;
  const before = (await factsOf(gateway.running)).length;
  let tried = 0;
  for (const operation of await operations()) {
    if (!operation.path.includes('{case}')) continue;
    const there = await ask(otto.technician, operation, idsOf(tara), tara);
    const ids = { case: `case-${ABSENT}`, record: `recd-${ABSENT}`, transfer: `xfer-${ABSENT}` };
    const absent = await ask(otto.technician, operation, ids, tara);
    const what = `${operation.method} ${operation.path}: ${there.text}`;
    assert.equal(there.status, 404, what);
    assert.equal(there.body['code'], 'CASE_UNKNOWN', what);
    assert.deepEqual([there.status, there.text], [absent.status, absent.text], what);
    tried += 1;
  }
  assert.ok(tried >= 18, `${tried} operations`);
  const written = (await factsOf(gateway.running)).slice(before);
  const others = written.filter(({ kind }) => kind !== 'access-refused');
  assert.deepEqual(others, [], 'and nothing was written but that it was refused');
});

test('ids: a record or transfer of another case is not reached through a case of one’s own', async () => {
  const { tara, otto, gateway } = stage;
  const before = (await factsOf(gateway.running)).length;
  const own = otto.opened.id;
  const content = `/api/cases/${own}/records`;
  for (const record of [tara.fetched, tara.uploaded, `recd-${ABSENT}`]) {
    const answer = await otto.technician.ask('GET', `${content}/${record}/content`);
    assert.deepEqual([answer.status, answer.body['code']], [404, 'RECORD_UNKNOWN'], answer.text);
    const sent = await otto.technician.ask('POST', `/api/cases/${own}/sends`, { body: { record } });
    assert.deepEqual([sent.status, sent.body['code']], [404, 'RECORD_UNKNOWN'], sent.text);
  }
  for (const transfer of [tara.transfer, `xfer-${ABSENT}`]) {
    const target = `/api/cases/${own}/transfers/${transfer}/cancel`;
    const answer = await otto.technician.ask('POST', target);
    assert.deepEqual([answer.status, answer.body['code']], [404, 'TRANSFER_UNKNOWN'], answer.text);
  }
  // Ids of the wrong kind, or none at all, are refused by their form.
  for (const wrong of [tara.opened.id, tara.transfer, '..%2f..%2fkeyring', '%00', 'a'.repeat(65)]) {
    const answer = await otto.technician.ask('GET', `${content}/${wrong}/content`);
    assert.ok([400, 404].includes(answer.status), `${wrong}: ${answer.text}`);
  }
  assert.equal((await factsOf(gateway.running)).length, before, 'and nothing was written');
});

test('ids: lists, carts and events tell nothing of other cases', async () => {
  const { tara, otto } = stage;
  const heard = await otto.technician.listen();
  for (const target of ['/api/cases', '/api/carts', '/api/technicians', '/api/me']) {
    const { text } = await otto.technician.ask('GET', target);
    for (const secret of [tara.opened.id, tara.opened.number, NOTE, FILE, tara.fetched])
      assert.ok(!text.includes(secret), `${target} tells ${secret}`);
  }
  const note = { body: { text: 'heard by whom?' } };
  await tara.technician.ask('POST', `/api/cases/${tara.opened.id}/notes`, note);
  await otto.technician.ask('POST', `/api/cases/${otto.opened.id}/notes`, note);
  await heard.until((event) => event['case'] === otto.opened.id);
  assert.ok(heard.events.every((event) => event['case'] !== tara.opened.id));
  heard.close();
});

test('ids: a resolved case takes nothing any more, and says so', async () => {
  const { otto, gateway } = stage;
  const { technician, opened } = otto;
  assert.equal((await technician.ask('POST', `/api/cases/${opened.id}/session/leave`)).status, 200);
  const target = `/api/cases/${opened.id}/resolve`;
  const resolved = await technician.ask('POST', target, { body: { confirmNumber: opened.number } });
  assert.equal(resolved.status, 200, resolved.text);
  // The cart is there again; the case gains nothing by that.
  otto.cart.drop();
  otto.cart.renew();
  await otto.cart.connect();
  const before = (await factsOf(gateway.running)).length;
  for (const operation of await operations()) {
    const { method, path } = operation;
    if (!path.includes('{case}') || (method === 'GET' && !/content|directories|files$/.test(path)))
      continue;
    // Also what only says what is spoken.
    if (path.endsWith('/leave') || method === 'OPTIONS') continue;
    const answer = await ask(technician, operation, idsOf(otto), otto);
    const what = `${method} ${path}: ${answer.text}`;
    // Who may allow exports is a question of the role, and is asked before there is a case.
    const expected = path.includes('/export-permissions') ? [403] : [404, 409];
    assert.ok(expected.includes(answer.status), what);
  }
  const jws = await technician.signedRequest(opened, ['view'], {
    session: otto.cart.session,
    challenge: 'A'.repeat(43),
  });
  const asked = await technician.ask('POST', `/api/cases/${opened.id}/session/request`, {
    body: { jws },
  });
  assert.equal(asked.body['code'], 'CASE_NOT_OPEN', asked.text);
  const facts = (await factsOf(gateway.running)).slice(before);
  assert.deepEqual(
    facts.filter((fact) => 'caseId' in fact && fact.caseId === opened.id),
    [],
  );
  for (const secret of [FILE, NOTE]) {
    const shown = await technician.ask('GET', `/api/cases/${opened.id}`);
    assert.ok(!shown.text.includes(secret));
  }
});
