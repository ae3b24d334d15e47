/** Gives up a stream on which nothing moves, though its connection lives: a cart may answer each PING and send no file. */
import { constants } from 'node:http2';
import type { Http2Stream } from 'node:http2';

/** A satellite link that drops out is back sooner; whoever needs longer goes on from there with a new request. Milliseconds. */
export const STILL_MS = 30_000;

/** Closes the stream once nothing has come on it for so long. */
export function giveUpWhenStill(stream: Http2Stream, afterMs = STILL_MS): void {
  stream.setTimeout(afterMs, () => stream.close(constants.NGHTTP2_CANCEL));
}
