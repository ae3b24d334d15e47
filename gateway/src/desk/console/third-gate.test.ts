/**
 * Goal: over HTTP, whoever passed both passwords can do nothing but pass the third gate; what is sent there malformed, huge
 * or replayed opens nothing, also after a restart; an administrator at the machine can begin it anew.
 * Method: a running gateway that requires second factors, asked as a browser asks; the published operations from its own
 * OpenAPI document; codes by a second implementation of RFC 6238, assertions by a security key in software.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Technician, factsOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { Answer, TestGateway } from '../../composition/testing/gateway-harness.ts';
import { DEMO_SIGN_INS } from '../../composition.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { codeOfApp } from '../../platform/one-time-code/testing/authenticator-app.ts';
import { SoftAuthenticator } from '../second-factor/testing/soft-authenticator.ts';
import { ROUTE_TABLE } from './console.ts';

let gateway: TestGateway;
const clock = new ManualClock(Date.now());
before(async () => {
  gateway = await newTestGateway({ clock }, null, 'required');
});
after(async () => await gateway[Symbol.asyncDispose]());

const [tara, lena] = DEMO_SIGN_INS;

/** Passes both passwords at a workstation of its own. */
async function atThirdGate(person = tara): Promise<{ technician: Technician; step: Answer }> {
  const technician = new Technician(gateway.running.consoleUrl);
  await technician.enrol(gateway.running);
  const body = { ...person?.directory, workstation: technician.workstation };
  const one = await technician.ask('POST', '/api/sign-in/directory', { body });
  assert.equal(one.status, 200, one.text);
  const step = await technician.ask('POST', '/api/sign-in/gateway', { body: person?.gateway });
  assert.equal(step.status, 200, step.text);
  return { technician, step };
}

const post = (technician: Technician, path: string, body: unknown = {}, headers = {}) =>
  technician.ask('POST', `/api/sign-in/${path}`, { body, headers });
const reset = (accountName: string) =>
  gateway.running.administer({ act: 'reset-factor', accountName, by: 'root' });

async function enrolledApp(person = tara): Promise<string> {
  const { technician } = await atThirdGate(person);
  const offer = await post(technician, 'enrolment/code/options');
  const { secret } = offer.body as { secret: string };
  const code = codeOfApp(secret, clock.utcMs());
  const shown = await post(technician, 'enrolment/code', { code });
  assert.equal(shown.body['next'], 'recovery-codes', shown.text);
  const done = await post(technician, 'enrolment/recovery-codes');
  assert.equal(done.body['next'], 'done', done.text);
  assert.equal((await technician.ask('GET', '/api/me')).status, 200);
  clock.advance(60_000);
  return secret;
}

test('whoever stands at the third gate is refused by every other operation', async () => {
  const { technician, step } = await atThirdGate();
  assert.equal(step.body['next'], 'enrolment', step.text);
  const document = await technician.ask('GET', '/api/openapi.json');
  const paths = document.body['paths'] as Record<string, Record<string, unknown>>;
  let refused = 0;
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods).map((name) => name.toUpperCase())) {
      const route =
        `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1').replace('{*}', '*')}` as keyof typeof ROUTE_TABLE;
      const { requirement } = ROUTE_TABLE[route];
      if (['anybody', 'workstation', 'first-gate', 'third-gate'].includes(requirement)) continue;
      const target = path.replaceAll(/\{[\w*]+\}/g, `case-${'0'.repeat(26)}`);
      const sent = method === 'POST' ? { body: {} } : {};
      const answer = await technician.ask(method, target, sent);
      assert.equal(answer.body['code'], 'NOT_SIGNED_IN', `${route} ${answer.text}`);
      refused += 1;
    }
  }
  assert.ok(refused > 20);
  // The second gate is behind: its cookie changed, and it is not passed twice.
  const again = await post(technician, 'gateway', tara?.gateway);
  assert.equal(again.body['code'], 'NOT_SIGNED_IN');
});

test('what is malformed, huge or of another kind is refused before anything is compared', async () => {
  const { technician } = await atThirdGate();
  const before = (await factsOf(gateway.running)).length;
  const answer = {
    id: 'a',
    rawId: 'a',
    type: 'public-key',
    response: {},
    clientExtensionResults: {},
  };
  for (const [path, body] of [
    ['factor/code', {}],
    ['factor/code', { code: 123_456 }],
    ['factor/code', { code: '1'.repeat(10_000) }],
    ['factor/code', { code: '123456', also: 'this' }],
    ['factor/recovery-code', { code: '' }],
    ['factor/recovery-code', { code: 'A'.repeat(10_000) }],
    ['factor/passkey', { ...answer }],
    ['factor/passkey', { ...answer, type: 'password' }],
    ['enrolment/passkey', { ...answer, response: { clientDataJSON: '!', attestationObject: '' } }],
    ['enrolment/passkey', { ...answer, id: 'a'.repeat(10_000) }],
  ] as const) {
    const { body: problem, text } = await post(technician, path, body);
    assert.equal(problem['code'], 'REQUEST_MALFORMED', `${path} ${text}`);
  }
  for (const password of ['p'.repeat(10_000), 'p'.repeat(1025), '']) {
    const directory = { ...tara?.directory, workstation: technician.workstation, password };
    assert.equal((await post(technician, 'directory', directory)).status, 400);
    assert.equal((await post(technician, 'gateway', { ...tara?.gateway, password })).status, 400);
  }
  assert.equal((await factsOf(gateway.running)).length, before);
  const foreign = await post(
    technician,
    'enrolment/code/options',
    {},
    { origin: 'https://evil.example' },
  );
  assert.equal(foreign.body['code'], 'ORIGIN_REFUSED');
});

test('letters that look alike are another account and another password', async () => {
  const technician = new Technician(gateway.running.consoleUrl);
  await technician.enrol(gateway.running);
  const { workstation } = technician;
  // Cyrillic а, full-width a: a reader sees "tara.lindqvist".
  for (const login of ['tаra.lindqvist', 'tａra.lindqvist']) {
    const answer = await post(technician, 'directory', { ...tara?.directory, login, workstation });
    assert.equal(answer.body['code'], 'DIRECTORY_REFUSED');
  }
  await post(technician, 'directory', { ...tara?.directory, workstation });
  for (const userId of ['tаra', 'tａra']) {
    const answer = await post(technician, 'gateway', { ...tara?.gateway, userId });
    assert.equal(answer.body['code'], 'SIGN_IN_REFUSED');
  }
});

test('a code is not taken again after the gateway was started anew', async () => {
  const secret = await enrolledApp(lena);
  const code = codeOfApp(secret, clock.utcMs());
  const first = await atThirdGate(lena);
  assert.deepEqual(first.step.body, {
    next: 'factor',
    factor: 'code',
    relyingParty: null,
    isUsableHere: true,
  });
  assert.equal((await post(first.technician, 'factor/code', { code })).body['next'], 'done');
  await gateway.restart();
  const { technician } = await atThirdGate(lena);
  const again = await post(technician, 'factor/code', { code });
  assert.deepEqual([again.status, again.body['code']], [401, 'SECOND_FACTOR_REFUSED']);
  assert.ok(!again.text.includes(code));
  clock.advance(30_000);
  const next = await post(technician, 'factor/code', { code: codeOfApp(secret, clock.utcMs()) });
  assert.equal(next.body['next'], 'done', next.text);
});

test('a passkey of the name in the address line; none is offered under an address', async () => {
  const { technician, step } = await atThirdGate();
  assert.deepEqual(step.body, { next: 'enrolment', factors: ['code'] });
  const refused = await post(technician, 'enrolment/passkey/options');
  assert.equal(refused.body['code'], 'FACTOR_NOT_HERE');
  // The same console by its name.
  const host = new URL(gateway.running.consoleUrl).host.replace('127.0.0.1', 'localhost');
  const named = { host, origin: `http://${host}` };
  const asked = await post(technician, 'enrolment/passkey/options', {}, named);
  const created = asked.body['options'] as { challenge: string; rp: { id: string } };
  assert.equal(created.rp.id, 'localhost');
  const key = new SoftAuthenticator();
  const at = { origin: named.origin, rpId: 'localhost' };
  const answer = key.register({ ...at, challenge: created.challenge });
  const shown = await post(technician, 'enrolment/passkey', answer, named);
  assert.equal(shown.body['next'], 'recovery-codes', shown.text);
  await post(technician, 'enrolment/recovery-codes');

  const second = await atThirdGate();
  assert.equal(second.step.body['isUsableHere'], false);
  const elsewhere = await post(second.technician, 'factor/passkey/options');
  assert.equal(elsewhere.body['code'], 'FACTOR_NOT_HERE');
  const request = await post(second.technician, 'factor/passkey/options', {}, named);
  const { challenge } = request.body['options'] as { challenge: string };
  const assertion = key.assert({ ...at, challenge });
  const done = await post(second.technician, 'factor/passkey', assertion, named);
  assert.equal(done.body['next'], 'done', done.text);
  const replayed = await atThirdGate();
  const again = await post(replayed.technician, 'factor/passkey', assertion, named);
  assert.equal(again.body['code'], 'SECOND_FACTOR_REFUSED');
});

test('an administrator at the machine takes a factor away: who is in is out, and the ledger says who did it', async () => {
  await reset('lena');
  const secret = await enrolledApp(lena);
  const { technician } = await atThirdGate(lena);
  const code = codeOfApp(secret, clock.utcMs());
  assert.equal((await post(technician, 'factor/code', { code })).body['next'], 'done');
  const waiting = await atThirdGate(lena);
  assert.equal(((await reset('lena')) as { removed: number }).removed, 1);
  assert.equal((await technician.ask('GET', '/api/me')).status, 401);
  const late = await post(waiting.technician, 'enrolment/code/options');
  assert.equal(late.body['code'], 'NOT_SIGNED_IN');
  assert.equal((await atThirdGate(lena)).step.body['next'], 'enrolment');
  const listed = (await gateway.running.administer({ act: 'list-accounts' })) as {
    accounts: readonly { accountName: string; factor: string | null }[];
  };
  assert.deepEqual(
    new Map(listed.accounts.map(({ accountName, factor }) => [accountName, factor])),
    new Map([
      ['tara', 'passkey'],
      ['lena', null],
      ...['ada', 'amir', 'ines', 'finn'].map((name) => [name, null] as const),
    ]),
  );
  await assert.rejects(reset('nobody'), { code: 'ACCOUNT_UNKNOWN' });
  const facts = await factsOf(gateway.running);
  const removed = facts.filter(({ kind }) => kind === 'factor-removed');
  assert.ok(removed.length >= 2 && removed.every((fact) => 'by' in fact && fact.by === 'root'));
  // No code and no secret is in any fact.
  for (const plain of [secret.replaceAll(' ', ''), secret, code])
    assert.ok(!JSON.stringify(facts).includes(plain));
});

test('the gateway says in page and ledger that a demo asks for no second factor, and only then', async () => {
  const about = await (await atThirdGate()).technician.ask('GET', '/api/about');
  assert.deepEqual(about.body['demoParts'], [
    'directory',
    'antivirus',
    'workstation-certificate',
    'posture',
  ]);
  await using open = await newTestGateway();
  const technician = await open.signedIn('tara');
  const said = await technician.ask('GET', '/api/about');
  assert.deepEqual(said.body['demoParts'], [
    'directory',
    'antivirus',
    'workstation-certificate',
    'second-factor',
    'posture',
  ]);
  const facts = await factsOf(open.running);
  const started = facts.flatMap((fact) =>
    fact.kind === 'gateway-started' ? [fact.demoParts] : [],
  );
  assert.deepEqual(started, [said.body['demoParts']]);
});
