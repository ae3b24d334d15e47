/**
 * Goal: what is written of a recording is read again as it was, and whatever else is given is refused with its own error.
 * Method: properties in both directions; the mark against the one by which records are recognised.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { natureOf } from '@chaperone/domain/record-kind/record-kind.ts';
import fc from 'fast-check';
import {
  FOOT_BYTES,
  MAGIC,
  MAGIC_BYTES,
  PIECE_BYTES_MAX,
  PIECE_HEAD_BYTES,
  PIECE_KINDS,
  RecordingMalformed,
  beginsRecording,
  readFoot,
  readIndex,
  readKey,
  readPieceHead,
  writeFoot,
  writeIndex,
  writeKey,
  writePieceHead,
} from './recording-format.ts';

const FOOT = {
  bodyBytes: 100_000,
  indexOffset: 100_000,
  durationMs: 61_000,
  begunUtcMs: 1_796_000_000_000,
  isInterrupted: false,
};

test('a recording is recognised by its first bytes, and only by all of them', () => {
  const head = Uint8Array.from([...MAGIC, 1, 0, 0, 0]);
  assert.deepEqual(natureOf(head), { kind: 'recording', format: 'screen' });
  assert.ok(beginsRecording(head));
  for (let at = 0; at < MAGIC_BYTES; at += 1) {
    const other = Uint8Array.from(head);
    other[at] = (other[at] ?? 0) ^ 1;
    assert.ok(!beginsRecording(other));
    assert.notEqual(natureOf(other).kind, 'recording');
  }
});

test('heads of pieces come back as they were', () => {
  const kind = fc.constantFrom(...PIECE_KINDS);
  const bytes = fc.nat(PIECE_BYTES_MAX);
  const atMs = fc.nat(0xffff_ffff);
  fc.assert(
    fc.property(kind, bytes, atMs, (...given) => {
      const head = { kind: given[0], bytes: given[1], atMs: given[2] };
      assert.deepEqual(readPieceHead(writePieceHead(head)), head);
    }),
  );
});

test('keys, index and foot come back as they were', () => {
  const side = fc.integer({ min: 1, max: 16_384 });
  fc.assert(
    fc.property(side, side, fc.uint8Array({ maxLength: 50 }), (width, height, messages) => {
      assert.deepEqual(readKey(writeKey({ width, height, messages })), { width, height, messages });
    }),
  );
  const points = fc
    .uniqueArray(fc.integer({ min: MAGIC_BYTES, max: FOOT.bodyBytes - PIECE_HEAD_BYTES }))
    .map((offsets) => offsets.toSorted((a, b) => a - b))
    .map((offsets) => offsets.map((offset, at) => ({ atMs: at * 1000, offset })));
  fc.assert(
    fc.property(points, (given) => assert.deepEqual(readIndex(writeIndex(given), FOOT), given)),
  );
  const recordBytes = FOOT.indexOffset + PIECE_HEAD_BYTES + FOOT_BYTES;
  for (const isInterrupted of [false, true]) {
    const foot = { ...FOOT, isInterrupted };
    assert.deepEqual(readFoot(writeFoot(foot), recordBytes), foot);
  }
});

test('places outside, and places out of order, are refused', () => {
  const refused = (act: () => unknown): void => void assert.throws(act, RecordingMalformed);
  refused(() => readFoot(writeFoot(FOOT), FOOT.indexOffset + FOOT_BYTES));
  refused(() => readFoot(writeFoot({ ...FOOT, bodyBytes: 3 }), 1_000_000));
  refused(() => readFoot(writeFoot({ ...FOOT, indexOffset: 50 }), 1_000_000));
  refused(() => readIndex(writeIndex([{ atMs: 0, offset: FOOT.bodyBytes }]), FOOT));
  refused(() => readIndex(writeIndex([{ atMs: 0, offset: 2 }]), FOOT));
  const [early, late] = [
    { atMs: 5, offset: 500 },
    { atMs: 9, offset: 900 },
  ];
  refused(() => readIndex(writeIndex([late, early]), FOOT));
  refused(() => readKey(Uint8Array.of(0, 0, 0, 9)));
});

test('whatever bytes are given, only its own error is thrown', () => {
  const readers = [
    (bytes: Uint8Array) => readPieceHead(bytes),
    (bytes: Uint8Array) => readKey(bytes),
    (bytes: Uint8Array) => readIndex(bytes, FOOT),
    (bytes: Uint8Array) => readFoot(bytes, 100_200),
  ];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      for (const read of readers) {
        try {
          read(bytes);
        } catch (fault) {
          assert.ok(fault instanceof RecordingMalformed);
        }
      }
    }),
  );
});
