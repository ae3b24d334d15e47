/**
 * Goal: whatever the network does, and in whichever direction, the operator's End and Pause count at once, nothing half carries
 * a final name, work goes on or fails in words, and nothing waits for ever. Method: real programs whose packets are dropped by
 * nftables in a network namespace; relays that stop are in test/scenario/stops.test.ts.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { readEvidence, verifyEvidence } from '@chaperone/verify/verify.ts';
import { nodeCertificateReader } from '@chaperone/verify/node-certificate-reader.ts';
import { eventually } from '../../harness/eventually.ts';
import { Refused } from '../../harness/technician.ts';
import { startDay } from '../../scenario/day.ts';
import type { Day } from '../../scenario/day.ts';
import { filesBelow } from '../kill/acknowledged.ts';
import { exportEvidence } from '../kill/evidence.ts';
import { inOwnNetwork } from './own-network.ts';
import { ONE_WAY, packetRoad } from './packet-road.ts';
import type { PacketRoad } from './packet-road.ts';

const FILE_BYTES = 12 * 1024 * 1024;
const ALL = ['view', 'fetch-files', 'send-files'] as const;
/** Tests that run at the same time, each on a day of its own: they mostly wait. */
const AT_ONCE = 4;

inOwnNetwork(import.meta.filename, 'every direction of a lost network', () => {
  describe('a lost network', { concurrency: AT_ONCE }, () => {
    describe('on one day', { concurrency: false }, () => {
      const shared = sharedDay();

      test('Pause and End count at once on the cart, whichever direction is lost', async () => {
        const { day, road } = shared;
        for (const direction of ONE_WAY) {
          await backToIdle(day);
          await day.openSession(ALL);
          const viewer = await day.technician.openScreen(day.opened.id);
          await viewer.nextFrames(2);
          road.lose(direction);
          await day.operator.pause();
          assert.equal((await day.operator.view()).session?.paused, true, direction);
          await day.operator.end();
          const { phase, ended } = await day.operator.view();
          assert.deepEqual([phase, ended?.reason], ['ended', 'operator-ended'], direction);
          // Ending comes first, its line follows: a slow disk holds neither up.
          await eventually('the line of the end', async () =>
            /"session-ended"[^\n]*"operator-ended"[^\n]*\n[^]*$/.test(await journalText(day)),
          );
          // The desk notices too: the screen closes, and nothing can be opened any more.
          await viewer.closed;
          await assert.rejects(day.technician.openScreen(day.opened.id));
          road.mend();
          await day.technician.leave(day.opened.id);
        }
      });

      test('a consent while a direction is lost waits for its technician, and is not lost', async () => {
        const { day, road } = shared;
        for (const direction of ONE_WAY) {
          await backToIdle(day);
          await day.operator.press();
          await day.operator.accept();
          await day.technician.sessionWhen(day.opened.id, ({ state }) => state === 'waiting');
          await day.technician.request(day.opened);
          const asked = await day.operator.viewWhen(
            'a request',
            (view) => view.requests.length > 0,
          );
          road.lose(direction);
          await day.operator.consent(asked.requests[0]?.id ?? '', ['view']);
          const { session } = await day.operator.viewWhen(
            'the lost connection',
            (view) => view.session?.link === 'lost',
          );
          assert.ok((session?.leaseSecondsLeft ?? 0) > 0, 'the panel counts down');
          await assert.rejects(day.technician.openScreen(day.opened.id), 'nobody has claimed it');
          road.mend();
          await resumed(day);
          const viewer = await day.technician.openScreen(day.opened.id);
          await viewer.nextFrames(1);
          await day.operator.end();
          await viewer.closed;
          await day.technician.sessionWhen(day.opened.id, ({ state }) => state !== 'open');
        }
      });

      test('the panel says what is the matter while it dials', async () => {
        const { day, road } = shared;
        await backToIdle(day);
        road.reset();
        await day.operator.press();
        await day.operator.accept();
        await failureIs(day, 'GATEWAY_UNREACHABLE');
        road.mend();
        const { dialFailure } = await day.operator.viewWhen(
          'the connection',
          (view) => view.phase === 'waiting',
        );
        assert.equal(dialFailure, null);
        await day.operator.end();
        assert.equal((await day.operator.view()).phase, 'ended');
      });

      test('the copy of the journal is whole at the next connection, whatever cut it off', async () => {
        const { day, road } = shared;
        for (const [at, direction] of [...ONE_WAY, ...ONE_WAY].entries()) {
          await backToIdle(day);
          const before = day.road.bytes();
          if (at < ONE_WAY.length) {
            await day.openSession(['view']);
            // Cut off while the desk reads the last lines.
            await day.operator.end();
            road.lose(direction);
            await day.technician.sessionWhen(day.opened.id, ({ state }) => state !== 'granted');
          } else {
            await day.operator.press();
            await day.operator.accept();
            // Cut off while the desk reads what it has missed, right after the connection.
            await eventually('a connection', () => day.road.bytes() > before + 4000 + at * 500);
            road.lose(direction);
            await day.operator.end();
          }
          road.mend();
          await day.technician.leave(day.opened.id);
        }
        await backToIdle(day);
        await day.openSession(['view']);
        await day.operator.end();
        await day.technician.sessionWhen(day.opened.id, ({ state }) => state === 'ended');
        await verifiesSoon(day);
      });
    });

    test('fetch and send go on after each direction was lost and came back, and are whole', async () => {
      await using day = await newDay();
      const road = packetRoad(day.road.port);
      await day.openSession(ALL);
      for (const [at, direction] of ONE_WAY.entries()) {
        const moving = await beginMoving(day, `round-${at}.bin`);
        road.lose(direction);
        await day.operator.viewWhen('the loss', (view) => view.session?.link === 'lost');
        await day.technician.sessionWhen(day.opened.id, ({ state }) => state === 'interrupted');
        await inboxIsWhole(moving);
        road.mend();
        await resumed(day);
        const fetched = await day.technician.settled(day.opened.id, moving.fetch);
        assert.deepEqual([fetched.state, fetched.failure], ['done', null], direction);
        const content = await day.technician.content(day.opened.id, fetched.record ?? '');
        assert.ok(content.equals(moving.fetched), direction);
        const sent = await day.technician.settled(day.opened.id, moving.send);
        assert.deepEqual([sent.state, sent.failure], ['done', null], direction);
        assert.ok((await readFile(path.join(moving.inbox, moving.name))).equals(moving.sent));
      }
    });

    test('when the lease runs out nothing half stays on the cart, and in the vault until it is cancelled', async () => {
      await using day = await newDay({ leaseMs: 1500 });
      const road = packetRoad(day.road.port);
      await day.openSession(ALL);
      const moving = await beginMoving(day, 'half.bin');
      road.lose('both ways');
      const { ended } = await day.operator.viewWhen('the end', (view) => view.phase === 'ended');
      assert.equal(ended?.reason, 'connection-lost');
      await eventually('the inbox to be empty', async () => {
        return (await readdir(moving.inbox)).length === 0;
      });
      await day.technician.leave(day.opened.id);
      for (const transfer of [moving.fetch, moving.send]) {
        const { state, failure } = await day.technician.settled(day.opened.id, transfer);
        assert.deepEqual([state, failure], ['paused', null]);
        await day.technician.act(day.opened.id, 'cancel', { transfer });
      }
      const { recordList } = await day.technician.case(day.opened.id);
      assert.deepEqual(
        recordList.map(({ origin }) => origin),
        ['to-send'],
      );
      await eventually('the staging to be empty', async () => {
        return (await filesBelow(path.join(day.system.gatewayData, 'vault/staging'))).length === 0;
      });
    });

    test('a case whose cart cannot be reached is asked, left and resolved without waiting for it', async () => {
      await using day = await newDay();
      const road = packetRoad(day.road.port);
      await day.openSession(ALL);
      const moving = await beginMoving(day, 'never.bin');
      road.lose('both ways');
      const { id, number } = day.opened;
      const listing = `/api/cases/${id}/session/files?directory=logs`;
      await assert.rejects(day.technician.call('GET', listing), refusedWith('CART_UNREACHABLE'));
      await assert.rejects(day.technician.resolve(id, number), refusedWith('CASE_IN_SESSION'));
      const during = await evidence(day);
      assert.ok(during.ok, during.words);
      await day.technician.leave(id);
      const resolved = await day.technician.resolve(id, number);
      assert.equal(resolved.state, 'resolved');
      const { claims } = await day.technician.certificate(id);
      assert.equal(claims.verification.result, 'nothing found');
      assert.deepEqual(await filesBelow(path.join(day.system.gatewayData, 'vault/staging')), []);
      road.mend();
      // The cart comes back with its grant, and is told that it is over.
      const { ended } = await day.operator.viewWhen('the end', (view) => view.phase === 'ended');
      assert.equal(ended?.reason, 'technician-left');
      await inboxIsWhole(moving);
      await verifiesSoon(day);
    });
  });
});

let starting: Promise<unknown> = Promise.resolve();

/** Starts a day after the others have started: free ports are chosen before they are taken. */
async function newDay(limits: Readonly<Record<string, number>> = {}): Promise<Day> {
  const mine = starting.then(async () => await startDay(limits));
  starting = mine.catch(() => undefined);
  return await mine;
}

interface Shared {
  day: Day;
  road: PacketRoad;
}

/** A day that the tests of a group share, one after the other. */
function sharedDay(): Shared {
  const shared = {} as Shared;
  before(async () => {
    shared.day = await newDay();
    shared.road = packetRoad(shared.day.road.port);
  });
  // One that failed leaves the next a whole network.
  afterEach(() => shared.road.mend());
  after(async () => await shared.day[Symbol.asyncDispose]());
  return shared;
}

interface Moving {
  readonly fetch: string;
  readonly fetched: Buffer;
  readonly send: string;
  readonly sent: Buffer;
  readonly name: string;
  readonly inbox: string;
}

/** Begins a fetch and a send, and waits until bytes of both have moved, or it was too quick for that. */
async function beginMoving(day: Day, name: string): Promise<Moving> {
  const { technician, opened } = day;
  const [fetched, sent] = [randomBytes(FILE_BYTES), randomBytes(FILE_BYTES)];
  await writeFile(path.join(day.logs, name), fetched);
  const record = await technician.upload(opened.id, name, sent);
  const [fetch, send] = await Promise.all([
    technician.fetchFile(opened.id, 'logs', name),
    technician.send(opened.id, record),
  ]);
  const inbox = path.join(day.logs, '..', 'inbox');
  await eventually('bytes to arrive at the cart', async () => (await readdir(inbox)).length > 0);
  return { fetch: fetch.id, fetched, send: send.id, sent, name, inbox };
}

async function inboxIsWhole({ inbox, name, sent }: Moving): Promise<void> {
  const names = await readdir(inbox);
  if (names.includes(name)) assert.ok((await readFile(path.join(inbox, name))).equals(sent), name);
}

/**
 * Claims the session again once the cart is back. That the desk calls it granted is not enough: what the cart said last on the
 * lost connection still arrives on it when the packets do, a moment before that connection is gone.
 */
async function resumed(day: Day): Promise<void> {
  await eventually('the session to resume', async () => {
    const { session: shown } = await day.operator.view();
    const session = await day.technician.session(day.opened.id);
    if (session.state === 'open' || session.state === 'granted') return shown?.link === 'up';
    if (session.state === 'interrupted' && session.challenge !== null)
      await day.technician.resume(day.opened, session.activities).catch(() => undefined);
    return false;
  });
}

async function backToIdle(day: Day): Promise<void> {
  await eventually('the panel to be idle', async () => {
    const { phase } = await day.operator.view();
    if (phase === 'idle') return true;
    await (phase === 'ended' ? day.operator.dismiss() : day.operator.end());
    return false;
  });
  // The desk has noticed that the connection before is gone.
  await day.technician.sessionWhen(day.opened.id, ({ state }) => {
    return state === 'offline' || state === 'ended';
  });
}

async function failureIs(day: Day, code: string): Promise<void> {
  const view = await day.operator.viewWhen(code, ({ dialFailure }) => dialFailure === code);
  assert.equal(view.phase, 'dialling');
  assert.ok((view.secondsLeftToDial ?? 0) > 0);
}

async function journalText(day: Day): Promise<string> {
  return await readFile(path.join(day.system.cartData, 'journal', 'journal.ndjson'), 'utf8');
}

async function evidence(day: Day): Promise<{ readonly ok: boolean; readonly words: string }> {
  const bundle = readEvidence(JSON.parse(await exportEvidence(day.technician, day.opened.id)));
  const report = await verifyEvidence(bundle, { certificates: nodeCertificateReader });
  return { ok: report.ok, words: report.checks.map(({ name, said }) => `${name}: ${said}`).join() };
}

/** The desk reads the last lines of a journal in its own time. */
async function verifiesSoon(day: Day): Promise<void> {
  let words = '';
  await eventually('the evidence to verify', async () => {
    await delay(500);
    const found = await evidence(day);
    ({ words } = found);
    return found.ok;
  }).catch(() => assert.fail(words));
}

function refusedWith(code: string): (fault: unknown) => boolean {
  return (fault) => fault instanceof Refused && fault.code === code;
}
