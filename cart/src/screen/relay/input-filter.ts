/**
 * Decides which of a viewer's input messages reach the cart's screen.
 *
 * Input passes only while `control` is granted and the moment allows it, and never inside an excluded
 * region (where the operator's own panel is). On a display that also shows the panel, keys that could give it the
 * keyboard do not pass either (see `key-choice.ts`); on every display, blocked combinations do not (`domain/src/key-block`), nor any key just after a mouse button. What is held down is released as soon as input stops, so
 * that no remote button or key stays pressed behind the operator's back. Power commands (xvp) and a change
 * of the display's size never pass: nobody consents to them by granting control of mouse and keyboard.
 *
 * Pure state; what it returns is for the caller to send.
 */
import type { ClientMessage, Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import type { FramebufferSize } from '@chaperone/protocol/rfb/server-message.ts';
import { KeyBlock } from '@chaperone/domain/key-block/key-block.ts';
import type { SaidKey } from '@chaperone/domain/key-block/key-block.ts';
import { CONTROL_KEYSYMS, isForSharedDisplay } from './key-choice.ts';

/** Keys held down at the same time; people have ten fingers. */
const KEYS_HELD_MAX = 32;
/**
 * Time in which no key goes down after a button on a display that also shows the panel: a click may have given the panel
 * the keyboard, and its word of that needs some milliseconds. People take longer from mouse to keyboard.
 */
const KEYS_REST_AFTER_BUTTON_MS = 250;

export type InputMessage = Extract<
  ClientMessage,
  { type: 'key' | 'extended-key' | 'pointer' | 'cut-text' | 'xvp' | 'set-desktop-size' }
>;
export type InputRefusal =
  | 'not-granted'
  | 'not-allowed'
  | 'excluded'
  | 'blocked'
  | 'too-fast'
  | 'never';

export interface InputMoment {
  /** Whether input may pass right now, apart from the grant. */
  readonly isAllowed: boolean;
  readonly excluded: readonly Rectangle[];
  readonly size: FramebufferSize;
  /** Monotonic. */
  readonly nowMs: number;
}

export interface InputVerdict {
  readonly forward: readonly InputMessage[];
  /** Why the message itself did not pass, or null if it did. */
  readonly refusal: InputRefusal | null;
}

type KeyMessage = Extract<ClientMessage, { type: 'key' | 'extended-key' }>;
type PointerMessage = Extract<ClientMessage, { type: 'pointer' }>;

/** Tells input messages from those that only steer how the picture is sent. */
export function isInput(message: ClientMessage): message is InputMessage {
  switch (message.type) {
    case 'key':
    case 'extended-key':
    case 'pointer':
    case 'cut-text':
    case 'xvp':
    case 'set-desktop-size':
      return true;
    default:
      return false;
  }
}

export class InputFilter {
  readonly #isGranted: boolean;
  readonly #isPanelOnDisplay: boolean;
  readonly #block: KeyBlock;
  #buttonMs = Number.NEGATIVE_INFINITY;
  readonly #held = new Map<string, KeyMessage>();
  #pointer: PointerMessage = { type: 'pointer', buttons: 0, x: 0, y: 0 };
  /** Set while buttons that went down where they must not, or were released for it, are still down. */
  #isButtonVoid = false;

  /** @param blockedKeys combinations that no viewer completes, such as `Ctrl+Alt+Delete` */
  constructor(
    isControlGranted: boolean,
    isPanelOnDisplay: boolean,
    blockedKeys: readonly string[] = [],
  ) {
    this.#block = new KeyBlock(blockedKeys);
    this.#isGranted = isControlGranted;
    this.#isPanelOnDisplay = isPanelOnDisplay;
  }

  /** Judges one message; what must be released instead of it comes first. */
  admit(message: InputMessage, moment: InputMoment): InputVerdict {
    if (message.type === 'xvp' || message.type === 'set-desktop-size') return refuse('never');
    if (!this.#isGranted) return refuse('not-granted');
    if (!moment.isAllowed) {
      if (message.type === 'pointer') this.#isButtonVoid = message.buttons !== 0;
      return { forward: this.releaseAll(), refusal: 'not-allowed' };
    }
    switch (message.type) {
      case 'pointer':
        return this.#admitPointer(message, moment);
      case 'cut-text':
        // Extended clipboards are never negotiated; text that was too long was not kept.
        if (message.extended || message.text === null) return refuse('never');
        return { forward: [message], refusal: null };
      case 'key':
      case 'extended-key':
        return this.#admitKey(message, moment);
    }
  }

  /** Returns what lifts every key and button that this filter let down, and forgets them. */
  releaseAll(): InputMessage[] {
    const released: InputMessage[] = [];
    for (const key of this.#held.values()) released.push({ ...key, down: false });
    this.#held.clear();
    if (this.#pointer.buttons !== 0) {
      this.#pointer = { ...this.#pointer, buttons: 0 };
      this.#isButtonVoid = true;
      released.push(this.#pointer);
    }
    return released;
  }

  #admitKey(message: KeyMessage, { nowMs }: InputMoment): InputVerdict {
    const name = message.type === 'key' ? `s${message.keysym}` : `c${message.keycode}`;
    const before = this.#held.get(name);
    if (!message.down) {
      // A key that is not down here may be down at the screen only by the operator's own hand.
      if (before === undefined) return refuse('not-allowed');
      this.#held.delete(name);
      // As it went down: a screen that goes by keysyms lifts no other one.
      return { forward: [{ ...before, down: false }], refusal: null };
    }
    if (this.#isPanelOnDisplay && !this.#isKeyKeptFromPanel(message, nowMs)) {
      return refuse('excluded');
    }
    if (!this.#block.admits(saidBy(message), Array.from(this.#held.values(), saidBy)))
      return refuse('blocked');
    if (!this.#held.has(name) && this.#held.size >= KEYS_HELD_MAX) return refuse('not-allowed');
    this.#held.set(name, message);
    // One key is not two things at once: a screen that goes by keysyms would keep the first one down.
    if (before === undefined || before.keysym === message.keysym)
      return { forward: [message], refusal: null };
    return { forward: [{ ...before, down: false }, message], refusal: null };
  }

  #isKeyKeptFromPanel(message: KeyMessage, nowMs: number): boolean {
    // An extended key's code names a key that its keysym need not match.
    if (message.type === 'extended-key') return false;
    if (nowMs - this.#buttonMs < KEYS_REST_AFTER_BUTTON_MS) return false;
    const isControlDown = CONTROL_KEYSYMS.some((keysym) => this.#held.has(`s${keysym}`));
    return isForSharedDisplay(message.keysym, isControlDown);
  }

  #admitPointer(message: PointerMessage, moment: InputMoment): InputVerdict {
    const x = Math.min(message.x, moment.size.width - 1);
    const y = Math.min(message.y, moment.size.height - 1);
    if (moment.excluded.some((area) => isInside(area, x, y))) {
      const forward: InputMessage[] = [];
      if (this.#pointer.buttons !== 0) {
        this.#pointer = { ...this.#pointer, buttons: 0 };
        forward.push(this.#pointer);
      }
      this.#isButtonVoid = message.buttons !== 0;
      return { forward, refusal: 'excluded' };
    }
    if (message.buttons === 0) this.#isButtonVoid = false;
    if (message.buttons !== this.#pointer.buttons) this.#buttonMs = moment.nowMs;
    this.#pointer = { type: 'pointer', x, y, buttons: this.#isButtonVoid ? 0 : message.buttons };
    return { forward: [this.#pointer], refusal: null };
  }
}

function saidBy(message: KeyMessage): SaidKey {
  return {
    keysym: message.keysym,
    keycode: message.type === 'extended-key' ? message.keycode : null,
  };
}

function refuse(refusal: InputRefusal): InputVerdict {
  return { forward: [], refusal };
}

function isInside(area: Rectangle, x: number, y: number): boolean {
  return x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height;
}
