// Goal: nobody opens the engineer page without the PIN, however often they try, pull the plug or wait. Method: the real files in a
// temporary directory, a clock that the test turns, and a new object for each start of the agent.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ENGINEER_IDLE_MS } from '@chaperone/protocol/panel-api/engineer.ts';
import fc from 'fast-check';
import {
  EngineerAccess,
  EngineerClosed,
  EngineerLocked,
  EngineerPinMalformed,
  EngineerPinNotSet,
  EngineerPinWrong,
  storePin,
} from './engineer.ts';
import { admitPin } from './pin.ts';

const PIN = '271828';

async function stage(t: TestContext) {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'chaperone-engineer-'));
  t.after(() => rm(dataDirectory, { recursive: true, force: true }));
  const clock = { nowMs: 1000 };
  const opened: number[] = [];
  const start = () =>
    new EngineerAccess({
      dataDirectory,
      randomBytes,
      monotonicMs: () => clock.nowMs,
      recordOpening: async () => void opened.push(clock.nowMs),
    });
  return { dataDirectory, clock, opened, start };
}

test('a PIN opens, its credential is asked for each time, and dies at Close and when it is not used', async (t) => {
  const { dataDirectory, clock, opened, start } = await stage(t);
  const access = start();
  await assert.rejects(access.open(PIN), EngineerPinNotSet);
  await access.setPin(PIN);
  const credential = await access.open(PIN);
  assert.deepEqual(opened, [1000]);
  access.admit(credential);
  for (const wrong of [undefined, '', 'A'.repeat(43), credential.slice(1), [credential]]) {
    assert.throws(() => access.admit(wrong), EngineerClosed);
  }
  clock.nowMs += ENGINEER_IDLE_MS - 1;
  access.admit(credential);
  clock.nowMs += ENGINEER_IDLE_MS;
  assert.throws(() => access.admit(credential), EngineerClosed);
  const second = await access.open(PIN);
  const third = await access.open(PIN);
  assert.throws(() => access.admit(second), EngineerClosed, 'one at a time');
  let told = 0;
  access.onClose(() => (told += 1));
  access.close();
  assert.equal(told, 1);
  assert.throws(() => access.admit(third), EngineerClosed);
  for (const file of ['engineer-pin.json', 'engineer-tries.json']) {
    assert.equal((await stat(path.join(dataDirectory, file))).mode & 0o777, 0o600);
  }
  assert.doesNotMatch(
    await readFile(path.join(dataDirectory, 'engineer-pin.json'), 'utf8'),
    /271828/,
  );
});

test('wrong PINs cost a wait that grows, which neither the right PIN nor a start of the agent shortens', async (t) => {
  const { dataDirectory, clock, start } = await stage(t);
  await storePin(dataDirectory, PIN);
  let access = start();
  for (let n = 0; n < 4; n += 1) await assert.rejects(access.open('000001'), EngineerPinWrong);
  const fifth = await access.open('000001').catch((fault: unknown) => fault);
  assert.ok(fifth instanceof EngineerLocked, 'the wait is said at once');
  assert.equal(fifth.retryAfterSeconds, 30);
  const locked = await access.open(PIN).catch((fault: unknown) => fault);
  assert.ok(locked instanceof EngineerLocked);
  assert.equal(locked.retryAfterSeconds, 30);
  clock.nowMs += 29_000;
  access = start();
  assert.equal(
    await access.open(PIN).catch((fault: EngineerLocked) => fault.retryAfterSeconds),
    30,
    'the wait begins anew',
  );
  clock.nowMs += 30_000;
  await assert.rejects(access.open('000001'), EngineerLocked);
  assert.equal(
    await access.open(PIN).catch((fault: EngineerLocked) => fault.retryAfterSeconds),
    60,
  );
  clock.nowMs += 60_000;
  access.admit(await access.open(PIN));
  await assert.rejects(access.open('000001'), EngineerPinWrong, 'the right one begins anew');
});

test('tries beside each other are one after the other, and one that is broken off counts', async (t) => {
  const { dataDirectory, start } = await stage(t);
  await storePin(dataDirectory, PIN);
  const access = start();
  const outcomes = await Promise.allSettled([1, 2, 3, 4, 5, 6].map(() => access.open('000001')));
  const wrong = outcomes.filter(
    (outcome) => outcome.status === 'rejected' && outcome.reason instanceof EngineerPinWrong,
  );
  assert.equal(wrong.length, 1);
  assert.match(
    await readFile(path.join(dataDirectory, 'engineer-tries.json'), 'utf8'),
    /"failed":1/,
  );
});

test('a PIN file that was damaged opens nothing', async (t) => {
  const { dataDirectory, start } = await stage(t);
  for (const text of ['', '{}', 'null', '{"version":1,"salt":"","hash":""}', '[]']) {
    await writeFile(path.join(dataDirectory, 'engineer-pin.json'), text);
    await assert.rejects(start().open(PIN), EngineerPinNotSet);
  }
});

test('a count of wrong PINs that cannot be read locks for the longest, and lets nobody try from nought', async (t) => {
  const { dataDirectory, clock, start } = await stage(t);
  await storePin(dataDirectory, PIN);
  const file = path.join(dataDirectory, 'engineer-tries.json');
  for (const text of ['', '{}', '{"version":1,"failed":-1}', '{"version":1,"failed":1e300}']) {
    await writeFile(file, text);
    const access = start();
    assert.equal(
      await access.open(PIN).catch((fault: EngineerLocked) => fault.retryAfterSeconds),
      3600,
      text,
    );
    clock.nowMs += 3_600_000;
    await assert.rejects(access.open('000001'), EngineerLocked);
    assert.equal(
      await start()
        .open(PIN)
        .catch((fault: EngineerLocked) => fault.retryAfterSeconds),
      3600,
      'the next one waits as long',
    );
    clock.nowMs += 3_600_000;
    access.admit(await access.open(PIN));
    assert.match(await readFile(file, 'utf8'), /"failed":0/);
  }
});

test('a PIN has 6 to 12 digits, and is none that everybody tries first', () => {
  for (const pin of ['271828', '990417203311', '112233']) admitPin(pin);
  for (const pin of [
    '',
    '12345',
    '27182a',
    '１２３４５６',
    '2718281828459',
    '000000',
    '123456',
    '987654',
  ]) {
    assert.throws(() => admitPin(pin), EngineerPinMalformed, pin);
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        admitPin(text);
        assert.match(text, /^\d{6,12}$/);
      } catch (fault) {
        assert.ok(fault instanceof EngineerPinMalformed);
      }
    }),
  );
});
