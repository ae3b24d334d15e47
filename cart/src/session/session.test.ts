// Goal: what widens is on disk before it is so, what narrows is so whatever the disk says, and every change is told in the
// turn in which it happens. Method: the real session over a journal in memory whose disk fails or waits at chosen
// moments, and a clock that is turned by hand.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterEach, test } from 'node:test';
import type { OfferedCase, SessionRequest } from '@chaperone/domain/consent/consent.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import { DEFAULT_SESSION_LIMITS } from '@chaperone/domain/session/limits.ts';
import { grantClaims, sessionReceiptClaims, TYP } from '@chaperone/protocol/signed/claims.ts';
import { readStatement, signStatement } from '@chaperone/protocol/signed/statement.ts';
import { openLog } from '../platform/log.ts';
import { instantOf } from '../platform/clock.ts';
import { ManualClock } from '../platform/testing/manual-clock.ts';
import { MemoryJournal } from '../platform/testing/memory-journal.ts';
import { PanelPresence, Session } from './session.ts';
import { TestPolicy } from './testing/test-policy.ts';
import { testIndicator } from './testing/test-indicator.ts';
import { TestInterlockMark } from './testing/test-interlock-mark.ts';
import { TestLicence } from './testing/test-licence.ts';

const SERIAL = 'US-1' as unknown as CartSerial;
const KEYS = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const CASE: OfferedCase = { id: newId('case', randomBytes), number: 'SC-1', facility: 'F' };
const sessions: Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
});

function start() {
  const journal = new MemoryJournal();
  const clock = new ManualClock();
  const licence = new TestLicence();
  const policy = new TestPolicy();
  const indicator = testIndicator(() => instantOf(clock));
  const interlockMark = new TestInterlockMark();
  const session = new Session({
    indicator,
    interlockMark,
    operatorPauseMs: 3000,
    serial: SERIAL,
    journal,
    sign: (typ, claims) => signStatement(typ, claims, KEYS.privateKey, 'ES256'),
    clock,
    limits: DEFAULT_SESSION_LIMITS,
    licence,
    policy,
    randomBytes,
    log: openLog('silent'),
  });
  indicator.follow(session);
  sessions.push(session);
  return { session, journal, clock, licence, policy, interlockMark };
}

function request(session: Session): SessionRequest {
  return {
    id: newId('request', randomBytes),
    sessionId: session.sessionId ?? newId('session', randomBytes),
    caseId: CASE.id,
    technician: { id: newId('technician', randomBytes), name: 'Ada' },
    workstation: {
      id: newId('workstation', randomBytes),
      keyThumbprint: randomBytes(32).toString('base64url'),
    },
    activities: ['view', 'control', 'fetch-files'],
    comparisonCode: '123 456',
    expiresMonotonicMs: 10 ** 9,
  };
}

async function waiting() {
  const started = start();
  const { session } = started;
  session.press();
  await session.acceptNotice(NOTICE_VERSION);
  session.linkUp();
  const asked = request(session);
  session.offer(CASE, [asked]);
  return { ...started, asked };
}

async function granted() {
  const all = await waiting();
  await all.session.consent(all.asked.id, ['view', 'control', 'fetch-files']);
  const { state } = all.session;
  assert.ok(state.phase === 'granted');
  return { ...all, grantId: state.grant.id as string };
}

/** A disk that does not answer until it is told to. */
function holdBack(journal: MemoryJournal): () => void {
  let release = (): void => undefined;
  journal.gate = new Promise((resolve) => {
    release = resolve;
  });
  return release;
}

test('a whole session is in the journal, in order, and its receipt says so', async () => {
  const { session, journal, grantId } = await granted();
  await session.begin({ grantId, activity: 'view' });
  session.pause();
  await session.liftPause();
  session.withdraw('control');
  session.end('operator-ended');
  const receipt = await session.receipt;
  assert.deepEqual(journal.kinds(), [
    'notice-shown',
    'notice-accepted',
    'tunnel-opened',
    'request-shown',
    'grant-issued',
    'indicator-shown',
    'activity-begun',
    'session-paused',
    'session-resumed',
    'activity-withdrawn',
    'session-ended',
  ]);
  const claims = await readStatement(
    receipt?.jws ?? '',
    TYP.sessionReceipt,
    sessionReceiptClaims,
    KEYS.publicKey,
    'ES256',
  );
  assert.equal(claims.reason, 'operator-ended');
  assert.equal(claims.grant?.jti, grantId);
  assert.equal(claims.journalSize, journal.size);
  assert.equal(claims.journalRoot, journal.root);
});

test('a licence that is over lets no session begin, and cuts none that has', async () => {
  const { session, licence } = start();
  licence.terms = { ...licence.terms, validUntilUtcMs: 1000 };
  licence.nowMs = 1000;
  assert.throws(() => session.press(), { code: 'LICENCE_NOT_IN_FORCE' });
  licence.nowMs = 999;
  session.press();
  licence.nowMs = 1000;
  await assert.rejects(session.acceptNotice(NOTICE_VERSION), { code: 'LICENCE_NOT_IN_FORCE' });
  licence.nowMs = 999;
  await session.acceptNotice(NOTICE_VERSION);
  // The end comes in the middle of the session: every act of it is as before.
  licence.nowMs = 10_000;
  session.linkUp();
  const asked = request(session);
  session.offer(CASE, [asked]);
  await session.consent(asked.id, ['view', 'control', 'fetch-files']);
  const { state } = session;
  assert.ok(state.phase === 'granted');
  await session.begin({ grantId: state.grant.id, activity: 'control' });
  session.pause();
  await session.liftPause();
  session.linkLost();
  session.linkUp();
  await session.resume(asked);
  assert.ok(session.admits({ grantId: state.grant.id, activity: 'view' }));
  session.end('operator-ended');
  session.dismiss();
  assert.throws(() => session.press(), { code: 'LICENCE_NOT_IN_FORCE' });
});

test('what the licence does not include cannot be consented to, whatever was offered', async () => {
  const { session, licence, asked } = await waiting();
  licence.terms = { ...licence.terms, features: ['view'] };
  await assert.rejects(session.consent(asked.id, ['view', 'control']), {
    code: 'FEATURE_NOT_LICENSED',
  });
  assert.equal(session.state.phase, 'waiting');
  await session.consent(asked.id, ['view']);
  assert.equal(session.state.phase, 'granted');
});

test("the grant is signed by the cart's key and there when its state is told", async () => {
  const { session, asked } = await waiting();
  let told: string | null = null;
  session.onChange((state) => {
    if (state.phase === 'granted') told = session.grantJWS;
  });
  await session.consent(asked.id, ['view']);
  const claims = await readStatement(told ?? '', TYP.grant, grantClaims, KEYS.publicKey, 'ES256');
  assert.deepEqual(claims.activities, ['view']);
  assert.equal(claims.sub, asked.technician.id);
  assert.equal(claims.durationS, DEFAULT_SESSION_LIMITS.grantMs / 1000);
});

test('with a full disk nothing can be allowed, and the state stays as it was', async () => {
  const full = { code: 'JOURNAL_UNWRITABLE' };
  const one = start();
  one.journal.isFull = true;
  one.session.press();
  assert.equal(one.session.state.phase, 'notice', 'a question gives nobody anything');
  await assert.rejects(one.session.acceptNotice(NOTICE_VERSION), full);
  assert.equal(one.session.state.phase, 'notice');

  const two = await waiting();
  two.journal.isFull = true;
  await assert.rejects(two.session.consent(two.asked.id, ['view']), full);
  assert.equal(two.session.state.phase, 'waiting');
  assert.equal(two.session.grantJWS, null);
  two.journal.isFull = false;
  await two.session.consent(two.asked.id, ['view']);
  assert.equal(two.session.state.phase, 'granted');

  const three = await granted();
  three.journal.isFull = true;
  const ask = { grantId: three.grantId, activity: 'view' } as const;
  await assert.rejects(three.session.begin(ask), full);
  await assert.rejects(three.session.recordFirst(ask, []), full);
  assert.equal(three.session.state.phase, 'granted');
  three.session.pause();
  await assert.rejects(three.session.liftPause(), full);
  assert.ok(three.session.state.phase === 'granted' && three.session.state.paused);
});

test('with a full disk Pause, withdrawing and End take effect at once', async () => {
  const { session, journal, grantId } = await granted();
  journal.isFull = true;
  const ask = { grantId, activity: 'control' } as const;
  session.pause();
  assert.equal(session.admits(ask), false);
  session.withdraw('control');
  session.end('operator-ended');
  assert.equal(session.state.phase, 'ended');
  assert.notEqual(await session.receipt, null, 'the receipt needs no disk');
});

test('End during a grant that is still being written wins, and no grant comes of it', async () => {
  const { session, journal, asked } = await waiting();
  const release = holdBack(journal);
  const consent = session.consent(asked.id, ['view']);
  session.end('operator-ended');
  assert.equal(session.state.phase, 'ended');
  release();
  await assert.rejects(consent, { code: 'OUT_OF_TURN' });
  assert.equal(session.state.phase, 'ended');
  assert.equal(session.grantJWS, null);
});

test('a pause that comes while an activity is being recorded keeps it from beginning', async () => {
  const { session, journal, grantId } = await granted();
  const release = holdBack(journal);
  const begun = session.begin({ grantId, activity: 'view' });
  await new Promise((resolve) => setImmediate(resolve));
  session.pause();
  release();
  await assert.rejects(begun, { code: 'SESSION_PAUSED' });
  assert.equal(session.state.phase, 'granted');
});

test('a touch on "continue" that is still being written does not lift a pause that was touched after it', async () => {
  const { session, journal } = await granted();
  session.pause();
  const release = holdBack(journal);
  const lifting = session.liftPause();
  session.pause();
  release();
  await assert.rejects(lifting, { code: 'SESSION_CONTENDED' });
  assert.ok('paused' in session.state && session.state.paused);
  await session.liftPause();
  assert.ok('paused' in session.state && !session.state.paused);
});

test('an interlock whose lifting outlasts the session stays raised, over a stop of the agent too', async () => {
  const { session, journal, clock, interlockMark } = await granted();
  session.raiseInterlock('new-exam');
  const release = holdBack(journal);
  const lifting = session.liftInterlock();
  await new Promise(setImmediate);
  clock.advance(DEFAULT_SESSION_LIMITS.grantMs);
  release();
  await lifting;
  assert.equal(session.state.phase, 'ended');
  assert.equal(session.state.interlock?.source, 'new-exam');
  assert.equal(interlockMark.source, 'new-exam');
});

test('an acceptance that is still being written does not accept a notice that is shown after it', async () => {
  const { session, journal } = start();
  session.press();
  const release = holdBack(journal);
  const accepting = session.acceptNotice(NOTICE_VERSION);
  session.end('operator-ended');
  session.press();
  release();
  await assert.rejects(accepting, { code: 'SESSION_CONTENDED' });
  assert.equal(session.state.phase, 'notice');
});

test('a claim that is still being written does not open the connection that came after it', async () => {
  const { session, journal, asked } = await granted();
  session.linkLost();
  session.linkUp();
  const release = holdBack(journal);
  const resuming = session.resume(asked);
  session.linkLost();
  session.linkUp();
  release();
  await assert.rejects(resuming, { code: 'SESSION_CONTENDED' });
  assert.ok('link' in session.state && session.state.link.is === 'returned');
});

test('bytes that move while an activity is being recorded do not disturb it', async () => {
  const { session, journal, clock, grantId } = await granted();
  const release = holdBack(journal);
  const begun = session.begin({ grantId, activity: 'view' });
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(5000);
  session.stillActive();
  release();
  await begun;
  assert.equal(session.state.phase, 'open');
  assert.equal(journal.of('activity-begun').length, 1);
});

test('an acceptance whose writing outlasts the notice is a no', async () => {
  const { session, journal, clock } = start();
  session.press();
  const release = holdBack(journal);
  const accepted = session.acceptNotice(NOTICE_VERSION);
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(DEFAULT_SESSION_LIMITS.noticeMs);
  release();
  await assert.rejects(accepted, { code: 'OUT_OF_TURN' });
  assert.ok(session.state.phase === 'ended' && session.state.reason === 'notice-timed-out');
});

test('two touches on two technicians give one grant', async () => {
  const { session, journal, asked } = await waiting();
  const other = request(session);
  session.offer(CASE, [asked, other]);
  const outcomes = await Promise.allSettled([
    session.consent(asked.id, ['view']),
    session.consent(other.id, ['view']),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  assert.equal(journal.of('grant-issued').length, 1);
  assert.ok(session.state.phase === 'granted');
  assert.equal(session.state.grant.technician.id, asked.technician.id);
});

test('a listener that fails keeps no other one from hearing of the end', async () => {
  const { session } = await granted();
  let heard = '';
  session.onChange(() => {
    throw new Error('a fault');
  });
  session.onChange((state) => {
    heard = state.phase;
  });
  session.end('operator-ended');
  assert.equal(heard, 'ended', 'in the same turn');
});

test('the first refusal of a kind is written at once and a flood of them only as a number', async () => {
  const { session, journal, clock } = await granted();
  for (let n = 0; n < 1000; n += 1) session.refused('GET content', 'GRANT_NOT_IN_FORCE');
  for (let n = 0; n < 500; n += 1) session.inputRefused();
  assert.deepEqual(
    journal.of('operation-refused').map(({ count }) => count),
    [1],
  );
  clock.advance(10_000);
  session.tick();
  assert.deepEqual(
    journal.of('operation-refused').map(({ count }) => count),
    [1, 999],
  );
  assert.deepEqual(
    journal.of('input-refused').map(({ count }) => count),
    [1, 499],
  );
  assert.equal(session.tally.inputRefused, 500);
});

test('refusals while no session runs are counted to the end without anybody doing anything', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { session, journal, clock } = start();
  for (let n = 0; n < 1000; n += 1) session.refused('panel press', 'PANEL_CREDENTIAL_REFUSED');
  for (let second = 0; second < 25; second += 1) {
    clock.advance(1000);
    t.mock.timers.tick(1000);
  }
  assert.deepEqual(
    journal.of('operation-refused').map(({ count }) => count),
    [1, 999],
  );
});

test('what was counted last is in the journal before the receipt is made', async () => {
  const { session, journal } = await granted();
  for (let n = 0; n < 3; n += 1) session.refused('GET content', 'GRANT_NOT_IN_FORCE');
  session.end('operator-ended');
  const receipt = await session.receipt;
  assert.deepEqual(
    journal.of('operation-refused').map(({ count }) => count),
    [1, 2],
  );
  assert.equal(journal.kinds().at(-1), 'session-ended');
  const claims = await readStatement(
    receipt?.jws ?? '',
    TYP.sessionReceipt,
    sessionReceiptClaims,
    KEYS.publicKey,
    'ES256',
  );
  assert.equal(claims.journalSize, journal.size);
});

test('the same refused request is written once, and many different ones do not fill the disk', async () => {
  const { session, journal } = await waiting();
  for (let n = 0; n < 100; n += 1) session.requestRefused('a.b.c', 'REQUEST_UNTRUSTED');
  assert.equal(journal.of('request-refused').length, 1);
  for (let n = 0; n < 500; n += 1) session.requestRefused(`a.b.${n}`, 'REQUEST_UNTRUSTED');
  assert.ok(journal.of('request-refused').length <= 64);
  assert.equal(journal.of('operation-refused').length, 1);
});

test('a session that a stop cut off gets its end at the next start, once', async () => {
  const before = await granted();
  const { sessionId } = before.session;
  const after = start();
  after.journal.facts.push(...before.journal.facts);
  await after.session.recover();
  await after.session.recover();
  assert.deepEqual(after.journal.of('session-ended'), [
    { kind: 'session-ended', sessionId, grantId: before.grantId, reason: 'agent-stopped' },
  ]);
});

test('a journal whose sessions have all ended is left alone', async () => {
  const { session, journal } = await granted();
  session.end('operator-ended');
  const { size } = journal;
  await session.recover();
  assert.equal(journal.size, size);
});

test('on a shared display no input passes while nobody knows where the panel is', () => {
  const clock = new ManualClock();
  const place = { x: 1, y: 2, width: 3, height: 4, focused: false };
  const presence = new PanelPresence(true, () => clock.monotonicMs());
  assert.equal(presence.isClear(), false, 'nothing reported yet');
  presence.report(place);
  assert.equal(presence.isClear(), true);
  // With room for the frame that a window manager puts around the window.
  assert.deepEqual(presence.regions(), [{ x: -63, y: -62, width: 131, height: 132 }]);
  presence.report({ ...place, focused: true });
  assert.equal(presence.isClear(), false, 'the keyboard is on the panel');
  presence.report(place);
  clock.advance(6000);
  assert.equal(presence.isClear(), false, 'the report is old');
});

test('a panel on a display of its own needs no protection', () => {
  const presence = new PanelPresence(false, () => 0);
  presence.report({ x: 1, y: 2, width: 3, height: 4, focused: true });
  assert.equal(presence.isClear(), true);
  assert.deepEqual(presence.regions(), []);
});
