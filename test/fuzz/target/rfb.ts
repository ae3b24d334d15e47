/** Targets of the screen: everything that an RFB viewer or an RFB server may send, cut into any chunks. */
import {
  CLIENT_MESSAGE_BYTES_MAX,
  ClientMessageParser,
} from '@chaperone/protocol/rfb/client-message.ts';
import type { ClientMessage } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { MalformedRFB } from '@chaperone/protocol/rfb/malformed-rfb.ts';
import {
  PIXEL_FORMAT_BYTES,
  TRUE_COLOUR_32,
  readPixelFormat,
  writePixelFormat,
} from '@chaperone/protocol/rfb/pixel-format.ts';
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import {
  RECTANGLE_BYTES_MAX,
  ServerMessageParser,
  writeRectangleHeader,
  writeUpdateHeader,
} from '@chaperone/protocol/rfb/server-message.ts';
import { RefusedByRFBServer, SourceHandshake } from '@chaperone/protocol/rfb/source-handshake.ts';
import { writeCompactLength } from '@chaperone/protocol/rfb/tight-length.ts';
import { ViewerHandshake, writeServerInit } from '@chaperone/protocol/rfb/viewer-handshake.ts';
import { writeClientMessage, writeFence } from '@chaperone/protocol/rfb/write-client-message.ts';
import { digestOf, sameInAnyChunks } from '../engine/streaming.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

export const SIZE = { width: 640, height: 480 };
const AREA = { x: 8, y: 16, width: 32, height: 24 };

/** Formats that a viewer may have chosen; an input's first byte picks one. */
export const FORMATS: readonly PixelFormat[] = [
  TRUE_COLOUR_32,
  { ...TRUE_COLOUR_32, bigEndian: true, redShift: 0, blueShift: 16 },
  {
    ...TRUE_COLOUR_32,
    bitsPerPixel: 16,
    depth: 16,
    redMax: 31,
    greenMax: 63,
    blueMax: 31,
    redShift: 11,
    greenShift: 5,
  },
  {
    ...TRUE_COLOUR_32,
    bitsPerPixel: 8,
    depth: 8,
    redMax: 7,
    greenMax: 7,
    blueMax: 3,
    redShift: 0,
    greenShift: 3,
    blueShift: 6,
  },
];

export const CLIENT_MESSAGES: readonly ClientMessage[] = [
  { type: 'set-pixel-format', format: TRUE_COLOUR_32 },
  { type: 'set-encodings', encodings: [7, 1, 0, -239, -223, -224, -258, -308, -312, -313, -32] },
  { type: 'update-request', incremental: true, area: AREA },
  { type: 'key', down: true, keysym: 0xff0d },
  { type: 'pointer', buttons: 1, x: 10, y: 20 },
  { type: 'cut-text', extended: false, text: Buffer.from('clipboard') },
  { type: 'cut-text', extended: true, text: Buffer.from([0, 0, 0, 1, 1, 2, 3]) },
  { type: 'continuous-updates', enable: true, area: AREA },
  { type: 'fence', flags: 0x80000001, payload: Buffer.from('fence') },
  { type: 'xvp', operation: 2 },
  { type: 'set-desktop-size', width: 800, height: 600 },
  { type: 'extended-key', down: true, keysym: 0x61, keycode: 30 },
];

function rectangle(encoding: number, content: Buffer, area = AREA): Buffer {
  return Buffer.concat([writeRectangleHeader(area, encoding), content]);
}

const tightData = Buffer.alloc(40, 0x5a);
/** Server messages that are whole, each of another kind. */
export const SERVER_MESSAGES: readonly Buffer[] = [
  Buffer.concat([
    writeUpdateHeader(4),
    rectangle(ENCODING.tight, Buffer.from([0x80, 1, 2, 3])),
    rectangle(
      ENCODING.tight,
      Buffer.concat([Buffer.from([0x90]), writeCompactLength(40), tightData]),
    ),
    rectangle(
      ENCODING.tight,
      Buffer.concat([
        Buffer.from([0x50, 1, 1, 0, 0, 0, 9, 9, 9]),
        writeCompactLength(40),
        tightData,
      ]),
    ),
    rectangle(ENCODING.copyRect, Buffer.from([0, 1, 0, 2])),
  ]),
  Buffer.concat([
    writeUpdateHeader(null),
    rectangle(ENCODING.raw, Buffer.alloc(4 * 4 * 2, 7), { x: 0, y: 0, width: 4, height: 2 }),
    rectangle(ENCODING.cursor, Buffer.alloc(8 * 8 * 4 + 8), { x: 1, y: 1, width: 8, height: 8 }),
    rectangle(ENCODING.desktopSize, Buffer.alloc(0), { x: 0, y: 0, ...SIZE }),
    rectangle(
      ENCODING.extendedDesktopSize,
      Buffer.concat([Buffer.from([1, 0, 0, 0]), Buffer.alloc(16)]),
      { x: 0, y: 0, ...SIZE },
    ),
    rectangle(ENCODING.qemuExtendedKeyEvent, Buffer.alloc(0)),
    rectangle(ENCODING.zrle, Buffer.concat([Buffer.from([0, 0, 0, 4]), Buffer.alloc(4)])),
    rectangle(ENCODING.lastRect, Buffer.alloc(0)),
  ]),
  Buffer.from([2]),
  Buffer.concat([Buffer.from([3, 0, 0, 0, 0, 0, 0, 4]), Buffer.from('text')]),
  Buffer.concat([Buffer.from([3, 0, 0, 0, 0xff, 0xff, 0xff, 0xfc]), Buffer.from('text')]),
  Buffer.from([1, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3]),
  Buffer.from([150]),
  writeFence(0x80000000, Buffer.from('x')),
];

const clientMessages: Target = {
  name: 'rfb-client-message',
  entry: 'protocol/src/rfb/client-message.ts › ClientMessageParser',
  refusals: [MalformedRFB],
  limits: 'holds at most CLIENT_MESSAGE_BYTES_MAX between messages; the same in any chunks',
  form: 'bytes',
  seeds: () => [
    ...CLIENT_MESSAGES.map(writeClientMessage),
    Buffer.concat(CLIENT_MESSAGES.map(writeClientMessage)),
  ],
  feed: (input) =>
    sameInAnyChunks(input, () => {
      const parser = new ClientMessageParser();
      return (chunk, say) => {
        parser.push(chunk);
        for (let message = parser.next(); message !== null; message = parser.next()) {
          say(digestOf(message));
          checkWrittenMessage(message);
        }
        holds(parser.bufferedBytes < CLIENT_MESSAGE_BYTES_MAX, 'too much is held back');
      };
    }),
};

/** What was read, written again, is read as the same. */
function checkWrittenMessage(message: ClientMessage): void {
  if (message.type === 'cut-text' && message.text === null) return;
  const parser = new ClientMessageParser();
  parser.push(writeClientMessage(message));
  const again = parser.next();
  holds(again !== null && parser.bufferedBytes === 0, `${message.type} is not written whole`);
  // An extended clipboard without content has no sign to tell it by.
  if (message.type === 'cut-text' && message.text?.length === 0) return;
  holds(digestOf(again) === digestOf(message), `${message.type} is written as something else`);
}

const serverMessages: Target = {
  name: 'rfb-server-message',
  entry: 'protocol/src/rfb/server-message.ts › ServerMessageParser (ByteQueue, tightLength)',
  refusals: [MalformedRFB],
  limits:
    'holds at most RECTANGLE_BYTES_MAX between units; the same in any chunks; never outside the frame buffer',
  form: 'bytes',
  seeds: () => [
    ...SERVER_MESSAGES.map((message) => Buffer.concat([Buffer.of(0), message])),
    Buffer.concat([Buffer.of(0), ...SERVER_MESSAGES]),
    Buffer.concat([Buffer.of(1), ...SERVER_MESSAGES.slice(2)]),
    Buffer.concat([Buffer.of(2), ...SERVER_MESSAGES.slice(2)]),
    Buffer.concat([Buffer.of(3), ...SERVER_MESSAGES.slice(2)]),
  ],
  feed: (input) =>
    sameInAnyChunks(input.subarray(1), () => {
      const parser = new ServerMessageParser(SIZE, FORMATS[(input[0] ?? 0) % FORMATS.length]);
      return (chunk, say) => {
        parser.push(chunk);
        for (let unit = parser.next(); unit !== null; unit = parser.next()) {
          say(`${digestOf(unit)} ${parser.size.width}x${parser.size.height}`);
          if (unit.type === 'rectangle') {
            holds(unit.bytes.length <= RECTANGLE_BYTES_MAX, 'a rectangle is too long');
          }
        }
        holds(parser.bufferedBytes < RECTANGLE_BYTES_MAX, 'too much is held back');
      };
    }),
};

const viewerHandshake: Target = {
  name: 'rfb-viewer-handshake',
  entry: 'protocol/src/rfb/viewer-handshake.ts › ViewerHandshake',
  refusals: [MalformedRFB],
  limits: '14 bytes; the same in any chunks',
  form: 'bytes',
  seeds: () => [Buffer.from('RFB 003.008\n\x01\x01'), Buffer.from('RFB 003.008\n\x01\x00rest')],
  feed: (input) =>
    sameInAnyChunks(
      input,
      () => {
        const handshake = new ViewerHandshake(SIZE, 'Screen');
        let isDone = false;
        return (chunk, say) => {
          if (isDone) return say(chunk.toString('hex'), true);
          const { reply, rest } = handshake.push(chunk);
          say(reply.toString('hex'), true);
          if (rest === null) return;
          isDone = true;
          say('|', true);
          say(rest.toString('hex'), true);
        };
      },
      false,
    ),
};

const sourceHandshake: Target = {
  name: 'rfb-source-handshake',
  entry: 'protocol/src/rfb/source-handshake.ts › SourceHandshake',
  refusals: [MalformedRFB, RefusedByRFBServer],
  limits: 'a name and a reason of 4,096 bytes; the same in any chunks',
  form: 'bytes',
  words: ['RFB 003.003\n', 'RFB 003.007\n', 'RFB 004.001\n', 'RFB 003.889\n'],
  seeds: () => {
    const init = writeServerInit(SIZE, 'A desktop');
    return [
      Buffer.concat([Buffer.from('RFB 003.008\n'), Buffer.from([2, 2, 1, 0, 0, 0, 0]), init]),
      Buffer.concat([Buffer.from('RFB 003.007\n'), Buffer.from([1, 1]), init, Buffer.from('rest')]),
      Buffer.concat([Buffer.from('RFB 003.003\n'), Buffer.from([0, 0, 0, 1]), init]),
    ];
  },
  feed: (input) =>
    sameInAnyChunks(
      input,
      () => {
        const handshake = new SourceHandshake();
        let isDone = false;
        return (chunk, say) => {
          if (isDone) return say(chunk.toString('hex'), true);
          const { reply, done } = handshake.push(chunk);
          say(reply.toString('hex'), true);
          if (done === null) return;
          isDone = true;
          say(`|${JSON.stringify(done.size)}|`, true);
          say(done.rest.toString('hex'), true);
        };
      },
      false,
    ),
};

const pixelFormat: Target = {
  name: 'rfb-pixel-format',
  entry: 'protocol/src/rfb/pixel-format.ts › readPixelFormat',
  refusals: [MalformedRFB],
  limits: '16 bytes, true colour, channels inside the pixel',
  form: 'bytes',
  seeds: () => FORMATS.map(writePixelFormat),
  feed: (input) => {
    const bytes = Buffer.alloc(PIXEL_FORMAT_BYTES);
    input.copy(bytes);
    const format = readPixelFormat(bytes);
    const again = readPixelFormat(writePixelFormat(format));
    holds(digestOf(again) === digestOf(format), 'a pixel format is written as another');
    return format;
  },
};

export const RFB_TARGETS: readonly Target[] = [
  clientMessages,
  serverMessages,
  viewerHandshake,
  sourceHandshake,
  pixelFormat,
];
