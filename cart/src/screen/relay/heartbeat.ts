/**
 * What a viewer hears while nothing on the screen changes, so that silence means something: a fence that asks for an answer.
 *
 * A page sees no PING of WebSocket or HTTP/2. Whoever shows the cart's screen and has heard nothing for two seconds withholds
 * the picture (docs/protocol.md, "Screen"). Its answer is dropped; it is no sign of anybody's activity.
 */
import type { ClientMessage } from '@chaperone/protocol/rfb/client-message.ts';
import { writeFence } from '@chaperone/protocol/rfb/write-client-message.ts';
import { FENCE_REQUEST_FLAG } from './fence-count.ts';

/** Four of them may be late or lost in the two seconds. */
const EVERY_MS = 500;
const PAYLOAD = Buffer.from('chaperone heartbeat', 'latin1');
const BEAT = writeFence(FENCE_REQUEST_FLAG, PAYLOAD);

/** Tells whether a viewer's message is the answer to one. */
export function isHeartbeatAnswer(message: Extract<ClientMessage, { type: 'fence' }>): boolean {
  return (message.flags & FENCE_REQUEST_FLAG) === 0 && PAYLOAD.equals(message.payload);
}

/** Beats when nothing has been written since the last look. */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout;
  #written = -1;

  /**
   * @param written how many bytes have been written to the viewer
   * @param mayBeat whether a message may go between what has been written and what follows
   */
  constructor(written: () => number, mayBeat: () => boolean, write: (bytes: Buffer) => void) {
    this.#timer = setInterval(() => {
      const isSilent = written() === this.#written;
      this.#written = written();
      if (isSilent && mayBeat()) write(BEAT);
    }, EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
