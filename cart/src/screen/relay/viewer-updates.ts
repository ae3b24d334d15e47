/**
 * Writes framebuffer updates to a viewer so that each can be cut short after any rectangle.
 *
 * An update begins with "until a LastRect" instead of a count; to a viewer that does not know LastRect,
 * each rectangle goes as an update of its own.
 */
import type { Writable } from 'node:stream';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import {
  writeDesktopSize,
  writeExtendedDesktopSize,
} from '@chaperone/protocol/rfb/desktop-size.ts';
import { writeDesktopName } from '@chaperone/protocol/rfb/desktop-name.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { desktopNameOf } from '@chaperone/protocol/rfb/picture-state.ts';
import {
  encodePixel,
  encodeTightPixel,
  type Colour,
  type PixelFormat,
} from '@chaperone/protocol/rfb/pixel-format.ts';
import {
  writeRectangleHeader,
  writeUpdateHeader,
  type FramebufferSize,
} from '@chaperone/protocol/rfb/server-message.ts';
import { TIGHT_FILL } from '@chaperone/protocol/rfb/tight-length.ts';

/** What covers the picture while the operator pauses it, and while its source is away. */
export const COVER_COLOUR: Colour = { red: 30, green: 38, blue: 50 };
/** Rectangles in one update, below the count that means "until a LastRect". */
const RECTANGLES_MAX = 65_000;

const NOWHERE: Rectangle = { x: 0, y: 0, width: 0, height: 0 };

export class ViewerUpdates {
  readonly #stream: Writable;
  readonly #onBytes: (count: number) => void;
  readonly #saysPicture: boolean;
  #encodings: ReadonlySet<number> = new Set();
  #isOpen = false;
  #rectangles = 0;

  /** @param saysPicture whether the source says of its picture whether it is exact, so that a cover says that it is not */
  constructor(stream: Writable, onBytes: (count: number) => void, saysPicture = false) {
    this.#stream = stream;
    this.#onBytes = onBytes;
    this.#saysPicture = saysPicture;
  }

  /** Notes what the viewer can take, from its SetEncodings. An update under way is closed first. */
  setEncodings(encodings: readonly number[]): void {
    this.end();
    this.#encodings = new Set(encodings);
  }

  /** Tells whether the viewer announced an encoding. */
  takes(encoding: number): boolean {
    return this.#encodings.has(encoding);
  }

  /** Whether an update is under way: then nothing else may be said in between. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Begins an update. */
  begin(): void {
    if (this.#isOpen) this.end();
    this.#isOpen = true;
    this.#rectangles = 0;
    if (this.takes(ENCODING.lastRect)) this.write(writeUpdateHeader(null));
  }

  /** Writes one rectangle, header and content, into the update that is open. */
  rectangle(bytes: Buffer): void {
    if (!this.#isOpen) this.begin();
    if (!this.takes(ENCODING.lastRect)) this.write(writeUpdateHeader(1));
    else if (this.#rectangles >= RECTANGLES_MAX) this.begin();
    this.#rectangles += 1;
    this.write(bytes);
  }

  /** Ends the update, if one is open. */
  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.takes(ENCODING.lastRect)) {
      this.write(writeRectangleHeader(NOWHERE, ENCODING.lastRect));
    }
  }

  /** Covers the whole picture with one colour. */
  cover(size: FramebufferSize, format: PixelFormat): void {
    const area: Rectangle = { x: 0, y: 0, width: size.width, height: size.height };
    if (this.#saysPicture && this.takes(ENCODING.desktopName)) {
      this.rectangle(writeDesktopName(desktopNameOf('moving')));
    }
    if (this.takes(ENCODING.tight)) {
      const pixel = encodeTightPixel(format, COVER_COLOUR);
      const content = [Buffer.from([TIGHT_FILL]), pixel];
      this.rectangle(Buffer.concat([writeRectangleHeader(area, ENCODING.tight), ...content]));
    } else {
      // The same row again and again: many writes, one buffer.
      const pixel = encodePixel(format, COVER_COLOUR);
      const row = Buffer.concat(Array<Buffer>(size.width).fill(pixel));
      for (let y = 0; y < size.height; y += 1) {
        this.rectangle(writeRectangleHeader({ ...area, y, height: 1 }, ENCODING.raw));
        this.write(row);
      }
    }
    this.end();
  }

  /** Whether the viewer follows another size. */
  get followsSize(): boolean {
    return this.takes(ENCODING.desktopSize) || this.takes(ENCODING.extendedDesktopSize);
  }

  /** Tells a viewer that the frame buffer has another size. */
  resize(size: FramebufferSize): void {
    const isPlain = this.takes(ENCODING.desktopSize);
    this.rectangle(isPlain ? writeDesktopSize(size) : writeExtendedDesktopSize(size, null));
  }

  /** Writes bytes as they are. The stream's own back pressure is the caller's to heed. */
  write(bytes: Buffer): void {
    if (this.#stream.destroyed || this.#stream.writableEnded) return;
    this.#stream.write(bytes);
    this.#onBytes(bytes.length);
  }
}
