/**
 * The RFB server of the demo: one of these for each connection.
 *
 * It answers an update request with what has changed since the last one, encoded from the picture as it is
 * at that moment: a viewer that asks seldom skips frames, and nothing stale waits for it.
 */
import type { Duplex } from 'node:stream';
import {
  ClientMessageParser,
  type ClientMessage,
  type Rectangle,
} from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { MalformedRFB } from '@chaperone/protocol/rfb/malformed-rfb.ts';
import {
  encodePixel,
  isPackedByTight,
  isSamePixelFormat,
  TRUE_COLOUR_32,
  type PixelFormat,
} from '@chaperone/protocol/rfb/pixel-format.ts';
import { writeRectangleHeader, writeUpdateHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { ViewerHandshake } from '@chaperone/protocol/rfb/viewer-handshake.ts';
import { FENCE_REQUEST_FLAG, writeFence } from '@chaperone/protocol/rfb/write-client-message.ts';
import type { Pixels } from '../encoder/pack-pixels.ts';
import { encodeRaw } from '../encoder/raw.ts';
import { cutForTight, encodeTight } from '../encoder/tight.ts';
import { Damage } from './damage.ts';
import type { EncodedImages } from './encoded-images.ts';
import { AREA, SCREEN } from './theme.ts';

import type { Ultrasound } from './ultrasound.ts';

const WHOLE_PICTURE: readonly Rectangle[] = [
  AREA.top,
  AREA.left,
  AREA.image,
  AREA.right,
  AREA.keys,
];

export class DemoConnection {
  readonly #stream: Duplex;
  readonly #machine: Ultrasound;
  readonly #images: EncodedImages;
  readonly #messages = new ClientMessageParser();
  readonly #damage = new Damage();
  #handshake: ViewerHandshake | null = new ViewerHandshake(SCREEN, 'Demo ultrasound');
  #format: PixelFormat = TRUE_COLOUR_32;
  #encodings: ReadonlySet<number> = new Set();
  #isRequested = false;
  #isEncoding = false;
  #isCursorOwed = false;

  /** @param images shared by all connections, so that each frame is encoded once */
  constructor(stream: Duplex, machine: Ultrasound, images: EncodedImages) {
    this.#stream = stream;
    this.#machine = machine;
    this.#images = images;
    for (const area of WHOLE_PICTURE) this.#damage.add(area);
    stream.write(this.#handshake?.greeting);
    stream.on('data', (bytes: Buffer) => this.#take(bytes));
    stream.on('drain', () => this.#update());
    stream.on('end', () => stream.destroy());
    stream.on('error', () => undefined);
  }

  /** Takes note that the picture has changed. */
  addDamage(area: Rectangle): void {
    this.#damage.add(area);
    this.#update();
  }

  /** Ends the connection. */
  close(): void {
    this.#stream.destroy();
  }

  #take(bytes: Buffer): void {
    try {
      if (this.#handshake === null) {
        this.#messages.push(bytes);
      } else {
        const step = this.#handshake.push(bytes);
        this.#stream.write(step.reply);
        if (step.rest === null) return;
        this.#handshake = null;
        this.#messages.push(step.rest);
      }
      for (let message = this.#messages.next(); message !== null; message = this.#messages.next()) {
        this.#handle(message);
      }
    } catch (error) {
      if (!(error instanceof MalformedRFB)) throw error;
      this.#stream.destroy();
    }
  }

  #handle(message: ClientMessage): void {
    switch (message.type) {
      case 'set-pixel-format':
        this.#format = message.format;
        return;
      case 'set-encodings':
        this.#encodings = new Set(message.encodings);
        this.#isCursorOwed = this.#encodings.has(ENCODING.cursor);
        // Says that fences are known here; a viewer may ask by them from then on.
        if (this.#encodings.has(ENCODING.fence))
          this.#stream.write(writeFence(FENCE_REQUEST_FLAG, Buffer.alloc(0)));
        return;
      case 'update-request':
        if (!message.incremental) for (const area of WHOLE_PICTURE) this.#damage.add(area);
        this.#isRequested = true;
        this.#update();
        return;
      case 'pointer':
        this.#machine.pointer(message.x, message.y, message.buttons);
        return;
      case 'key':
      case 'extended-key':
        this.#machine.key(message.keysym, message.down);
        return;
      case 'fence':
        // In order with the picture, so that whoever asks learns how long a picture is under way.
        if ((message.flags & FENCE_REQUEST_FLAG) !== 0)
          this.#stream.write(
            writeFence((message.flags & ~FENCE_REQUEST_FLAG) >>> 0, message.payload),
          );
        return;
      case 'cut-text':
      case 'continuous-updates':
      case 'xvp':
      case 'set-desktop-size':
        return;
    }
  }

  #update(): void {
    const isReady = this.#isRequested && !this.#isEncoding && !this.#stream.writableNeedDrain;
    if (!isReady || this.#stream.destroyed || this.#damage.isEmpty) return;
    this.#isRequested = false;
    this.#isEncoding = true;
    const rectangles = this.#damage.take().flatMap(cutForTight).map(this.#encode);
    if (this.#isCursorOwed) rectangles.unshift(Promise.resolve(writeCursor(this.#format)));
    this.#isCursorOwed = false;
    void Promise.all(rectangles).then((encoded) => {
      this.#isEncoding = false;
      if (this.#stream.destroyed) return;
      this.#stream.cork();
      this.#stream.write(writeUpdateHeader(encoded.length));
      for (const rectangle of encoded) this.#stream.write(rectangle);
      this.#stream.uncork();
      this.#update();
    });
  }

  readonly #encode = (area: Rectangle): Promise<Buffer> => {
    const crop = (): Pixels => cropOf(this.#machine.canvas.pixels, area);
    if (!this.#encodings.has(ENCODING.tight)) {
      return Promise.resolve(
        isSamePixelFormat(this.#format, TRUE_COLOUR_32)
          ? rawOf(this.#machine.canvas.pixels, area)
          : encodeRaw(crop(), area, this.#format),
      );
    }
    const encode = (): Promise<Buffer> => encodeTight(crop(), area, this.#format);
    const { imageName } = this.#machine;
    const isKept = isSameArea(area, AREA.image);
    return imageName !== null && isKept && isPackedByTight(this.#format)
      ? this.#images.get(imageName, encode)
      : encode();
  };
}

/** A Raw rectangle in the cart's own form of pixels: each is copied once. */
function rawOf(pixels: Uint32Array, area: Rectangle): Buffer {
  const header = writeRectangleHeader(area, ENCODING.raw);
  const rowBytes = area.width * 4;
  const rectangle = Buffer.allocUnsafeSlow(header.length + rowBytes * area.height);
  header.copy(rectangle);
  const from = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  for (let row = 0; row < area.height; row += 1) {
    const at = ((area.y + row) * SCREEN.width + area.x) * 4;
    from.copy(rectangle, header.length + row * rowBytes, at, at + rowBytes);
  }
  return rectangle;
}

function cropOf(pixels: Uint32Array, area: Rectangle): Pixels {
  const cropped = new Uint32Array(area.width * area.height);
  for (let row = 0; row < area.height; row += 1) {
    const at = (area.y + row) * SCREEN.width + area.x;
    cropped.set(pixels.subarray(at, at + area.width), row * area.width);
  }
  return cropped;
}

function isSameArea(a: Rectangle, b: Rectangle): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** An arrow: # is its border, . its inside. */
const ARROW = [
  '#           ',
  '##          ',
  '#.#         ',
  '#..#        ',
  '#...#       ',
  '#....#      ',
  '#.....#     ',
  '#......#    ',
  '#.......#   ',
  '#........#  ',
  '#.....##### ',
  '#..#..#     ',
  '#.# #..#    ',
  '##  #..#    ',
  '#    #..#   ',
  '     #..#   ',
  '      ##    ',
];

function writeCursor(format: PixelFormat): Buffer {
  const width = ARROW[0]?.length ?? 0;
  const mask = Buffer.alloc(Math.ceil(width / 8) * ARROW.length);
  const pixels = ARROW.flatMap((row, y) =>
    [...row].map((mark, x) => {
      const at = y * Math.ceil(width / 8) + (x >> 3);
      if (mark !== ' ') mask[at] = (mask[at] ?? 0) | (0x80 >> (x & 7));
      const level = mark === '.' ? 255 : 0;
      return encodePixel(format, { red: level, green: level, blue: level });
    }),
  );
  const area = { x: 0, y: 0, width, height: ARROW.length };
  return Buffer.concat([writeRectangleHeader(area, ENCODING.cursor), ...pixels, mask]);
}
