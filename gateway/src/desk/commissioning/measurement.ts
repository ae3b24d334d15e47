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
  /** Bytes until its end, or so far once `MEASUREMENT_MS` are over; refused with CommissioningBodyTooLarge, or when it broke off. */
  readonly measured: Promise<number>;
  /** All of them, when nothing more can come: whoever was answered in the middle may go on sending. */
  readonly whole: Promise<number>;
}

/** Counts what a cart sends, and keeps nothing of it. */
export function countBody(request: IncomingMessage, bytesMax: number): CountedBody {
  let bytes = 0;
  const measured = Promise.withResolvers<number>();
  const whole = Promise.withResolvers<number>();
  const late = setTimeout(() => measured.resolve(bytes), MEASUREMENT_MS);
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > bytesMax) measured.reject(new CommissioningBodyTooLarge(bytesMax));
  });
  request.once('end', () => measured.resolve(bytes));
  request.once('error', (fault) => measured.reject(fault));
  request.once('close', () => {
    clearTimeout(late);
    measured.reject(new Error('The cart broke off.'));
    whole.resolve(bytes);
  });
  return { measured: measured.promise, whole: whole.promise };
}
