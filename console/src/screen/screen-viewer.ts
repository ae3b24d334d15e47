/**
 * Keeps a viewing of the cart's screen open as long as it may be: opened, opened again after it broke, closed at the end.
 * It knows no React; a component tells it the terms and subscribes to its state.
 */
import { openScreen } from './open-screen.ts';
import type { OpenScreen, Scale } from './open-screen.ts';

/** Before a screen that broke off is opened again, milliseconds. */
const OPEN_AGAIN_MS = 1_500;

export type ScreenState = 'closed' | 'connecting' | 'shown' | 'lost' | 'replaced';

export interface ScreenTerms {
  /** The session is usable and the screen is allowed. */
  readonly isAllowed: boolean;
  /** While paused nothing new is opened; what is open stays, covered by the cart. */
  readonly isPaused: boolean;
  readonly isViewOnly: boolean;
  readonly scale: Scale;
}

const CLOSED: ScreenTerms = { isAllowed: false, isPaused: false, isViewOnly: true, scale: 'fit' };

export class ScreenViewer {
  readonly #address: string;
  readonly #listeners = new Set<() => void>();
  #place: Element | null = null;
  #terms = CLOSED;
  #screen: OpenScreen | null = null;
  #state: ScreenState = 'closed';
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param address the WebSocket's */
  constructor(address: string) {
    this.#address = address;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly now = (): ScreenState => this.#state;

  /** Gives the element that it is shown in, or takes it away. */
  readonly setPlace = (place: Element | null): void => {
    this.#place = place;
    this.#settle();
  };

  /** Tells what may be shown now, and how. */
  follow(terms: ScreenTerms): void {
    this.#terms = terms;
    this.#screen?.setViewOnly(terms.isViewOnly);
    this.#screen?.setScale(terms.scale);
    this.#settle();
  }

  /** Shows it here although another window took it. */
  takeOver(): void {
    if (this.#state !== 'replaced') return;
    this.#become('closed');
    this.#settle();
  }

  /** Lets go of the keyboard. */
  release(): void {
    this.#screen?.release();
  }

  close(): void {
    this.follow(CLOSED);
  }

  #settle(): void {
    const isWanted = this.#terms.isAllowed && this.#place !== null;
    if (!isWanted) return this.#shut();
    const isAtWork = this.#screen !== null || this.#timer !== undefined;
    if (isAtWork || this.#state === 'replaced' || this.#terms.isPaused) return;
    this.#open();
  }

  #open(): void {
    if (this.#place === null) return;
    const { scale, isViewOnly } = this.#terms;
    this.#become('connecting');
    this.#screen = openScreen(this.#place, this.#address, {
      scale,
      isViewOnly,
      onShown: () => this.#become('shown'),
      onEnd: ({ is }) => {
        this.#screen = null;
        if (is === 'replaced') return this.#become('replaced');
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          this.#settle();
        }, OPEN_AGAIN_MS);
        this.#become('lost');
      },
    });
  }

  #shut(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#screen?.close();
    this.#screen = null;
    this.#become('closed');
  }

  #become(state: ScreenState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
