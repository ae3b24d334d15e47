// Goal: a session never does what the facility's policy forbids, at each of its doors: the button, who is shown, the consent, each
// request, the clock; and the second yes is one. Method: the session's own machine with a policy and clocks that the test moves.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterEach, test } from 'node:test';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { OfferedCase, SessionRequest } from '@chaperone/domain/consent/consent.ts';
import {
  ActivityNotAllowed,
  FacilityClosed,
  FacilityPolicyNotInForce,
  TechnicianNotAllowed,
} from '@chaperone/domain/facility-policy/facility-policy.ts';
import type { FacilityPolicy } from '@chaperone/domain/facility-policy/facility-policy.ts';
import {
  APPROVAL_ASKED_MS,
  ApprovalNotAsked,
} from '@chaperone/domain/facility-policy/second-approval.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import { DEFAULT_SESSION_LIMITS } from '@chaperone/domain/session/limits.ts';
import { readPolicyDocument } from '@chaperone/protocol/facility-policy/facility-policy-document.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { WIDE } from '../facility-policy/testing/test-facility.ts';
import { openLog } from '../platform/log.ts';
import { instantOf } from '../platform/clock.ts';
import { ManualClock } from '../platform/testing/manual-clock.ts';
import { MemoryJournal } from '../platform/testing/memory-journal.ts';
import { ApproverPinWrong } from './policy-bound.ts';
import { Session } from './session.ts';
import { testIndicator } from './testing/test-indicator.ts';
import { TestInterlockMark } from './testing/test-interlock-mark.ts';
import { TestLicence } from './testing/test-licence.ts';
import { TestPolicy } from './testing/test-policy.ts';

const KEYS = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const CASE: OfferedCase = { id: newId('case', randomBytes), number: 'SC-1', facility: 'F' };
const sessions: Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
});

function start(change: Partial<FacilityPolicy> = {}) {
  const journal = new MemoryJournal();
  const clock = new ManualClock(Date.UTC(2026, 10, 30, 9));
  const policy = new TestPolicy();
  const licence = new TestLicence();
  policy.utcMs = clock.utcMs();
  const bind = (changed: Partial<FacilityPolicy>): void => {
    policy.standing = { is: 'in-force', policy: { ...readPolicyDocument(WIDE), ...changed } };
  };
  bind(change);
  const indicator = testIndicator(() => instantOf(clock));
  const session = new Session({
    indicator,
    interlockMark: new TestInterlockMark(),
    operatorPauseMs: 3000,
    serial: 'US-1' as unknown as CartSerial,
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
  return { session, journal, clock, policy, licence, bind };
}

async function waiting(change: Partial<FacilityPolicy> = {}) {
  const all = start(change);
  const { session } = all;
  session.press();
  await session.acceptNotice(NOTICE_VERSION);
  session.linkUp();
  const asked: SessionRequest = {
    id: newId('request', randomBytes),
    sessionId: session.sessionId ?? newId('session', randomBytes),
    caseId: CASE.id,
    technician: { id: newId('technician', randomBytes), name: 'Ada' },
    workstation: { id: newId('workstation', randomBytes), keyThumbprint: 'k'.repeat(43) },
    activities: ['view', 'control', 'fetch-files'],
    comparisonCode: '123 456',
    expiresMonotonicMs: 10 ** 9,
  };
  session.offer(CASE, [asked]);
  return { ...all, asked };
}

async function granted(activities: readonly Activity[] = ['view', 'control']) {
  const all = await waiting();
  await all.session.consent(all.asked.id, activities);
  const { state } = all.session;
  assert.ok(state.phase === 'granted');
  return { ...all, grantId: state.grant.id as string };
}

const SECOND = {
  activities: ['control' as const],
  approvers: [{ id: 'biomed', name: 'Jo Doe' }],
};

test('the button does nothing outside the hours or without a policy, and the journal says who was refused', async () => {
  const hours = { timeZone: 'UTC', week: {}, exceptions: [], mayFinish: false };
  const { session, policy, journal } = start({ hours });
  assert.throws(() => session.press(), FacilityClosed);
  policy.standing = { is: 'expired' };
  assert.throws(() => session.press(), FacilityPolicyNotInForce);
  assert.equal(session.state.phase, 'idle');
  await journal.settled();
  assert.deepEqual(
    journal.of('operation-refused').map(({ operation, code }) => `${operation} ${code}`),
    ['panel press FACILITY_CLOSED', 'panel press FACILITY_POLICY_NOT_IN_FORCE'],
  );
});

test('a window that closes while the notice is read lets nobody accept it', async () => {
  const { session, bind } = start();
  session.press();
  bind({ hours: { timeZone: 'UTC', week: {}, exceptions: [], mayFinish: false } });
  await assert.rejects(session.acceptNotice(NOTICE_VERSION), FacilityClosed);
});

test('who is of no group is not shown, and others are shown with what the policy allows', async () => {
  const { session, asked } = await waiting({ activities: ['view', 'fetch-files'] });
  assert.deepEqual(session.bound.admitRequest(asked).activities, ['view', 'fetch-files']);
  const { session: closed, asked: stranger } = await waiting({ groups: [] });
  assert.throws(() => closed.bound.admitRequest(stranger), TechnicianNotAllowed);
});

test('no consent gives what the policy does not allow', async () => {
  const { session, asked } = await waiting({ activities: ['view'] });
  await assert.rejects(session.consent(asked.id, ['view', 'control']), ActivityNotAllowed);
  assert.equal(session.state.phase, 'waiting');
  await session.consent(asked.id, ['view']);
  assert.equal(session.state.phase, 'granted');
});

test('a policy that comes in a session takes what it forbids out of the grant', async () => {
  const { session, bind, grantId, journal } = await granted();
  session.admit({ grantId, activity: 'control' });
  bind({ activities: ['view'] });
  assert.throws(() => session.admit({ grantId, activity: 'control' }), ActivityNotAllowed);
  session.policyChanged();
  const { state } = session;
  assert.ok(state.phase === 'granted');
  assert.deepEqual(state.grant.activities, ['view']);
  assert.ok(journal.kinds().includes('activity-withdrawn'));
  bind({ activities: [] });
  session.policyChanged();
  assert.equal(session.state.phase, 'ended');
});

test('the session ends when its window does', async () => {
  const { session, policy, clock } = await granted();
  policy.closesMonotonicMs = 60_000;
  clock.advance(59_999);
  session.tick();
  assert.partialDeepStrictEqual({ ...session.state }, { phase: 'granted' });
  clock.advance(1);
  session.tick();
  assert.partialDeepStrictEqual(
    { ...session.state },
    { phase: 'ended', reason: 'facility-closed' },
  );
});

test('a consent that needs a second person is given with their PIN, and not before', async () => {
  const { session, asked, journal } = await waiting({ secondApproval: SECOND });
  await session.consent(asked.id, ['view', 'control']);
  assert.equal(session.state.phase, 'waiting');
  assert.equal(session.bound.approval.is, 'asked');
  await assert.rejects(session.bound.approve('biomed', '000001'), ApproverPinWrong);
  assert.equal(session.state.phase, 'waiting');
  await session.bound.approve('biomed', '135792');
  assert.equal(session.state.phase, 'granted');
  const kinds = journal.kinds();
  assert.ok(kinds.indexOf('second-approval-given') < kinds.indexOf('grant-issued'));
});

test('what needs no second person is given at once', async () => {
  const { session, asked } = await waiting({ secondApproval: SECOND });
  await session.consent(asked.id, ['view']);
  assert.equal(session.state.phase, 'granted');
});

test('silence, a no and three wrong PINs are a no', async () => {
  const { session, asked, clock, journal } = await waiting({ secondApproval: SECOND });
  await session.consent(asked.id, ['view', 'control']);
  clock.advance(APPROVAL_ASKED_MS);
  session.tick();
  await assert.rejects(session.bound.approve('biomed', '135792'), ApprovalNotAsked);
  await session.consent(asked.id, ['view', 'control']);
  session.bound.refuse();
  await assert.rejects(session.bound.approve('biomed', '135792'), ApprovalNotAsked);
  await session.consent(asked.id, ['view', 'control']);
  for (let tries = 0; tries < 3; tries += 1)
    await assert.rejects(session.bound.approve('biomed', '000001'), ApproverPinWrong);
  await assert.rejects(session.bound.approve('biomed', '135792'), ApprovalNotAsked);
  assert.equal(session.state.phase, 'waiting');
  assert.deepEqual(
    journal.of('second-approval-not-given').map(({ why }) => why),
    ['timed-out', 'refused', 'wrong-pin'],
  );
});

for (const [what, change, code] of [
  [
    'the policy',
    (all: ReturnType<typeof start>) => all.bind({ activities: ['view'] }),
    'ACTIVITY_NOT_ALLOWED',
  ],
  [
    'its time',
    (all: ReturnType<typeof start>) => {
      all.policy.closesMonotonicMs = 0;
    },
    'FACILITY_CLOSED',
  ],
  [
    'the licence',
    (all: ReturnType<typeof start>) => {
      all.licence.terms = { ...all.licence.terms, features: ['view'] };
    },
    'FEATURE_NOT_LICENSED',
  ],
] as const) {
  test(`${what} is asked again after the second yes, and a no is a no`, async () => {
    const all = await waiting({ secondApproval: SECOND });
    const { session, asked, policy, journal } = all;
    await session.consent(asked.id, ['view', 'control']);
    policy.isApproverPin = async () => {
      change(all);
      return true;
    };
    await assert.rejects(session.bound.approve('biomed', '135792'), { code });
    assert.notEqual(session.state.phase, 'granted');
    assert.equal(session.bound.approval.is, 'none');
    assert.ok(!journal.kinds().includes('grant-issued'));
  });
}

test('a second yes for one choice is none for another, and End takes it away', async () => {
  const { session, asked } = await waiting({ secondApproval: SECOND });
  await session.consent(asked.id, ['view', 'control']);
  await session.consent(asked.id, ['view', 'control', 'fetch-files']);
  await session.bound.approve('biomed', '135792');
  const { state } = session;
  assert.ok(state.phase === 'granted' && state.grant.activities.length === 3);
  const other = await waiting({ secondApproval: SECOND });
  await other.session.consent(other.asked.id, ['view', 'control']);
  other.session.end('operator-ended');
  await assert.rejects(other.session.bound.approve('biomed', '135792'), ApprovalNotAsked);
});
