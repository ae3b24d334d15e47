// Goal: what the desk keeps of a grant gives nobody more than the cart signed, also when its row was damaged. Method:
// grants as they stand in the database, and a clock turned by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { GrantClaims } from '@chaperone/protocol/signed/claims.ts';
import type { SessionView } from '@chaperone/protocol/cart-api/schema.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { interruptedGrant, isOver, narrow } from './live-cart.ts';
import type { GrantedSession } from './session-store.ts';

const DURATION_S = 3600;
const CLAIMS: GrantClaims = {
  jti: newId('grant', systemRandom),
  iss: 'US-1',
  sub: newId('technician', systemRandom),
  name: 'Tara Lindqvist',
  session: newId('session', systemRandom),
  case: newId('case', systemRandom),
  caseNumber: '2026-1',
  workstation: newId('workstation', systemRandom),
  workstationKey: 'A'.repeat(43),
  activities: ['view', 'fetch-files'],
  noticeVersion: '1',
  iat: 0,
  durationS: DURATION_S,
};

function stored(grantJWS: string, clock: ManualClock): GrantedSession {
  return { grantJWS, grantedUtcMs: clock.utcMs() } as GrantedSession;
}

function statement(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES256' })}.${part(claims)}.AAAA`;
}

const VIEW = { activities: ['view', 'control'], grantEndsInMs: DURATION_S * 5000 };

test('a cart that says more than it signed is believed up to that', () => {
  const clock = new ManualClock();
  const granted = interruptedGrant(stored(statement(CLAIMS), clock), clock);
  narrow(granted, VIEW as SessionView, clock.monotonicMs());
  assert.deepEqual(granted.activities, ['view']);
  clock.advance(DURATION_S * 1000 - 1);
  assert.equal(isOver(granted, clock.monotonicMs()), false);
  clock.advance(1);
  assert.equal(isOver(granted, clock.monotonicMs()), true);
});

test('a grant whose row was damaged is taken up as one that gives nothing', () => {
  const clock = new ManualClock();
  const damages = ['', 'a.b.c', statement({}), statement({ ...CLAIMS, durationS: 'long' })];
  for (const damage of damages) {
    const granted = interruptedGrant(stored(damage, clock), clock);
    narrow(granted, VIEW as SessionView, clock.monotonicMs());
    assert.deepEqual(granted.activities, [], damage);
    assert.equal(isOver(granted, clock.monotonicMs()), true, damage);
  }
});
