// Goal: what narrows works whatever is broken, a lost gateway or a killed program loses nothing acknowledged, and a
// limit that passes is a no. Method: real programs, a road that can be cut or frozen, kill -9.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { call, ProgramFailed, start } from '../../tools/demo/program.ts';
import { eventually } from '../harness/eventually.ts';
import { startDay } from './day.ts';

test('End works with the network unplugged, and the receipt of it is on the cart', async () => {
  await using day = await startDay();
  await day.openSession(['view']);
  const viewer = await day.technician.openScreen(day.opened.id);
  await viewer.nextFrames(1);
  day.road.freeze();
  await day.operator.end();
  const { ended } = await day.operator.viewWhen('the end', (view) => view.phase === 'ended');
  assert.equal(ended?.reason, 'operator-ended');
  const journal = await readFile(
    path.join(day.system.cartData, 'journal', 'journal.ndjson'),
    'utf8',
  );
  assert.match(journal, /"session-ended".*"operator-ended"/);
});

test('a half-open network is noticed, the lease runs out, and the grant is gone', async () => {
  await using day = await startDay({ leaseMs: 1500 });
  await day.openSession(['view']);
  day.road.freeze();
  const { ended } = await day.operator.viewWhen('the end', (view) => view.phase === 'ended');
  assert.equal(ended?.reason, 'connection-lost');
  day.road.mend();
  // The desk keeps a lease of its own; until it is over the session is shown as interrupted, and nothing opens.
  const { state } = await day.technician.session(day.opened.id);
  assert.equal(state, 'interrupted');
  await assert.rejects(day.technician.openScreen(day.opened.id));
});

test('a notice that nobody answers is a no, and nothing was dialled', async () => {
  await using day = await startDay({ noticeMs: 300 });
  const before = day.road.bytes();
  await day.operator.press();
  const { ended } = await day.operator.viewWhen('the end', (view) => view.phase === 'ended');
  assert.equal(ended?.reason, 'notice-timed-out');
  assert.equal(day.road.bytes(), before);
});

test('a gateway killed during a session: the same technician resumes, the fetch goes on', async () => {
  await using day = await startDay();
  await day.openSession(['view', 'fetch-files']);
  const fetched = await day.technician.fetchFile(day.opened.id, 'logs', 'doppler-trace.log');
  await day.system.gateway.kill();
  await day.operator.viewWhen('the lost gateway', (view) => view.session?.link === 'lost');
  await day.system.restartGateway();
  await eventually('the session to resume', async () => {
    const session = await day.technician.session(day.opened.id);
    if (session.state === 'open' || session.state === 'granted') return true;
    if (session.state === 'interrupted' && session.challenge !== null) {
      await day.technician.resume(day.opened, session.activities).catch(() => undefined);
    }
    return false;
  });
  const settled = await day.technician.settled(day.opened.id, fetched.id);
  assert.equal(settled.state, 'done', settled.failure ?? '');
  assert.deepEqual(
    await day.technician.content(day.opened.id, settled.record ?? ''),
    await readFile(path.join(day.logs, 'doppler-trace.log')),
  );
});

test('a cart killed during a session is closed when it comes back', async () => {
  await using day = await startDay();
  await day.openSession(['view']);
  await day.system.cart.kill();
  await day.technician.sessionWhen(day.opened.id, (session) => session.state === 'interrupted');
  const file = path.join(day.folder, 'cart.json');
  const { program } = await start(
    'cart',
    ['run', '--config', file],
    path.join(day.folder, 'cart.log'),
    (output) => /(http:\S+)\/#credential=/.exec(output),
  );
  try {
    const journal = await readFile(
      path.join(day.system.cartData, 'journal', 'journal.ndjson'),
      'utf8',
    );
    assert.match(journal, /"session-ended".*"agent-stopped"/);
    assert.equal(journal.match(/"grant-issued"/g)?.length, 1);
  } finally {
    await program.stop();
  }
});

test('a second gateway, a second agent and a wrong configuration key are refused in a sentence', async () => {
  await using day = await startDay();
  const refused = async (name: 'gateway' | 'cart', words: RegExp): Promise<void> => {
    const file = path.join(day.folder, `${name}.json`);
    await assert.rejects(call(name, ['run', '--config', file]), (fault: unknown) => {
      assert.ok(fault instanceof ProgramFailed);
      assert.match(fault.message, words);
      assert.doesNotMatch(fault.message, /\n\s+at /, 'no stack');
      return true;
    });
  };
  await refused('gateway', /Another gateway, process \d+, is using the data directory/);
  await refused('cart', /Another agent is running on the data directory/);
  const file = path.join(day.folder, 'gateway.json');
  const good = await readFile(file, 'utf8');
  await writeFile(file, good.replace('"dataDirectory"', '"dataDirectry"'));
  await refused('gateway', /dataDirectry: unknown key; did you mean "dataDirectory"/);
});
