/**
 * Keeps files from standing in a screen's way: while both are under way, the window of files follows the round trip of
 * PINGs on the connection of the screen. Alone, each has all of the road.
 */
import type { Duplex } from 'node:stream';
import { WINDOWS } from '@chaperone/protocol/cart-api/version.ts';
import { ScreenShare } from './screen-share.ts';

/** Between two looks, and between the PINGs of one look: a picture takes less than two of these. Milliseconds. */
const LOOK_EVERY_MS = 250;
const PINGS = 3;
const PING_EVERY_MS = 60;

/** What of a connection is used here. */
export interface SharedRoad {
  /** Measures a round trip, milliseconds; Infinity when the connection has ended. */
  roundTrip(): Promise<number>;
  /** What each file on it may have under way, bytes. */
  setFileWindow(bytes: number): void;
}

export class BesideScreen {
  readonly #screenRoad: SharedRoad;
  readonly #fileRoad: () => SharedRoad | null;
  readonly #share = new ScreenShare();
  #screens = 0;
  #files = 0;
  #isLooking = false;

  constructor(screenRoad: SharedRoad, fileRoad: () => SharedRoad | null) {
    this.#screenRoad = screenRoad;
    this.#fileRoad = fileRoad;
  }

  screenOpened(stream: Duplex): void {
    this.#screens += 1;
    stream.once('close', () => {
      this.#screens -= 1;
      this.#apply();
    });
    this.#begin();
  }

  fileBegun(stream: Duplex): void {
    this.#files += 1;
    stream.once('close', () => (this.#files -= 1));
    this.#begin();
  }

  #begin(): void {
    this.#apply();
    if (!this.#isLooking) void this.#look();
  }

  /** Also after a new connection for files took the place of an older one. */
  #apply(): void {
    const bytes = this.#screens > 0 ? this.#share.windowBytes : WINDOWS.bulk.streamBytes;
    this.#fileRoad()?.setFileWindow(bytes);
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    while (this.#screens > 0 && this.#files > 0) {
      const tripsMs: number[] = [];
      for (let each = 0; each < PINGS; each += 1) {
        const [tripMs] = await Promise.all([this.#screenRoad.roundTrip(), pause(PING_EVERY_MS)]);
        tripsMs.push(tripMs);
      }
      if (!tripsMs.some(Number.isFinite)) break;
      this.#share.seen(tripsMs);
      this.#apply();
      await pause(LOOK_EVERY_MS);
    }
    this.#isLooking = false;
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
}
