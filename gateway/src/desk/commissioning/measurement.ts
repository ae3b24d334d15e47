/** Bytes for a cart that measures its road: sent as fast as the road takes them, or counted as they come, for a bounded time. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MEASUREMENT_MS } from '@chaperone/protocol/commissioning/service.ts';
import { CommissioningBodyTooLarge } from './commissioning-error.ts';

/** Does not compress by itself, and repeats only farther apart than what compresses on a road looks back. */
const NOISE = randomBytes(1024 * 1024);
const CHUNK_BYTES = 64 * 1024;
/** An upload that is slower over a whole span is answered with what has come: it keeps a place from others. 5 kbit/s. */
const PACE_BYTES = 2048;
const PACE_SPAN_MS = 3000;
/** How long whoever was answered in the middle of an upload may go on sending: until the answer has reached it. */
const GRACE_MS = 2000;

/**
 * Sends so many bytes that do not compress, or what the road took in `MEASUREMENT_MS`.
 * @returns how many were handed to the road
 */
export async function sendNoise(response: ServerResponse, bytes: number): Promise<number> {
  let sent = 0;
  function* noise(): Generator<Buffer> {
    while (sent < bytes) {
      const from = sent % NOISE.length;
      const chunk = NOISE.subarray(from, Math.min(from + CHUNK_BYTES, from + bytes - sent));
      sent += chunk.length;
      yield chunk;
    }
  }
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': bytes,
    'Cache-Control': 'no-store',
  });
  const source = Readable.from(noise(), { objectMode: false, highWaterMark: CHUNK_BYTES });
  try {
    await pipeline(source, response, { signal: AbortSignal.timeout(MEASUREMENT_MS) });
  } catch {
    // The cart had enough, or the time is over: it sees that by the bytes that it got.
    response.destroy();
  }
  return sent;
}

/** What is coming, or came, in the body of a request. */
export interface CountedBody {
  /** Bytes until its end, or so far once `MEASUREMENT_MS` are over or hardly anything comes; refused with CommissioningBodyTooLarge, or when it broke off. */
  readonly measured: Promise<number>;
  /** All of them, when nothing more can come: whoever was answered in the middle may go on sending for `GRACE_MS`, and is cut off then. */
  readonly whole: Promise<number>;
}

/** Counts what a cart sends, and keeps nothing of it. */
export function countBody(request: IncomingMessage, bytesMax: number): CountedBody {
  let bytes = 0;
  const measured = Promise.withResolvers<number>();
  const whole = Promise.withResolvers<number>();
  let before = 0;
  const pace = setInterval(() => {
    if (bytes - before < PACE_BYTES) measured.resolve(bytes);
    before = bytes;
  }, PACE_SPAN_MS);
  const late = setTimeout(() => measured.resolve(bytes), MEASUREMENT_MS);
  let grace: NodeJS.Timeout | undefined;
  // The place is given back when nothing more can come; that is soon, whatever the cart does.
  const finish = (): void => {
    clearInterval(pace);
    clearTimeout(late);
    if (!request.complete) grace = setTimeout(() => request.destroy(), GRACE_MS);
  };
  measured.promise.then(finish, finish);
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > bytesMax) measured.reject(new CommissioningBodyTooLarge(bytesMax));
  });
  request.once('end', () => measured.resolve(bytes));
  request.once('error', (fault) => measured.reject(fault));
  request.once('close', () => {
    measured.reject(new Error('The cart broke off.'));
    clearTimeout(grace);
    whole.resolve(bytes);
  });
  return { measured: measured.promise, whole: whole.promise };
}
