/**
 * Goal: rectangles whose zlib data go on with those before stand on their own afterwards, with the same pixels.
 * Method: parts of one stream that refer to earlier ones, in Tight and in ZRLE; each is inflated alone, in any order.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateRawSync, deflateSync, inflateRawSync, inflateSync } from 'node:zlib';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { writeRectangleHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { writeCompactLength } from '@chaperone/protocol/rfb/tight-length.ts';
import { StandaloneRectangles } from './standalone.ts';
import { NOVNC_FORMAT } from './viewer-tap.ts';

const AREA = { x: 3, y: 5, width: 20, height: 10 };
const PLAIN_BYTES = AREA.width * AREA.height * 3;
const SYNC = { finishFlush: constants.Z_SYNC_FLUSH };

/** The same noise each time, changed a little: later parts refer to earlier ones. */
function plains(count: number): readonly Buffer[] {
  const noise = Buffer.from(
    Array.from({ length: PLAIN_BYTES }, (_, at) => (at * 2_654_435_761) >>> 24),
  );
  return Array.from({ length: count }, (_, at) => {
    const plain = Buffer.from(noise);
    plain.fill(at, at * 10, at * 10 + 30);
    return plain;
  });
}

/** Parts of one stream; the first begins it. */
function parts(of: readonly Buffer[]): readonly Buffer[] {
  return of.map((plain, at) =>
    at === 0
      ? deflateSync(plain, SYNC)
      : deflateRawSync(plain, { ...SYNC, dictionary: Buffer.concat(of.slice(0, at)) }),
  );
}

test('Tight: each rectangle begins its stream, with the same pixels', () => {
  const plain = plains(5);
  const packed = parts(plain);
  const rectangles = new StandaloneRectangles(NOVNC_FORMAT, false);
  const header = writeRectangleHeader(AREA, ENCODING.tight);
  for (const [at, data] of packed.entries()) {
    const sent = Buffer.concat([header, Buffer.from([0]), writeCompactLength(data.length), data]);
    if (at > 0) assert.throws(() => inflateRawSync(data, SYNC), 'it refers to those before');
    const own = rectangles.apply(ENCODING.tight, AREA, sent);
    assert.equal(own.readUInt8(12), 1, 'the reset of its stream');
    const lengthBytes = own.readUInt8(13) < 0x80 ? 1 : own.readUInt8(14) < 0x80 ? 2 : 3;
    assert.deepEqual(inflateSync(own.subarray(13 + lengthBytes), SYNC), plain[at]);
  }
});

test('ZRLE: each rectangle refers to nothing before it, with the same bytes', () => {
  const plain = plains(5);
  const rectangles = new StandaloneRectangles(NOVNC_FORMAT, false);
  for (const [at, data] of parts(plain).entries()) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sent = Buffer.concat([writeRectangleHeader(AREA, ENCODING.zrle), length, data]);
    const own = rectangles.apply(ENCODING.zrle, AREA, sent);
    assert.equal(own.readUInt32BE(12), own.length - 16);
    assert.deepEqual(inflateRawSync(own.subarray(16), SYNC), plain[at]);
  }
});

test('data of another length than the rectangle has, and those that cannot be inflated, are malformed', () => {
  const [first, second] = parts(plains(2));
  for (const bad of [second?.subarray(0, 20), Buffer.from('no zlib data at all')]) {
    assert.ok(first !== undefined && bad !== undefined);
    const rectangles = new StandaloneRectangles(NOVNC_FORMAT, false);
    const sent = (data: Buffer): Buffer => {
      const header = writeRectangleHeader(AREA, ENCODING.tight);
      return Buffer.concat([header, Buffer.from([0]), writeCompactLength(data.length), data]);
    };
    rectangles.apply(ENCODING.tight, AREA, sent(first));
    assert.throws(() => rectangles.apply(ENCODING.tight, AREA, sent(bad)), {
      code: 'RFB_MALFORMED',
    });
  }
});
