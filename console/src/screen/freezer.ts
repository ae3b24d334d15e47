/**
 * Keeps a copy of the picture that stands still, as long as the terms under which it was taken hold.
 *
 * Whatever changes about the session (paused, ended, interrupted, another grant, something covered) makes it void for good, and its
 * pixels are let go: a copy must not outlive the right to see it. It knows no React; a component tells it the terms and subscribes.
 */
import type { PictureState } from '@chaperone/protocol/rfb/picture-state.ts';
import type { SessionDetail } from '../api/desk.ts';

/** A canvas, as far as letting go of its pixels is concerned. */
interface Pixels {
  width: number;
  height: number;
}

export interface Frozen<Picture extends Pixels = HTMLCanvasElement> {
  readonly canvas: Picture;
  /** `Date.now()`. */
  readonly takenMs: number;
  readonly picture: PictureState | null;
  /** What held of the session, by `termsOf`. */
  readonly under: string;
}

/** Everything that is known of a session but what counts by itself: two that differ give no right to the other's picture. */
export function termsOf(session: SessionDetail, partsOpen: readonly string[]): string {
  const counts = { secondsLeft: null, inputRefused: 0, carried: null };
  // Nor does it change a right to see when the operator's hand is on the cart, or that a challenge is another.
  return JSON.stringify({
    ...session,
    ...counts,
    operatorActive: false,
    challenge: null,
    partsOpen,
  });
}

export class Freezer<Picture extends Pixels = HTMLCanvasElement> {
  readonly #listeners = new Set<() => void>();
  #frozen: Frozen<Picture> | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly now = (): Frozen<Picture> | null => this.#frozen;

  /** Keeps a copy in the place of the one before. */
  keep(frozen: Frozen<Picture>): void {
    this.#discard();
    this.#frozen = frozen;
    this.#tell();
  }

  /**
   * Tells the terms that hold now; null when nothing may be shown at all.
   * @returns whether a copy has become void by it
   */
  follow(under: string | null): boolean {
    if (this.#frozen === null || this.#frozen.under === under) return false;
    this.release();
    return true;
  }

  /** Lets go of the copy. */
  release(): void {
    if (this.#frozen === null) return;
    this.#discard();
    this.#tell();
  }

  /** Its pixels go now, not when memory is short. */
  #discard(): void {
    if (this.#frozen === null) return;
    this.#frozen.canvas.width = 0;
    this.#frozen.canvas.height = 0;
    this.#frozen = null;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
