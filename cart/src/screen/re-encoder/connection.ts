/**
 * The RFB server that shows the cart's picture, re-encoded, to one viewer: what stands still without loss, what moves like
 * a film as video, and all of it without loss when it stands still.
 *
 * The viewer is the relay (`../relay`), which is where input is judged, a pause covers, and a viewer that does not read is
 * ended; here, only what it lets through arrives. One update is made at a time, from the picture as it is at that moment,
 * and only when the viewer can take it: nothing stale is ever kept, and memory is bounded by one update.
 */
import type { Duplex } from 'node:stream';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import {
  ClientMessageParser,
  type ClientMessage,
  type Rectangle,
} from '@chaperone/protocol/rfb/client-message.ts';
import {
  writeDesktopSize,
  writeExtendedDesktopSize,
} from '@chaperone/protocol/rfb/desktop-size.ts';
import { writeDesktopName } from '@chaperone/protocol/rfb/desktop-name.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import {
  DESKTOP_NAME,
  desktopNameOf,
  type PictureState,
} from '@chaperone/protocol/rfb/picture-state.ts';
import { writeRectangleHeader, writeUpdateHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { ViewerHandshake } from '@chaperone/protocol/rfb/viewer-handshake.ts';
import { FENCE_REQUEST_FLAG, writeFence } from '@chaperone/protocol/rfb/write-client-message.ts';
import type { FilmFrame } from '../encoder/film.ts';
import { isLossless } from '../encoder/pack-pixels.ts';
import type { Picture } from '../picture/picture.ts';
import { RateControl } from '../rate/rate-control.ts';
import { encodeCursor, fenceNumber, fencePayload } from './rectangles.ts';
import type { SourceCursor, SourceView } from './source-view.ts';
import { UpdateEncoder, type FilmMaker } from './update-encoder.ts';
import { UpdatePlan, type Limits, type Update } from './update-plan.ts';
import { sourceEncodings, viewerTerms, type ViewerTerms } from './viewer-terms.ts';

/** The flag of a fence that is answered when everything before it has been dealt with. */
const FENCE_BLOCK_BEFORE = 1;

/** Between two bells: nobody hears more of them. */
const BELL_PACE_MS = 100;

/** What an update is made of. */
interface Encoded {
  readonly rectangles: readonly Buffer[];
  readonly film: FilmFrame | null;
}

export class Connection {
  readonly #stream: Duplex;
  readonly #view: SourceView;
  readonly #messages = new ClientMessageParser();
  readonly #rate = new RateControl();
  readonly #encoder: UpdateEncoder;
  #handshake: ViewerHandshake | null;
  #encodings: readonly number[] = [];
  #terms: ViewerTerms = viewerTerms([]);
  #picture: Picture;
  #plan: UpdatePlan;
  #isRequested = false;
  #isContinuous = false;
  #isContinuousTold = false;
  #isEncoding = false;
  #isSizeOwed = false;
  #cursor: SourceCursor | null = null;
  #isCursorOwed = false;
  #areKeyCodesOwed = false;
  #told: PictureState | null = null;
  #wake: NodeJS.Timeout | null = null;
  #rangMs = Number.NEGATIVE_INFINITY;

  constructor(stream: Duplex, view: SourceView, makeFilm: FilmMaker) {
    this.#stream = stream;
    this.#view = view;
    this.#encoder = new UpdateEncoder(view, this.#rate, makeFilm);
    this.#picture = view.shown;
    this.#plan = new UpdatePlan(this.#picture);
    this.#plan.repeat(this.#picture.area);
    this.#handshake = new ViewerHandshake(this.#picture, DESKTOP_NAME);
    stream.write(this.#handshake.greeting);
    stream.on('data', (bytes: Buffer) => this.#take(bytes));
    stream.on('drain', () => this.#update());
    stream.once('end', () => stream.destroy());
    stream.on('error', () => undefined);
    stream.once('close', () => this.#close());
    view.follow({
      onChange: (tiles, boxes) => {
        if (tiles.length > 0) this.#plan.change(tiles, performance.now(), boxes);
        this.#update();
      },
      onPicture: () => this.#takePicture(),
      isBehind: () => this.#plan.isBehind,
      onCursor: (cursor) => {
        this.#cursor = cursor;
        this.#isCursorOwed = true;
        this.#update();
      },
      onKeyCodes: () => {
        this.#areKeyCodesOwed = true;
        this.#update();
      },
      onBell: () => this.#ring(),
      onCutText: (text) => {
        const head = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0]);
        head.writeUInt32BE(text.length, 4);
        this.#sayIfRead(Buffer.concat([head, text]));
      },
      onDrain: () => this.#read(),
      onLost: () => stream.destroy(),
    });
  }

  #close(): void {
    if (this.#wake !== null) clearTimeout(this.#wake);
    this.#wake = null;
    this.#encoder.close();
    this.#view.close();
  }

  #takePicture(): void {
    this.#picture = this.#view.shown;
    this.#plan = new UpdatePlan(this.#picture);
    this.#plan.repeat(this.#picture.area);
    this.#isSizeOwed = true;
    // A frame of the picture before that is not sent any more would be missing to those after it.
    this.#encoder.restartFilm();
    this.#update();
  }

  // What the viewer says

  #take(bytes: Buffer): void {
    try {
      if (this.#handshake === null) {
        this.#messages.push(bytes);
      } else {
        const step = this.#handshake.push(bytes);
        this.#say(step.reply);
        if (step.rest === null) return;
        this.#handshake = null;
        this.#messages.push(step.rest);
      }
      this.#read();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.#stream.destroy();
    }
  }

  #read(): void {
    while (!this.#view.isFull) {
      const message = this.#messages.next();
      if (message === null) {
        this.#stream.resume();
        return;
      }
      this.#handle(message);
    }
    this.#stream.pause();
  }

  #handle(message: ClientMessage): void {
    switch (message.type) {
      case 'set-pixel-format':
        this.#setTerms(viewerTerms(this.#encodings, message.format));
        return;
      case 'set-encodings':
        this.#setEncodings(message.encodings);
        return;
      case 'update-request':
        if (!this.#terms.takesFence) this.#rate.answeredAll(performance.now());
        if (!message.incremental) {
          this.#plan.repeat(message.area);
          this.#encoder.beginFilmAnew();
        }
        this.#isRequested = true;
        this.#view.begin();
        this.#update();
        return;
      case 'continuous-updates':
        this.#setContinuous(message.enable);
        return;
      case 'fence':
        this.#takeFence(message.flags, message.payload);
        return;
      case 'key':
      case 'extended-key':
      case 'pointer':
      case 'cut-text':
        this.#view.send(message);
        return;
      case 'xvp':
      case 'set-desktop-size':
        return;
    }
  }

  #setEncodings(encodings: readonly number[]): void {
    this.#encodings = encodings;
    const before = this.#terms;
    this.#setTerms(viewerTerms(encodings, before.format));
    // Whoever says for the first time that it knows screens is told of them.
    if (this.#terms.size === 'extended' && before.size !== 'extended') this.#isSizeOwed = true;
    this.#isCursorOwed = this.#cursor !== null;
    this.#view.setEncodings(sourceEncodings(this.#terms));
    if (this.#terms.takesContinuous && !this.#isContinuousTold) this.#endContinuous();
  }

  #setTerms(terms: ViewerTerms): void {
    this.#terms = terms;
    this.#encoder.setFilm(terms.film);
  }

  #setContinuous(isEnabled: boolean): void {
    this.#isContinuous = isEnabled;
    if (isEnabled) {
      this.#view.begin();
      this.#update();
    } else {
      this.#endContinuous();
    }
  }

  /** Says that continuous updates have ended, or, for the first time, that there are such. */
  #endContinuous(): void {
    this.#isContinuousTold = true;
    this.#say(Buffer.of(150));
  }

  #takeFence(flags: number, payload: Buffer): void {
    if ((flags & FENCE_REQUEST_FLAG) !== 0) {
      this.#say(writeFence((flags & ~FENCE_REQUEST_FLAG) >>> 0, payload));
      return;
    }
    const number = fenceNumber(payload);
    if (number !== null) this.#rate.answered(number, performance.now());
    this.#update();
  }

  // What the viewer gets

  #limits(nowMs: number): Limits {
    return {
      filmWidthMax: this.#encoder.filmWidthMax(nowMs),
      framePaceMs: this.#rate.framePaceMs(nowMs),
      tilesMax: this.#rate.stillTiles(nowMs),
    };
  }

  /** How the picture is when not every pixel is right. */
  get #inexact(): PictureState {
    return this.#terms.film !== null && !this.#encoder.hasFilm ? 'stills' : 'moving';
  }

  get #canSend(): boolean {
    const isWanted = this.#isRequested || this.#isContinuous;
    if (!isWanted || this.#isEncoding || this.#stream.destroyed) return false;
    return !this.#stream.writableNeedDrain && this.#view.hasPixels;
  }

  /** Sends what the viewer lacks, if it can take it now. */
  #update(): void {
    const nowMs = performance.now();
    if (!this.#canSend) return;
    if (this.#terms.takesFence && !this.#rate.isClear(nowMs)) {
      this.#tellLate();
      return;
    }
    if (this.#isSizeOwed) {
      this.#isSizeOwed = false;
      this.#isRequested = false;
      // Nothing of another size is on view yet: in front of the size, which is the last of its update.
      const named = this.#name(this.#inexact);
      this.#send({ rectangles: [...named, this.#sizeRectangle()], film: null });
      return;
    }
    const owed = this.#owed();
    const limits = this.#limits(nowMs);
    const update = this.#plan.next(nowMs, limits);
    if (update === null) owed.push(...this.#lateName());
    if (update === null && owed.length === 0) {
      this.#wakeAt(this.#plan.nextAtMs(limits), nowMs);
      return;
    }
    this.#isRequested = false;
    this.#isEncoding = true;
    if (!this.#plan.isBehind) this.#view.caughtUp();
    void this.#encode(update, this.#picture).then(
      (encoded) => {
        this.#isEncoding = false;
        if (this.#stream.destroyed) return;
        if (encoded === null) {
          this.#isRequested = true;
          // Only the pixels are void.
          if (owed.length > 0) this.#send({ rectangles: owed, film: null });
        } else this.#send({ ...encoded, rectangles: [...owed, ...encoded.rectangles] });
        this.#update();
      },
      (error: Error) => this.#stream.destroy(error),
    );
  }

  /** Says that the picture is not exact any more, when what has changed must wait for the road. */
  #tellLate(): void {
    if (this.#told !== 'exact' || !this.#plan.isBehind) return;
    this.#isRequested = false;
    this.#send({ rectangles: this.#name(this.#inexact), film: null });
  }

  #sizeRectangle(): Buffer {
    // A viewer that follows none is ended by the relay, which says why.
    if (this.#terms.size !== 'extended') return writeDesktopSize(this.#picture);
    return writeExtendedDesktopSize(this.#picture, this.#view.layout);
  }

  /** Encodes an update; null if it must not be sent: `UpdateEncoder`. */
  async #encode(update: Update | null, picture: Picture): Promise<Encoded | null> {
    if (update === null) return { rectangles: [], film: null };
    const isKnown = this.#view.isKnown;
    const pixels = await this.#encoder.encode(update, picture, this.#plan, this.#terms);
    if (pixels === null) return null;
    // What has changed meanwhile is not in it, and says for itself when it is.
    const isExact = isKnown && pixels.isWhole && !this.#plan.isBehind && this.#mayBeExact;
    const named = this.#name(isExact ? 'exact' : this.#inexact);
    const { rectangles, film } = pixels;
    // In front of pixels that are about right, behind those that make the picture whole.
    return { rectangles: isExact ? [...rectangles, ...named] : [...named, ...rectangles], film };
  }

  /** Whether what is on view can be the cart's, pixel for pixel: not in fewer colours, and not what covers for a source. */
  get #mayBeExact(): boolean {
    return this.#view.isKnown && isLossless(this.#terms.format);
  }

  /** What makes a picture that the viewer has whole already known to be so: the source has drawn the same again. */
  #lateName(): Buffer[] {
    return this.#plan.isWhole && this.#mayBeExact ? this.#name('exact') : [];
  }

  #name(state: PictureState): Buffer[] {
    if (!this.#terms.takesName || this.#told === state) return [];
    this.#told = state;
    return [writeDesktopName(desktopNameOf(state))];
  }

  /** What is owed beside pixels. */
  #owed(): Buffer[] {
    const owed: Buffer[] = [];
    if (this.#isCursorOwed && this.#terms.takesCursor && this.#cursor !== null) {
      owed.push(encodeCursor(this.#cursor, this.#terms.format));
    }
    this.#isCursorOwed = false;
    if (this.#areKeyCodesOwed && this.#terms.takesKeyCodes) {
      owed.push(writeRectangleHeader(NOWHERE, ENCODING.qemuExtendedKeyEvent));
    }
    this.#areKeyCodesOwed = false;
    return owed;
  }

  /** Writes an update and the fence by which the viewer says that it has it. */
  #send({ rectangles, film }: Encoded): void {
    if (rectangles.length === 0) {
      // Nothing came of it: the request still waits.
      this.#isRequested = true;
      return;
    }
    const nowMs = performance.now();
    if (this.#terms.takesFence) this.#fence(this.#rate.ping(nowMs));
    const update = Buffer.concat([writeUpdateHeader(rectangles.length), ...rectangles]);
    this.#say(update);
    const filmBytes = film?.rectangle.length ?? 0;
    const isKey = film?.isKey ?? false;
    // Without fences and requests nothing tells that it has arrived.
    if (!this.#terms.takesFence && this.#isContinuous) return;
    const number = this.#rate.sent({ bytes: update.length, filmBytes, isKey }, nowMs);
    if (this.#terms.takesFence) this.#fence(number);
  }

  #fence(number: number | null): void {
    if (number === null) return;
    this.#say(writeFence((FENCE_REQUEST_FLAG | FENCE_BLOCK_BEFORE) >>> 0, fencePayload(number)));
  }

  #wakeAt(atMs: number, nowMs: number): void {
    if (this.#wake !== null) clearTimeout(this.#wake);
    this.#wake = null;
    if (atMs === Infinity) return;
    this.#wake = setTimeout(() => this.#update(), Math.max(1, Math.ceil(atMs - nowMs)));
  }

  #ring(): void {
    const nowMs = performance.now();
    if (nowMs - this.#rangMs < BELL_PACE_MS) return;
    this.#rangMs = nowMs;
    this.#sayIfRead(Buffer.of(2));
  }

  /** What comes when the source likes is left out for a viewer that does not read: it would wait without bound. */
  #sayIfRead(bytes: Buffer): void {
    if (!this.#stream.writableNeedDrain) this.#say(bytes);
  }

  #say(bytes: Buffer): void {
    if (!this.#stream.destroyed && bytes.length > 0) this.#stream.write(bytes);
  }
}

const NOWHERE: Rectangle = { x: 0, y: 0, width: 0, height: 0 };
