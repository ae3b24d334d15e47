/**
 * Passes what a source says on to the viewer, unit by unit, as far as the viewer may and can have it.
 */
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { MalformedRFB } from '@chaperone/protocol/rfb/malformed-rfb.ts';
import type { FramebufferSize, ServerUnit } from '@chaperone/protocol/rfb/server-message.ts';
import { writeFence } from '@chaperone/protocol/rfb/write-client-message.ts';
import { ViewerNotCapable } from '../screen-error.ts';
import { FENCE_REQUEST_FLAG, type FenceCount } from './fence-count.ts';
import { TightRestart } from './tight-restart.ts';
import type { ViewerUpdates } from './viewer-updates.ts';
import type { ViewerWishes } from './viewer-wishes.ts';
import { ZRLERestart } from './zrle-restart.ts';

export interface UnitEvents {
  /** Whether the cart's clipboard may be shown at this moment. */
  readonly isClipboardShown: () => boolean;
  /** A whole update with pixels in it has been written. */
  readonly onFrame: () => void;
  /** The frame buffer has another size from here on. */
  readonly onResize: (size: FramebufferSize) => void;
}

export class UnitPass {
  readonly #updates: ViewerUpdates;
  readonly #wishes: ViewerWishes;
  readonly #fences: FenceCount;
  readonly #isReEncoded: boolean;
  readonly #events: UnitEvents;
  /** Set from the second source on. */
  #restart: TightRestart | null = null;
  readonly #zrle = new ZRLERestart();
  #hasPixels = false;
  #hasContinuousEnd = false;

  constructor(
    updates: ViewerUpdates,
    wishes: ViewerWishes,
    fences: FenceCount,
    isReEncoded: boolean,
    events: UnitEvents,
  ) {
    this.#updates = updates;
    this.#wishes = wishes;
    this.#fences = fences;
    this.#isReEncoded = isReEncoded;
    this.#events = events;
  }

  /** Begins with another source in the middle of the viewer's stream. */
  restart(): void {
    // The re-encoder's Tight rectangles each begin their stream anew already.
    if (!this.#isReEncoded) this.#restart = new TightRestart();
    this.#zrle.restart();
    this.#hasPixels = false;
  }

  /** Notes that the viewer switched continuous updates off, which is to be answered once. */
  expectContinuousEnd(): void {
    this.#hasContinuousEnd = false;
  }

  /** Tells the viewer that continuous updates have ended, or that there are such, unless it knows. */
  endContinuous(): void {
    // A new source says it again, which the viewer would take for the end of what it enabled.
    if (!this.#hasContinuousEnd) this.#updates.write(Buffer.from([150]));
    this.#hasContinuousEnd = true;
  }

  /**
   * Passes one unit on.
   *
   * @param size the frame buffer's size after this unit
   * @throws MalformedRFB @throws ViewerNotCapable
   */
  pass(unit: ServerUnit, size: FramebufferSize): void {
    switch (unit.type) {
      case 'update-begins':
        this.#updates.begin();
        return;
      case 'rectangle':
        this.#passRectangle(unit, size);
        return;
      case 'update-ends':
        this.#updates.end();
        if (this.#hasPixels) this.#events.onFrame();
        this.#hasPixels = false;
        return;
      case 'bell':
        this.#updates.write(Buffer.from([2]));
        return;
      case 'cut-text':
        this.#passCutText(unit.text);
        return;
      case 'continuous-updates-end':
        this.endContinuous();
        return;
      case 'fence':
        if ((unit.flags & FENCE_REQUEST_FLAG) !== 0) this.#fences.sent();
        this.#updates.write(writeFence(unit.flags, unit.payload));
        return;
      case 'colour-map':
        return;
    }
  }

  #passRectangle(unit: Extract<ServerUnit, { type: 'rectangle' }>, size: FramebufferSize): void {
    const { encoding, area, bytes } = unit;
    if (!this.#wishes.hasAskedFor(encoding)) {
      throw new MalformedRFB('The screen source used an encoding that was not asked for.');
    }
    if (encoding === ENCODING.desktopSize || encoding === ENCODING.extendedDesktopSize) {
      if (!this.#updates.takes(encoding)) throw cannotFollowSize();
      this.#events.onResize(size);
    } else if (encoding >= 0) {
      this.#hasPixels = true;
    }
    if (encoding === ENCODING.zrle) {
      this.#updates.rectangle(this.#zrle.apply(bytes));
      return;
    }
    const restart = encoding === ENCODING.tight ? this.#restart : null;
    this.#updates.rectangle(restart?.apply(bytes, area, this.#wishes.format) ?? bytes);
  }

  /** The cart's clipboard may hold anything, so that it is shown only to who may also type. */
  #passCutText(text: Buffer | null): void {
    if (text === null || !this.#events.isClipboardShown()) return;
    const head = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0]);
    head.writeUInt32BE(text.length, 4);
    this.#updates.write(Buffer.concat([head, text]));
  }
}

/** The error for a viewer that did not announce DesktopSize when the screen takes another size. */
export function cannotFollowSize(): ViewerNotCapable {
  return new ViewerNotCapable(
    "The cart's screen changed its size, which this viewer cannot follow.",
  );
}
