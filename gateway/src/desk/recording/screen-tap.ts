/**
 * Follows a viewing of the screen in both directions, as pure state, and gives what its viewer was shown in the form of a
 * recording: rectangles that each stand on their own, in whole framebuffer updates.
 *
 * What passes is neither changed nor held up here. What the technician types and clicks is not looked at. What no recording
 * can hold (another form of pixels than noVNC's or the cart's own, a change of it under way, bytes that are no RFB) is refused,
 * and the screen with it: otherwise a viewer of somebody's own making would be a road around the recording.
 */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { TRUE_COLOUR_32, isSamePixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import { ServerMessageParser, writeUpdateHeader } from '@chaperone/protocol/rfb/server-message.ts';
import type { FramebufferSize, ServerUnit } from '@chaperone/protocol/rfb/server-message.ts';
import { SourceHandshake } from '@chaperone/protocol/rfb/source-handshake.ts';
import { writeClientMessage } from '@chaperone/protocol/rfb/write-client-message.ts';
import { DrawnArea } from './drawn-area.ts';
import { FilmContexts } from './film-contexts.ts';
import { recordable } from './recording-error.ts';
import { StandaloneRectangles } from './standalone.ts';
import { NOVNC_FORMAT, ViewerTap, foreignFormat } from './viewer-tap.ts';

export { NOVNC_FORMAT } from './viewer-tap.ts';

/** Rectangles in one update. */
const RECTANGLES_MAX = 60_000;

type ShownRectangle = Extract<ServerUnit, { readonly type: 'rectangle' }>;

/** What a viewer needs who begins now, beside pixels. */
export interface ViewerState {
  readonly size: FramebufferSize;
  readonly messages: Buffer;
}

export class ScreenTap {
  readonly #handshake = new SourceHandshake();
  readonly #viewer = new ViewerTap((format) => this.setFormat(format));
  #format = TRUE_COLOUR_32;
  #parser: ServerMessageParser | null = null;
  #rectangles: StandaloneRectangles | null = null;
  /** What was drawn since a key was begun; null while none is awaited. */
  #drawn: DrawnArea | null = null;
  readonly #films = new FilmContexts();
  #keys = 0;
  #cursor: Buffer | null = null;
  #name: Buffer | null = null;

  /** The frame buffer's size; null before the viewer is told. */
  get size(): FramebufferSize | null {
    return this.#parser?.size ?? null;
  }

  /** Whether another message may be put in between what the viewer says. */
  get mayAsk(): boolean {
    return this.#viewer.isBetweenMessages && this.size !== null;
  }

  /** The message by which the whole picture is asked for once more. */
  wholePicture(): Buffer {
    return wholePicture(this.size ?? { width: 0, height: 0 });
  }

  /** Hears what the viewer says to the cart. @throws ScreenNotRecordable */
  fromViewer(bytes: Uint8Array): void {
    this.#viewer.hear(bytes);
  }

  /**
   * Hears what the cart says to the viewer.
   * @returns whole RFB messages with what the viewer was shown by these bytes; null when that is nothing
   * @throws ScreenNotRecordable
   */
  fromCart(bytes: Uint8Array): Buffer | null {
    return recordable(() => {
      if (this.#parser === null) {
        const { done } = this.#handshake.push(bytes);
        if (done === null) return null;
        this.#parser = new ServerMessageParser(done.size, this.#format);
        this.#parser.push(done.rest);
      } else {
        this.#parser.push(bytes);
      }
      const shown: Buffer[] = [];
      for (let unit = this.#parser.next(); unit !== null; unit = this.#parser.next())
        if (unit.type === 'rectangle') this.#show(unit, shown);
      return shown.length === 0 ? null : inUpdates(shown);
    });
  }

  /**
   * Begins a key: what is drawn from here on is counted. Keys are numbered from 1.
   */
  beginKey(): ViewerState {
    this.#keys += 1;
    const size = this.size ?? { width: 1, height: 1 };
    this.#drawn = new DrawnArea(size);
    const kept = [this.#name, this.#cursor].filter((each) => each !== null);
    return { size, messages: kept.length === 0 ? Buffer.alloc(0) : inUpdates(kept) };
  }

  /** Whether the whole picture was drawn since the key was begun. */
  get isKeyWhole(): boolean {
    return this.#drawn?.isWhole === true;
  }

  endKey(): void {
    this.#drawn = null;
  }

  /** Tells, once, the last key at which somebody can still begin: a film went on that had begun before the later ones. */
  takeLastGoodKey(): number {
    return this.#films.takeOldestKey();
  }

  /** Takes over in which form the viewer has pixels from here on. @throws ScreenNotRecordable when some were shown in another */
  setFormat(format: PixelFormat): void {
    if (isSamePixelFormat(format, this.#format)) return;
    if (this.#rectangles !== null) throw foreignFormat();
    this.#format = format;
    this.#parser?.setFormat(format);
  }

  #show(unit: ShownRectangle, shown: Buffer[]): void {
    const { encoding, area, bytes } = unit;
    if (encoding === ENCODING.qemuExtendedKeyEvent) return;
    const isSwapped = !isSamePixelFormat(this.#format, NOVNC_FORMAT);
    this.#rectangles ??= new StandaloneRectangles(this.#format, isSwapped);
    const own = this.#rectangles.apply(encoding, area, bytes);
    shown.push(own);
    if (encoding === ENCODING.cursor) this.#cursor = own;
    if (encoding === ENCODING.desktopName) this.#name = own;
    this.#count(unit);
  }

  #count({ encoding, area, bytes }: ShownRectangle): void {
    const drawn = this.#drawn;
    const isFilm = encoding === ENCODING.h264;
    const beganNow = isFilm && this.#films.take(area, bytes, this.#keys);
    if (drawn === null) return;
    if (isFilm && !beganNow) return drawn.forget(area);
    switch (encoding) {
      case ENCODING.raw:
      case ENCODING.tight:
      case ENCODING.zrle:
        return drawn.draw(area);
      case ENCODING.h264:
        return drawn.draw(area);
      case ENCODING.copyRect:
        return drawn.copy(area, bytes.readUInt16BE(12), bytes.readUInt16BE(14));
      case ENCODING.desktopSize:
      case ENCODING.extendedDesktopSize: {
        const size = this.size ?? { width: 1, height: 1 };
        if (area.y === 0 || encoding === ENCODING.desktopSize) this.#drawn = drawn.resized(size);
      }
    }
  }
}

/** Puts rectangles into framebuffer updates that say how many they hold. */
function inUpdates(rectangles: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < rectangles.length; at += RECTANGLES_MAX) {
    const some = rectangles.slice(at, at + RECTANGLES_MAX);
    parts.push(writeUpdateHeader(some.length), ...some);
  }
  return Buffer.concat(parts);
}

/** Asks for the whole picture of a frame buffer once more. */
export function wholePicture({ width, height }: FramebufferSize): Buffer {
  const area: Rectangle = { x: 0, y: 0, width, height };
  return writeClientMessage({ type: 'update-request', incremental: false, area });
}
