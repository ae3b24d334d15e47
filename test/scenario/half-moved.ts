/** A transfer that is cut in the middle: what may happen to its staged part then, and how it goes on. */
import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../harness/eventually.ts';
import type { Day } from './day.ts';

/** Minutes, where the machine is busy. */
const DONE_MS = 240_000;

/** Goes on with the session wherever it is interrupted, as a console does. @returns whether it can be used */
export async function keepUp({ technician, opened }: Day): Promise<boolean> {
  const { state, challenge, activities } = await technician.session(opened.id);
  if (state === 'interrupted' && challenge !== null)
    await technician.resume(opened, activities).catch(() => undefined);
  return state === 'open' || state === 'granted';
}

/** Begins a transfer, and cuts the road when some of it has passed. @returns its id */
export async function cutInTheMiddle(
  day: Day,
  bytes: number,
  begin: () => Promise<{ readonly id: string }>,
): Promise<string> {
  await eventually('a usable session', async () => await keepUp(day));
  const before = day.road.bytes();
  const { id } = await begin();
  while (day.road.bytes() - before < bytes) await delay(1);
  day.road.cut();
  await eventually('the transfer to be interrupted', async () => {
    const { transfers } = await day.technician.case(day.opened.id);
    return transfers.find((each) => each.id === id)?.state === 'interrupted';
  });
  return id;
}

/** Mends the road, goes on with the session, and waits for the end. @returns how much passed until then */
export async function goOn(day: Day, transfer: string): Promise<number> {
  const before = day.road.bytes();
  day.road.mend();
  await eventually(
    'the transfer',
    async () => {
      await keepUp(day);
      const { transfers } = await day.technician.case(day.opened.id);
      const found = transfers.find(({ id }) => id === transfer);
      assert.notEqual(found?.state, 'failed', JSON.stringify(found));
      return found?.state === 'done';
    },
    DONE_MS,
  );
  return day.road.bytes() - before;
}

/** Turns one bit of a file. */
export async function spoil(file: string, at: number): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const byte = Buffer.alloc(1);
    assert.equal((await handle.read(byte, 0, 1, at)).bytesRead, 1);
    byte.writeUInt8(byte.readUInt8() ^ 1);
    await handle.write(byte, 0, 1, at);
  } finally {
    await handle.close();
  }
}

/** Where the service centre has what came of a fetch. */
export function stagedAtDesk({ system, opened }: Day, transfer: string): string {
  return path.join(system.gatewayData, 'vault', 'staging', opened.id, `${transfer}.age`);
}

/** Where the cart has what came of a file that is sent to it. */
export function stagedAtCart(day: Day, transfer: string): string {
  return path.join(inboxOf(day), `.chaperone-staging-${transfer}`);
}

export function inboxOf({ folder }: Day): string {
  return path.join(folder, 'cart-files', 'inbox');
}
