/** Goal: every kind of ZRLE tile is decoded. Method: tiles by hand, as RFC 6143 section 7.7.6 lays them out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateSync } from 'node:zlib';
import { ZRLEReader } from './zrle.ts';

const RED = [255, 0, 0];
const BLUE = [0, 0, 255];
const GREEN = [0, 255, 0];

async function decode(tile: readonly number[], width: number, height: number): Promise<number[]> {
  const data = deflateSync(Buffer.from(tile), { finishFlush: constants.Z_SYNC_FLUSH });
  const content = Buffer.concat([Buffer.alloc(4), data]);
  content.writeUInt32BE(data.length);
  return [...(await new ZRLEReader().decode(content, width, height))];
}

const [red, green, blue] = [0xff_0000, 0x00_ff00, 0x00_00ff];

test('plain pixels, one colour, packed palettes', async () => {
  assert.deepEqual(await decode([0, ...RED, ...BLUE], 2, 1), [red, blue]);
  assert.deepEqual(await decode([1, ...GREEN], 2, 1), [green, green]);
  assert.deepEqual(await decode([2, ...RED, ...BLUE, 0b0100_0000, 0b1000_0000], 2, 2), [
    ...[red, blue],
    ...[blue, red],
  ]);
  const three = [3, ...RED, ...BLUE, ...GREEN, 0b1001_0010, 0b0100_0000];
  assert.deepEqual(await decode(three, 5, 1), [green, blue, red, green, blue]);
});

test('runs of pixels and of a palette, longer than a byte can say', async () => {
  const runs = [128, ...RED, 1, ...BLUE, 255, 2];
  assert.deepEqual(await decode(runs, 26, 10), [
    ...[red, red],
    ...Array.from({ length: 258 }, () => blue),
  ]);
  const palette = [130, ...RED, ...GREEN, 0, 0x81, 2, 0];
  assert.deepEqual(await decode(palette, 5, 1), [red, green, green, green, red]);
});

test('a rectangle of several tiles; kinds that there are not', async () => {
  const pixels = await decode([1, ...RED, 1, ...BLUE], 65, 1);
  assert.deepEqual([pixels.length, pixels[63], pixels[64]], [65, red, blue]);
  await assert.rejects(decode([17, ...RED], 1, 1), /kind 17/);
  await assert.rejects(decode([1, ...RED, 0], 1, 1), /longer/);
});
