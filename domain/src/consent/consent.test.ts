// Goal: a grant says exactly what the operator touched, never more than was asked. Method: properties over every choice
// of activities, and single departures from a consent that is right.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ACTIVITIES, isGrantable } from '../activity/activity.ts';
import type {
  CaseId,
  GrantId,
  RequestId,
  SessionId,
  TechnicianId,
  WorkstationId,
} from '../id/id.ts';
import { ConsentInvalid, giveConsent } from './consent.ts';
import type { OfferedCase, SessionRequest } from './consent.ts';

const SESSION = 'sess-a' as unknown as SessionId;
const GRANT = 'grnt-a' as unknown as GrantId;
const CASE: OfferedCase = { id: 'case-a' as unknown as CaseId, number: 'SC-1', facility: 'F' };
const REQUEST: SessionRequest = {
  id: 'rqst-a' as unknown as RequestId,
  sessionId: SESSION,
  caseId: CASE.id,
  technician: { id: 'tech-a' as unknown as TechnicianId, name: 'T' },
  workstation: { id: 'wrks-a' as unknown as WorkstationId, keyThumbprint: 'k' },
  activities: ACTIVITIES,
  comparisonCode: '123 456',
  expiresMonotonicMs: 1000,
};
const NOW = { monotonicMs: 999, utcMs: 5 };
const activities = fc.subarray([...ACTIVITIES]);

test('a grant has the chosen activities, and is refused if they are not all asked for or not grantable', () => {
  fc.assert(
    fc.property(activities, activities, (asked, chosen) => {
      const request = { ...REQUEST, activities: asked };
      const give = () => giveConsent(request, CASE, SESSION, chosen, GRANT, 100, NOW);
      if (isGrantable(chosen) && chosen.every((each) => asked.includes(each))) {
        assert.deepEqual(give().activities, chosen);
      } else {
        assert.throws(give, ConsentInvalid);
      }
    }),
  );
});

test('a grant says that the screen is recorded when the offer said so, and not otherwise', () => {
  const give = (offered: OfferedCase) =>
    giveConsent(REQUEST, offered, SESSION, ['view'], GRANT, 100, NOW);
  assert.equal(give({ ...CASE, recordsScreen: true }).recordsScreen, true);
  assert.ok(!('recordsScreen' in give(CASE)));
});

test('a grant ends by the monotonic clock, from the moment of the touch', () => {
  const grant = giveConsent(REQUEST, CASE, SESSION, ['view'], GRANT, 100, NOW);
  assert.equal(grant.endsMonotonicMs, 1099);
  assert.equal(grant.issuedUtcMs, 5);
});

test('an expired request, another session and another case are refused', () => {
  const give = (request: SessionRequest, monotonicMs: number) =>
    giveConsent(request, CASE, SESSION, ['view'], GRANT, 100, { monotonicMs, utcMs: 0 });
  assert.throws(() => give(REQUEST, 1000), ConsentInvalid);
  const other = { sessionId: 'sess-b' as unknown as SessionId };
  assert.throws(() => give({ ...REQUEST, ...other }, 0), ConsentInvalid);
  const otherCase = { caseId: 'case-b' as unknown as CaseId };
  assert.throws(() => give({ ...REQUEST, ...otherCase }, 0), ConsentInvalid);
});

test('an activity that is named twice is refused', () => {
  assert.throws(
    () => giveConsent(REQUEST, CASE, SESSION, ['view', 'view'], GRANT, 100, NOW),
    ConsentInvalid,
  );
});
