// Goal: a cart takes a policy of its own facility alone, never an older one, and admits nothing while it has a key and no policy that
// it can read; a session keeps its hours whatever the wall's clock does. Method: real files in a directory, a facility with a real key,
// clocks that move when they are told to.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import {
  FacilityClosed,
  FacilityPolicyNotInForce,
} from '@chaperone/domain/facility-policy/facility-policy.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import {
  FacilityPolicyMalformed,
  FacilityPolicyUntrusted,
} from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import { instantOf } from '../platform/clock.ts';
import { ManualClock } from '../platform/testing/manual-clock.ts';
import {
  ApproverLocked,
  ApproverPinNotSet,
  FacilityKeyMismatch,
  FacilityKeyNotSet,
  FacilityPolicyForOthers,
  FacilityPolicyInForce,
  FacilityPolicyOver,
  FacilityPolicySuperseded,
} from './facility-policy.ts';
import { TestFacility } from './testing/test-facility.ts';

const SERIAL = 'US-1' as unknown as CartSerial;
/** A Monday, 10:00 in Berlin. */
const MONDAY = Date.UTC(2026, 10, 30, 9);
const OFFICE = {
  timeZone: 'Europe/Berlin',
  week: { mon: ['08:00-17:00'] },
  exceptions: [],
  mayFinish: false,
};

async function stage(t: TestContext) {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-policy-'));
  const opened: FacilityPolicyInForce[] = [];
  t.after(async () => {
    // What is still being written belongs into the directory, not behind it.
    for (const policy of opened) await policy.close();
    await rm(directory, { recursive: true, force: true });
  });
  const clock = new ManualClock(MONDAY);
  const facts: JournalFact[] = [];
  const open = async (): Promise<FacilityPolicyInForce> => {
    const policy = await FacilityPolicyInForce.open({
      directory,
      serial: SERIAL,
      now: () => instantOf(clock),
      record: async (told) => void facts.push(...told),
      sign: async () => null,
      road: async () => assert.fail('nobody is asked'),
      mayDial: () => false,
      onFailure: (fault) => {
        throw fault;
      },
    });
    opened.push(policy);
    return policy;
  };
  const facility = new TestFacility();
  return { directory, clock, facts, open, facility, policy: await open() };
}

async function bound(t: TestContext) {
  const all = await stage(t);
  await all.policy.setKey(all.facility.publicKeyPem, all.facility.fingerprint);
  return all;
}

const kinds = (facts: readonly JournalFact[]): readonly string[] => facts.map(({ kind }) => kind);

test('without a key everything is as it was; with one, nothing is admitted until a policy is there', async (t) => {
  const { policy, facility, facts, open } = await stage(t);
  policy.requireOpen();
  await assert.rejects(policy.install(await facility.policy()), FacilityKeyNotSet);
  await assert.rejects(policy.setKey(facility.publicKeyPem, '00'.repeat(32)), FacilityKeyMismatch);
  policy.requireOpen();
  await policy.setKey(facility.publicKeyPem, facility.fingerprint.toUpperCase());
  assert.throws(() => policy.requireOpen(), FacilityPolicyNotInForce);
  assert.equal(policy.shown?.trouble, 'missing');
  assert.equal(await policy.install(await facility.policy()), 1);
  policy.requireOpen();
  (await open()).requireOpen();
  assert.deepEqual(kinds(facts), [
    'facility-policy-refused',
    'facility-key-pinned',
    'facility-policy-installed',
  ]);
  await policy.removeKey();
  assert.equal(policy.shown, null);
  policy.requireOpen();
});

test('nothing but a later policy of this facility for this cart is taken, and each refusal is journalled', async (t) => {
  const { policy, facility, facts, clock } = await bound(t);
  const first = await facility.policy({ version: 5 });
  await policy.install(first);
  const stranger = await new TestFacility().policy({ version: 9 });
  await assert.rejects(policy.install(stranger), FacilityPolicyUntrusted);
  await assert.rejects(policy.install('a.b.c'), FacilityPolicyUntrusted);
  for (const version of [1, 4, 5])
    await assert.rejects(
      policy.install(await facility.policy({ version })),
      FacilityPolicySuperseded,
    );
  await assert.rejects(
    policy.install(await facility.policy({ version: 6, carts: ['US-2'] })),
    FacilityPolicyForOthers,
  );
  clock.setUtc(Date.UTC(2030, 0, 1));
  await assert.rejects(policy.install(await facility.policy({ version: 6 })), FacilityPolicyOver);
  assert.equal(policy.shown?.version, 5);
  assert.equal(kinds(facts).filter((kind) => kind === 'facility-policy-refused').length, 7);
});

test('an older policy does not come back when the one that is held is damaged or gone; the same one does', async (t) => {
  const { policy, facility, directory, open } = await bound(t);
  const old = await facility.policy({ version: 2 });
  await policy.install(old);
  const held = await facility.policy({ version: 3, hours: OFFICE });
  await policy.install(held);
  const file = path.join(directory, 'facility-policy.json');
  for (const damage of [
    async () => writeFile(file, '{"version":1,"policies":['),
    async () => writeFile(file, (await readFile(file, 'utf8')).replace('a', 'b')),
    async () => rm(file),
  ]) {
    await damage();
    const again = await open();
    assert.throws(() => again.requireOpen(), FacilityPolicyNotInForce);
    await assert.rejects(again.install(old), FacilityPolicySuperseded);
    await again.install(held);
    again.requireOpen();
  }
  assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test('a number beside the policies that a disk made lower lets no older policy in', async (t) => {
  const { policy, facility, directory, open } = await bound(t);
  await policy.install(await facility.policy({ version: 7 }));
  const file = path.join(directory, 'facility-key.json');
  const kept = JSON.parse(await readFile(file, 'utf8')) as { readonly highestVersion: number };
  assert.equal(kept.highestVersion, 7);
  await writeFile(file, JSON.stringify({ ...kept, highestVersion: 3 }));
  const again = await open();
  for (const version of [4, 7])
    await assert.rejects(
      again.install(await facility.policy({ version })),
      FacilityPolicySuperseded,
    );
  assert.equal(again.shown?.version, 7);
  assert.equal(await again.install(await facility.policy({ version: 8 })), 8);
});

test('a key file that cannot be read admits nothing, and does not count as no key', async (t) => {
  const { policy, facility, directory, open } = await bound(t);
  await policy.install(await facility.policy());
  await writeFile(path.join(directory, 'facility-key.json'), '{}');
  const again = await open();
  assert.throws(() => again.requireOpen(), FacilityPolicyNotInForce);
  assert.equal(again.shown?.trouble, 'damaged');
  await assert.rejects(again.install(await facility.policy()), FacilityKeyNotSet);
});

test('a policy that begins later waits beside the one in force, and replaces it for good', async (t) => {
  const { policy, facility, clock } = await bound(t);
  await policy.install(await facility.policy({ version: 1 }));
  await policy.install(
    await facility.policy({ version: 2, hours: OFFICE, validFrom: '2026-12-01T00:00:00Z' }),
  );
  assert.deepEqual([policy.shown?.version, policy.shown?.waitingVersion], [1, 2]);
  clock.setUtc(Date.UTC(2026, 11, 1));
  assert.throws(() => policy.requireOpen(), FacilityClosed);
  // Setting the clock back does not bring the one before.
  clock.setUtc(MONDAY);
  assert.throws(() => policy.requireOpen(), FacilityPolicyNotInForce);
});

test('a policy that is over admits nothing, by the clock of the cart', async (t) => {
  const { policy, facility, clock } = await bound(t);
  await policy.install(await facility.policy());
  clock.setUtc(Date.UTC(2030, 0, 1));
  assert.throws(() => policy.requireOpen(), FacilityPolicyNotInForce);
  assert.equal(policy.shown?.trouble, 'expired');
});

test("a session ends with the window in which it began, whatever the wall's clock says meanwhile", async (t) => {
  const { policy, facility, clock } = await bound(t);
  await policy.install(await facility.policy({ hours: OFFICE }));
  policy.beginSession();
  // Six hours to 17:00 in Berlin.
  assert.equal(policy.closesMonotonicMs, 6 * 60 * 60_000 + 60 * 60_000);
  clock.setUtc(MONDAY - 7 * 24 * 60 * 60_000);
  assert.equal(policy.closesMonotonicMs, 7 * 60 * 60_000);
  clock.advance(7 * 60 * 60_000 - 1);
  policy.admitFile('fetch', 'a.log', Buffer.from('a'));
  clock.advance(1);
  assert.throws(() => policy.admitFile('fetch', 'a.log', Buffer.from('a')), FacilityClosed);
  policy.endSession();
  assert.equal(policy.closesMonotonicMs, null);
});

test('a policy that comes in a session counts by the time of the session, not by a clock that was set', async (t) => {
  const { policy, facility, clock } = await bound(t);
  await policy.install(await facility.policy({ hours: OFFICE }));
  policy.beginSession();
  clock.advance(60 * 60_000);
  clock.setUtc(MONDAY - 5 * 60 * 60_000);
  await policy.install(await facility.policy({ version: 2, hours: OFFICE }));
  assert.equal(policy.closesMonotonicMs, 7 * 60 * 60_000);
  await policy.install(
    await facility.policy({ version: 3, hours: { ...OFFICE, mayFinish: true } }),
  );
  assert.equal(policy.closesMonotonicMs, Date.UTC(2030, 0, 1) - MONDAY, 'wider hours count');
  clock.setUtc(Date.UTC(2026, 11, 1));
  await policy.install(await facility.policy({ version: 4, hours: OFFICE }));
  assert.equal(policy.closesMonotonicMs, 7 * 60 * 60_000);
});

test('what may finish is over with the policy alone, and a policy that comes in a session counts at once', async (t) => {
  const { policy, facility } = await bound(t);
  await policy.install(await facility.policy({ hours: { ...OFFICE, mayFinish: true } }));
  policy.beginSession();
  assert.equal(policy.closesMonotonicMs, Date.UTC(2030, 0, 1) - MONDAY);
  let told = 0;
  policy.onChange(() => {
    told += 1;
  });
  await policy.install(await facility.policy({ version: 2, hours: { ...OFFICE, week: {} } }));
  assert.equal(told, 1);
  assert.equal(policy.closesMonotonicMs, 0);
});

test('a document that the facility signed and that cannot be used leaves what is held', async (t) => {
  const { policy, facility } = await bound(t);
  await policy.install(await facility.policy());
  await assert.rejects(
    facility.policy({ hours: { ...OFFICE, timeZone: 'Mars/Base' } }),
    FacilityPolicyMalformed,
  );
  policy.requireOpen();
});

test('a wrong PIN of an approver is counted before it is judged, and soon costs a wait that a start does not shorten', async (t) => {
  const { policy, open, clock, facts, directory } = await bound(t);
  await assert.rejects(policy.isApproverPin('biomed', '135790'), ApproverPinNotSet);
  await policy.setApproverPin('biomed', '135790');
  assert.equal(await policy.isApproverPin('biomed', '135790'), true);
  for (let tries = 0; tries < 5; tries += 1)
    assert.equal(await policy.isApproverPin('biomed', '246801'), false);
  await assert.rejects(policy.isApproverPin('biomed', '135790'), ApproverLocked);
  const again = await open();
  await assert.rejects(again.isApproverPin('biomed', '135790'), ApproverLocked);
  clock.advance(30_000);
  assert.equal(await again.isApproverPin('biomed', '135790'), true);
  assert.deepEqual(facts.at(-1), { kind: 'approver-pin-set', approver: 'biomed' });
  const kept = await readFile(path.join(directory, 'approver-pins.json'), 'utf8');
  assert.ok(!kept.includes('135790'));
});

test('a policy that was replaced stays so for an agent that starts anew under a clock that was set back', async (t) => {
  const { policy, facility, clock, open } = await bound(t);
  await policy.install(await facility.policy({ version: 1 }));
  const later = { version: 2, validFrom: '2026-12-01T00:00:00Z', activities: [], groups: [] };
  await policy.install(await facility.policy(later));
  clock.setUtc(Date.UTC(2026, 11, 2));
  assert.equal(policy.standing.is, 'in-force');
  await policy.close();
  clock.setUtc(MONDAY);
  const again = await open();
  assert.equal(again.standing.is, 'not-yet');
  assert.throws(() => again.requireOpen(), FacilityPolicyNotInForce);
});
