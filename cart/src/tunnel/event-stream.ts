/**
 * `GET /v1/events`: the whole view of the session, a line at each change, for as long as the connection lives.
 *
 * A peer that does not read costs one view: what it has not taken is replaced by what is current when it does.
 */
import type { ServerHttp2Stream } from 'node:http2';
import type { SessionView } from '@chaperone/protocol/cart-api/schema.ts';

/** Not taken by the network yet; more than this and the peer is not reading. */
const UNREAD_BYTES_MAX = 32 * 1024;

export class EventStream {
  readonly #stream: ServerHttp2Stream;
  readonly #current: () => SessionView;
  #told = -1;
  #isEnded = false;

  /** Answers the stream and tells the current view. */
  constructor(stream: ServerHttp2Stream, current: () => SessionView) {
    this.#stream = stream;
    this.#current = current;
    stream.respond({
      ':status': 200,
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-store',
    });
    stream.on('drain', () => this.tell());
    // The desk sends no body; its half is over.
    stream.resume();
    this.tell();
  }

  /** Tells the current view unless it has been told, or the peer has too much to read already. */
  tell(): void {
    if (this.#isEnded || this.#isGone()) return;
    if (this.#stream.writableLength > UNREAD_BYTES_MAX) return;
    const view = this.#current();
    if (view.sequence === this.#told) return;
    this.#told = view.sequence;
    this.#stream.write(`${JSON.stringify(view)}\n`);
  }

  /** Tells the last view and ends. */
  end(last: SessionView): void {
    if (this.#isEnded || this.#isGone()) return;
    this.#isEnded = true;
    // Also for a desk that has left its own half open: the answer is whole (RFC 9113 section 8.1).
    this.#stream.once('finish', () => this.#stream.close());
    this.#stream.end(`${JSON.stringify(last)}\n`);
  }

  #isGone(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }
}
