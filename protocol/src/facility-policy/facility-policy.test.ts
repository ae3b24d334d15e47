// Goal: a policy is what its facility signed, whole and understood to the last member, or nothing. Method: vectors of documents that
// are wrong in one place each, signatures by others, and what a bearer may read without a key.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { FacilityPolicyMalformed, readPolicyDocument } from './facility-policy-document.ts';
import {
  FACILITY_POLICY_TYP,
  facilityKeyFingerprint,
  FacilityKeyMalformed,
  FacilityPolicyUntrusted,
  readFacilityKey,
  readPolicy,
  readUnproven,
  signPolicy,
} from './facility-policy-statement.ts';
import { signStatement } from '../signed/statement.ts';

const EVERYTHING = { allowed: 'any', refused: [] };
const DOCUMENT = {
  format: 1,
  facility: 'St. Example',
  version: 3,
  validFrom: '2026-01-01T00:00:00Z',
  validUntil: '2027-01-01T00:00:00Z',
  carts: ['CART-1'],
  hours: {
    timeZone: 'Europe/Berlin',
    week: { mon: ['08:00-12:00', '13:00-24:00'] },
    exceptions: [{ date: '2026-12-25', windows: [] }],
    mayFinish: false,
  },
  groups: [
    {
      name: 'Imaging',
      technicians: 'every',
      workstations: 'every',
      activities: ['view', 'control'],
    },
  ],
  activities: ['view', 'control', 'fetch-files'],
  files: {
    fetch: { allowed: [{ endings: ['.log'], kinds: ['text'] }], refused: ['executable'] },
    send: { allowed: [], refused: [] },
  },
  deIdentificationRequired: true,
  regionTemplates: ['0f'.repeat(32)],
  secondApproval: { activities: ['control'], approvers: [{ id: 'biomed-1', name: 'Jo Doe' }] },
};
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const NOW = Date.UTC(2026, 5, 1);

test('a document becomes the rules that it states', () => {
  const policy = readPolicyDocument(DOCUMENT);
  assert.equal(policy.version, 3);
  assert.equal(policy.validFromUtcMs, Date.UTC(2026, 0, 1));
  assert.ok(policy.hours !== 'always');
  assert.deepEqual(policy.hours.week.mon, [
    { fromMinute: 480, untilMinute: 720 },
    { fromMinute: 780, untilMinute: 1440 },
  ]);
  assert.equal(policy.hours.week.tue, undefined);
});

test('what has to be covered of the screen is read; a policy that says nothing of it stays valid', () => {
  assert.equal(readPolicyDocument(DOCUMENT).screenMasks, undefined);
  const screenMasks = { atLeast: 'strict', mayUnmask: false };
  assert.deepEqual(readPolicyDocument({ ...DOCUMENT, screenMasks }).screenMasks, screenMasks);
});

const { groups: _, ...withoutGroups } = DOCUMENT;
const WRONG: readonly (readonly [string, object])[] = [
  ['an unknown member', { ...DOCUMENT, screenshots: false }],
  ['a member left out', withoutGroups],
  ['an unknown mode of masks', { ...DOCUMENT, screenMasks: { atLeast: 'on', mayUnmask: true } }],
  ['half a rule of masks', { ...DOCUMENT, screenMasks: { atLeast: 'strict' } }],
  ['another format', { ...DOCUMENT, format: 2 }],
  ['a digest in another form', { ...DOCUMENT, regionTemplates: ['0F'.repeat(32)] }],
  ['an unknown activity', { ...DOCUMENT, activities: ['view', 'record'] }],
  ['an activity twice', { ...DOCUMENT, activities: ['view', 'view'] }],
  [
    'an unknown kind of file',
    {
      ...DOCUMENT,
      files: {
        fetch: EVERYTHING,
        send: { allowed: [{ endings: ['.x'], kinds: ['exe'] }], refused: [] },
      },
    },
  ],
  [
    'an ending in capitals',
    {
      ...DOCUMENT,
      files: {
        fetch: EVERYTHING,
        send: { allowed: [{ endings: ['.LOG'], kinds: ['text'] }], refused: [] },
      },
    },
  ],
  ['version 0', { ...DOCUMENT, version: 0 }],
  ['a day without a time', { ...DOCUMENT, validFrom: '2026-01-01' }],
  ['a day that is not there', { ...DOCUMENT, validFrom: '2026-02-30T00:00:00Z' }],
  ['an end before the beginning', { ...DOCUMENT, validUntil: '2025-01-01T00:00:00Z' }],
  ['a life of six years', { ...DOCUMENT, validUntil: '2032-01-02T00:00:00Z' }],
  [
    'a time zone that is not there',
    { ...DOCUMENT, hours: { ...DOCUMENT.hours, timeZone: 'Mars/Base' } },
  ],
  [
    'a window over midnight',
    { ...DOCUMENT, hours: { ...DOCUMENT.hours, week: { mon: ['22:00-02:00'] } } },
  ],
  [
    'a window after midnight',
    { ...DOCUMENT, hours: { ...DOCUMENT.hours, week: { mon: ['22:00-24:30'] } } },
  ],
  ['an unknown day', { ...DOCUMENT, hours: { ...DOCUMENT.hours, week: { monday: [] } } }],
  [
    'a date twice',
    {
      ...DOCUMENT,
      hours: {
        ...DOCUMENT.hours,
        exceptions: [...DOCUMENT.hours.exceptions, ...DOCUMENT.hours.exceptions],
      },
    },
  ],
  [
    'a technician who is none',
    { ...DOCUMENT, groups: [{ ...DOCUMENT.groups[0], technicians: ['ada'] }] },
  ],
  ['a serial number that is none', { ...DOCUMENT, carts: ['../CART'] }],
  ['a name with a line end', { ...DOCUMENT, facility: 'St.\nExample' }],
  [
    'an approver twice',
    {
      ...DOCUMENT,
      secondApproval: {
        activities: ['control'],
        approvers: [
          { id: 'a', name: 'A' },
          { id: 'a', name: 'B' },
        ],
      },
    },
  ],
  [
    'a second approval for nothing',
    { ...DOCUMENT, secondApproval: { activities: [], approvers: [] } },
  ],
];
for (const [name, document] of WRONG) {
  test(`${name} refuses the whole`, async () => {
    assert.throws(() => readPolicyDocument(document), FacilityPolicyMalformed);
    await assert.rejects(signPolicy(document, privateKey, NOW), FacilityPolicyMalformed);
    // Also when the facility has signed it with another program.
    const jws = await signStatement(
      FACILITY_POLICY_TYP,
      { policy: document, iat: 1 },
      privateKey,
      'ES256',
    );
    await assert.rejects(readPolicy(jws, publicKey), FacilityPolicyMalformed);
  });
}

test('what the facility signed is read; what another signed, or was changed, is not', async () => {
  const jws = await signPolicy(DOCUMENT, privateKey, NOW);
  const read = await readPolicy(`${jws}\n`, publicKey);
  assert.equal(read.policy.facility, 'St. Example');
  assert.equal(read.signedUtcMs, NOW);
  await assert.rejects(readPolicy(jws, stranger.publicKey), FacilityPolicyUntrusted);
  const [header = '', , signature = ''] = jws.split('.');
  const wider = Buffer.from(
    JSON.stringify({ policy: { ...DOCUMENT, hours: 'always' }, iat: 1 }),
  ).toString('base64url');
  await assert.rejects(
    readPolicy([header, wider, signature].join('.'), publicKey),
    FacilityPolicyUntrusted,
  );
  const none = [Buffer.from('{"alg":"none"}').toString('base64url'), wider, ''].join('.');
  await assert.rejects(readPolicy(none, publicKey), FacilityPolicyUntrusted);
  const other = await signStatement(
    'chaperone-grant+jwt',
    { policy: DOCUMENT, iat: 1 },
    privateKey,
    'ES256',
  );
  await assert.rejects(readPolicy(other, publicKey), FacilityPolicyUntrusted);
});

test('who carries a policy reads it without a key, and believes nothing', async () => {
  const jws = await signPolicy(DOCUMENT, stranger.privateKey, NOW);
  assert.equal(readUnproven(jws).document.version, 3);
  assert.throws(() => readUnproven('a.b'), FacilityPolicyMalformed);
  assert.throws(() => readUnproven('a.b.c'), FacilityPolicyMalformed);
});

test("a facility's key is one of P-256, and its fingerprint is the same from either form", () => {
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  assert.equal(facilityKeyFingerprint(readFacilityKey(pem)), facilityKeyFingerprint(publicKey));
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const wrong of [
    '',
    'PUBLIC KEY',
    secret,
    rsa.export({ type: 'spki', format: 'pem' }).toString(),
  ])
    assert.throws(() => readFacilityKey(wrong), FacilityKeyMalformed);
});
