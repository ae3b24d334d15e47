// Goal: the engineer page is a door of its own behind the panel's: only with the PIN, never beside a session, and on a cart that is not
// set up it is the only one. Method: the agent as it is started, spoken to as its page does, with the real journal read back.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { engineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import { parseConfiguration } from '../configuration/configuration.ts';
import { startCart } from '../composition.ts';
import type { RunningCart } from '../composition.ts';
import { enrolledCart, startAgent } from '../composition/testing/enrolled-cart.ts';
import { storePin } from '../engineer/engineer.ts';
import { openLog } from '../platform/log.ts';
import { testCertificates } from '../platform/testing/cart-bench.ts';
import type { TestCertificates } from '../platform/testing/cart-bench.ts';

const PIN = '271828';
const MAIN = path.resolve(import.meta.dirname, '../main.ts');
const run = promisify(execFile);
/** No test here reaches a gateway; this port is nobody's. */
const NO_GATEWAY = 9;

let certificates: TestCertificates;
before(async () => {
  certificates = await testCertificates();
});

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

function panelOf(cart: Pick<RunningCart, 'panelUrl' | 'credential'>) {
  const ask = async (
    method: 'GET' | 'POST',
    route: string,
    body: object = {},
    credential = '',
  ): Promise<Answer> => {
    const answer = await fetch(`${cart.panelUrl}/api/${route}`, {
      method,
      headers: {
        authorization: `Bearer ${cart.credential}`,
        origin: cart.panelUrl,
        'chaperone-engineer': credential,
        ...(method === 'POST' && { 'content-type': 'application/json' }),
      },
      ...(method === 'POST' && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) };
  };
  const open = async (pin: string): Promise<string> => {
    const answer = await ask('POST', 'engineer/open', { pin });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return String(answer.body['credential']);
  };
  return { ask, open };
}

async function notSetUp(t: TestContext) {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-new-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const dataDirectory = path.join(directory, 'data');
  const value = {
    dataDirectory,
    cart: { serial: 'US-1', model: 'Bench' },
    gateway: { host: '127.0.0.1', port: NO_GATEWAY, serverName: 'gateway.test' },
    serviceCentre: { name: 'Centre', phone: '1', phiPolicyUrl: 'https://example.org/phi' },
    screen: { kind: 'demo' },
  };
  const configurationFile = path.join(directory, 'cart.json');
  await writeFile(configurationFile, JSON.stringify(value));
  return { dataDirectory, configuration: parseConfiguration(value), configurationFile };
}

const ROUTES: readonly ['GET' | 'POST', string, object][] = [
  ['POST', 'engineer/close', {}],
  ['POST', 'engineer/stay', {}],
  ['GET', 'engineer/states', {}],
  ['POST', 'engineer/licence', { code: 'x', rootFingerprint: null }],
  ['POST', 'engineer/enrol', {}],
  ['POST', 'engineer/gateway', { host: 'a', port: 1, serverName: 'a' }],
  ['POST', 'engineer/proxy', { kind: 'none' }],
  ['POST', 'engineer/network', {}],
  ['POST', 'engineer/network/withdraw', {}],
  ['POST', 'engineer/scan', { interface: 'wlan0' }],
  ['POST', 'engineer/validate', { idleSeconds: 0 }],
  ['POST', 'engineer/validate/stop', {}],
  ['POST', 'engineer/accept', { facility: 'a', acceptedBy: 'b' }],
  ['GET', 'engineer/masks', {}],
  ['POST', 'engineer/masks/snapshot', { afterSeconds: 0 }],
  ['GET', 'engineer/masks/picture', {}],
  ['POST', 'engineer/masks/try', { drawing: null }],
  ['POST', 'engineer/masks/save', {}],
  ['POST', 'engineer/masks/remove', { layout: 'exam' }],
  ['GET', 'engineer/masks/file', {}],
  ['POST', 'engineer/masks/import', { text: '' }],
  ['GET', 'engineer/report', {}],
  ['GET', 'engineer/report/page', {}],
  ['GET', 'engineer/firewall', {}],
];

test('nothing of the engineer is to be had without the PIN, and who tries is written down', async (t) => {
  const enrolled = await enrolledCart(t, certificates, NO_GATEWAY);
  const cart = await startAgent(enrolled);
  const { ask } = panelOf(cart);
  for (const [method, route, body] of ROUTES) {
    const answer = await ask(method, route, body, 'A'.repeat(43));
    assert.deepEqual([answer.status, answer.body['code']], [403, 'ENGINEER_CLOSED'], route);
  }
  const unset = await ask('POST', 'engineer/open', { pin: PIN });
  assert.deepEqual([unset.status, unset.body['code']], [409, 'ENGINEER_PIN_NOT_SET']);
  await storePin(enrolled.dataDirectory, PIN);
  const wrong = await ask('POST', 'engineer/open', { pin: '000001' });
  assert.deepEqual([wrong.status, wrong.body['code']], [403, 'ENGINEER_PIN_WRONG']);
  const credential = await panelOf(cart).open(PIN);
  assert.equal((await ask('POST', 'engineer/stay', {}, credential)).status, 204);
  await cart.close();
  const facts = await readFile(
    path.join(enrolled.dataDirectory, 'journal', 'journal.ndjson'),
    'utf8',
  );
  assert.match(facts, /"operation":"panel engineer\/open","code":"ENGINEER_PIN_WRONG"/);
  assert.match(facts, /"operation":"panel engineer\/gateway","code":"ENGINEER_CLOSED"/);
  assert.match(facts, /"kind":"engineer-opened"/);
  assert.doesNotMatch(facts, new RegExp(PIN));
});

test('a session that begins closes the engineer page, and none opens beside it', async (t) => {
  const enrolled = await enrolledCart(t, certificates, NO_GATEWAY);
  await mkdir(enrolled.dataDirectory, { recursive: true });
  await storePin(enrolled.dataDirectory, PIN);
  const cart = await startAgent(enrolled);
  const { ask, open } = panelOf(cart);
  const credential = await open(PIN);
  assert.equal((await ask('POST', 'press')).status, 204);
  assert.equal(cart.view().phase, 'notice');
  assert.equal(
    (await ask('POST', 'engineer/stay', {}, credential)).body['code'],
    'ENGINEER_CLOSED',
  );
  const beside = await ask('POST', 'engineer/open', { pin: PIN });
  assert.deepEqual([beside.status, beside.body['code']], [409, 'SESSION_UNDER_WAY']);
  assert.equal((await ask('POST', 'notice/decline')).status, 204);
  assert.equal(
    (await ask('POST', 'engineer/stay', {}, credential)).body['code'],
    'ENGINEER_CLOSED',
  );
  await open(PIN);
});

test('a cart that is not set up has an agent whose panel says so, and nothing can be pressed', async (t) => {
  const { configuration, dataDirectory, configurationFile } = await notSetUp(t);
  const cart = await startCart(configuration, { log: openLog('silent') });
  t.after(() => cart.close());
  assert.deepEqual([cart.view().isSetUp, cart.view().phase], [false, 'idle']);
  const { ask, open } = panelOf(cart);
  for (const route of ['press', 'pause', 'resume', 'end', 'dismiss', 'notice/decline']) {
    const answer = await ask('POST', route);
    assert.deepEqual([answer.status, answer.body['code']], [409, 'CART_NOT_SET_UP'], route);
  }
  const place = { x: 0, y: 0, width: 1, height: 1, focused: true };
  assert.equal((await ask('POST', 'presence', place)).status, 204);

  // The agent holds the data directory: a command goes to it.
  const pinFile = path.join(dataDirectory, 'typed-pin');
  await writeFile(pinFile, `${PIN}\n`);
  const chaperone = (...words: string[]) =>
    run(process.execPath, [MAIN, ...words, '--config', configurationFile, '--json']);
  await chaperone('engineer-pin', '--pin-file', pinFile);
  const credential = await open(PIN);
  const typo = await ask(
    'POST',
    'engineer/licence',
    { code: '11111-11111-11111-11112', rootFingerprint: 'ab'.repeat(10) },
    credential,
  );
  assert.deepEqual([typo.status, typo.body['code']], [422, 'FIELDS_REFUSED']);
  assert.deepEqual(
    (typo.body['fields'] as { field: string }[]).map(({ field }) => field),
    ['code'],
  );
  const told = await chaperone('commissioning');
  assert.equal(engineerState.parse(JSON.parse(told.stdout)).enrolment, null);
  const withdrawn = await chaperone('network', 'withdraw');
  assert.deepEqual(JSON.parse(withdrawn.stdout), { change: null }, 'nothing is being tried');
  const setting = await chaperone('gateway', 'set', '--host', '127.0.0.1', '--port', '1');
  assert.equal(setting.stdout.trim().split('\n').length, 1);
});
