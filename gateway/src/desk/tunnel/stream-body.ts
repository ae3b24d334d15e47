/**
 * What a cart sends on one stream, taken by whoever asks for it.
 *
 * Chunks are handed on as they came off the connection, with no other stream between: that costs a third of the
 * tunnel's speed. Node's own iterator will not do: it takes a stream that its peer has closed for broken even when all
 * of it lies here unread, which is the rule with answers of a few bytes.
 */
import { constants } from 'node:http2';
import type { ClientHttp2Stream } from 'node:http2';
import { passed } from '../../platform/memory/passing-bytes.ts';
import { CartUnreachable } from './tunnel-error.ts';

/** Held here before the cart is asked to pause; what is under way comes on top. Bytes. */
const HELD_BYTES_MAX = 1024 * 1024;

export class StreamBody implements AsyncIterable<Buffer> {
  readonly #stream: ClientHttp2Stream;
  #chunks: Buffer[] = [];
  #heldBytes = 0;
  #isWhole = false;
  #isBroken = false;
  #isWaking = false;
  #wake: () => void = () => undefined;

  /** Begins to read at once, so that an end that comes in the same turn is not missed. */
  constructor(stream: ClientHttp2Stream) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#heldBytes += chunk.length;
      if (this.#heldBytes >= HELD_BYTES_MAX) stream.pause();
      this.#wakeSoon();
    });
    stream.once('end', () => {
      this.#isWhole = true;
      this.#wake();
    });
    const broken = (): void => {
      this.#isBroken = !this.#isWhole;
      this.#wake();
    };
    if (stream.destroyed && !stream.readableEnded) broken();
    else stream.once('close', broken);
  }

  /** Once for all that comes in this turn of the event loop: to be woken costs as much as to take a chunk. */
  #wakeSoon(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      this.#wake();
    });
  }

  /** Gives the chunks in their order, once. @throws CartUnreachable when the stream breaks; what came before it is given */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    try {
      for (;;) {
        const chunks = this.#chunks;
        if (chunks.length > 0) {
          this.#chunks = [];
          this.#heldBytes = 0;
          if (this.#stream.isPaused()) this.#stream.resume();
          for (const chunk of chunks) {
            yield chunk;
            passed(chunk.length);
          }
        } else if (this.#isBroken) {
          throw new CartUnreachable('The cart is not connected, or the connection was lost.');
        } else if (this.#isWhole) {
          return;
        } else {
          await new Promise<void>((resolve) => (this.#wake = resolve));
        }
      }
    } finally {
      this.destroy();
    }
  }

  /** Wants no more of it. */
  destroy(): void {
    this.#chunks = [];
    if (!this.#isWhole && !this.#stream.closed) this.#stream.close(constants.NGHTTP2_CANCEL);
    // What still comes is thrown away, or the stream would never end.
    if (!this.#stream.readableEnded) this.#stream.resume();
  }
}
