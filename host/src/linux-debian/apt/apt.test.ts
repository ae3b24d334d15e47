/**
 * Goal: apt's lists, answers and history are read as what they are. Method: texts as apt writes them, and everything that
 * looks alike; rotated and damaged histories on a real disk. How the real apt-get is asked is in `posture.test.ts`.
 */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { upgradeParagraph } from '../../testing/debian-root.ts';
import { readLastUpgrade } from './history-log.ts';
import { readSecurityRelease } from './release-file.ts';
import { readSimulation } from './simulation.ts';
import { lastUpgradeUtcMs } from './upgrade-history.ts';

const ENDED = Date.UTC(2026, 10, 26, 5, 12, 9);
const SUMMARY = '1 upgraded, 0 newly installed, 0 to remove and 3 not upgraded.';

const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

test('a release file: the date of a security suite alone', () => {
  const release = (suite: string, label: string, date = 'Thu, 26 Nov 2026 08:03:01 UTC'): string =>
    `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nOrigin: x\nLabel: ${label}\nSuite: ${suite}\nDate: ${date}\nSHA256:\n 00 1 x\n`;
  const dated = Date.UTC(2026, 10, 26, 8, 3, 1);
  for (const [suite, label] of [
    ['stable-security', 'Debian'],
    ['noble-security', 'Ubuntu'],
    ['anything', 'Debian-Security'],
  ] as const)
    assert.equal(readSecurityRelease(release(suite, label)), dated, suite);
  assert.equal(readSecurityRelease(release('stable', 'Debian')), null);
  assert.equal(readSecurityRelease(release('stable-updates', 'Debian')), null);
  for (const date of [
    'yesterday',
    'Thu, 31 Feb 2026 08:03:01 UTC',
    'Thu, 26 Nov 2026 08:03:01 +0200',
  ])
    assert.equal(readSecurityRelease(release('stable-security', 'Debian', date)), null, date);
  // Whoever writes into the list of digests dates nothing.
  assert.equal(
    readSecurityRelease('Suite: stable-security\nSHA256:\nDate: Thu, 26 Nov 2026 08:03:01 UTC\n'),
    null,
  );
});

test('a simulation: what comes from a security suite is counted, and half an answer is none', () => {
  const lines = [
    'Inst openssl [3.0.14-1] (3.0.15-1 Debian-Security:12/stable-security [amd64])',
    'Inst linux-image-6.1.0-40-amd64 (6.1.1 Debian:12.5/stable, Debian-Security:12/stable-security [amd64]) []',
    'Inst tzdata [1] (2 Ubuntu:24.04/noble-updates, Ubuntu:24.04/noble-security [all])',
    'Inst vim [1] (2 Debian:12.5/stable [amd64])',
    'Inst stable-security [1] (2 Debian:12.5/stable [amd64])',
    'Conf openssl (3.0.15-1 Debian-Security:12/stable-security [amd64])',
  ];
  assert.equal(readSimulation([...lines, SUMMARY].join('\n')), 3);
  assert.equal(readSimulation([SUMMARY, ...lines].join('\n')), 3);
  assert.equal(readSimulation(lines.join('\n')), null);
  assert.equal(readSimulation(''), null);
});

test('a history: upgrades of the whole system count, what somebody named or what failed does not', () => {
  for (const command of [
    'apt upgrade',
    'apt-get -y -o Dpkg::Options::=--force-confold dist-upgrade',
    '/usr/bin/apt full-upgrade --yes',
    '/usr/bin/unattended-upgrade',
    "packagekit role='update-packages'",
  ])
    assert.equal(readLastUpgrade(upgradeParagraph(ENDED, command)), ENDED, command);
  for (const command of [
    'apt-get install --only-upgrade openssl',
    'apt install upgrade',
    'apt-get upgrade openssl',
    'apt-get install unattended-upgrades',
    'echo apt upgrade',
  ])
    assert.equal(readLastUpgrade(upgradeParagraph(ENDED, command)), null, command);
  const failed = upgradeParagraph(ENDED).replace('End-Date', 'Error: Sub-process failed\nEnd-Date');
  assert.equal(readLastUpgrade(failed), null);
  assert.equal(readLastUpgrade(upgradeParagraph(ENDED).replace('Upgrade:', 'Install:')), null);
  assert.equal(readLastUpgrade(upgradeParagraph(ENDED - 1000) + upgradeParagraph(ENDED)), ENDED);
});

test('a history that was rotated is followed back, and a damaged one is unknown', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'chaperone-history-'));
  folders.push(root);
  const logs = path.join(root, 'var/log/apt');
  await mkdir(logs, { recursive: true });
  const machine = { root, platform: 'linux' };
  assert.equal(await lastUpgradeUtcMs(machine), null);
  await writeFile(path.join(logs, 'history.log'), upgradeParagraph(ENDED, 'apt install x'));
  await writeFile(path.join(logs, 'history.log.1.gz'), gzipSync('\n'));
  await writeFile(path.join(logs, 'history.log.2.gz'), gzipSync(upgradeParagraph(ENDED)));
  assert.equal(await lastUpgradeUtcMs(machine), ENDED);
  // Unpacks to more than is taken.
  await writeFile(path.join(logs, 'history.log.1.gz'), gzipSync(Buffer.alloc(40 * 1024 * 1024)));
  assert.equal(await lastUpgradeUtcMs(machine), null);
  await writeFile(path.join(logs, 'history.log.1.gz'), 'not packed');
  assert.equal(await lastUpgradeUtcMs(machine), null);
});

test('arbitrary text is read, or unknown, and never a fault', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
      for (const read of [readSecurityRelease(text), readLastUpgrade(text), readSimulation(text)])
        assert.ok(read === null || Number.isInteger(read));
    }),
  );
});
