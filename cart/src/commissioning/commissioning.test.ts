// Goal: what a field engineer does happens in the order in which it is safe, and every field that cannot be used is named with what to
// type. Method: the real facade and its files, with parts that the test scripts; the real ones have tests of their own.
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import type { ValidationStepReport } from '@chaperone/protocol/commissioning/validation.ts';
import { engineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import { openLog } from '../platform/log.ts';
import {
  askedHere,
  askedThere,
  CommissioningUnderWay,
  listenForCommands,
  SessionUnderWay,
} from './commissioning.ts';
import type { RefusedByAgent } from './commissioning.ts';
import {
  DHCP,
  CODE,
  commissioningStage,
  licence,
  refusedFields,
  signal,
} from './testing/commissioning-stage.ts';

test('while a session is under way nothing is changed, validated or accepted; while something changes, none begins', async (t) => {
  const { commissioning, world } = await commissioningStage(t);
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

test('site settings are for root alone and no state tells a password', async (t) => {
  const { commissioning, dataDirectory } = await commissioningStage(t);
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
  const { commissioning } = await commissioningStage(t);
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
  const { commissioning, dataDirectory, world } = await commissioningStage(t);
  world.isEnrolled = true;
  const here = askedHere(commissioning, { setPin: async () => undefined } as never, null as never);
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

test('the text for the firewall team is there before anything is validated or signed', async (t) => {
  const { commissioning } = await commissioningStage(t);
  assert.equal(await commissioning.firewall(), 'gateway.example not validated en');
  await commissioning.validate(0);
  assert.equal(await commissioning.firewall('de'), 'gateway.example validated de');
  await assert.rejects(commissioning.report(), { code: 'REPORT_MISSING' });
});

test('a profile that is being tried is taken back although it is under way, and another can be tried', async (t) => {
  const { commissioning, world } = await commissioningStage(t);
  const trial = Promise.withResolvers<void>();
  world.apply = () => trial.promise;
  world.withdraw = () => {
    if (world.change !== null) world.change = { ...world.change, state: 'rolled-back' };
    trial.reject(new Error('taken back'));
  };
  const here = askedHere(commissioning, null as never, null as never);
  const began = Promise.withResolvers<void>();
  const work = commissioning.applyNetwork('eth0', DHCP, 'gateway', began.resolve);
  await began.promise;
  assert.equal((await commissioning.state()).change?.state, 'trying');
  await Promise.all([
    assert.rejects(work, /taken back/),
    here.perform({ act: 'withdraw' }, () => undefined, signal),
  ]);
  assert.equal((await commissioning.state()).change?.state, 'rolled-back');
  world.apply = async () => undefined;
  await commissioning.applyNetwork('eth0', DHCP, 'gateway');
  assert.equal((await commissioning.state()).change?.state, 'kept');
});
