/**
 * The cart's own view of its screen source: an RFB client that draws Raw rectangles into a picture.
 *
 * Pixels are asked for in 32-bit true colour whatever the display has. What the source draws is seen only when its update
 * is whole: until then it is in `source`, and nothing reads that. When the source goes away the picture is covered, so
 * that nobody takes what stands still for what is on the screen, and the source is looked for again for a while.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { ClientMessage, Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { MalformedRFB } from '@chaperone/protocol/rfb/malformed-rfb.ts';
import { TRUE_COLOUR_32 } from '@chaperone/protocol/rfb/pixel-format.ts';
import type { FramebufferSize, ServerUnit } from '@chaperone/protocol/rfb/server-message.ts';
import type { Masking } from '../mask/masking.ts';
import type { ScreenCover } from '../mask/screen-cover.ts';
import { Picture } from '../picture/picture.ts';
import { hide, show } from '../picture/show.ts';
import { TileBoxes } from '../picture/tile-boxes.ts';
import { TileSet } from '../picture/tile-set.ts';
import { Unseen } from '../picture/unseen.ts';
import { greetSource } from '../relay/greet-source.ts';
import { SourceLink } from '../relay/source-link.ts';
import { COVER_COLOUR } from '../relay/viewer-updates.ts';
import type { ScreenSourceLost } from '../screen-error.ts';
import type { ScreenSource } from '../source/source.ts';

/** Time for the source to finish its handshake. */
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Time in which a source that went away is looked for again; a server is restarted within seconds. */
const LOST_MAX_MS = 15_000;
/** Between two looks for it. */
const LOST_RETRY_MS = 300;
/** Time for which a source may go on with one update: loopback needs milliseconds. */
const UPDATE_MAX_MS = 20_000;
/** Between two requests: no film of a medical device has more frames a second than 40. */
const REQUEST_PACE_MS = 25;
/** The same while the viewer has not taken yet what changed before: fresh enough for when it does. */
const REQUEST_PACE_BEHIND_MS = 40;

/** An update's work is a third of the time until the next at most: files and the panel are served in between. */
const REST_PER_WORK = 2;
/** But no longer than this: what changes less often is not taken for a film any more. */
const REST_MAX_MS = 150;

const RECTANGLE_HEADER_BYTES = 12;

/** Pixels along a side of a pointer; what is larger is a picture. */
const POINTER_SIDE_MAX = 64;

/** A cursor's place, size and content as the source sent it, in 32-bit true colour. */
export interface SourceCursor {
  readonly area: Rectangle;
  readonly content: Buffer;
}

export interface SourceEvents {
  /** The shown picture has changed in these tiles, and there in these boxes. */
  readonly onChange: (tiles: readonly number[], boxes: TileBoxes) => void;
  /** There is another picture, of another size or of another source; all of it has changed. */
  readonly onPicture: () => void;
  /** Asked after each update: whether what changed still waits for the viewer. */
  readonly isBehind: () => boolean;
  readonly onCursor: (cursor: SourceCursor) => void;
  /** The source takes keys with their codes. */
  readonly onKeyCodes: () => void;
  readonly onBell: () => void;
  readonly onCutText: (text: Buffer) => void;
  readonly onDrain: () => void;
  /** The source is gone for good, or says what cannot be understood. */
  readonly onLost: (error: Error) => void;
}

export class SourceView {
  readonly #source: ScreenSource;
  readonly #lostMaxMs: number;
  readonly #masking: Masking | null;
  readonly #stopMasking: () => void;
  readonly #closing = new AbortController();
  #events: SourceEvents | null = null;
  #link: SourceLink | null = null;
  #drawnPicture: Picture;
  #shown: Picture;
  #drawn: TileSet;
  #boxes: TileBoxes;
  #layout: Buffer | null = null;
  #mask: ScreenCover | null;
  #maskings = 0;
  #encodings: readonly number[] = [ENCODING.raw];
  #isWanted = false;
  /** Whether an update with pixels in it has come whole since the picture began. */
  #hasPixels = false;
  #isDrawing = false;
  /** What the source, since it is there, has not drawn. */
  #unseen: Unseen;
  #isKnown = false;
  #updateTimer: NodeJS.Timeout | null = null;
  #requestTimer: NodeJS.Timeout | null = null;
  #requestedMs = 0;
  /** From when on the next request may leave. */
  #requestFromMs = 0;
  /** Milliseconds of this thread that the update under way has taken. */
  #workMs = 0;

  /** Connects to a source. @throws ScreenSourceUnreachable @throws MalformedRFB @throws RefusedByRFBServer */
  static async open(
    source: ScreenSource,
    signal: AbortSignal,
    lostMaxMs = LOST_MAX_MS,
    masking: Masking | null = null,
  ): Promise<SourceView> {
    const greeted = await greetSource(source, HANDSHAKE_TIMEOUT_MS, signal);
    try {
      return new SourceView(source, greeted, lostMaxMs, masking);
    } catch (error) {
      greeted.stream.destroy();
      throw error;
    }
  }

  private constructor(
    source: ScreenSource,
    greeted: Awaited<ReturnType<typeof greetSource>>,
    lostMaxMs: number,
    masking: Masking | null,
  ) {
    this.#lostMaxMs = lostMaxMs;
    this.#masking = masking;
    this.#source = source;
    // A size that is refused is refused before anything listens to the source.
    [this.#drawnPicture, this.#shown, this.#drawn, this.#boxes] = picturesOf(greeted.size);
    this.#unseen = new Unseen(greeted.size);
    this.#mask = masking?.coverOf(this.#shown) ?? null;
    this.#stopMasking = masking?.onOpen(() => this.#maskAgain()) ?? (() => undefined);
    this.#link = this.#linkTo(greeted);
  }

  /** What may be shown; another one after each `onPicture`. */
  get shown(): Picture {
    return this.#shown;
  }

  /** How often the operator has let more be seen, or less: what was read before is not as it may be shown now. */
  get maskings(): number {
    return this.#maskings;
  }

  /** Whether there is anything to be shown yet. */
  get hasPixels(): boolean {
    return this.#hasPixels;
  }

  /** How displays lie in the picture, as ExtendedDesktopSize says it; null if the source does not say. */
  get layout(): Buffer | null {
    return this.#layout;
  }

  /** Whether every pixel that is shown is one that the source drew, since it is there: not what covers for it, nor what it owes yet. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Whether the source has more input waiting than it reads. */
  get isFull(): boolean {
    return this.#link?.isFull === true;
  }

  /** Says whom to tell. Nothing is read before. */
  follow(events: SourceEvents): void {
    this.#events = events;
    this.#link?.setFlowing(true);
  }

  /** Chooses what is asked of the source beside pixels. */
  setEncodings(encodings: readonly number[]): void {
    this.#encodings = encodings;
    this.#link?.send({ type: 'set-encodings', encodings });
  }

  /** Asks for the picture, and from then on for each change. */
  begin(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#request(false);
  }

  /** The viewer has taken what changed: a request that waits only for that waits no longer. */
  caughtUp(): void {
    if (this.#requestTimer === null) return;
    clearTimeout(this.#requestTimer);
    this.#requestTimer = null;
    this.#requestAt(this.#requestFromMs, performance.now());
  }

  /** Passes input on; what comes while the source is away is dropped. */
  send(message: ClientMessage): void {
    this.#link?.send(message);
  }

  /** Ends the view. Input that was passed on still arrives. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#forgetTimers();
    this.#stopMasking();
    this.#masking?.closed(this.#mask);
    // Any last words make the source take in what came before them.
    this.#link?.close([{ type: 'update-request', incremental: true, area: NOWHERE }]);
    this.#link = null;
  }

  #linkTo(greeted: Awaited<ReturnType<typeof greetSource>>): SourceLink {
    return new SourceLink(greeted, TRUE_COLOUR_32, {
      onUnits: () => this.#read(),
      onDrain: () => this.#events?.onDrain(),
      onLost: (error) => this.#lose(error),
      readsAtOnce: true,
    });
  }

  #read(): void {
    const link = this.#link;
    if (link === null) return;
    const beganMs = performance.now();
    try {
      for (let unit = link.next(); unit !== null; unit = link.next()) this.#take(unit, link.size);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.#fail(error);
    }
    this.#workMs += performance.now() - beganMs;
  }

  #take(unit: ServerUnit, size: FramebufferSize): void {
    switch (unit.type) {
      case 'update-begins':
        this.#updateTimer ??= setTimeout(
          () => this.#fail(new MalformedRFB('An update of the screen source does not end.')),
          UPDATE_MAX_MS,
        );
        return;
      case 'rectangle':
        this.#takeRectangle(unit, size);
        return;
      case 'update-ends':
        this.#endUpdate();
        return;
      case 'bell':
        this.#events?.onBell();
        return;
      case 'cut-text':
        // What was copied on the cart may have been under a mask.
        if (unit.text !== null && this.#mask === null) this.#events?.onCutText(unit.text);
        return;
      case 'fence':
      case 'continuous-updates-end':
      case 'colour-map':
        return;
    }
  }

  #takeRectangle(
    { encoding, area, bytes }: Extract<ServerUnit, { type: 'rectangle' }>,
    size: FramebufferSize,
  ): void {
    const content = bytes.subarray(RECTANGLE_HEADER_BYTES);
    switch (encoding) {
      case ENCODING.raw:
        this.#isDrawing = true;
        this.#drawnPicture.draw(area, content);
        this.#drawn.addArea(area);
        this.#unseen.draw(area);
        return;
      case ENCODING.desktopSize:
      case ENCODING.extendedDesktopSize:
        this.#layout = encoding === ENCODING.extendedDesktopSize ? Buffer.from(content) : null;
        this.#resize(size);
        return;
      case ENCODING.cursor:
        // What is dragged may hang on it, and what was dragged may have been under a mask.
        if (this.#mask !== null && Math.max(area.width, area.height) > POINTER_SIDE_MAX) return;
        this.#events?.onCursor({ area, content });
        return;
      case ENCODING.qemuExtendedKeyEvent:
        this.#events?.onKeyCodes();
        return;
      default:
        throw new MalformedRFB('The screen source used an encoding that was not asked for.');
    }
  }

  #endUpdate(): void {
    if (this.#updateTimer !== null) clearTimeout(this.#updateTimer);
    this.#updateTimer = null;
    const beganMs = performance.now();
    this.#show();
    const nowMs = performance.now();
    // On a machine that is short of processor the same work takes longer, and so leaves more to the others.
    const workMs = this.#workMs + nowMs - beganMs;
    const restMs = Math.min(REST_MAX_MS, workMs * REST_PER_WORK);
    this.#workMs = 0;
    this.#requestFromMs = Math.max(nowMs + restMs, this.#requestedMs + REQUEST_PACE_MS);
    const isBehind = this.#events?.isBehind() === true;
    const atMs = isBehind ? this.#requestedMs + REQUEST_PACE_BEHIND_MS : 0;
    this.#requestAt(Math.max(this.#requestFromMs, atMs), nowMs);
  }

  /** One request waits at a time, however many updates a source sends unasked. */
  #requestAt(atMs: number, nowMs: number): void {
    if (atMs <= nowMs) this.#request(true);
    else this.#requestTimer ??= setTimeout(() => this.#request(true), atMs - nowMs);
  }

  #request(incremental: boolean): void {
    if (this.#requestTimer !== null) clearTimeout(this.#requestTimer);
    this.#requestTimer = null;
    this.#requestedMs = performance.now();
    const { area } = this.#drawnPicture;
    this.#link?.send({ type: 'update-request', incremental, area });
  }

  /** Takes on another size. A viewer is told of it when the update is whole, with pixels of the new one. */
  #resize(size: FramebufferSize): void {
    if (size.width === this.#shown.width && size.height === this.#shown.height) return;
    [this.#drawnPicture, this.#shown, this.#drawn, this.#boxes] = picturesOf(size);
    this.#mask = this.#masking?.coverOf(this.#shown) ?? null;
    this.#hasPixels = false;
    this.#forgetSeen(size);
    this.#events?.onPicture();
    // An incremental request would only bring what changes from now on.
    if (this.#isWanted) this.#request(false);
  }

  #lose(error: ScreenSourceLost): void {
    this.#link = null;
    this.#forgetTimers();
    this.#forgetSeen(this.#shown);
    this.#cover();
    void this.#findAgain(error);
  }

  /** From here on nothing is known of the picture until the source has drawn all of it. */
  #forgetSeen(size: FramebufferSize): void {
    this.#unseen = new Unseen(size);
    this.#isKnown = false;
  }

  #cover(): void {
    this.#drawnPicture.fill(COVER_COLOUR_RGB);
    this.#drawn.addAll();
    this.#isDrawing = true;
    this.#show();
  }

  #show(): void {
    this.#hasPixels ||= this.#isDrawing;
    this.#isDrawing = false;
    this.#isKnown = this.#unseen.isEmpty;
    const cover = this.#mask?.look(this.#drawnPicture, this.#drawn) ?? null;
    const changed = show(this.#drawnPicture, this.#shown, this.#drawn, cover, this.#boxes);
    this.#events?.onChange(changed, this.#boxes);
  }

  /**
   * The operator lets more be seen, or less. What is to be covered is covered at once; what is to be seen waits for the end of an
   * update that is half there.
   */
  #maskAgain(): void {
    if (this.#mask === null) return;
    this.#maskings += 1;
    if (this.#updateTimer === null) return this.#show();
    const cover = this.#mask.lookAgain(this.#drawn);
    const changed = hide(this.#shown, cover, this.#drawn, this.#boxes);
    this.#events?.onChange(changed, this.#boxes);
  }

  async #findAgain(lost: ScreenSourceLost): Promise<void> {
    const deadlineMs = performance.now() + this.#lostMaxMs;
    const { signal } = this.#closing;
    while (performance.now() < deadlineMs) {
      await pause(LOST_RETRY_MS, signal);
      if (signal.aborted) return;
      try {
        const greeted = await greetSource(this.#source, HANDSHAKE_TIMEOUT_MS, signal);
        if (signal.aborted) greeted.stream.destroy();
        else this.#resume(greeted);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof DomainError)) throw error;
        if (error instanceof MalformedRFB) return this.#fail(error);
      }
    }
    this.#fail(lost);
  }

  #resume(greeted: Awaited<ReturnType<typeof greetSource>>): void {
    const link = this.#linkTo(greeted);
    this.#link = link;
    this.#layout = null;
    this.#resize(link.initialSize);
    link.send({ type: 'set-encodings', encodings: this.#encodings });
    if (this.#isWanted) this.#request(false);
    link.setFlowing(true);
  }

  #fail(error: Error): void {
    if (this.#closing.signal.aborted) return;
    this.close();
    this.#events?.onLost(error);
  }

  #forgetTimers(): void {
    if (this.#requestTimer !== null) clearTimeout(this.#requestTimer);
    if (this.#updateTimer !== null) clearTimeout(this.#updateTimer);
    this.#requestTimer = null;
    this.#updateTimer = null;
  }
}

const NOWHERE: Rectangle = { x: 0, y: 0, width: 1, height: 1 };
const COVER_COLOUR_RGB = (COVER_COLOUR.red << 16) | (COVER_COLOUR.green << 8) | COVER_COLOUR.blue;

function picturesOf(
  size: FramebufferSize,
): [drawn: Picture, shown: Picture, tiles: TileSet, boxes: TileBoxes] {
  const drawn = new Picture(size);
  return [drawn, new Picture(size), new TileSet(drawn), new TileBoxes(drawn)];
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
