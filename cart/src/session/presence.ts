/**
 * Where the operator's panel is on the cart's display, so that injected input never reaches it.
 *
 * On a display that the technician also sees, no knowledge means no input: a panel that has not reported lately may
 * be anywhere. On a display of its own the panel needs no protection.
 */
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { Presence } from '@chaperone/protocol/panel-api/schema.ts';

/** The panel reports every 2 s and at each change; three missed reports mean that nobody knows. */
const PRESENCE_HOLDS_MS = 6000;
/** Pixels around the panel's window for the frame that a window manager gives it: a click there takes the keyboard. */
const FRAME_MARGIN_PX = 64;

export interface DisplayRegion {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export class PanelPresence {
  readonly #isShared: boolean;
  readonly #monotonicMs: () => number;
  #reported: { readonly presence: Presence; readonly atMs: number } | null = null;
  #reports = 0;

  /** @param isShared whether the panel is on the display that the technician sees */
  constructor(isShared: boolean, monotonicMs: () => number) {
    this.#isShared = isShared;
    this.#monotonicMs = monotonicMs;
  }

  /** Whether the panel is on the display that the technician sees. */
  get isShared(): boolean {
    return this.#isShared;
  }

  /** How often the panel has reported. */
  get reports(): number {
    return this.#reports;
  }

  /** The language in which the panel speaks to the operator; English until it has said so. */
  get language(): Language {
    return this.#reported?.presence.language ?? 'en';
  }

  /** Takes the panel's report of its place and of the keyboard. */
  report(presence: Presence): void {
    this.#reports += 1;
    this.#reported = { presence, atMs: this.#monotonicMs() };
  }

  /** Tells whether input can be kept away from the panel now: its place is known and the keyboard is not on it. */
  isClear(): boolean {
    if (!this.#isShared) return true;
    const presence = this.#current();
    return presence !== null && !presence.focused;
  }

  /** Gives what pointer input must not touch, in pixels of the display. */
  regions(): readonly DisplayRegion[] {
    const presence = this.#isShared ? this.#current() : null;
    if (presence === null) return [];
    const { x, y, width, height } = presence;
    return [
      {
        x: x - FRAME_MARGIN_PX,
        y: y - FRAME_MARGIN_PX,
        width: width + 2 * FRAME_MARGIN_PX,
        height: height + 2 * FRAME_MARGIN_PX,
      },
    ];
  }

  #current(): Presence | null {
    if (this.#reported === null) return null;
    const isFresh = this.#monotonicMs() - this.#reported.atMs < PRESENCE_HOLDS_MS;
    return isFresh ? this.#reported.presence : null;
  }
}
