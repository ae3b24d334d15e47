/**
 * Goal: what a machine says of itself is what it is, and what cannot be known is unknown. Method: the real apt-get over
 * folders in the shape of a Debian machine, whose lists it fetched itself; this machine as it is; systems of other kinds.
 */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { EXAMINED_SYSTEMS } from '@chaperone/domain/posture/posture.ts';
import { isMadeOfDebian } from './linux-debian/linux-debian.ts';
import { readPosture } from './posture.ts';
import { makeDebianRoot } from './testing/debian-root.ts';
import type { DebianRootOptions } from './testing/debian-root.ts';

const DAY_MS = 86_400_000;
/** Whole seconds, in the past of every file that a test writes. */
const DEFINITIONS = Date.UTC(2026, 0, 20, 8);
const LISTS = Date.UTC(2026, 0, 21, 9, 30);
const UPGRADED = Date.UTC(2026, 0, 10, 6, 12, 9);

const closing: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of closing) await close();
});

async function rootOf(options: DebianRootOptions): Promise<string> {
  const made = await makeDebianRoot(options);
  closing.push(made.close);
  return made.root;
}

test('a machine with nothing outstanding: definitions by their header, lists by the date of the security suite', async () => {
  const root = await rootOf({ definitionsUtcMs: DEFINITIONS, updatesKnownUtcMs: LISTS });
  assert.deepEqual(await readPosture({ root }), {
    system: 'linux-debian',
    antivirusDefinitionsUtcMs: DEFINITIONS,
    updatesKnownUtcMs: LISTS,
    securityUpdatesPending: 0,
    upgradedUtcMs: null,
    rebootRequiredSinceUtcMs: null,
  });
});

test('a security update that waits, the last upgrade and an outstanding restart are told', async () => {
  const root = await rootOf({
    definitionsUtcMs: DEFINITIONS,
    updatesKnownUtcMs: LISTS,
    isPending: true,
    upgradedUtcMs: UPGRADED,
    rebootRequiredSinceUtcMs: UPGRADED + DAY_MS,
  });
  const posture = await readPosture({ root });
  assert.equal(posture.securityUpdatesPending, 1);
  assert.equal(posture.upgradedUtcMs, UPGRADED);
  assert.equal(posture.rebootRequiredSinceUtcMs, UPGRADED + DAY_MS);
});

test('without a security suite nothing is known of updates, however new the other lists are', async () => {
  const root = await rootOf({ definitionsUtcMs: null, updatesKnownUtcMs: null });
  const posture = await readPosture({ root });
  assert.equal(posture.updatesKnownUtcMs, null);
  assert.equal(posture.antivirusDefinitionsUtcMs, null);
});

test('a package database that apt cannot read leaves the updates unknown', async () => {
  const root = await rootOf({ definitionsUtcMs: null, updatesKnownUtcMs: LISTS });
  await writeFile(path.join(root, 'var/lib/dpkg/status'), 'Package thing without a colon\n\0\0');
  assert.equal((await readPosture({ root })).securityUpdatesPending, null);
});

test('folders, pipes and nonsense in the place of files are unknown, not a fault', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'chaperone-odd-'));
  closing.push(async () => await rm(root, { recursive: true, force: true }));
  for (const folder of [
    'etc/clamav/clamd.conf',
    'var/lib/clamav/daily.cvd',
    'var/log/apt/history.log',
  ])
    await mkdir(path.join(root, folder), { recursive: true });
  await mkdir(path.join(root, 'var/lib/apt/lists'), { recursive: true });
  await writeFile(path.join(root, 'etc/os-release'), 'ID=ubuntu\nID_LIKE=debian\n');
  await writeFile(path.join(root, 'var/lib/apt/lists/x-security_InRelease'), Buffer.alloc(100_000));
  const posture = await readPosture({ root });
  assert.equal(posture.system, 'linux-debian');
  assert.equal(posture.antivirusDefinitionsUtcMs, null);
  assert.equal(posture.updatesKnownUtcMs, null);
  assert.equal(posture.upgradedUtcMs, null);
});

test('this very machine is read within its time limits, and says only what it knows', async () => {
  const posture = await readPosture();
  assert.ok(EXAMINED_SYSTEMS.includes(posture.system));
  for (const at of [
    posture.antivirusDefinitionsUtcMs,
    posture.updatesKnownUtcMs,
    posture.upgradedUtcMs,
  ])
    assert.ok(at === null || (Number.isInteger(at) && at > 0));
  if (posture.system === 'linux-debian') assert.notEqual(posture.securityUpdatesPending, null);
});

test('any other system is unsupported, and nothing is known of it', async () => {
  const root = await rootOf({ definitionsUtcMs: DEFINITIONS, updatesKnownUtcMs: LISTS });
  for (const platform of ['win32', 'darwin', 'freebsd']) {
    const posture = await readPosture({ root, platform });
    assert.equal(posture.system, 'unsupported');
    assert.equal(posture.antivirusDefinitionsUtcMs, null);
  }
  await writeFile(path.join(root, 'etc/os-release'), 'ID=fedora\n');
  assert.equal((await readPosture({ root })).system, 'unsupported');
});

test('os-release: Debian and what is made of it', () => {
  for (const text of [
    'ID=debian\n',
    'NAME=x\nID=ubuntu\nID_LIKE=debian',
    'ID_LIKE="ubuntu debian"',
  ])
    assert.ok(isMadeOfDebian(text), text);
  for (const text of ['', 'ID=fedora', 'ID=notdebian', 'VERSION_ID=debian', '# ID=debian'])
    assert.ok(!isMadeOfDebian(text), text);
});
