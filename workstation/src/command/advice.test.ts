/** Goal: the most urgent thing is said first, in one sentence, and only a workstation that lacks nothing is well. */
import { equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { OwnWorkstation } from '@chaperone/protocol/console-api/workstation.ts';
import { adviceOf } from './advice.ts';
import type { CertificateState, Seen } from './workstation-state.ts';

const inForce: CertificateState = { expiresUtcMs: 3, renewFromUtcMs: 2, state: 'in-force' };
const due: CertificateState = { ...inForce, state: 'due' };
const ended: CertificateState = { ...inForce, state: 'ended' };
const noTrouble = { identity: null, browser: null, gateway: null };
const enrolled = {
  workstation: 'wrks-1',
  label: 'Desk',
  gateway: 'https://a',
  certificate: inForce,
};
const browser = {
  kind: 'chromium',
  place: '/home/a/.pki/nssdb',
  certificate: inForce,
  inStore: 'present',
  policiesMissing: [],
} as const;
const well: Seen = { enrolled, browser, atGateway: null, trouble: noTrouble };

test('nothing to do is said, too', () => {
  const { advice, isWell } = adviceOf(well);
  ok(isWell);
  match(advice, /nothing to do/);
  ok(adviceOf({ ...well, browser: { ...browser, kind: 'none', certificate: null } }).isWell);
});

const atGateway: OwnWorkstation = {
  workstation: 'wrks-1',
  label: 'Desk',
  use: 'program',
  beganUtcMs: 1,
  expiresUtcMs: 3,
  renewFromUtcMs: 2,
  seats: { used: 1, max: 2 },
  signingKeys: [],
  posture: [],
};
const refused = { code: 'WORKSTATION_NOT_ADMITTED', sentence: 'It was retired.' };
const cases: readonly [string, Seen, RegExp][] = [
  ['not enrolled', { ...well, enrolled: null, browser: null }, /not enrolled/],
  ['damaged', { ...well, trouble: { ...noTrouble, identity: refused } }, /retired/],
  ['ended', { ...well, enrolled: { ...enrolled, certificate: ended } }, /ended on 1970/],
  ['refused', { ...well, trouble: { ...noTrouble, gateway: refused } }, /It was retired/],
  ['store locked', { ...well, trouble: { ...noTrouble, browser: refused } }, /It was retired/],
  ['broken off', { ...well, browser: null }, /broken off/],
  ['broken off later', { ...well, browser: { ...browser, certificate: null } }, /broken off/],
  ['program due', { ...well, enrolled: { ...enrolled, certificate: due } }, /renew$/],
  ['browser due', { ...well, browser: { ...browser, certificate: due } }, /renew$/],
  ['file due', { ...well, browser: { ...browser, kind: 'pkcs12', certificate: due } }, /import it/],
  ['lost', { ...well, browser: { ...browser, inStore: 'missing' } }, /--force/],
  ['posture', { ...well, atGateway: { ...atGateway, posture: ['Run freshclam.'] } }, /freshclam/],
  ['policy', { ...well, browser: { ...browser, policiesMissing: ['/etc/x'] } }, /\/etc\/x/],
];
for (const [name, seen, expected] of cases) {
  test(`${name} is told`, () => {
    const { advice, isWell } = adviceOf(seen);
    equal(isWell, false);
    match(advice, expected);
    ok(!advice.includes('\n'));
  });
}
