/**
 * Goal: a renewal that is cut off before any of its calls to the disk, or finds no room on it, costs an attempt and nothing else.
 * Method: the cart's renewal in a process that kills itself before each call in turn, from a whole identity each time; a real disk
 * with ever more room; a real authority, whose clock goes on so that its limit on renewals is not met.
 */
import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { test } from 'node:test';
import { enrol, loadIdentity, renew } from '@chaperone/cart/licence/licence.ts';
import { ManualClock } from '@chaperone/cart/platform/testing/manual-clock.ts';
import { newSmallDisk } from '../fault/disk/small-disk.ts';
import { newCode, setStage } from './stage.ts';

const CALLS_MIN = 15;
const HOURS_5 = 5 * 60 * 60_000;
/** The authority's clock goes on while the test runs, and must not get ahead of this machine's. */
const MONTH = 30 * 24 * 60 * 60_000;
const KIB = 1024;

/** A directory in which nothing is but one identity. */
function assertTidy(directory: string): void {
  equal(readdirSync(path.join(directory, 'identities')).length, 1);
  deepEqual(readdirSync(directory).toSorted(), ['identities', 'identity']);
}

test('killed before any of its calls to the disk, a cart has a whole identity, and renews at the next attempt', async () => {
  const clock = new ManualClock();
  await using stage = await setStage('p256', clock, MONTH);
  const given = stage.options(await newCode(stage));
  const enrolled = await enrol(given);
  const { cartDirectory: directory } = stage;
  let before = enrolled;
  let calls = 0;
  for (let killAt = 1; calls === 0; killAt += 1) {
    clock.advance(HOURS_5);
    const child = spawn(
      process.execPath,
      [
        path.join(import.meta.dirname, 'renewing-cart.ts'),
        ...[directory, String(given.gateway.port), String(killAt)],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [output, [code, signal]] = await Promise.all([
      readAll(child.stdout),
      once(child, 'exit') as Promise<[number | null, string | null]>,
    ]);
    if (code === 0) calls = Number(output);
    else equal(signal, 'SIGKILL', `before call ${killAt}`);
    const held = await loadIdentity(directory);
    equal(held.serial, enrolled.serial);
    clock.advance(HOURS_5);
    const renewed = await renew(given);
    notEqual(renewed.certificateSerialHex, before.certificateSerialHex);
    before = renewed;
    deepEqual(await loadIdentity(directory), renewed);
    assertTidy(directory);
  }
  ok(calls >= CALLS_MIN, `only ${calls} calls were seen`);
});

test('without room on the disk the identity stays whole, and with room the next attempt renews', async () => {
  const clock = new ManualClock();
  await using stage = await setStage('p256', clock, MONTH);
  using disk = newSmallDisk(512);
  const given = { ...stage.options(await newCode(stage)), directory: disk.directory };
  let held = await enrol(given);
  let refusals = 0;
  for (let freeKiB = 0; freeKiB <= 48; freeKiB += 4) {
    clock.advance(HOURS_5);
    disk.fill(freeKiB * KIB);
    try {
      held = await renew(given);
    } catch (fault) {
      equal((fault as NodeJS.ErrnoException).code, 'ENOSPC', String(fault));
      refusals += 1;
    }
    deepEqual(await loadIdentity(disk.directory), held);
    disk.free();
    clock.advance(HOURS_5);
    held = await renew(given);
    assertTidy(disk.directory);
  }
  ok(refusals >= 2, 'the disk was never full');
});
