/**
 * Goal: `chaperone workstation report` tells a real gateway how current this very computer is, says what to do, and the gateway
 * holds the workstation to it. Method: a gateway with mutual TLS that asks for posture, the program as a process, a real
 * clamd with dated definitions, this machine's own apt.
 */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { Posture } from '@chaperone/domain/posture/posture.ts';
import { newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type { TestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { container, startClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import { makeDebianRoot } from '@chaperone/host/testing/debian-root.ts';
import type { DebianRoot } from '@chaperone/host/testing/debian-root.ts';
import { askAboutMe } from '@chaperone/workstation/gateway/routes.ts';
import { loadIdentity } from '@chaperone/workstation/identity/identity.ts';
import type { Identity } from '@chaperone/workstation/identity/identity.ts';
import { report, tryReport } from '@chaperone/workstation/command/report.ts';
import type { Attempted, Reported } from '@chaperone/workstation/command/report.ts';
import { readPosture } from '@chaperone/host/posture.ts';
import { newWorkstationHome } from './workstation-home.ts';
import type { WorkstationHome } from './workstation-home.ts';

const DAY_MS = 86_400_000;
const YESTERDAY = Math.floor((Date.now() - DAY_MS) / 1000) * 1000;
const { signal } = new AbortController();

let machine: DebianRoot;
let gateway: TestGateway;
before(async () => {
  machine = await makeDebianRoot({ definitionsUtcMs: YESTERDAY, updatesKnownUtcMs: YESTERDAY });
  const overrides = { hostRoot: machine.root };
  gateway = await newTestGateway(overrides, null, 'off-demo', 'browser-chain', {
    posture: { kind: 'required' },
  });
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await machine.close();
});

let workstation: WorkstationHome;
beforeEach(async () => {
  workstation = await newWorkstationHome();
});
afterEach(async () => await workstation[Symbol.asyncDispose]());

/** Licenses this home's workstation, without a browser; gives what `enrol` printed. */
async function enrol(at = gateway): Promise<Readonly<Record<string, unknown>>> {
  const act = { act: 'issue-workstation-licence', label: 'Desk', by: 'test' };
  const issued = (await at.running.administer(act)) as Readonly<Record<string, string>>;
  const { code = '', gateway: address = '', rootFingerprint = '' } = issued;
  const road = ['--gateway', address, '--fingerprint', rootFingerprint];
  return await workstation.json('enrol', ...road, '--code', code, '--browser', 'none');
}

async function identityOf(): Promise<Identity> {
  return await loadIdentity(workstation.data);
}

test('enrolling reports, too, and so does renewing; the gateway answers with what is lacking', async () => {
  const { posture } = await enrol();
  const { reported, trouble } = posture as Attempted;
  equal(trouble, null);
  const held = await askAboutMe(await identityOf(), signal);
  deepEqual(
    held.posture,
    reported?.judgement.lacks.map(({ sentence }) => sentence),
  );
  const renewed = await workstation.json('renew', '--force');
  equal((renewed['posture'] as { trouble: unknown }).trouble, null);
});

test('a report of this very computer: its clamd counts, and the exit code says whether anything is to be done', async () => {
  await enrol();
  const old = await startClamd({ 'daily.cud': container(YESTERDAY - 8 * DAY_MS) });
  try {
    const { exitCode, output } = await workstation.call('report', '--clamd-socket', old.socket);
    equal(exitCode, 1);
    match(
      output,
      /definitions of this workstation are 9 days old; at most 3 are allowed. Run freshclam/,
    );
    match(output, /New sign-ins and sessions are refused until this is done/);
    const said = await workstation.call('status');
    equal(said.exitCode, 1);
    match(said.output, /9 days old/);
  } finally {
    await old.close();
  }
  const current = await startClamd({ 'daily.cud': container(YESTERDAY) });
  try {
    const call = ['report', '--clamd-socket', current.socket, '--json'];
    const { exitCode, output } = await workstation.call(...call);
    const {
      judgement: { isCurrent, lacks },
    } = JSON.parse(output) as Reported;
    equal(exitCode, isCurrent ? 0 : 1);
    // Whether this machine's own apt is current is its own affair.
    ok(lacks.every(({ code }) => !code.startsWith('ANTIVIRUS_') && code !== 'POSTURE_UNREPORTED'));
  } finally {
    await current.close();
  }
});

test('a computer that is current passes, and the next report may be worse', async () => {
  await enrol();
  const identity = await identityOf();
  const { root } = machine;
  const directory = workstation.data;
  const read = async (): Promise<Posture> => await readPosture({ root });
  const good = await report({ directory, read, signal });
  deepEqual(good.judgement, { isCurrent: true, lacks: [] });
  deepEqual((await askAboutMe(identity, signal)).posture, []);
  equal((await workstation.call('status')).exitCode, 0);
  const other = async (): Promise<Posture> => await readPosture({ root, platform: 'win32' });
  const worse = await report({ directory, read: other, signal });
  deepEqual(
    worse.judgement.lacks.map(({ code }) => code),
    ['SYSTEM_UNSUPPORTED'],
  );
});

test('a wrong clock, no enrolment, a gateway that is gone: one sentence each', async () => {
  const nobody = await workstation.call('report');
  equal(nobody.exitCode, 1);
  match(nobody.complaint, /NOT_ENROLLED/);
  await enrol();
  const identity = await identityOf();
  const { root } = machine;
  const read = async (): Promise<Posture> => await readPosture({ root });
  const hour = 3_600_000;
  for (const ahead of [hour, -hour]) {
    const nowMs = (): number => Date.now() + ahead;
    await rejects(report({ directory: workstation.data, read, signal, nowMs }), {
      code: 'GATEWAY_REFUSED',
      message: /POSTURE_CLOCK_WRONG.*[Ss]et the clock of this workstation/,
    });
  }
  const gone = { ...identity, gateway: 'https://127.0.0.1:1' };
  const attempted = await tryReport(gone, { read, signal });
  equal(attempted.trouble?.code, 'GATEWAY_UNREACHABLE');
});

test('where the gateway asks for nothing, enrolling leaves the machine in peace', async () => {
  await using open = await newTestGateway({}, null, 'off-demo', 'browser-chain');
  const { posture } = await enrol(open);
  deepEqual(posture, { reported: null, trouble: null });
  equal((await workstation.call('status')).exitCode, 0);
  // Who reports unasked is thanked.
  const { output } = await workstation.call('report');
  match(output, /The gateway asks for nothing/);
});
