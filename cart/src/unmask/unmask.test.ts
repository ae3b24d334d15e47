// Goal: a covered part is seen only after the operator's yes is in the journal, for no longer than was said, and everything that narrows
// the session covers it in the same turn; receipt and journal tell of it. Method: the real session over a journal in memory whose disk
// fails or waits at chosen moments, a clock that is turned by hand, and a scripted desk over the real tunnel.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { maskRule } from '@chaperone/domain/mask/mask.ts';
import type { MaskKey } from '@chaperone/domain/mask/mask.ts';
import { UNMASK_ANSWER_WITHIN_MS, UNMASK_QUIET_MS } from '@chaperone/domain/mask/unmask.ts';
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import { DEFAULT_SESSION_LIMITS } from '@chaperone/domain/session/limits.ts';
import { maskView } from '@chaperone/protocol/cart-api/masks.ts';
import { sessionReceiptClaims, TYP } from '@chaperone/protocol/signed/claims.ts';
import { readStatement, signStatement } from '@chaperone/protocol/signed/statement.ts';
import { instantOf } from '../platform/clock.ts';
import { openLog } from '../platform/log.ts';
import { connect, grant, startBench, testCertificates } from '../platform/testing/cart-bench.ts';
import { ManualClock } from '../platform/testing/manual-clock.ts';
import { MemoryJournal } from '../platform/testing/memory-journal.ts';
import { Masking } from '../screen/screen.ts';
import { Session } from '../session/session.ts';
import { testIndicator } from '../session/testing/test-indicator.ts';
import { TestInterlockMark } from '../session/testing/test-interlock-mark.ts';
import { TestLicence } from '../session/testing/test-licence.ts';
import { TestPolicy } from '../session/testing/test-policy.ts';
import { Unmasking } from './unmask.ts';

const KEYS = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const WHOLE: MaskKey = { layout: null, mask: 'whole-screen' };
const REASON = 'The display flickers.';

/** All of the screen is covered: no template knows this model. */
const masked = (): Masking => new Masking(maskRule('configured', [], 'Model'));

async function stage(t: TestContext, mayUnmask = (): boolean => true) {
  const journal = new MemoryJournal();
  const clock = new ManualClock();
  const indicator = testIndicator(() => instantOf(clock));
  const session = new Session({
    indicator,
    serial: 'US-1' as unknown as CartSerial,
    journal,
    sign: (typ, claims) => signStatement(typ, claims, KEYS.privateKey, 'ES256'),
    clock,
    limits: DEFAULT_SESSION_LIMITS,
    licence: new TestLicence(),
    policy: new TestPolicy(),
    interlockMark: new TestInterlockMark(),
    operatorPauseMs: 3000,
    randomBytes,
    log: openLog('silent'),
  });
  indicator.follow(session);
  const unmasking = new Unmasking(masked(), session, mayUnmask);
  t.after(async () => {
    await session.close();
    unmasking.close();
  });
  session.press();
  await session.acceptNotice(NOTICE_VERSION);
  session.linkUp();
  const asked = {
    id: newId('request', randomBytes),
    sessionId: session.sessionId ?? newId('session', randomBytes),
    caseId: newId('case', randomBytes),
    technician: { id: newId('technician', randomBytes), name: 'Ada' },
    workstation: {
      id: newId('workstation', randomBytes),
      keyThumbprint: randomBytes(32).toString('base64url'),
    },
    activities: ['view', 'control'] as const,
    comparisonCode: '123 456',
    expiresMonotonicMs: 10 ** 9,
  };
  session.offer({ id: asked.caseId, number: 'SC-1', facility: 'F' }, [asked]);
  await session.consent(asked.id, asked.activities);
  const { state } = session;
  assert.ok(state.phase === 'granted');
  const view = { grantId: state.grant.id as string, activity: 'view' } as const;
  return { session, journal, clock, unmasking, masking: unmasking.masking, view };
}

async function opened(t: TestContext) {
  const made = await stage(t);
  made.unmasking.ask(made.view, WHOLE, REASON, 5);
  await made.unmasking.allow(1, 5);
  assert.deepEqual(made.masking.open, [WHOLE]);
  return made;
}

test('a yes is in the journal before anything is seen; time covers it again, and the receipt tells of it', async (t) => {
  const { session, journal, clock, unmasking, masking, view } = await stage(t);
  unmasking.ask(view, WHOLE, REASON, 15);
  assert.equal(unmasking.isAsking, true);
  assert.deepEqual(masking.open, []);
  const { promise, resolve } = Promise.withResolvers<void>();
  journal.gate = promise;
  const allowing = unmasking.allow(1, 5);
  await new Promise(setImmediate);
  assert.deepEqual(masking.open, [], 'it is not on the disk yet');
  resolve();
  await allowing;
  assert.deepEqual(masking.open, [WHOLE]);
  clock.advance(5 * 60_000 - 1);
  unmasking.tick();
  assert.deepEqual(masking.open, [WHOLE]);
  clock.advance(1);
  unmasking.tick();
  assert.deepEqual(masking.open, []);
  session.end('operator-ended');
  const told = journal.facts.filter(({ kind }) => kind.includes('mask'));
  assert.deepEqual(
    told.map((fact) => [fact.kind, 'mask' in fact && fact.mask, 'why' in fact && fact.why]),
    [
      ['unmask-asked', 'whole-screen', false],
      ['unmasked', 'whole-screen', false],
      ['masked-again', 'whole-screen', 'time'],
    ],
  );
  assert.ok(!JSON.stringify(journal.facts).includes('flickers'), 'a peer’s text');
  const receipt = await session.receipt;
  const claims = await readStatement(
    receipt?.jws ?? '',
    TYP.sessionReceipt,
    sessionReceiptClaims,
    KEYS.publicKey,
    'ES256',
  );
  const [shown] = claims.unmaskings ?? [];
  assert.equal(claims.unmaskings?.length, 1);
  assert.equal((shown?.untilUtcMs ?? 0) - (shown?.utcMs ?? 0), 5 * 60_000);
});

test('a full disk lets nothing be seen, and covers all the same', async (t) => {
  const { journal, unmasking, masking, view } = await stage(t);
  unmasking.ask(view, WHOLE, REASON, 1);
  journal.isFull = true;
  await assert.rejects(unmasking.allow(1, 1), { code: 'JOURNAL_UNWRITABLE' });
  assert.deepEqual(masking.open, []);
  journal.isFull = false;
  await unmasking.allow(1, 1);
  assert.deepEqual(masking.open, [WHOLE]);
  journal.isFull = true;
  unmasking.cover(null);
  assert.deepEqual(masking.open, []);
});

const NARROWING: Readonly<Record<string, (session: Session) => void>> = {
  pause: (session) => session.pause(),
  end: (session) => session.end('operator-ended'),
  'the interlock': (session) => session.raiseInterlock('new-exam'),
  'a lost connection': (session) => session.linkLost(),
  'a withdrawn view': (session) => session.withdraw('view'),
};

for (const [name, narrow] of Object.entries(NARROWING)) {
  test(`${name} covers everything in the same turn, and answers a question with no`, async (t) => {
    const { session, journal, unmasking, masking } = await opened(t);
    narrow(session);
    assert.deepEqual(masking.open, []);
    assert.equal(unmasking.isAsking, false);
    assert.equal(journal.of('masked-again').at(-1)?.why, 'session');
    const end = journal.kinds().indexOf('session-ended');
    if (end >= 0) assert.ok(journal.kinds().indexOf('masked-again') < end);
  });

  test(`${name} while a yes is being written: nothing is seen`, async (t) => {
    const { session, journal, unmasking, masking, view } = await stage(t);
    unmasking.ask(view, WHOLE, REASON, 5);
    const { promise, resolve } = Promise.withResolvers<void>();
    journal.gate = promise;
    const allowing = unmasking.allow(1, 5);
    narrow(session);
    resolve();
    await assert.rejects(allowing);
    assert.deepEqual(masking.open, []);
    assert.equal(journal.of('unmasked').length, 1);
    assert.equal(
      journal.of('masked-again').at(-1)?.mask,
      'whole-screen',
      'the journal takes it back',
    );
  });
}

test('going on after a pause leaves everything covered', async (t) => {
  const { session, masking } = await opened(t);
  session.pause();
  await session.liftPause();
  assert.deepEqual(masking.open, []);
});

test('an examination that began meanwhile is not seen through what was opened before it', async (t) => {
  const { session, unmasking, masking, view } = await opened(t);
  session.raiseInterlock('new-exam');
  assert.deepEqual(masking.open, []);
  await session.liftInterlock();
  assert.deepEqual(masking.open, []);
  unmasking.ask(view, WHOLE, REASON, 5);
  session.raiseInterlock('new-exam');
  assert.equal(unmasking.isAsking, false, 'nor is a question of before answered after it');
});

test('no answer is a no, and the next question waits; what is not covered cannot be asked for', async (t) => {
  const { clock, journal, unmasking, view } = await stage(t);
  unmasking.ask(view, WHOLE, REASON, 1);
  clock.advance(UNMASK_ANSWER_WITHIN_MS);
  await assert.rejects(unmasking.allow(1, 1), { code: 'UNMASK_NOT_ASKED' });
  unmasking.tick();
  assert.equal(journal.of('unmask-refused').at(-1)?.why, 'time');
  const again = (key: MaskKey = WHOLE) => unmasking.ask(view, key, REASON, 1);
  assert.throws(again, { code: 'UNMASK_ASKED_TOO_SOON' });
  clock.advance(UNMASK_QUIET_MS);
  assert.throws(() => again({ layout: 'exam', mask: 'line' }), { code: 'MASK_UNKNOWN' });
  assert.throws(() => unmasking.ask({ ...view, grantId: 'x' }, WHOLE, REASON, 1), {
    code: 'GRANT_NOT_IN_FORCE',
  });
  again();
  assert.throws(again, { code: 'UNMASK_ALREADY_ASKED' });
});

test('a desk asks over the tunnel, is told what is covered, and what it may not ask is refused and written down', async (t) => {
  const certificates = await testCertificates();
  const bench = await startBench(t, { certificates, masking: masked() });
  const waiting = await connect(bench);
  const viewOf = async (headers: Readonly<Record<string, string>>) =>
    maskView.parse((await waiting.interactive.ask('GET', '/v1/masks', { headers })).json());
  const before = await viewOf({});
  assert.deepEqual([before.rule, before.masks, before.asked], ['unknown-model', [], null]);
  const { granted } = await grant(waiting, certificates.workstation, ['view']);
  const body = { mask: 'whole-screen', reason: REASON, minutes: 5 };
  const ask = async (change: object, headers: Readonly<Record<string, string>> = granted) => {
    const answer = await waiting.interactive.ask('POST', '/v1/masks/ask', {
      headers,
      body: { ...body, ...change },
    });
    return answer.status === 204 ? 204 : answer.json()['code'];
  };
  assert.equal(await ask({}, {}), 'GRANT_NOT_IN_FORCE');
  assert.equal(await ask({ mask: 'exam/line' }), 'MASK_UNKNOWN');
  for (const change of [
    { mask: 'Exam' },
    { mask: 'a/b/c' },
    { reason: 'no' },
    { reason: 'two\nlines' },
    { reason: 'turned \u202e around' },
    { minutes: 60 },
    { more: true },
  ]) {
    assert.equal(await ask(change), 'REQUEST_MALFORMED', JSON.stringify(change));
  }
  assert.equal(await ask({}), 204);
  assert.equal((await viewOf(granted)).asked, 'whole-screen');
  assert.equal(await ask({}), 'UNMASK_ALREADY_ASKED');
  await bench.unmasking.allow(1, 1);
  const after = await viewOf(granted);
  assert.equal(after.asked, null);
  const [open] = after.masks;
  assert.ok(open?.name === 'whole-screen' && open.secondsOpen !== null && open.secondsOpen <= 60);
  bench.unmasking.cover(null);
  assert.equal((await viewOf(granted)).masks[0]?.secondsOpen, null);
  const refusals = bench.journal
    .of('operation-refused')
    .map(({ operation, code }) => `${operation} ${code}`);
  assert.ok(refusals.includes('POST masks/ask GRANT_NOT_IN_FORCE'));
  assert.ok(refusals.includes('POST masks/ask MASK_UNKNOWN'));
});

test('where the facility lets nobody show what is covered, nobody is asked, and what is open is covered', async (t) => {
  let may = true;
  const { unmasking, masking, view } = await stage(t, () => may);
  unmasking.ask(view, WHOLE, REASON, 5);
  may = false;
  await assert.rejects(unmasking.allow(1, 5), { code: 'UNMASK_NOT_ALLOWED' });
  may = true;
  await unmasking.allow(1, 5);
  assert.deepEqual(masking.open, [WHOLE]);
  may = false;
  unmasking.look();
  assert.deepEqual(masking.open, []);
  assert.throws(() => unmasking.ask(view, WHOLE, REASON, 5), { code: 'UNMASK_NOT_ALLOWED' });
  assert.equal(unmasking.isAsking, false);
});
