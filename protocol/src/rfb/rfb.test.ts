/**
 * Goal: whatever a peer sends and however the network cuts it, the RFB parsers yield the same messages,
 * throw nothing but their own error, and hold no more than their limit.
 * Method: fast-check makes streams of valid messages and cuts them at random, and makes arbitrary bytes
 * that begin like real messages.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  CLIENT_MESSAGE_BYTES_MAX,
  ClientMessageParser,
  CUT_TEXT_BYTES_MAX,
  type ClientMessage,
} from './client-message.ts';
import { ENCODING } from './encoding.ts';
import { MalformedRFB } from './malformed-rfb.ts';
import { TRUE_COLOUR_32, type PixelFormat } from './pixel-format.ts';
import {
  RECTANGLE_BYTES_MAX,
  ServerMessageParser,
  writeRectangleHeader,
  writeUpdateHeader,
  type ServerUnit,
} from './server-message.ts';
import { RefusedByRFBServer, SourceHandshake } from './source-handshake.ts';
import { ViewerHandshake, writeServerInit } from './viewer-handshake.ts';
import { writeClientMessage, writeFence } from './write-client-message.ts';

/** Records with an ordinary prototype, so that they compare equal to what a parser makes. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;

const u8 = fc.integer({ min: 0, max: 255 });
const u16 = fc.integer({ min: 0, max: 65_535 });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const area = record({ x: u16, y: u16, width: u16, height: u16 });
const payload = (max: number) =>
  fc.uint8Array({ maxLength: max }).map((bytes) => Buffer.from(bytes));

const pixelFormat: fc.Arbitrary<PixelFormat> = fc.constantFrom<PixelFormat>(TRUE_COLOUR_32, {
  bitsPerPixel: 16,
  depth: 16,
  bigEndian: true,
  redMax: 31,
  greenMax: 63,
  blueMax: 31,
  redShift: 11,
  greenShift: 5,
  blueShift: 0,
});

const clientMessage: fc.Arbitrary<ClientMessage> = fc.oneof(
  record({ type: fc.constant('set-pixel-format' as const), format: pixelFormat }),
  record({
    type: fc.constant('set-encodings' as const),
    encodings: fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 40 }),
  }),
  record({ type: fc.constant('update-request' as const), incremental: fc.boolean(), area }),
  record({ type: fc.constant('key' as const), down: fc.boolean(), keysym: u32 }),
  record({ type: fc.constant('pointer' as const), buttons: u8, x: u16, y: u16 }),
  record({
    type: fc.constant('cut-text' as const),
    extended: fc.boolean(),
    text: payload(300).filter((bytes) => bytes.length > 0),
  }),
  record({ type: fc.constant('continuous-updates' as const), enable: fc.boolean(), area }),
  record({ type: fc.constant('fence' as const), flags: u32, payload: payload(64) }),
  record({ type: fc.constant('xvp' as const), operation: u8 }),
  record({ type: fc.constant('set-desktop-size' as const), width: u16, height: u16 }),
  record({
    type: fc.constant('extended-key' as const),
    down: fc.boolean(),
    keysym: u32,
    keycode: u32,
  }),
);

/** Cuts bytes into pieces of the given lengths, used round-robin. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const length = lengths[index % lengths.length] ?? 1;
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

function readAll<T>(
  parser: { push(bytes: Uint8Array): void; next(): T | null; readonly bufferedBytes: number },
  pieces: readonly Buffer[],
  bufferedBytesMax: number,
): T[] {
  const read: T[] = [];
  for (const piece of pieces) {
    parser.push(piece);
    for (let unit = parser.next(); unit !== null; unit = parser.next()) read.push(unit);
    assert.ok(parser.bufferedBytes <= bufferedBytesMax);
  }
  return read;
}

const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

test('client messages survive any cutting of the stream', () => {
  fc.assert(
    fc.property(fc.array(clientMessage, { maxLength: 12 }), cuts, (messages, lengths) => {
      const bytes = Buffer.concat(messages.map(writeClientMessage));
      const parser = new ClientMessageParser();
      assert.deepEqual(readAll(parser, cut(bytes, lengths), CLIENT_MESSAGE_BYTES_MAX), messages);
      assert.equal(parser.bufferedBytes, 0);
    }),
  );
});

test('arbitrary viewer bytes are read, waited for, or refused as malformed', () => {
  const head = fc.constantFrom(0, 2, 3, 4, 5, 6, 150, 248, 250, 251, 255, 7);
  const noise = fc.array(
    fc.tuple(head, fc.uint8Array({ maxLength: 40 })).map(([h, b]) => Buffer.from([h, ...b])),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(noise, (pieces) => {
      try {
        readAll(new ClientMessageParser(), pieces, CLIENT_MESSAGE_BYTES_MAX);
      } catch (error) {
        assert.ok(error instanceof MalformedRFB);
      }
    }),
    { numRuns: 500 },
  );
});

test('clipboard text over the limit is read over without being kept', () => {
  const parser = new ClientMessageParser();
  const head = Buffer.from([6, 0, 0, 0, 0, 0, 0, 0]);
  const length = CUT_TEXT_BYTES_MAX + 5;
  head.writeUInt32BE(length, 4);
  const pieces = [head, ...cut(Buffer.alloc(length, 65), [30_000])];
  pieces.push(writeClientMessage({ type: 'key', down: true, keysym: 65 }));
  const read = readAll(parser, pieces, CLIENT_MESSAGE_BYTES_MAX);
  assert.deepEqual(read, [
    { type: 'cut-text', extended: false, text: null },
    { type: 'key', down: true, keysym: 65 },
  ]);
});

const SIZE = { width: 300, height: 200 };

/** A rectangle's area within SIZE. */
const areaInside = fc
  .tuple(u16, u16, u16, u16)
  .map(([a, b, c, d]) => ({ x: a % 300, y: b % 200, width: c, height: d }))
  .map(({ x, y, width, height }) => ({
    x,
    y,
    width: 1 + (width % (300 - x)),
    height: 1 + (height % (200 - y)),
  }));

function compactLength(length: number): Buffer {
  if (length < 128) return Buffer.from([length]);
  if (length < 16_384) return Buffer.from([(length & 0x7f) | 0x80, length >> 7]);
  return Buffer.from([(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14]);
}

/** Valid rectangles of every encoding that the parser knows, with arbitrary content. */
const rectangle: fc.Arbitrary<Buffer> = fc
  .tuple(areaInside, fc.integer({ min: 0, max: 8 }), payload(400), u8)
  .map(([at, kind, data, low]) => {
    const with_ = (encoding: number, content: Buffer): Buffer =>
      Buffer.concat([writeRectangleHeader(at, encoding), content]);
    const long = Buffer.concat([compactLength(data.length), data]);
    switch (kind) {
      case 0:
        return with_(ENCODING.raw, Buffer.alloc(at.width * at.height * 4, low));
      case 1: {
        const from = Buffer.alloc(4);
        return with_(ENCODING.copyRect, from);
      }
      case 2:
        return with_(ENCODING.tight, Buffer.from([0x80 | (low & 15), 1, 2, 3]));
      case 3:
        return with_(ENCODING.tight, Buffer.concat([Buffer.from([0x90]), long]));
      case 4:
        return at.width * at.height * 3 < 12
          ? with_(ENCODING.tight, Buffer.alloc(1 + at.width * at.height * 3))
          : with_(ENCODING.tight, Buffer.concat([Buffer.from([low & 0x3f]), long]));
      case 5: {
        // Palette filter with two colours: one bit a pixel.
        const plain = Math.ceil(at.width / 8) * at.height;
        const head = Buffer.from([0x50, 1, 1, 1, 2, 3, 4, 5, 6]);
        const tail = plain < 12 ? Buffer.alloc(plain) : long;
        return with_(ENCODING.tight, Buffer.concat([head, tail]));
      }
      case 6: {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(data.length, 0);
        return with_(ENCODING.zrle, Buffer.concat([length, data]));
      }
      case 7: {
        const cursor = { x: 1, y: 1, width: 9, height: 3 };
        const header = writeRectangleHeader(cursor, ENCODING.cursor);
        return Buffer.concat([header, Buffer.alloc(9 * 3 * 4 + 3 * 2, low)]);
      }
      default:
        return with_(ENCODING.qemuExtendedKeyEvent, Buffer.alloc(0));
    }
  });

const serverMessage: fc.Arbitrary<Buffer> = fc.oneof(
  fc.tuple(fc.array(rectangle, { maxLength: 5 }), fc.boolean()).map(([rectangles, counted]) => {
    const last = writeRectangleHeader({ x: 0, y: 0, width: 0, height: 0 }, ENCODING.lastRect);
    return counted
      ? Buffer.concat([writeUpdateHeader(rectangles.length), ...rectangles])
      : Buffer.concat([writeUpdateHeader(null), ...rectangles, last]);
  }),
  fc.constant(Buffer.from([2])),
  fc.constant(Buffer.from([150])),
  payload(64).map((bytes) => writeFence(7, bytes)),
  payload(300).map((bytes) => {
    const head = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0]);
    head.writeUInt32BE(bytes.length, 4);
    return Buffer.concat([head, bytes]);
  }),
  u8.map((count) => Buffer.concat([Buffer.from([1, 0, 0, 0, 0, count]), Buffer.alloc(6 * count)])),
);

/** Joins Raw bands, so that units can be compared however they were cut. */
function bytesOf(units: readonly ServerUnit[]): number {
  let total = 0;
  for (const unit of units) if (unit.type === 'rectangle') total += unit.bytes.length;
  return total;
}

test('server units survive any cutting of the stream', () => {
  fc.assert(
    fc.property(fc.array(serverMessage, { maxLength: 6 }), cuts, (messages, lengths) => {
      const bytes = Buffer.concat(messages);
      const whole = readAll(
        new ServerMessageParser(SIZE, TRUE_COLOUR_32),
        [bytes],
        RECTANGLE_BYTES_MAX,
      );
      const parser = new ServerMessageParser(SIZE, TRUE_COLOUR_32);
      const pieces = cut(bytes, lengths.length > 4 ? lengths : [...lengths, 5000]);
      const read = readAll(parser, pieces, RECTANGLE_BYTES_MAX);
      assert.deepEqual(read, whole);
      assert.equal(bytesOf(read), bytesOf(whole));
      assert.equal(parser.bufferedBytes, 0);
      const count = (type: ServerUnit['type']) => read.filter((unit) => unit.type === type).length;
      assert.equal(count('update-begins'), count('update-ends'));
    }),
    { numRuns: 60 },
  );
});

test('arbitrary source bytes are read, waited for, or refused as malformed', () => {
  const head = fc.constantFrom([0, 0, 0, 1], [0, 0, 255, 255], [1], [2], [3], [150], [248], [9]);
  const encoding = fc.constantFrom(0, 1, 7, 16, -223, -224, -239, -258, -308, 5);
  const noise = fc.array(
    fc
      .tuple(head, areaInside, encoding, fc.uint8Array({ maxLength: 60 }))
      .map(([h, a, e, tail]) => Buffer.concat([Buffer.from(h), writeRectangleHeader(a, e), tail])),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(noise, (pieces) => {
      try {
        readAll(new ServerMessageParser(SIZE, TRUE_COLOUR_32), pieces, RECTANGLE_BYTES_MAX);
      } catch (error) {
        assert.ok(error instanceof MalformedRFB);
      }
    }),
    { numRuns: 500 },
  );
});

test('drawing outside of the frame buffer and impossible sizes are malformed', () => {
  const outside = Buffer.concat([
    writeUpdateHeader(1),
    writeRectangleHeader({ x: 200, y: 0, width: 101, height: 1 }, ENCODING.raw),
  ]);
  const parser = new ServerMessageParser(SIZE, TRUE_COLOUR_32);
  assert.throws(() => readAll(parser, [outside], RECTANGLE_BYTES_MAX), MalformedRFB);
  assert.throws(
    () => new ServerMessageParser({ width: 0, height: 4 }, TRUE_COLOUR_32),
    MalformedRFB,
  );
  assert.throws(
    () => new ServerMessageParser({ width: 4, height: 16_385 }, TRUE_COLOUR_32),
    MalformedRFB,
  );
});

test('sixty thousand empty Raw rectangles neither recurse nor yield', () => {
  const empty = writeRectangleHeader({ x: 0, y: 0, width: 0, height: 0 }, ENCODING.raw);
  const flood = Buffer.concat([writeUpdateHeader(60_000), ...Array<Buffer>(60_000).fill(empty)]);
  const parser = new ServerMessageParser(SIZE, TRUE_COLOUR_32);
  const types = readAll(parser, [flood], RECTANGLE_BYTES_MAX).map((unit) => unit.type);
  assert.deepEqual(types, ['update-begins', 'update-ends']);
});

test('the two halves of the handshake meet, however they are cut', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), (length) => {
      const viewer = new SourceHandshake();
      const server = new ViewerHandshake(SIZE, 'Cart screen');
      let toViewer = server.greeting;
      for (let turn = 0; turn < 10; turn += 1) {
        let toServer = Buffer.alloc(0);
        for (const piece of cut(toViewer, [length])) {
          const step = viewer.push(piece);
          toServer = Buffer.concat([toServer, step.reply]);
          if (step.done !== null) {
            assert.deepEqual(step.done.size, SIZE);
            assert.equal(step.done.rest.length, 0);
            return;
          }
        }
        toViewer = Buffer.concat(cut(toServer, [length]).map((piece) => server.push(piece).reply));
      }
      assert.fail('the handshake did not complete');
    }),
  );
});

test('a source that asks for a password, or refuses, is refused with its own error', () => {
  const asks = new SourceHandshake();
  asks.push(Buffer.from('RFB 003.008\n'));
  assert.throws(() => asks.push(Buffer.from([1, 2])), RefusedByRFBServer);
  const refuses = new SourceHandshake();
  refuses.push(Buffer.from('RFB 003.008\n'));
  assert.throws(() => refuses.push(Buffer.from([0, 0, 0, 0, 2, 110, 111])), RefusedByRFBServer);
  const old = new SourceHandshake();
  old.push(Buffer.from('RFB 003.003\n'));
  const init = Buffer.concat([Buffer.from([0, 0, 0, 1]), writeServerInit(SIZE, 'x')]);
  assert.deepEqual(old.push(init).done?.size, SIZE);
});

test('arbitrary handshake bytes throw nothing but the declared errors', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, isGreeted) => {
      const prefix = isGreeted ? Buffer.from('RFB 003.008\n') : Buffer.alloc(0);
      for (const peer of [new SourceHandshake(), new ViewerHandshake(SIZE, 'x')]) {
        try {
          peer.push(Buffer.concat([prefix, bytes]));
        } catch (error) {
          assert.ok(error instanceof MalformedRFB || error instanceof RefusedByRFBServer);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('bands of Raw that share their memory hold their own pixels until the next unit', () => {
  const whole = { x: 0, y: 0, ...SIZE };
  const pixels = Buffer.alloc(SIZE.width * SIZE.height * 4, 'speckle');
  const parser = new ServerMessageParser(SIZE, TRUE_COLOUR_32, true);
  parser.push(
    Buffer.concat([writeUpdateHeader(1), writeRectangleHeader(whole, ENCODING.raw), pixels]),
  );
  const drawn: Buffer[] = [];
  const memories = new Set<ArrayBufferLike>();
  for (let unit = parser.next(); unit !== null; unit = parser.next()) {
    if (unit.type !== 'rectangle') continue;
    memories.add(unit.bytes.buffer);
    drawn.push(Buffer.from(unit.bytes.subarray(12)));
  }
  assert.ok(drawn.length > 1 && memories.size === 1);
  assert.deepEqual(Buffer.concat(drawn), pixels);
});
