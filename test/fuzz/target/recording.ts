/** Targets of recordings: what passes between a viewer and a cart, and what a player reads of a record. */
import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import {
  MAGIC,
  RecordingMalformed,
  writeFoot,
  writeIndex,
  writeKey,
  writePieceHead,
} from '@chaperone/protocol/recording/recording-format.ts';
import { ScreenNotRecordable } from '@chaperone/gateway/desk/recording/recording.ts';
import { NOVNC_FORMAT, ScreenTap } from '@chaperone/gateway/desk/recording/screen-tap.ts';
import { writeClientMessage } from '@chaperone/protocol/rfb/write-client-message.ts';
import { writeServerInit } from '@chaperone/protocol/rfb/viewer-handshake.ts';
import { ReadingFault } from '../../../console/src/record/worker/worker-call.ts';
import { RecordingReading } from '../../../console/src/record/screen/recording-reading.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { writeRectangleHeader, writeUpdateHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { writeCompactLength } from '@chaperone/protocol/rfb/tight-length.ts';
import { Chance } from '../engine/chance.ts';
import { sameInAnyChunks } from '../engine/streaming.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';
import { CLIENT_MESSAGES, SIZE } from './rfb.ts';

const BEGINNING = Buffer.concat([
  Buffer.from('RFB 003.008\n\x01\x01\0\0\0\0', 'latin1'),
  writeServerInit(SIZE, 'Cart screen'),
]);
const VIEWER = Buffer.from('RFB 003.008\n\x01\x01', 'latin1');

const AREA = { x: 8, y: 16, width: 32, height: 24 };
const SYNC = { finishFlush: constants.Z_SYNC_FLUSH } as const;

function update(encoding: number, ...content: readonly Uint8Array[]): Buffer {
  return Buffer.concat([writeUpdateHeader(1), writeRectangleHeader(AREA, encoding), ...content]);
}

/** Updates in each encoding that a viewer may get, in an order in which they can follow one another. */
function shown(): readonly Buffer[] {
  const pixels = Buffer.alloc(AREA.width * AREA.height * 3, 0x5a);
  const tight = deflateSync(pixels, SYNC);
  const goesOn = deflateRawSync(pixels, SYNC);
  const tile = Buffer.from([1, 0x10, 0x20, 0x30]);
  const zrle = deflateSync(tile, SYNC);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(zrle.length);
  const film = Buffer.from('00000007000000010000000165888410', 'hex').subarray(0, 15);
  return [
    update(ENCODING.raw, Buffer.alloc(AREA.width * AREA.height * 4, 7)),
    update(ENCODING.tight, Buffer.from([0]), writeCompactLength(tight.length), tight),
    update(ENCODING.tight, Buffer.from([0]), writeCompactLength(goesOn.length), goesOn),
    update(ENCODING.tight, Buffer.from([0x80, 1, 2, 3])),
    update(ENCODING.zrle, length, zrle),
    update(ENCODING.copyRect, Buffer.from([0, 0, 0, 0])),
    update(ENCODING.h264, film),
  ];
}
const SHOWN = shown();

/** What a cart says, through the tap: the same in any chunks, apart from how its updates are cut. */
const fromCart: Target = {
  name: 'recording-from-cart',
  entry:
    'gateway/src/desk/recording/screen-tap.ts › fromCart (standalone, drawn-area, film-contexts)',
  refusals: [ScreenNotRecordable],
  limits: 'as rfb-server-message; 36 MiB of pixels of one rectangle',
  form: 'bytes',
  weight: 0.3,
  // A rectangle's zlib data are read here, so that they have to be such.
  seeds: () => [...SHOWN, Buffer.concat(SHOWN)],
  feed: (input) => {
    const play = (chunks: readonly Buffer[]): ScreenTap => {
      const tap = new ScreenTap();
      tap.fromViewer(VIEWER);
      tap.fromViewer(writeClientMessage({ type: 'set-pixel-format', format: NOVNC_FORMAT }));
      tap.fromCart(BEGINNING);
      tap.beginKey();
      for (const chunk of chunks) {
        const shown = tap.fromCart(chunk);
        holds(shown === null || shown.length > 4, 'an update without anything');
      }
      return tap;
    };
    const whole = play([input]);
    const cut = play(new Chance(input.length).chunks(input));
    holds(whole.isKeyWhole === cut.isKeyWhole, 'another picture in other chunks');
    return whole.isKeyWhole;
  },
};

const fromViewer: Target = {
  name: 'recording-from-viewer',
  entry: 'gateway/src/desk/recording/screen-tap.ts › fromViewer',
  refusals: [ScreenNotRecordable],
  limits: 'as rfb-client-message; the same in any chunks',
  form: 'bytes',
  weight: 0.3,
  seeds: () => [
    ...CLIENT_MESSAGES.map((message) => Buffer.concat([VIEWER, writeClientMessage(message)])),
    Buffer.concat([VIEWER, ...CLIENT_MESSAGES.map(writeClientMessage)]),
  ],
  feed: (input) =>
    sameInAnyChunks(input, () => {
      const tap = new ScreenTap();
      tap.fromCart(BEGINNING);
      return (chunk) => tap.fromViewer(chunk);
    }),
};

function recording(): Buffer {
  const key = writeKey({ width: 8, height: 8, messages: Buffer.alloc(0) });
  const picture = Buffer.from([0, 0, 0, 0]);
  const body = Buffer.concat([
    Uint8Array.from(MAGIC),
    writePieceHead({ kind: 'key', bytes: key.length, atMs: 0 }),
    key,
    writePieceHead({ kind: 'picture', bytes: picture.length, atMs: 5 }),
    picture,
  ]);
  const index = writeIndex([{ atMs: 0, offset: MAGIC.length }]);
  const foot = writeFoot({
    bodyBytes: body.length,
    indexOffset: body.length,
    durationMs: 5,
    begunUtcMs: 1,
    isInterrupted: false,
  });
  const head = writePieceHead({ kind: 'index', bytes: index.length, atMs: 5 });
  return Buffer.concat([body, head, index, foot]);
}

/** Pieces of a recording cannot be more than fit into it. */
const played: Target = {
  name: 'recording-played',
  entry: 'console/src/record/screen/recording-reading.ts › RecordingReading (recording-format)',
  refusals: [ReadingFault, RecordingMalformed],
  limits: 'pieces of 32 MiB, 50,000 keys; nothing outside of the record is read',
  form: 'bytes',
  seeds: () => [recording()],
  feed: async (input) => {
    const reading = await RecordingReading.open({
      bytes: input.length,
      read: async (offset, length) => {
        holds(offset >= 0 && length >= 0 && Number.isSafeInteger(offset + length), 'a place');
        return input.subarray(offset, Math.min(input.length, offset + length));
      },
    });
    let bytes = 0;
    for (const { offset } of reading.points.slice(0, 5))
      for await (const piece of reading.pieces(offset)) bytes += piece.content.length;
    holds(bytes <= 5 * input.length, 'more than there is');
    return bytes;
  },
};

export const RECORDING_TARGETS: readonly Target[] = [fromCart, fromViewer, played];
