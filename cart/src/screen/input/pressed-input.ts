/**
 * What went down at a screen source over one connection: which of it is down still, and all that ever was.
 *
 * Pure. Words to a source that breaks may have been read or not, so that a key that was released just before counts as pressed, too.
 */
import type { ClientMessage } from '@chaperone/protocol/rfb/client-message.ts';

/** Different keys that are remembered; a keyboard has fewer. */
const KEYS_MAX = 256;

type Key = Extract<ClientMessage, { type: 'key' | 'extended-key' }>;
type Pointer = Extract<ClientMessage, { type: 'pointer' }>;

export class PressedInput {
  readonly #held = new Map<string, Key>();
  readonly #ever = new Map<string, Key>();
  #pointer: Pointer = { type: 'pointer', buttons: 0, x: 0, y: 0 };
  #hasPressedButtons = false;

  /** Takes note of what is said to the source. */
  note(message: ClientMessage): void {
    if (message.type === 'pointer') {
      this.#pointer = message;
      if (message.buttons !== 0) this.#hasPressedButtons = true;
      return;
    }
    if (message.type !== 'key' && message.type !== 'extended-key') return;
    const name =
      message.type === 'key' ? `s${message.keysym}` : `c${message.keycode} ${message.keysym}`;
    if (!message.down) {
      this.#held.delete(name);
      return;
    }
    this.#held.set(name, message);
    if (this.#ever.size < KEYS_MAX) this.#ever.set(name, message);
  }

  /** What lifts all that is down. */
  held(): readonly ClientMessage[] {
    return this.#lift(this.#held.values(), this.#pointer.buttons !== 0);
  }

  /** What lifts all that ever was down, whatever the source has read of it. */
  released(): readonly ClientMessage[] {
    return this.#lift(this.#ever.values(), this.#hasPressedButtons);
  }

  #lift(keys: Iterable<Key>, hasButtons: boolean): readonly ClientMessage[] {
    const lifted: ClientMessage[] = Array.from(keys, (key) => ({ ...key, down: false }));
    if (hasButtons) lifted.push({ ...this.#pointer, buttons: 0 });
    return lifted;
  }
}
