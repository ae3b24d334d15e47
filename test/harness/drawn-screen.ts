/**
 * A cart's screen that a test draws: small, RFB 3.8, Raw unless an encoding is given, with one rectangle of another colour at each
 * step. What it showed is known pixel for pixel, in the cart's order of colours.
 */
import { createHash, randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { ClientMessageParser } from '@chaperone/protocol/rfb/client-message.ts';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { writeRectangleHeader, writeUpdateHeader } from '@chaperone/protocol/rfb/server-message.ts';
import type { FramebufferSize } from '@chaperone/protocol/rfb/server-message.ts';
import { ViewerHandshake } from '@chaperone/protocol/rfb/viewer-handshake.ts';
import type { RectangleEncoder } from './rectangle-encoding.ts';

const STEP_MS = 15;

export class DrawnScreen {
  readonly size: FramebufferSize;
  readonly picture: Buffer;
  isFrozen = false;
  /** How often the whole picture was asked for. */
  wholes = 0;

  readonly #newEncoder: (() => RectangleEncoder) | null;

  /** @param newEncoder makes what packs rectangles, for each viewer anew */
  constructor(
    size: FramebufferSize = { width: 96, height: 64 },
    newEncoder: (() => RectangleEncoder) | null = null,
  ) {
    this.size = size;
    this.#newEncoder = newEncoder;
    this.picture = Buffer.alloc(size.width * size.height * 4);
  }

  /** SHA-256 of the picture as it stands, hex. */
  get digest(): string {
    return createHash('sha256').update(this.picture).digest('hex');
  }

  /** Shows it over a stream until that ends. */
  show(stream: Duplex): void {
    const handshake = new ViewerHandshake(this.size, 'Cart screen');
    const messages = new ClientMessageParser();
    const encode = this.#newEncoder?.() ?? null;
    let isDone = false;
    stream.on('error', () => undefined);
    stream.write(handshake.greeting);
    stream.on('data', (bytes: Buffer) => {
      if (isDone) messages.push(bytes);
      else {
        const { reply, rest } = handshake.push(bytes);
        if (reply.length > 0) stream.write(reply);
        if (rest === null) return;
        isDone = true;
        messages.push(rest);
      }
      for (let said = messages.next(); said !== null; said = messages.next()) {
        if (said.type !== 'update-request' || said.incremental) continue;
        this.wholes += 1;
        this.#send(stream, encode, { x: 0, y: 0, ...this.size });
      }
    });
    // It draws by itself, whether or not somebody asks: as with continuous updates.
    const timer = setInterval(() => {
      if (stream.destroyed) return clearInterval(timer);
      if (!isDone || this.isFrozen || this.wholes === 0 || stream.writableNeedDrain) return;
      this.#send(stream, encode, this.#draw());
    }, STEP_MS);
    stream.once('close', () => clearInterval(timer));
  }

  #draw(): Rectangle {
    const { width: columns, height: rows } = this.size;
    const width = 1 + randomInt(Math.floor(columns / 3));
    const height = 1 + randomInt(Math.floor(rows / 3));
    const area = { x: randomInt(columns - width), y: randomInt(rows - height), width, height };
    const colour = randomInt(0x1_00_00_00);
    for (let row = 0; row < area.height; row += 1)
      for (let column = 0; column < area.width; column += 1) {
        const at = ((area.y + row) * this.size.width + area.x + column) * 4;
        this.picture.writeUInt32LE(colour, at);
      }
    return area;
  }

  #send(stream: Duplex, encode: RectangleEncoder | null, area: Rectangle): void {
    if (encode !== null) {
      stream.write(Buffer.concat([writeUpdateHeader(1), encode(area, this.#redFirst(area))]));
      return;
    }
    const rows = Array.from({ length: area.height }, (_, row) => {
      const at = ((area.y + row) * this.size.width + area.x) * 4;
      return Buffer.from(this.picture.subarray(at, at + area.width * 4));
    });
    stream.write(
      Buffer.concat([writeUpdateHeader(1), writeRectangleHeader(area, ENCODING.raw), ...rows]),
    );
  }

  /** The pixels of a rectangle, three bytes each. */
  #redFirst({ x, y, width, height }: Rectangle): Buffer {
    const pixels = Buffer.alloc(width * height * 3);
    for (let at = 0; at < width * height; at += 1) {
      const row = y + Math.floor(at / width);
      const colour = this.picture.readUInt32LE((row * this.size.width + x + (at % width)) * 4);
      pixels.writeUIntBE(colour & 0xff_ff_ff, at * 3, 3);
    }
    return pixels;
  }
}
