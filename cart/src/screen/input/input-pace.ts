/**
 * How much input a viewer may send: what comes faster is dropped and counted, and pointer movements become fewer.
 *
 * Only what goes down is limited; what goes up always passes, so that nothing stays pressed. A button that went down too fast
 * takes all of the viewer's buttons with it until they are up. Of movements the newest waits for its turn. Pure: the caller
 * gives the time and sends what is due.
 */
import type { InputMessage } from '../relay/input-filter.ts';

/** At once, and per second for ever. */
export interface Pace {
  readonly burst: number;
  readonly perSecond: number;
}
export interface InputPaces {
  readonly keys: Pace;
  readonly buttons: Pace;
  readonly movements: Pace;
  readonly texts: Pace;
}

/** Faster than people: a key that repeats itself comes 30 times a second, a fast typist presses 15. */
export const INPUT_PACES: InputPaces = {
  keys: { burst: 60, perSecond: 50 },
  // The wheel is one, too.
  buttons: { burst: 60, perSecond: 60 },
  // A screen shows no more of them; noVNC sends 60.
  movements: { burst: 20, perSecond: 100 },
  // The clipboard: text of up to 256 KiB.
  texts: { burst: 4, perSecond: 1 },
};

export interface Paced {
  /** What passes on, in order. */
  readonly messages: readonly InputMessage[];
  /** Whether something was dropped that a person would miss: not a movement that was overtaken. */
  readonly isDropped: boolean;
}

type Pointer = Extract<InputMessage, { type: 'pointer' }>;

export class InputPace {
  readonly #keys: Bucket;
  readonly #buttons: Bucket;
  readonly #movements: Bucket;
  readonly #texts: Bucket;
  /** As the viewer holds them. */
  #down = 0;
  #isVoid = false;
  /** As they were passed on. */
  #passed = 0;
  /** The newest movement, which waits. */
  #waiting: Pointer | null = null;

  constructor(paces: InputPaces = INPUT_PACES) {
    this.#keys = new Bucket(paces.keys);
    this.#buttons = new Bucket(paces.buttons);
    this.#movements = new Bucket(paces.movements);
    this.#texts = new Bucket(paces.texts);
  }

  /** Takes a message. @param nowMs monotonic */
  take(message: InputMessage, nowMs: number): Paced {
    if (message.type === 'pointer') return this.#takePointer(message, nowMs);
    if (!this.#admits(message, nowMs)) return { messages: [], isDropped: true };
    // What is typed goes where the pointer is.
    const isTyped = message.type === 'cut-text' || ('down' in message && message.down);
    return { messages: [...(isTyped ? this.#flush() : []), message], isDropped: false };
  }

  /** Whether a movement waits, so that {@link due} has to be asked again. */
  get isWaiting(): boolean {
    return this.#waiting !== null;
  }

  /** What may pass by now. */
  due(nowMs: number): readonly InputMessage[] {
    return this.#waiting !== null && this.#movements.take(nowMs) ? this.#flush() : [];
  }

  #admits(message: Exclude<InputMessage, Pointer>, nowMs: number): boolean {
    switch (message.type) {
      case 'key':
      case 'extended-key':
        return !message.down || this.#keys.take(nowMs);
      case 'cut-text':
        return this.#texts.take(nowMs);
      case 'xvp':
      case 'set-desktop-size':
        // They never pass the filter, which says so.
        return true;
    }
  }

  #takePointer(message: Pointer, nowMs: number): Paced {
    const isPress = (message.buttons & ~this.#down) !== 0;
    this.#down = message.buttons;
    if (message.buttons === 0) this.#isVoid = false;
    const isDropped = isPress && !this.#isVoid && !this.#buttons.take(nowMs);
    if (isDropped) this.#isVoid = true;
    const passed = this.#isVoid ? { ...message, buttons: 0 } : message;
    this.#waiting = null;
    const isMovement = passed.buttons === this.#passed;
    this.#passed = passed.buttons;
    if (isMovement && !this.#movements.take(nowMs)) {
      this.#waiting = passed;
      return { messages: [], isDropped };
    }
    return { messages: [passed], isDropped };
  }

  #flush(): readonly InputMessage[] {
    const waiting = this.#waiting;
    this.#waiting = null;
    return waiting === null ? [] : [waiting];
  }
}

class Bucket {
  readonly #pace: Pace;
  #left: number;
  #atMs = Number.NEGATIVE_INFINITY;

  constructor(pace: Pace) {
    this.#pace = pace;
    this.#left = pace.burst;
  }

  take(nowMs: number): boolean {
    const { burst, perSecond } = this.#pace;
    // A clock that goes back gives nothing.
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#left = Math.min(burst, this.#left + (passedMs * perSecond) / 1000);
    this.#atMs = Math.max(this.#atMs, nowMs);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
