/**
 * Goal: one case never holds more than the configuration allows, and the disk keeps its reserve, whatever arrives at once.
 * Method: the room over a vault that says what a test wants it to say about case and disk.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { CaseTooLarge, DiskReserveReached, Room } from './room.ts';

const MIB = 1024 * 1024;
const CASE = newId('case', systemRandom);
const OTHER = newId('case', systemRandom);

function newRoom(stored: number, free: number) {
  const disk = { stored, free };
  const vault = {
    bytesOf: async () => disk.stored,
    freeBytes: async () => disk.free,
  };
  return { disk, room: new Room(vault, { caseBytesMax: 100 * MIB, diskReserveBytes: 50 * MIB }) };
}

test('a file that fits exactly is taken, one byte more is refused, and what is given back is free again', async () => {
  const { room } = newRoom(40 * MIB, 1000 * MIB);
  await assert.rejects(room.take(CASE, 60 * MIB + 1), CaseTooLarge);
  const share = await room.take(CASE, 60 * MIB);
  await assert.rejects(room.admit(CASE), CaseTooLarge);
  share.giveBack();
  await room.admit(CASE);
});

test('files on their way count against each other: of two that ask at once not both fit', async () => {
  const { room } = newRoom(0, 1000 * MIB);
  const asked = await Promise.allSettled([room.take(CASE, 60 * MIB), room.take(CASE, 60 * MIB)]);
  assert.ok(asked.some(({ status }) => status === 'rejected'));
  const { room: another } = newRoom(0, 1000 * MIB);
  await another.take(CASE, 60 * MIB);
  await another.take(OTHER, 60 * MIB);
});

test('the disk keeps its reserve: what is still to come counts, what has arrived does not', async () => {
  const { room } = newRoom(0, 100 * MIB);
  await assert.rejects(room.take(CASE, 51 * MIB), DiskReserveReached);
  // Of this one 20 MiB are on the disk already, so 30 are wanted.
  await room.take(CASE, 50 * MIB, 20 * MIB);
  await room.take(OTHER, 20 * MIB);
  await assert.rejects(room.admit(OTHER), DiskReserveReached);
});

test('a file under way is stopped when something else fills the disk', async () => {
  const { room, disk } = newRoom(0, 100 * MIB);
  const share = await room.take(CASE, 40 * MIB);
  await share.arrived(5 * MIB);
  disk.free = 50 * MIB - 1;
  await assert.rejects(share.arrived(10 * MIB), DiskReserveReached);
});

test('a file without a known size is stopped at the case limit', async () => {
  const { room } = newRoom(90 * MIB, 1000 * MIB);
  const share = await room.take(CASE, 0);
  await share.arrived(10 * MIB);
  await assert.rejects(share.arrived(10 * MIB + 1), CaseTooLarge);
});
