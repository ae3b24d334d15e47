/**
 * A small RFB viewer for tests: decodes what it is sent into a frame buffer and says when updates end.
 */
import type { Duplex } from 'node:stream';
import type { ClientMessage } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { ServerMessageParser, type ServerUnit } from '@chaperone/protocol/rfb/server-message.ts';
import { SourceHandshake } from '@chaperone/protocol/rfb/source-handshake.ts';
import {
  FENCE_REQUEST_FLAG,
  writeClientMessage,
} from '@chaperone/protocol/rfb/write-client-message.ts';
import { TIGHT_JPEG } from '@chaperone/protocol/rfb/tight-length.ts';
import { TightDecoder } from './tight-decoder.ts';
import { ZRLEDecoder } from './zrle-decoder.ts';

export const TIGHT_ENCODINGS = [
  ENCODING.copyRect,
  ENCODING.tight,
  ENCODING.raw,
  ENCODING.cursor,
  ENCODING.desktopSize,
  ENCODING.lastRect,
];

type UpdateArea = Extract<ClientMessage, { type: 'update-request' }>['area'];
type Rectangle = Extract<ServerUnit, { type: 'rectangle' }>;

export class RecordingViewer {
  readonly #stream: Duplex;
  readonly #handshake = new SourceHandshake();
  readonly #tight = new TightDecoder();
  readonly #zrle = new ZRLEDecoder();
  readonly #waiting: (() => void)[] = [];
  #parser: ServerMessageParser | null = null;
  #decoding: Promise<void> = Promise.resolve();
  #isAutomatic = false;
  width = 0;
  height = 0;
  pixels = new Uint32Array(0);
  updates = 0;
  cutTexts: string[] = [];
  encodings = new Set<number>();
  /** Names of the desktop, one after another. */
  names: string[] = [];
  /** Frames of H.264, which are not decoded here: their places hold what was there before. */
  films: { readonly area: UpdateArea; readonly isBeginning: boolean; readonly frame: Buffer }[] =
    [];
  /** JPEG images of Tight rectangles, which are not decoded here either. */
  images: { readonly area: UpdateArea; readonly image: Buffer }[] = [];
  /** Screens of ExtendedDesktopSize, as they came. */
  layouts: Buffer[] = [];
  /** Bytes of the stream so far. */
  bytes = 0;
  answersFences = true;
  /** Shown each rectangle's pixels as they are drawn. */
  onPixels: (pixels: Uint32Array) => void = () => undefined;
  failure: unknown = null;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => this.#take(bytes));
    stream.on('error', () => undefined);
    stream.once('close', () => this.#wake());
  }

  /** Shakes hands, chooses encodings and asks for a whole picture; then for changes, for ever. */
  async start(encodings: readonly number[] = TIGHT_ENCODINGS): Promise<void> {
    await this.until(() => this.#parser !== null);
    this.send({ type: 'set-encodings', encodings });
    this.#isAutomatic = true;
    this.request(false);
  }

  /** Asks for an update of the whole frame buffer. */
  request(incremental: boolean): void {
    const area = { x: 0, y: 0, width: this.width, height: this.height };
    this.send({ type: 'update-request', incremental, area });
  }

  send(message: ClientMessage): void {
    if (!this.#stream.destroyed) this.#stream.write(writeClientMessage(message));
  }

  /** Waits until a condition holds after a rectangle, an update, or the stream's end. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.failure !== null) throw this.failure;
      if (this.#stream.destroyed) throw new Error('The stream ended before what was waited for.');
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** Waits for one more update. */
  async nextUpdate(): Promise<void> {
    const before = this.updates;
    await this.until(() => this.updates > before);
  }

  pixel(x: number, y: number): number {
    return this.pixels[y * this.width + x] ?? -1;
  }

  #take(bytes: Buffer): void {
    this.bytes += bytes.length;
    if (this.#parser === null) {
      const step = this.#handshake.push(bytes);
      if (step.reply.length > 0) this.#stream.write(step.reply);
      if (step.done === null) return;
      this.#resize(step.done.size.width, step.done.size.height);
      this.#parser = new ServerMessageParser(step.done.size);
      this.#parser.push(step.done.rest);
      this.#wake();
    } else {
      this.#parser.push(bytes);
    }
    try {
      for (let unit = this.#parser.next(); unit !== null; unit = this.#parser.next()) {
        const taken = unit;
        this.#decoding = this.#decoding
          .then(() => this.#apply(taken))
          .catch((error: unknown) => {
            this.failure ??= error;
            this.#wake();
          });
      }
    } catch (error) {
      this.failure ??= error;
      this.#wake();
    }
  }

  async #apply(unit: ServerUnit): Promise<void> {
    if (unit.type === 'fence') this.#answer(unit.flags, unit.payload);
    if (unit.type === 'rectangle') {
      await this.#draw(unit);
      this.#wake();
    }
    if (unit.type === 'cut-text') this.cutTexts.push(unit.text?.toString('latin1') ?? '');
    if (unit.type !== 'update-ends') return;
    this.updates += 1;
    if (this.#isAutomatic) this.request(true);
    this.#wake();
  }

  /** Fences are answered when what came before them is drawn. */
  #answer(flags: number, payload: Buffer): void {
    if (!this.answersFences) return;
    this.send({ type: 'fence', flags: (flags & ~FENCE_REQUEST_FLAG) >>> 0, payload });
  }

  async #draw({ encoding, area, bytes }: Rectangle): Promise<void> {
    this.encodings.add(encoding);
    const content = bytes.subarray(12);
    const { x, y, width, height } = area;
    if (encoding === ENCODING.desktopName) {
      this.names.push(content.subarray(4).toString('utf8'));
    } else if (encoding === ENCODING.h264) {
      const isBeginning = content.readUInt32BE(4) !== 0;
      this.films.push({ area, isBeginning, frame: content.subarray(8) });
    } else if (encoding === ENCODING.zrle) {
      this.#put(x, y, width, await this.#zrle.decode(content, width, height));
    } else if (encoding === ENCODING.extendedDesktopSize) {
      this.layouts.push(content);
      if (width !== this.width || height !== this.height) this.#resize(width, height);
    } else if (encoding === ENCODING.desktopSize) this.#resize(width, height);
    else if (encoding === ENCODING.raw) {
      const raw = (_: unknown, i: number) => content.readUInt32LE(4 * i) & 0xffffff;
      this.#put(x, y, width, Uint32Array.from({ length: width * height }, raw));
    } else if (encoding === ENCODING.copyRect) {
      const fromX = content.readUInt16BE(0);
      const fromY = content.readUInt16BE(2);
      const copied = new Uint32Array(width * height);
      for (let row = 0; row < height; row += 1) {
        const at = (fromY + row) * this.width + fromX;
        copied.set(this.pixels.subarray(at, at + width), row * width);
      }
      this.#put(x, y, width, copied);
    } else if (encoding === ENCODING.tight && content.readUInt8(0) === TIGHT_JPEG) {
      const lengthBytes = content.readUInt8(1) < 0x80 ? 1 : content.readUInt8(2) < 0x80 ? 2 : 3;
      this.images.push({ area, image: content.subarray(1 + lengthBytes) });
    } else if (encoding === ENCODING.tight) {
      this.#put(x, y, width, await this.#tight.decode(content, width, height));
    }
  }

  #put(x: number, y: number, width: number, pixels: Uint32Array): void {
    this.onPixels(pixels);
    for (let at = 0; at < pixels.length; at += width) {
      this.pixels.set(pixels.subarray(at, at + width), (y + at / width) * this.width + x);
    }
  }

  #resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.pixels = new Uint32Array(width * height);
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
