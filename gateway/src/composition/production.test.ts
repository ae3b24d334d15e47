/**
 * Goal: a production configuration starts and works: nothing of a demo is in it, people come from Active Directory through three
 * gates at a licensed and current workstation, and files through a real scanner. Method: the real program on a configuration
 * file, with a real domain by Samba and a real clamd; then the same data in this process, asked as browsers and carts ask.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { container, startClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import type { DatedClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import { makeDebianRoot } from '@chaperone/host/testing/debian-root.ts';
import type { DebianRoot } from '@chaperone/host/testing/debian-root.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { EICAR, zipOf } from '../antivirus/testing/packed.ts';
import { startGateway } from '../composition.ts';
import type { RunningGateway } from '../composition.ts';
import {
  DOMAIN_NAME,
  PASSWORD,
  groupName,
  provisionDomain,
} from '../directory/active-directory/testing/samba-domain.ts';
import type {
  SambaController,
  SambaDomain,
} from '../directory/active-directory/testing/samba-domain.ts';
import { checkConfiguration } from '../platform/configuration/configuration.ts';
import { silentLog } from '../platform/log/log.ts';
import { codeOfApp } from '../platform/one-time-code/testing/authenticator-app.ts';
import { Technician, enrolCart, factsOf } from './testing/gateway-harness.ts';
import { licenseOverTLS } from './testing/licensed-over-tls.ts';
import type { LicensedWorkstation } from './testing/licensed-over-tls.ts';
import { fetchFile, grantSession, openCase, transferIs } from './testing/session-script.ts';

const DAY_MS = 86_400_000;
const YESTERDAY = Math.floor((Date.now() - DAY_MS) / 1000) * 1000;
const ACCOUNT_PASSWORD = 'chestnut-velvet-19';
const MAIN = path.resolve(import.meta.dirname, '../main.ts');

const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-production-'));
const file = path.join(folder, 'gateway.json');
let domain: SambaDomain;
let controller: SambaController;
let clamd: DatedClamd;
let host: DebianRoot;
before(async () => {
  domain = await provisionDomain();
  controller = await domain.startController();
  clamd = await startClamd({ 'daily.cud': container(YESTERDAY) });
  host = await makeDebianRoot({ definitionsUtcMs: YESTERDAY, updatesKnownUtcMs: YESTERDAY });
  writeFileSync(path.join(folder, 'domain.pem'), domain.authorities);
  writeFileSync(path.join(folder, 'bind-password'), PASSWORD, { mode: 0o600 });
  writeFileSync(file, JSON.stringify(settings()));
});
after(async () => {
  await host.close();
  await clamd.close();
  await domain[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function settings(): object {
  return {
    dataDirectory: 'data',
    demo: false,
    serviceCentre: {
      name: 'Centre',
      phone: '+1 555 0100',
      phiPolicyUrl: 'https://example.com/phi',
    },
    edge: {
      listen: { host: '127.0.0.1', port: 0 },
      gatewayNames: ['gateway.centre.example', 'localhost'],
    },
    console: {
      listen: { host: '127.0.0.1', port: 0 },
      names: ['localhost', 'console.centre.example'],
      tls: 'browser-chain',
    },
    directory: {
      kind: 'active-directory',
      controllers: [`${controller.host}:${controller.port}`],
      authoritiesFile: 'domain.pem',
      searchBase: DOMAIN_NAME,
      bindName: 'reader@corp.test',
      bindPasswordFile: 'bind-password',
      groups: {
        technician: [groupName('Service-Staff')],
        lead: [groupName('Service-Leads')],
        administrator: [groupName('Service-Administrators')],
      },
    },
    antivirus: { kind: 'clamd', socket: clamd.socket },
    posture: { kind: 'required', clamdSocket: clamd.socket },
    log: { level: 'error' },
  };
}

async function program(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...args, '--config', file]);
  child.stdin.end(`${ACCOUNT_PASSWORD}\n`);
  const [output, complaint, [code]] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  assert.equal(code, 0, complaint);
  return output;
}

test('the program establishes and runs it, and without a scanner or with a demo’s it does not', async () => {
  await program('establish');
  const child = spawn(process.execPath, [MAIN, 'run', '--config', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    output += String(chunk);
    if (output.includes('"console"') && output.trimEnd().endsWith('}')) break;
  }
  assert.match(output, /"console": *"https:/);
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0);
  const good = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  for (const wrong of [undefined, { kind: 'none-demo' }])
    assert.throws(
      () => checkConfiguration({ ...good, antivirus: wrong }, { source: 'x', directory: folder }),
      /antivirus/,
    );
});

test('a technician of the domain works: three gates, a session, a clean file and an infected one', async () => {
  const whole = JSON.parse(readFileSync(file, 'utf8')) as object;
  const configuration = checkConfiguration(whole, { source: file, directory: folder });
  const overrides = { log: silentLog(), hostRoot: host.root };
  const running = await startGateway(configuration, overrides);
  try {
    const technician = await signedIn(running);
    const cart = await enrolCart(running, 'US-1001');
    try {
      const serviceCase = await openCase(technician, 'US-1001');
      await cart.connect();
      cart.files.set('clean.log', Buffer.from('a log line'));
      cart.files.set('bad.zip', zipOf([{ name: 'x.exe', content: EICAR }]));
      await grantSession(technician, cart, serviceCase);
      for (const [name, state] of [
        ['clean.log', 'released'],
        ['bad.zip', 'infected'],
      ] as const) {
        const transfer = await fetchFile(technician, serviceCase, name);
        const { record } = await transferIs(technician, serviceCase, transfer, 'done');
        await recordIs(technician, serviceCase.id, record ?? '', state);
        const content = `/api/cases/${serviceCase.id}/records/${record}/content`;
        const answer = await technician.ask('GET', content);
        assert.equal(answer.status, state === 'released' ? 200 : 409, answer.text);
      }
    } finally {
      cart.drop();
    }
    const facts = await factsOf(running);
    const starts = facts.filter(({ kind }) => kind === 'gateway-started');
    assert.equal(starts.length, 2);
    for (const start of starts)
      assert.ok(start.kind === 'gateway-started' && !start.demo && start.demoParts?.length === 0);
    const about = await technician.ask('GET', '/api/about');
    assert.deepEqual([about.body['demo'], about.body['demoParts']], [false, []]);
  } finally {
    await running.close();
  }
});

/** Licenses a workstation, has it report, and passes directory, password and an app that is enrolled on the way. */
async function signedIn(running: RunningGateway): Promise<Technician> {
  await running.administer({
    act: 'add-account',
    by: 'test',
    accountName: 'lead',
    directoryLogin: 'lead',
    name: 'Lead Tester',
    password: ACCOUNT_PASSWORD,
  });
  const technician = new Technician(running.consoleUrl);
  const ca = running.authority.publicRoots.browserRootPEM;
  technician.tls = { ca };
  const { code } = await running.authority.issueWorkstationLicence('Desk', { by: 'test' });
  const licensed = await licenseOverTLS(technician, code);
  technician.tls = { ca, ...licensed.program };
  const body = { report: await reportOf(licensed) };
  const told = await technician.ask('POST', '/api/workstation/posture', { body });
  assert.equal(told.status, 200, told.text);
  technician.tls = { ca, ...licensed.browser };
  Object.assign(technician, licensed);
  const step = async (route: string, asked: object): Promise<Readonly<Record<string, unknown>>> => {
    const answer = await technician.ask('POST', `/api/sign-in/${route}`, { body: asked });
    assert.equal(answer.status, 200, `${route}: ${answer.text}`);
    return answer.body;
  };
  const { workstation } = licensed;
  await step('directory', { login: 'lead', password: PASSWORD, workstation });
  await step('gateway', { userId: 'lead', password: ACCOUNT_PASSWORD });
  const { secret } = await step('enrolment/code/options', {});
  await step('enrolment/code', { code: codeOfApp(String(secret), Date.now()) });
  await step('enrolment/recovery-codes', {});
  const me = await technician.ask('GET', '/api/me');
  const { technician: own } = me.body as unknown as { technician: { id: string; name: string } };
  technician.id = own.id;
  technician.name = own.name;
  return technician;
}

async function reportOf({ workstation, program: own }: LicensedWorkstation): Promise<string> {
  const takenUtcMs = Date.now();
  const iat = Math.floor(takenUtcMs / 1000);
  const posture = {
    system: 'linux-debian',
    antivirusDefinitionsUtcMs: YESTERDAY,
    updatesKnownUtcMs: YESTERDAY,
    securityUpdatesPending: 0,
    upgradedUtcMs: null,
    rebootRequiredSinceUtcMs: null,
  };
  const claims = { iss: workstation, takenUtcMs, posture, iat, exp: iat + 300 };
  return await signStatement(TYP.posture, claims, createPrivateKey(own.key), 'ES256');
}

async function recordIs(
  technician: Technician,
  caseId: string,
  record: string,
  state: string,
): Promise<void> {
  for (let tries = 0; tries < 2000; tries += 1) {
    const { body } = await technician.ask('GET', `/api/cases/${caseId}`);
    const { recordList } = body as unknown as {
      recordList: readonly { id: string; quarantine: { state: string } }[];
    };
    if (recordList.find(({ id }) => id === record)?.quarantine.state === state) return;
    await delay(10);
  }
  assert.fail(`the record never became ${state}`);
}
