/**
 * Goal: what ffmpeg writes is taken apart into frames as soon as they are whole, or refused.
 * Method: FLV by its bytes, and arbitrary ones.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FLVFrames, MalformedVideo } from './flv.ts';

function tag(type: number, body: Buffer): Buffer {
  const head = Buffer.alloc(11);
  head.writeUInt8(type, 0);
  head.writeUIntBE(body.length, 1, 3);
  return Buffer.concat([head, body, Buffer.alloc(4)]);
}

function unit(bytes: number[]): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, Buffer.from(bytes)]);
}

test('FLV: parameter sets go before a key frame, what viewers trip over is left out, in any chunks', () => {
  const header = Buffer.concat([Buffer.from('FLV\x01\x01\0\0\0\x09', 'latin1'), Buffer.alloc(4)]);
  const record = [1, 100, 0, 31, 255, 225, 0, 2, 0x67, 9, 1, 0, 2, 0x68, 8];
  const film = Buffer.concat([
    header,
    tag(18, Buffer.from('onMetaData')),
    tag(9, Buffer.from([0x17, 0, 0, 0, 0, ...record])),
    tag(9, Buffer.concat([Buffer.from([0x17, 1, 0, 0, 0]), unit([6, 1]), unit([0x65, 7])])),
    tag(9, Buffer.concat([Buffer.from([0x27, 1, 0, 0, 0]), unit([9, 1]), unit([0x41, 7])])),
    tag(9, Buffer.from([0x17, 2, 0, 0, 0])),
  ]);
  const expected = ['000000016709000000016808000000016507', '000000014107'];
  for (const size of [1, 5, 64, film.length]) {
    const frames = new FLVFrames();
    const taken: string[] = [];
    for (let at = 0; at < film.length; at += size) {
      for (const frame of frames.push(film.subarray(at, at + size)))
        taken.push(frame.toString('hex'));
    }
    assert.deepEqual(taken, expected);
  }
});

test('FLV: whatever is written, it is frames or refused', () => {
  const header = Buffer.concat([Buffer.from('FLV\x01\x01\0\0\0\x09', 'latin1'), Buffer.alloc(4)]);
  const body = fc.uint8Array({ maxLength: 40 }).map((bytes) => tag(9, Buffer.from(bytes)));
  const anything = fc.oneof(
    body,
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(fc.array(anything), fc.boolean(), (parts, isBegun) => {
      try {
        new FLVFrames().push(Buffer.concat([...(isBegun ? [header] : []), ...parts]));
      } catch (error) {
        if (!(error instanceof MalformedVideo)) throw error;
      }
    }),
  );
});
