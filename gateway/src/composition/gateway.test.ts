/**
 * Goal: one whole session works through the gateway's real roads, and a case leaves nothing behind.
 * Method: a demo gateway with real TLS, database, ledger and vault; a cart that does as it is told; a technician who
 * signs with WebCrypto.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ScriptedCart } from '../desk/tunnel/scripted-cart.ts';
import { SERIAL, newTestGateway, someBytes } from './gateway-harness.ts';
import type { Technician } from './gateway-harness.ts';

export interface TestCase {
  readonly id: string;
  readonly number: string;
  readonly cart: string;
}

const COMPLAINT = 'Probe two shows stripes on Mrs Violetta Quartzheim';

async function openCase(technician: Technician): Promise<TestCase> {
  const body = {
    facility: 'St. Test',
    cart: SERIAL,
    caller: 'Nurse Abendroth',
    complaint: COMPLAINT,
  };
  const answer = await technician.ask('POST', '/api/cases', { body });
  assert.equal(answer.status, 200, answer.text);
  return answer.body as unknown as TestCase;
}

/** Asks again until the session is in a state; the desk hears of the cart's views in its own time. */
async function sessionIs(technician: Technician, { id }: TestCase, state: string) {
  for (let tries = 0; tries < 400; tries += 1) {
    const { body } = await technician.ask('GET', `/api/cases/${id}/session`);
    if ((body as { state: string }).state === state) return body as Record<string, unknown>;
    await delay(10);
  }
  const { text } = await technician.ask('GET', `/api/cases/${id}/session`);
  return assert.fail(`the session never became ${state}: ${text}`);
}

async function transferIs(
  technician: Technician,
  { id }: TestCase,
  transfer: string,
  state: string,
) {
  for (let tries = 0; tries < 600; tries += 1) {
    const { body } = await technician.ask('GET', `/api/cases/${id}`);
    const found = (
      body as unknown as { transfers: { id: string; state: string }[] }
    ).transfers.find((each) => each.id === transfer);
    if (found?.state === state) return found;
    if (found?.state === 'failed') assert.fail(JSON.stringify(found));
    await delay(10);
  }
  return assert.fail(`the transfer never became ${state}`);
}

async function granted(
  technician: Technician,
  cart: ScriptedCart,
  serviceCase: TestCase,
): Promise<void> {
  await sessionIs(technician, serviceCase, 'waiting');
  const jws = await technician.signedRequest(serviceCase, ['view', 'fetch-files', 'send-files']);
  const asked = await technician.ask('POST', `/api/cases/${serviceCase.id}/session/request`, {
    body: { jws },
  });
  assert.equal(asked.status, 200, asked.text);
  assert.equal((asked.body as { state: string }).state, 'requested');
  await cart.grant();
  await sessionIs(technician, serviceCase, 'granted');
}

test('one whole session: case, grant, screen, fetch, send, loss, resume, end, resolve', async () => {
  await using gateway = await newTestGateway();
  const cart = await gateway.enrolCart();
  const tara = await gateway.signedIn('tara');
  const serviceCase = await openCase(tara);
  await cart.connect();
  await granted(tara, cart, serviceCase);

  const screen = tara.webSocket(`/api/cases/${serviceCase.id}/session/screen`);
  const [greeting] = await once(screen, 'message');
  assert.equal(String(greeting), 'RFB 003.008\n');
  screen.send(Buffer.from('pointer'));
  const [echo] = await once(screen, 'message');
  assert.equal(String(echo), 'pointer');

  const file = someBytes(3_000_000);
  cart.files.set('study.dcm', file);
  const listing = await tara.ask(
    'GET',
    `/api/cases/${serviceCase.id}/session/files?directory=exports`,
  );
  assert.equal(listing.status, 200, listing.text);
  const fetching = await tara.ask('POST', `/api/cases/${serviceCase.id}/fetches`, {
    body: { directory: 'exports', path: 'study.dcm' },
  });
  assert.equal(fetching.status, 200, fetching.text);
  const done = await transferIs(tara, serviceCase, (fetching.body as { id: string }).id, 'done');
  const record = (done as unknown as { record: string }).record;
  const content = await tara.ask('GET', `/api/cases/${serviceCase.id}/records/${record}/content`, {
    headers: { range: 'bytes=10-19' },
  });
  assert.equal(content.status, 206);
  assert.equal(content.headers['content-range'], 'bytes 10-19/3000000');

  const tool = someBytes(2_500_000);
  const uploaded = await tara.ask('PUT', `/api/cases/${serviceCase.id}/outgoing?name=fix.bin`, {
    bytes: tool,
  });
  assert.equal(uploaded.status, 200, uploaded.text);
  const sending = await tara.ask('POST', `/api/cases/${serviceCase.id}/sends`, {
    body: { record: (uploaded.body as { id: string }).id },
  });
  assert.equal(sending.status, 200, sending.text);
  await transferIs(tara, serviceCase, (sending.body as { id: string }).id, 'done');
  const [placed] = cart.inbox.values();
  assert.ok(placed?.placed === true && placed.data.equals(tool));

  cart.drop();
  await sessionIs(tara, serviceCase, 'interrupted');
  await cart.connect();
  let detail = await sessionIs(tara, serviceCase, 'interrupted');
  while (detail['challenge'] === null) detail = await sessionIs(tara, serviceCase, 'interrupted');
  const grant = cart.grantClaims?.jti;
  const activities = ['view', 'fetch-files', 'send-files'] as const;
  const resume = await tara.signedRequest(serviceCase, activities, { purpose: 'resume', grant });
  const resumed = await tara.ask('POST', `/api/cases/${serviceCase.id}/session/resume`, {
    body: { jws: resume },
  });
  assert.equal(resumed.status, 200, resumed.text);
  assert.equal(cart.resumes.length, 1);

  const early = await tara.ask('POST', `/api/cases/${serviceCase.id}/resolve`, {
    body: { confirmNumber: serviceCase.number },
  });
  assert.equal(early.status, 409);
  const left = await tara.ask('POST', `/api/cases/${serviceCase.id}/session/leave`);
  assert.equal(left.status, 200, left.text);
  await sessionIs(tara, serviceCase, 'ended');
  assert.deepEqual(cart.ends, ['technician-left']);

  const resolved = await tara.ask('POST', `/api/cases/${serviceCase.id}/resolve`, {
    body: { confirmNumber: serviceCase.number },
  });
  assert.equal(resolved.status, 200, resolved.text);
  assert.equal((resolved.body as { state: string }).state, 'resolved');
  const certificate = await tara.ask('GET', `/api/cases/${serviceCase.id}/certificate`);
  assert.equal(certificate.status, 200, certificate.text);
  const timeline = await tara.ask('GET', `/api/cases/${serviceCase.id}/timeline`);
  assert.equal(timeline.status, 200, timeline.text);
  const evidence = await tara.ask('GET', `/api/cases/${serviceCase.id}/evidence`);
  assert.equal(evidence.status, 200, evidence.text);
});
