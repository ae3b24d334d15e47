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
  /** What has come since the taker was last given something. */
  #chunks: Buffer[] = [];
  /** What is being given. */
  #given: Buffer[] = [];
  #givenCount = 0;
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
  [Symbol.asyncIterator](): AsyncIterator<Buffer, void> {
    // Not a generator: at ten thousand chunks and more a second that would take a tenth of the processor.
    return {
      next: () => this.#next(),
      return: () => {
        this.destroy();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  #next(): Promise<IteratorResult<Buffer, void>> {
    const chunk = this.#given[this.#givenCount];
    if (chunk === undefined) return this.#more();
    this.#givenCount += 1;
    passed(chunk.length);
    return Promise.resolve({ done: false, value: chunk });
  }

  /** Waits for the next chunks. */
  async #more(): Promise<IteratorResult<Buffer, void>> {
    while (this.#chunks.length === 0) {
      if (this.#isBroken) {
        this.destroy();
        throw new CartUnreachable('The cart is not connected, or the connection was lost.');
      }
      if (this.#isWhole) {
        this.#given = [];
        return { done: true, value: undefined };
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    this.#given = this.#chunks;
    this.#givenCount = 0;
    this.#chunks = [];
    this.#heldBytes = 0;
    if (this.#stream.isPaused()) this.#stream.resume();
    return await this.#next();
  }

  /** Wants no more of it. */
  destroy(): void {
    this.#chunks = this.#given = [];
    if (!this.#isWhole && !this.#stream.closed) this.#stream.close(constants.NGHTTP2_CANCEL);
    // What still comes is thrown away, or the stream would never end.
    if (!this.#stream.readableEnded) this.#stream.resume();
  }
}

/** Gathers a body of a known size. @throws CartUnreachable when it ends before that, or has more */
export async function gathered(body: StreamBody, bytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let came = 0;
  for await (const chunk of body) {
    came += chunk.length;
    if (came > bytes) break;
    parts.push(Buffer.from(chunk));
  }
  if (came !== bytes) throw new CartUnreachable('An answer broke off before its end.');
  return Buffer.concat(parts);
}
