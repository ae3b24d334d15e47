// Goal: what is signed is what was validated, and counts as long as nothing has changed. Method: the facade on its real files, with a
// validation that the test scripts, and acts beside it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import {
  CartNotSetUp,
  Commissioning,
  SessionUnderWay,
  ValidationIncomplete,
  ValidationMissing,
  ValidationNotPassed,
  ValidationOvertaken,
} from './commissioning.ts';
import { DHCP, commissioningStage, licence, passed } from './testing/commissioning-stage.ts';

test('a validation that runs is seen and can be stopped, whatever it does on its way', async (t) => {
  const { commissioning, world } = await commissioningStage(t);
  world.waiting = { ...licence, gateway: null, licence: null };
  world.isEndless = true;
  const running = commissioning.validate(60, ({ step }) => {
    if (step !== 'tunnel') return;
    // It has redeemed the licence that waited.
    assert.ok(world.isEnrolled);
    assert.ok(commissioning.isValidating);
    setImmediate(() => commissioning.stopValidation());
  });
  assert.equal((await running).steps.at(-1)?.result, 'left-out');
  assert.equal((await commissioning.state()).validation?.accepted, true);
});

test('a change takes a validation away that runs beside it', async (t) => {
  const { commissioning, world } = await commissioningStage(t);
  world.isEnrolled = true;
  world.isEndless = true;
  const gateway = { host: '192.0.2.1', port: 443, serverName: 'gateway.example' };
  for (const stopsFirst of [false, true]) {
    let changed: Promise<void> | undefined;
    const overtaken = commissioning.validate(60, ({ step }) => {
      if (step !== 'tunnel') return;
      setImmediate(() => {
        if (stopsFirst) commissioning.stopValidation();
        changed = commissioning.setGateway(gateway);
      });
    });
    await assert.rejects(overtaken, ValidationOvertaken);
    await changed;
    assert.equal((await commissioning.state()).validation, null);
    await assert.rejects(commissioning.accept('Hospital', 'F. Engineer'), ValidationMissing);
  }
});

test('what is signed was validated with the settings that the report names', async (t) => {
  const { commissioning, world } = await commissioningStage(t);
  world.isEnrolled = true;
  await commissioning.validate(0);
  const gateway = { host: '192.0.2.1', port: 443, serverName: 'gateway.example' };
  const outcomes = await Promise.allSettled([
    commissioning.setGateway(gateway),
    commissioning.accept('Hospital', 'F. Engineer'),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  assert.deepEqual(world.signed, []);
});

test('a validation that looked at nothing is not signed, and one without its idle test is', async (t) => {
  const { commissioning, world } = await commissioningStage(t);
  world.isEnrolled = true;
  const leftOut = (but: (step: string) => boolean) =>
    VALIDATION_STEPS.map((step) =>
      but(step) ? passed(step) : { ...passed(step), result: 'left-out' as const },
    );
  for (const missing of [...VALIDATION_STEPS, 'all']) {
    world.validation = leftOut((step) => step !== missing && missing !== 'all');
    await commissioning.validate(0);
    const isNeeded = ['certificate', 'licence', 'tunnel', 'all'].includes(missing);
    assert.equal((await commissioning.state()).validation?.accepted, !isNeeded, missing);
    const work = commissioning.accept('Hospital', 'F. Engineer');
    await (isNeeded ? assert.rejects(work, ValidationIncomplete) : work);
  }
});

test('a profile that is refused costs nothing', async (t) => {
  const { commissioning, world } = await commissioningStage(t);
  world.isEnrolled = true;
  await commissioning.validate(0);
  world.profileRefusal = new Error('refused');
  await assert.rejects(commissioning.applyNetwork('eth0', DHCP, 'gateway'), /refused/);
  assert.deepEqual(world.facts, []);
  assert.equal((await commissioning.state()).validation?.accepted, true);
});

test('what was validated counts until something changes, also for another process', async (t) => {
  const { commissioning, world, options } = await commissioningStage(t);
  await assert.rejects(commissioning.accept('Hospital', 'F. Engineer'), CartNotSetUp);
  world.isEnrolled = true;
  await assert.rejects(commissioning.accept('Hospital', 'F. Engineer'), ValidationMissing);
  await commissioning.validate(0);
  const other = await Commissioning.open(options);
  assert.equal((await other.accept('Hospital', 'F. Engineer')).file.report, 'a.b.c');
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
  const { commissioning, world } = await commissioningStage(t);
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
