/**
 * Keeps a viewing of the cart's screen open as long as it may be: opened, opened again after it broke, closed at the end.
 * It knows no React; a component tells it the terms and subscribes to its state.
 */
import { openScreen } from './open-screen.ts';
import type { PictureState } from '@chaperone/protocol/rfb/picture-state.ts';
import type { Key } from './key-strokes.ts';
import { LinkMeter } from './link-meter.ts';
import type { OpenScreen } from './open-screen.ts';
import type { Size } from './view-mode.ts';

/** Before a screen that broke off is opened again, milliseconds. */
const OPEN_AGAIN_MS = 1_500;
/** The same where it cannot be recorded: each try is in the ledger. Milliseconds. */
const RECORD_AGAIN_MS = 15_000;
/** Why a screen is not shown that cannot be recorded (gateway, desk/recording). */
const NOT_RECORDED: ReadonlySet<string> = new Set([
  'SCREEN_NOT_RECORDABLE',
  'DISK_FULL',
  'DISK_RESERVE_REACHED',
  'CASE_TOO_LARGE',
  'DATABASE_FULL',
  'LEDGER_UNAVAILABLE',
  'VAULT_UNAVAILABLE',
]);

export type ScreenState = 'closed' | 'connecting' | 'shown' | 'lost' | 'replaced';

export interface ScreenTerms {
  /** The session is usable and the screen is allowed. */
  readonly isAllowed: boolean;
  /** While paused nothing new is opened; what is open stays, covered by the cart. */
  readonly isPaused: boolean;
  readonly isViewOnly: boolean;
  /** Whether silence of the cart means anything. */
  readonly isHeartbeatExpected: boolean;
}

const CLOSED: ScreenTerms = {
  ...{ isAllowed: false, isPaused: false, isViewOnly: true },
  isHeartbeatExpected: true,
};

export class ScreenViewer {
  readonly meter = new LinkMeter();
  readonly #address: string;
  readonly #listeners = new Set<() => void>();
  #place: Element | null = null;
  #terms = CLOSED;
  #screen: OpenScreen | null = null;
  #state: ScreenState = 'closed';
  #picture: PictureState | null = null;
  #size: Size | null = null;
  /** Keys that were let down by themselves. */
  readonly #held = new Set<Key>();
  #refusal: string | null = null;
  #isSilent = false;
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
  /** Whether the picture on view is the cart's pixel for pixel; null while nothing is on view, or the cart does not say. */
  readonly picture = (): PictureState | null => (this.#state === 'shown' ? this.#picture : null);

  /** How large the cart's picture is; null before the first. */
  readonly size = (): Size | null => this.#size;

  /** The picture on view; null while none is. */
  readonly canvas = (): HTMLCanvasElement | null =>
    this.#state === 'shown' ? (this.#screen?.canvas() ?? null) : null;

  /** Presses or lifts a key on the cart, as far as control is allowed. */
  sendKey(key: Key, down?: boolean): void {
    // What is not down the cart would refuse to lift, and count.
    if (this.#terms.isViewOnly || (down === false && !this.#held.has(key))) return;
    if (down === true) this.#held.add(key);
    else this.#held.delete(key);
    this.#screen?.sendKey(key, down);
  }

  sendCtrlAltDel(): void {
    if (!this.#terms.isViewOnly) this.#screen?.sendCtrlAltDel();
  }

  /** Tells whether keys would reach the cart now. */
  takesKeys(): boolean {
    return this.#state === 'shown' && !this.#terms.isViewOnly && !this.#terms.isPaused;
  }
  /** The code of why it is not shown, where it cannot be recorded; otherwise null. */
  readonly refusal = (): string | null => (this.#state === 'lost' ? this.#refusal : null);
  /** Nothing has been heard of the cart for so long that its picture is withheld. */
  readonly silent = (): boolean => this.#isSilent;

  /** Gives the element that it is shown in, or takes it away. */
  readonly setPlace = (place: Element | null): void => {
    this.#place = place;
    this.#settle();
  };

  /** Tells what may be shown now, and how. */
  follow(terms: ScreenTerms): void {
    // While it still reaches the cart: a key must not stay down there.
    if (terms.isViewOnly) for (const key of this.#held) this.sendKey(key, false);
    this.#terms = terms;
    this.#screen?.setViewOnly(terms.isViewOnly);
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
    const { isViewOnly, isHeartbeatExpected } = this.#terms;
    this.#become('connecting');
    this.#screen = openScreen(this.#place, this.#address, {
      meter: this.meter,
      ...{ isViewOnly, isHeartbeatExpected },
      onShown: () => this.#become('shown'),
      onUpdate: () => this.#measure(),
      onPicture: (state) => {
        this.#picture = state;
        this.#tell();
      },
      onSilence: (isSilent) => {
        this.#isSilent = isSilent;
        this.#tell();
      },
      onEnd: ({ is, code }) => {
        this.#screen = null;
        this.#refusal = is === 'refused' && NOT_RECORDED.has(code) ? code : null;
        this.#isSilent = false;
        if (is === 'replaced') return this.#become('replaced');
        this.#timer = setTimeout(
          () => {
            this.#timer = undefined;
            this.#settle();
          },
          this.#refusal === null ? OPEN_AGAIN_MS : RECORD_AGAIN_MS,
        );
        this.#become('lost');
      },
    });
  }

  #measure(): void {
    const canvas = this.#screen?.canvas() ?? null;
    if (canvas === null) return;
    const { width, height } = canvas;
    if (this.#size?.width === width && this.#size.height === height) return;
    this.#size = { width, height };
    this.#tell();
  }

  #shut(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#screen?.close();
    this.#screen = null;
    this.#isSilent = false;
    this.#become('closed');
  }

  #become(state: ScreenState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
