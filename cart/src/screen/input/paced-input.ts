/** A viewer's input at its pace, in time: what waits for its turn is passed on when that has come. */
import type { InputMessage } from '../relay/input-filter.ts';
import { InputPace } from './input-pace.ts';

/** A movement waits for about so long. */
const LOOK_EVERY_MS = 10;

export interface PacedInputEvents {
  readonly onInput: (message: InputMessage) => void;
  /** A message came too fast, and does not pass. */
  readonly onDropped: (message: InputMessage) => void;
}

export class PacedInput {
  readonly #pace = new InputPace();
  readonly #events: PacedInputEvents;
  #timer: NodeJS.Timeout | null = null;

  constructor(events: PacedInputEvents) {
    this.#events = events;
  }

  take(message: InputMessage): void {
    const { messages, isDropped } = this.#pace.take(message, performance.now());
    for (const each of messages) this.#events.onInput(each);
    if (isDropped) this.#events.onDropped(message);
    this.#look();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    if (!this.#pace.isWaiting || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      for (const each of this.#pace.due(performance.now())) this.#events.onInput(each);
      this.#look();
    }, LOOK_EVERY_MS);
  }
}
