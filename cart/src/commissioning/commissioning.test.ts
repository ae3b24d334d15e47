// Goal: what a field engineer does happens in the order in which it is safe, and every field that cannot be used is named with what to
// type. Method: the real facade and its files, with parts that the test scripts; the real ones have tests of their own.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { newLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import type {
  Validation,
  ValidationStepReport,
} from '@chaperone/protocol/commissioning/validation.ts';
import { engineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import { EnrolmentUnreachable, RootFingerprintMismatch } from '../licence/licence.ts';
import { openLog } from '../platform/log.ts';
import type { RefusedByAgent } from './agent-socket.ts';
import {
  askedHere,
  askedThere,
  CartNotSetUp,
  Commissioning,
  CommissioningUnderWay,
  FieldsRefused,
  listenForCommands,
  SessionUnderWay,
  ValidationMissing,
  ValidationNotPassed,
} from './commissioning.ts';
import type { CommissioningOptions, LicenceToRedeem, NetworkChange } from './commissioning.ts';

const CODE = newLicenceCode((count) => new Uint8Array(count).fill(7)) as unknown as string;
const FINGERPRINT = 'ab'.repeat(32);

const passed = (step: ValidationStepReport['step']): ValidationStepReport => ({
  ...{ step, result: 'passed', finding: null, seen: {}, said: 'As it should be.' },
  ...{ advice: null, tookMs: 1 },
});

const DHCP = {
  kind: 'wired',
  ipv4: { method: 'dhcp', nameServers: [] },
  enterprise: null,
} as const;

async function stage(t: TestContext) {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'chaperone-commissioning-'));
  t.after(() => rm(dataDirectory, { recursive: true, force: true }));
  const world = {
    isSession: false,
    isEnrolled: false,
    waiting: null as LicenceToRedeem | null,
    /** What redeeming throws. */
    refusal: null as Error | null,
    facts: [] as string[],
    validation: VALIDATION_STEPS.map(passed) as readonly ValidationStepReport[],
    change: null as NetworkChange | null,
    apply: async (): Promise<void> => undefined,
    /** Set: validation waits in its last step until it is stopped. */
    isEndless: false,
  };
  const listeners = new Set<() => void>();
  const options: CommissioningOptions = {
    dataDirectory,
    cart: { serial: 'US-1', model: 'Bench', software: 'test' },
    configured: {
      gateway: { host: 'gateway.example', port: 443, serverName: 'gateway.example' },
      rootFingerprint: null,
    },
    clock: { utcMs: () => 1_700_000_000_000, monotonicMs: () => performance.now() },
    network: {
      interfaces: async () => [],
      scan: async () => ({ networks: [] }),
      apply: async (_name, _profile, proof) => {
        world.change = {
          ...{ interface: 'eth0', state: 'trying', secondsLeft: 30, failure: null },
          ...{ proof, isKeepable: false },
        };
        for (const listener of listeners) listener();
        await world.apply();
        world.change = { ...world.change, state: 'kept', secondsLeft: null };
      },
      change: () => world.change,
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    licence: {
      enrolment: async () =>
        world.isEnrolled
          ? {
              ...{ certificateSerial: '0a', certificateNotAfterUtcMs: 2, renewalDueUtcMs: 1 },
              renewalFailure: null,
              licence: { id: 'lic-1', features: ['view'], validUntilUtcMs: null },
            }
          : null,
      waiting: async () => world.waiting,
      keepWaiting: async (licence) => void (world.waiting = licence),
      dropWaiting: async () => void (world.waiting = null),
      redeem: async () => {
        if (world.refusal !== null) throw world.refusal;
        world.isEnrolled = true;
        return { serial: 'US-1', certificateSerial: '0a' };
      },
    },
    validate: async ({ onStep, signal }) => {
      for (const step of world.validation.slice(0, world.isEndless ? -1 : undefined)) onStep(step);
      if (world.isEndless) {
        await new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      }
      return { startedUtcMs: 1, endedUtcMs: 2, steps: [...world.validation] } satisfies Validation;
    },
    acceptance: {
      accept: async () => ({
        ...({ kind: 'chaperone-acceptance', version: 1, report: 'a.b.c', receipt: null } as const),
        ...{ certificate: '', root: '', ledgerKey: '' },
      }),
      newest: async () => null,
      summary: async () => null,
      page: async () => '<!doctype html>',
      firewall: async () => 'text',
    },
    isSessionUnderWay: () => world.isSession,
    record: async (facts) => void world.facts.push(...facts.map((fact) => JSON.stringify(fact))),
    onEnrolled: async () => void world.facts.push('enrolled'),
  };
  return { dataDirectory, world, options, commissioning: await Commissioning.open(options) };
}

const signal = new AbortController().signal;
const licence = { code: CODE, rootFingerprint: FINGERPRINT };

async function refusedFields(work: Promise<unknown>): Promise<readonly string[]> {
  const fault = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(fault instanceof FieldsRefused, String(fault));
  for (const { message } of fault.fields) assert.match(message, /^[A-Z"].*[.]$/);
  return fault.fields.map(({ field, code }) => `${field} ${code}`);
}

test('a licence is redeemed, or waits for the network and is redeemed by the next validation', async (t) => {
  const { commissioning, world } = await stage(t);
  world.refusal = new EnrolmentUnreachable();
  assert.equal(await commissioning.enterLicence(licence, signal), false);
  const state = engineerState.parse(await commissioning.state());
  assert.deepEqual(
    [state.isPrestaged, state.enrolTrouble, state.enrolment],
    [true, 'ENROLMENT_UNREACHABLE', null],
  );
  world.refusal = null;
  await commissioning.validate(0);
  assert.equal((await commissioning.state()).isPrestaged, false);
  assert.deepEqual(world.facts, ['enrolled']);
});

test('a licence that is of no use does not wait', async (t) => {
  const { commissioning, world } = await stage(t);
  world.refusal = new RootFingerprintMismatch();
  await assert.rejects(commissioning.enterLicence(licence, signal), RootFingerprintMismatch);
  assert.equal(world.waiting, null);
  assert.equal(world.isEnrolled, false);
});

test('while a session is under way nothing is changed, validated or accepted; while something changes, none begins', async (t) => {
  const { commissioning, world } = await stage(t);
  const gateway = { host: '192.0.2.1', port: 443, serverName: 'gateway.example' };
  world.isSession = true;
  for (const work of [
    () => commissioning.enterLicence(licence, signal),
    () => commissioning.setGateway(gateway),
    () => commissioning.setProxy({ kind: 'none' }),
    () => commissioning.applyNetwork('eth0', DHCP, 'gateway'),
    () => commissioning.validate(0),
    () => commissioning.accept('Hospital', 'F. Engineer'),
  ]) {
    await assert.rejects(work(), SessionUnderWay);
  }
  assert.deepEqual(world.facts, []);
  world.isSession = false;
  const tried = Promise.withResolvers<undefined>();
  const kept = Promise.withResolvers<undefined>();
  world.apply = () => kept.promise;
  const work = commissioning.applyNetwork('eth0', DHCP, 'link', () => tried.resolve(undefined));
  await tried.promise;
  assert.throws(() => commissioning.admitSession(), CommissioningUnderWay);
  await assert.rejects(commissioning.setGateway(gateway), CommissioningUnderWay);
  await assert.rejects(commissioning.validate(0), CommissioningUnderWay);
  kept.resolve(undefined);
  await work;
  assert.equal(world.change?.proof, 'link');
  commissioning.admitSession();
});

test('what was validated counts until something changes, also for another process', async (t) => {
  const { commissioning, world, options } = await stage(t);
  await assert.rejects(commissioning.accept('Hospital', 'F. Engineer'), CartNotSetUp);
  world.isEnrolled = true;
  await assert.rejects(commissioning.accept('Hospital', 'F. Engineer'), ValidationMissing);
  await commissioning.validate(0);
  const other = await Commissioning.open(options);
  assert.equal((await other.accept('Hospital', 'F. Engineer')).report, 'a.b.c');
  await commissioning.setProxy({
    kind: 'manual',
    host: 'proxy.example',
    port: 3128,
    credentials: null,
  });
  await assert.rejects(commissioning.accept('Hospital', 'F. Engineer'), ValidationMissing);
  world.validation = VALIDATION_STEPS.map((step) =>
    step === 'port' ? { ...passed(step), result: 'failed', finding: 'PORT_DROPPED' } : passed(step),
  );
  await commissioning.validate(0);
  await assert.rejects(commissioning.accept('Hospital', 'F. Engineer'), ValidationNotPassed);
});

test('a validation is stopped by hand with what it has seen, and by a session without', async (t) => {
  const { commissioning, world } = await stage(t);
  world.isEnrolled = true;
  world.isEndless = true;
  const stopped = commissioning.validate(60, ({ step }) => {
    if (step === 'tunnel') setImmediate(() => commissioning.stopValidation());
  });
  const { steps } = await stopped;
  assert.deepEqual(
    steps.map(({ step }) => step),
    [...VALIDATION_STEPS],
  );
  assert.equal(steps.at(-1)?.result, 'left-out');
  await commissioning.accept('Hospital', 'F. Engineer');
  const cut = commissioning.validate(60, ({ step }) => {
    if (step === 'tunnel') setImmediate(() => commissioning.sessionBegan());
  });
  await assert.rejects(cut, SessionUnderWay);
  await assert.rejects(commissioning.accept('Hospital', 'F. Engineer'), ValidationMissing);
});

test('site settings are for root alone and no state tells a password', async (t) => {
  const { commissioning, dataDirectory } = await stage(t);
  await commissioning.setProxy({
    kind: 'manual',
    host: 'proxy.example',
    port: 3128,
    credentials: { name: 'cart', password: 'very secret' },
  });
  const file = path.join(dataDirectory, 'site.json');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.match(await readFile(file, 'utf8'), /very secret/);
  const told = JSON.stringify(await commissioning.state());
  assert.match(told, /proxy\.example:3128/);
  assert.doesNotMatch(told, /very secret/);
});

test('every field that cannot be used is named, all of them at once', async (t) => {
  const { commissioning } = await stage(t);
  const typed = (code: string, rootFingerprint: string | null) =>
    refusedFields(commissioning.enterLicence({ code, rootFingerprint }, signal));
  assert.deepEqual(await typed('', null), [
    'code LICENCE_CODE_MISTYPED',
    'rootFingerprint FINGERPRINT_MISSING',
  ]);
  assert.deepEqual(
    await typed(
      CODE.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      'xyz',
    ),
    ['code LICENCE_CODE_MISTYPED', 'rootFingerprint FINGERPRINT_MALFORMED'],
  );
  const gateway = (host: string, port: number, serverName: string) =>
    refusedFields(commissioning.setGateway({ host, port, serverName }));
  assert.deepEqual(await gateway('https://gateway.example', 0, '192.0.2.1'), [
    'host HOST_MALFORMED',
    'port PORT_MALFORMED',
    'serverName SERVER_NAME_MALFORMED',
  ]);
  assert.deepEqual(await gateway('', 65_536, ''), [
    'host HOST_MALFORMED',
    'port PORT_MALFORMED',
    'serverName SERVER_NAME_MALFORMED',
  ]);
  const proxies: readonly [ProxySettings, readonly string[]][] = [
    [
      {
        kind: 'manual',
        host: 'http://proxy',
        port: -1,
        credentials: { name: 'a:b', password: '' },
      },
      [
        'host HOST_MALFORMED',
        'port PORT_MALFORMED',
        'credentials.name PROXY_NAME_MALFORMED',
        'credentials.password PROXY_PASSWORD_MISSING',
      ],
    ],
    [{ kind: 'pac', url: 'proxy.pac', credentials: null }, ['url PAC_URL_MALFORMED']],
    [{ kind: 'pac', url: 'file:///etc/passwd', credentials: null }, ['url PAC_URL_MALFORMED']],
    [
      { kind: 'manual', host: 'p', port: 1, credentials: { name: 'n', password: 'a\r\nb' } },
      ['credentials.password PROXY_PASSWORD_MISSING'],
    ],
  ];
  for (const [proxy, expected] of proxies) {
    assert.deepEqual(await refusedFields(commissioning.setProxy(proxy)), expected);
  }
  assert.deepEqual(await refusedFields(commissioning.accept(' ', 'x'.repeat(101))), [
    'facility FACILITY_MISSING',
    'acceptedBy ACCEPTED_BY_MISSING',
  ]);
  assert.deepEqual((await commissioning.state()).gateway?.host, 'gateway.example');
});

test('a terminal is told the same by the running agent, and who hangs up stops a validation', async (t) => {
  const { commissioning, dataDirectory, world } = await stage(t);
  world.isEnrolled = true;
  const here = askedHere(commissioning, { setPin: async () => undefined } as never);
  const socket = await listenForCommands(dataDirectory, here, openLog('silent'));
  t.after(() => socket.close());
  assert.equal((await stat(path.join(dataDirectory, 'commissioning.sock'))).mode & 0o777, 0o600);
  const there = await askedThere(dataDirectory);
  assert.ok(there !== null);
  const nothing = (): void => undefined;
  const state = engineerState.parse(await there.perform({ act: 'state' }, nothing, signal));
  assert.deepEqual(state, JSON.parse(JSON.stringify(await commissioning.state())));
  const gateway = { host: '', port: 443, serverName: 'gateway.example' };
  const refused = there.perform({ act: 'gateway', gateway }, nothing, signal);
  await assert.rejects(refused, (fault: RefusedByAgent) => {
    assert.deepEqual([fault.code, fault.fields[0]?.field], ['FIELDS_REFUSED', 'host']);
    return true;
  });
  const steps: unknown[] = [];
  await there.perform({ act: 'validate', idleSeconds: 0 }, (step) => steps.push(step), signal);
  assert.equal(steps.length, VALIDATION_STEPS.length);
  world.isEndless = true;
  const hangUp = new AbortController();
  const cut = there.perform(
    { act: 'validate', idleSeconds: 9 },
    (step) => {
      if ((step as ValidationStepReport).step === 'tunnel') hangUp.abort(new Error('gone'));
    },
    hangUp.signal,
  );
  await assert.rejects(cut);
  while (commissioning.isValidating) await new Promise((resolve) => setImmediate(resolve));
});
