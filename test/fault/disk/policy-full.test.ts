// Goal: on a cart's disk of any fullness a facility's key and policy are taken whole or refused with a sentence that says what to
// do; the one before stays in force, an agent that starts anew finds the same, nothing ever counts as no policy, and with room
// the same policy is taken. Method: the cart's own store and its journal on a small file system, filled page by page before each act.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { FacilityPolicyInForce } from '@chaperone/cart/facility-policy/facility-policy.ts';
import { TestFacility } from '@chaperone/cart/facility-policy/testing/test-facility.ts';
import { openJournal } from '@chaperone/cart/journal/journal.ts';
import type { Journal } from '@chaperone/cart/journal/journal.ts';
import { newSmallDisk } from './small-disk.ts';

const PAGE = 4096;
const ROOMS = [0, 1, 2, 3, 4, 6, 8].map((pages) => pages * PAGE);
const CODES: ReadonlySet<string> = new Set(['JOURNAL_UNWRITABLE', 'FACILITY_POLICY_NOT_KEPT']);

async function newJournal(directory: string): Promise<Journal> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return await openJournal({
    directory: path.join(directory, 'journal'),
    key: privateKey,
    serial: 'US-1',
    clock: { utcMs: () => Date.now() },
  });
}

async function openPolicy(directory: string, journal: Journal): Promise<FacilityPolicyInForce> {
  return await FacilityPolicyInForce.open({
    directory,
    serial: parseCartSerial('US-1'),
    now: () => ({ utcMs: Date.now(), monotonicMs: performance.now() }),
    record: async (facts) => await journal.append(facts),
    sign: async () => null,
    road: async () => assert.fail('nobody is asked'),
    mayDial: () => false,
    onFailure: (fault) => {
      throw fault;
    },
  });
}

test('facility policy: it is taken whole or the one before stays, also for an agent that starts anew', async () => {
  using disk = newSmallDisk(1024);
  const { directory } = disk;
  const facility = new TestFacility();
  const journal = await newJournal(directory);
  let policy = await openPolicy(directory, journal);
  await policy.setKey(facility.publicKeyPem, facility.fingerprint);
  await policy.install(await facility.policy({ version: 1 }));
  let held = 1;
  const codes: (string | null)[] = [];
  for (const room of ROOMS) {
    const fresh = await facility.policy({ version: held + 1 });
    disk.fill(room);
    const code = await codeOf(() => policy.install(fresh));
    assert.notEqual(code, 'ENOSPC', 'whoever brings a policy is told what to do');
    codes.push(code);
    const expected = code === null ? held + 1 : held;
    assert.equal(policy.shown?.version, expected, 'whole or not at all');
    await policy.close();
    policy = await openPolicy(directory, journal);
    assert.equal(policy.shown?.version, expected, 'an agent that starts anew finds the same');
    policy.requireOpen();
    disk.free();
    assertNothingHalf(directory);
    // With room the very same is taken.
    if (code !== null) assert.equal(await policy.install(fresh), held + 1);
    held += 1;
  }
  assertSwept(codes);
  await policy.close();
  await journal.close();
});

test('facility policy: a key is set whole or the one before stays, and a full disk never leaves a cart without a key', async () => {
  using disk = newSmallDisk(1024);
  const { directory } = disk;
  let facility = new TestFacility();
  const journal = await newJournal(directory);
  let policy = await openPolicy(directory, journal);
  await policy.setKey(facility.publicKeyPem, facility.fingerprint);
  const codes: (string | null)[] = [];
  for (const room of ROOMS) {
    if (policy.shown?.version == null) await policy.install(await facility.policy());
    const other = new TestFacility();
    disk.fill(room);
    const code = await codeOf(() => policy.setKey(other.publicKeyPem, other.fingerprint));
    codes.push(code);
    if (code === null) facility = other;
    await policy.close();
    policy = await openPolicy(directory, journal);
    assert.equal(policy.shown?.fingerprint, facility.fingerprint);
    // Of the key before, its policy is there, too.
    assert.equal(policy.shown?.version, code === null ? null : 1);
    disk.free();
    assertNothingHalf(directory);
  }
  assertSwept(codes);
  await policy.close();
  await journal.close();
});

async function codeOf(act: () => Promise<unknown>): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (fault) {
    // The command at the terminal says this one in a sentence (`cart-full.test.ts`).
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOSPC') return 'ENOSPC';
    assert.ok(fault instanceof DomainError, `not one of ours: ${String(fault)}`);
    assert.ok(CODES.has(fault.code), fault.code);
    assert.match(fault.message, /disk/);
    return fault.code;
  }
}

/** Beside the files that have their names there is nothing. */
function assertNothingHalf(directory: string): void {
  const names = readdirSync(directory).filter((name) => name !== '.filler');
  const known = ['facility-key.json', 'facility-policy.json', 'journal'];
  assert.deepEqual(
    names.filter((name) => !known.includes(name)),
    [],
  );
}

/** Both refusal and success must have been seen, or the disk was never full. */
function assertSwept(codes: readonly (string | null)[]): void {
  assert.ok(codes.includes(null) && codes.some((code) => code !== null), codes.join());
}
