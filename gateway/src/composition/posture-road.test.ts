/**
 * Goal: over the real road a workstation's report opens the door, an out-of-date one closes it for whatever is new and never
 * for what runs, and nobody reports for somebody else; the gateway's own host is held to the same.
 * Method: a whole gateway with mutual TLS that asks for posture, real signatures, the real apt-get and ClamAV containers in
 * the place of its host, a real clamd.
 */
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Posture } from '@chaperone/domain/posture/posture.ts';
import { container, startClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import { makeDebianRoot } from '@chaperone/host/testing/debian-root.ts';
import type { DebianRoot } from '@chaperone/host/testing/debian-root.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { DEMO_SIGN_INS } from '../composition.ts';
import { createLog } from '../platform/log/log.ts';
import { Technician, factOf, factsOf, newTestGateway } from './testing/gateway-harness.ts';
import type { Answer, TestGateway } from './testing/gateway-harness.ts';
import { licenseOverTLS } from './testing/licensed-over-tls.ts';
import type { LicensedWorkstation } from './testing/licensed-over-tls.ts';
import {
  ALL_ACTIVITIES,
  grantSession,
  openCase,
  resumeSession,
  sessionIs,
} from './testing/session-script.ts';

const DAY_MS = 86_400_000;
const REQUIRED = { kind: 'required' };
const wholeSeconds = (utcMs: number): number => Math.floor(utcMs / 1000) * 1000;
const YESTERDAY = wholeSeconds(Date.now() - DAY_MS);

let host: DebianRoot;
let gateway: TestGateway;
before(async () => {
  host = await makeDebianRoot({ definitionsUtcMs: YESTERDAY, updatesKnownUtcMs: YESTERDAY });
  gateway = await newTestGateway({ hostRoot: host.root }, null, 'off-demo', 'browser-chain', {
    posture: REQUIRED,
  });
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await host.close();
});

const CURRENT: Posture = {
  system: 'linux-debian',
  antivirusDefinitionsUtcMs: YESTERDAY,
  updatesKnownUtcMs: YESTERDAY,
  securityUpdatesPending: 0,
  upgradedUtcMs: null,
  rebootRequiredSinceUtcMs: null,
};
const NEGLECTED: Posture = { ...CURRENT, antivirusDefinitionsUtcMs: YESTERDAY - 8 * DAY_MS };

/** A licensed workstation: its certificates, a browser at it, and its program. */
interface Desk {
  readonly licensed: LicensedWorkstation;
  readonly browser: Technician;
  readonly program: Technician;
}

async function newDesk(at: TestGateway = gateway): Promise<Desk> {
  const { running } = at;
  const { code } = await running.authority.issueWorkstationLicence('Desk', { by: 'test' });
  const ca = running.authority.publicRoots.browserRootPEM;
  const browser = new Technician(running.consoleUrl);
  const program = new Technician(running.consoleUrl);
  browser.tls = { ca };
  const licensed = await licenseOverTLS(browser, code);
  browser.tls = { ca, ...licensed.browser };
  program.tls = { ca, ...licensed.program };
  browser.workstation = licensed.workstation;
  browser.chain = licensed.chain;
  browser.keys = licensed.keys;
  return { licensed, browser, program };
}

/** A report as the program makes it. */
async function reportOf(
  { workstation, program }: LicensedWorkstation,
  posture: Posture,
  takenUtcMs = Date.now(),
): Promise<string> {
  const iat = Math.floor(takenUtcMs / 1000);
  const claims = { iss: workstation, takenUtcMs, posture, iat, exp: iat + 300 };
  return await signStatement(TYP.posture, claims, createPrivateKey(program.key), 'ES256');
}

async function send(who: Technician, report: unknown): Promise<Answer> {
  return await who.ask('POST', '/api/workstation/posture', { body: { report } });
}

async function report({ licensed, program }: Desk, posture: Posture): Promise<Answer> {
  const answer = await send(program, await reportOf(licensed, posture));
  assert.equal(answer.status, 200, answer.text);
  return answer;
}

/** Asks at the first gate. */
async function knock({ browser }: Desk): Promise<Answer> {
  const tara = DEMO_SIGN_INS.find(({ gateway: { userId } }) => userId === 'tara');
  const body = { ...tara?.directory, workstation: browser.workstation };
  return await browser.ask('POST', '/api/sign-in/directory', { body });
}

test('a workstation that has not reported is refused; its report opens the door; a worse one closes it with the reason', async () => {
  const desk = await newDesk();
  const before = await knock(desk);
  assert.equal(before.status, 403);
  assert.equal(before.body['code'], 'WORKSTATION_OUT_OF_DATE');
  assert.match(String(before.body['detail']), /Run chaperone workstation report/);
  const about = await desk.browser.ask('GET', '/api/workstation');
  assert.deepEqual(about.body['posture'], [before.body['detail']]);
  const good = await report(desk, CURRENT);
  assert.deepEqual(good.body, { judgement: { isCurrent: true, lacks: [] } });
  assert.equal((await knock(desk)).status, 200);
  const bad = await report(desk, NEGLECTED);
  assert.equal((bad.body['judgement'] as { isCurrent: boolean }).isCurrent, false);
  const refused = await knock(desk);
  assert.equal(
    refused.body['detail'],
    'The antivirus definitions of this workstation are 9 days old; at most 3 are allowed. Run freshclam.',
  );
  assert.deepEqual((await desk.browser.ask('GET', '/api/workstation')).body['posture'], [
    refused.body['detail'],
  ]);
  const facts = await factsOf(gateway.running);
  const judged = facts.flatMap((fact) =>
    fact.kind === 'posture-judged' && fact.workstationId === desk.licensed.workstation
      ? [fact.lacks]
      : [],
  );
  assert.deepEqual(judged, [[], ['ANTIVIRUS_OLD']]);
  const { workstationId } = await factOf(
    gateway.running,
    'sign-in-refused',
    ({ code }) => code === 'WORKSTATION_OUT_OF_DATE',
  );
  assert.ok(workstationId !== null);
});

test('a session that runs, and its resuming, go on at a workstation that has become out of date; a new request does not', async () => {
  const cart = await gateway.enrolCart('US-POSTURE');
  const desk = await newDesk();
  const tara = desk.browser;
  await report(desk, CURRENT);
  await tara.passGates('tara');
  const serviceCase = await openCase(tara, 'US-POSTURE');
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  await report(desk, NEGLECTED);
  const listing = `/api/cases/${serviceCase.id}/session/files?directory=exports`;
  assert.equal((await tara.ask('GET', listing)).status, 200);
  cart.drop();
  await sessionIs(tara, serviceCase, 'interrupted');
  await cart.connect();
  const resumed = await resumeSession(tara, cart, serviceCase);
  assert.equal(resumed.status, 200, resumed.text);
  await tara.ask('POST', `/api/cases/${serviceCase.id}/session/leave`);
  await sessionIs(tara, serviceCase, 'ended');

  const second = await gateway.enrolCart('US-POSTURE-2');
  const next = await openCase(tara, 'US-POSTURE-2');
  await second.connect();
  await sessionIs(tara, next, 'waiting');
  const again = async (): Promise<Answer> => {
    const jws = await tara.signedRequest(next, ALL_ACTIVITIES);
    return await tara.ask('POST', `/api/cases/${next.id}/session/request`, { body: { jws } });
  };
  const refused = await again();
  assert.deepEqual([refused.status, refused.body['code']], [403, 'WORKSTATION_OUT_OF_DATE']);
  assert.match(String(refused.body['detail']), /Run freshclam/);
  await factOf(gateway.running, 'posture-refused', ({ what }) => what === 'session-request');
  await report(desk, CURRENT);
  const asked = await again();
  assert.equal(asked.status, 200, asked.text);
});

test('nobody reports without the certificate of the program, for another workstation, or twice', async () => {
  const desk = await newDesk();
  const other = await newDesk();
  const own = await reportOf(desk.licensed, CURRENT);
  const nobody = new Technician(gateway.running.consoleUrl);
  nobody.tls = { ca: gateway.running.authority.publicRoots.browserRootPEM };
  for (const [who, report_, status, code] of [
    [nobody, own, 403, 'WORKSTATION_REFUSED'],
    [desk.browser, own, 403, 'WORKSTATION_REFUSED'],
    // Somebody else's report at the own connection, and the own one at somebody else's.
    [other.program, own, 403, 'POSTURE_REPORT_INVALID'],
    [desk.program, await reportOf(other.licensed, CURRENT), 403, 'POSTURE_REPORT_INVALID'],
    [desk.program, `${own.slice(0, -6)}AAAAAA`, 403, 'POSTURE_REPORT_INVALID'],
    [
      desk.program,
      await reportOf(desk.licensed, CURRENT, Date.now() + 3_600_000),
      409,
      'POSTURE_CLOCK_WRONG',
    ],
    [
      desk.program,
      await reportOf(desk.licensed, CURRENT, Date.now() - 3_600_000),
      409,
      'POSTURE_CLOCK_WRONG',
    ],
    [desk.program, 'no report', 400, 'REQUEST_MALFORMED'],
    [desk.program, 7, 400, 'REQUEST_MALFORMED'],
    [desk.program, `a.b.${'c'.repeat(3_000)}`, 400, 'REQUEST_MALFORMED'],
    [desk.program, `a.b.${'c'.repeat(10_240)}`, 413, 'REQUEST_TOO_LARGE'],
  ] as const) {
    const answer = await send(who, report_);
    assert.deepEqual([answer.status, answer.body['code']], [status, code], answer.text);
  }
  assert.equal((await knock(desk)).body['code'], 'WORKSTATION_OUT_OF_DATE');
  assert.equal((await send(desk.program, own)).status, 200);
  const replayed = await send(desk.program, own);
  assert.deepEqual([replayed.status, replayed.body['code']], [409, 'POSTURE_REPORT_STALE']);
});

test('whoever reports without end is told when to come back', async () => {
  const desk = await newDesk();
  let last: Answer | null = null;
  for (let count = 0; count < 11; count += 1) last = await send(desk.program, 'a.b.c');
  assert.equal(last?.status, 429);
  assert.equal(last?.headers['retry-after'], '30');
});

test("the gateway's host: while its real clamd has old definitions only, technicians are kept out, and log and ledger say why", async () => {
  const clamd = await startClamd({ 'daily.cud': container(YESTERDAY - 8 * DAY_MS) });
  const asked = { ...REQUIRED, clamdSocket: clamd.socket };
  let logged = '';
  const log = createLog({
    level: 'warn',
    destination: { write: (line: string) => void (logged += line) },
  });
  await using own = await newTestGateway(
    { hostRoot: host.root, log },
    null,
    'off-demo',
    'browser-chain',
    { posture: asked },
  );
  try {
    const desk = await newDesk(own);
    await report(desk, CURRENT);
    const refused = await knock(desk);
    assert.deepEqual([refused.status, refused.body['code']], [403, 'GATEWAY_OUT_OF_DATE']);
    const { lacks } = await factOf(
      own.running,
      'posture-judged',
      ({ subject }) => subject === 'gateway',
    );
    assert.deepEqual(lacks, ['ANTIVIRUS_OLD']);
    assert.match(logged, /definitions of this gateway are 9 days old.*Run freshclam/);
    assert.match(logged, /only administrators can sign in/);
    // Whoever can mend it comes in, and is told what.
    await desk.browser.passGates('amir');
    const { body } = await desk.browser.ask('GET', '/api/desk');
    assert.deepEqual(body['gatewayPosture'], [
      'The antivirus definitions of this gateway are 9 days old; at most 3 are allowed. Run freshclam.',
    ]);
    const shown = await desk.browser.ask('GET', '/api/admin/workstations');
    const [{ posture } = {}] = shown.body['items'] as { posture?: unknown }[];
    assert.deepEqual(posture, []);
    // Nobody else is told, signed in or not.
    const narrowed = { act: 'change-roles', accountName: 'amir', roles: ['lead'] } as const;
    await own.running.administer({ ...narrowed, by: 'root', reason: 'asked for in writing' });
    const other = await desk.browser.ask('GET', '/api/desk');
    assert.deepEqual([other.status, other.body['gatewayPosture']], [200, []], other.text);
  } finally {
    await clamd.close();
  }
  // No clamd answers any more: the container on the disk counts, and that one is of yesterday.
  await own.restart();
  const desk = await newDesk(own);
  await report(desk, CURRENT);
  assert.equal((await knock(desk)).status, 200);
});
