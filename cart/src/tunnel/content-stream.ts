/**
 * Sends the content of a file over a stream: as fast as the network takes it, never faster, with the digest of the
 * whole as a trailer (RFC 9530).
 */
import { constants } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { BLOCK_BYTES, DIGEST_BYTES } from '@chaperone/domain/transfer/block.ts';
import {
  BLOCKS_HEADER,
  BLOCKS_MEDIA_TYPE,
  DEIDENTIFIED_HEADER,
} from '@chaperone/protocol/cart-api/version.ts';
import type { Fetch } from '../files/files.ts';

/** A file on its way out. */
export type SentFile = Pick<
  Fetch,
  | 'etag'
  | 'isDeidentified'
  | 'bytesTotal'
  | 'from'
  | 'to'
  | 'isPart'
  | 'blockCount'
  | 'read'
  | 'digest'
  | 'sent'
  | 'settle'
>;

/**
 * Given to the HTTP/2 layer and not yet taken by the network, one chunk more at most: enough to keep the disk and the
 * network busy at once, and little enough to stay in the processor's cache.
 */
const IN_FLIGHT_BYTES_MAX = 256 * 1024;
/** A peer that takes nothing for this long is not reading. */
const STALL_MS = 60_000;

/**
 * Sends a file and settles its fetch.
 * @param isBroken tells whether the connection broke, as opposed to a wish of the peer
 */
export async function sendContent(
  stream: ServerHttp2Stream,
  fetch: SentFile,
  isBroken: () => boolean,
): Promise<void> {
  const flow = new Flow(stream, (chunk) => fetch.sent(chunk));
  // While the file was opened, whoever asked may have gone.
  if (flow.isClosed()) return await fetch.settle(endOf(stream, '', isBroken));
  stream.respond(headersOf(fetch), { waitForTrailers: true });
  stream.on('wantTrailers', () => {
    if (!stream.destroyed) stream.sendTrailers({ [trailerOf(fetch)]: `sha-256=:${digest}:` });
  });
  let digest = '';
  try {
    for await (const chunk of fetch.read()) {
      if (!(await flow.send(chunk))) break;
    }
    if (!flow.isClosed()) digest = fetch.digest();
  } catch {
    // It changed while it was read, or the disk failed: what was sent is no file.
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    await fetch.settle('failed');
    return;
  }
  stream.end();
  await flow.closed;
  await fetch.settle(endOf(stream, digest, isBroken));
}

function endOf(
  stream: ServerHttp2Stream,
  digest: string,
  isBroken: () => boolean,
): 'fetched' | 'broken' | 'cancelled' {
  if (digest !== '' && stream.rstCode === constants.NGHTTP2_NO_ERROR && stream.sentTrailers) {
    return 'fetched';
  }
  return stream.rstCode === constants.NGHTTP2_CANCEL && !isBroken() ? 'cancelled' : 'broken';
}

/** Of a part its own digest is told, of everything else the digest of the whole (RFC 9530 §2 and §3). */
function trailerOf({ isPart }: SentFile): string {
  return isPart ? 'content-digest' : 'repr-digest';
}

function headersOf(fetch: SentFile) {
  const { from, to, bytesTotal, blockCount, etag } = fetch;
  const withBlocks = blockCount > 0;
  const isRange = (from > 0 || to < bytesTotal) && !withBlocks;
  return {
    ':status': isRange ? 206 : 200,
    'content-type': withBlocks ? BLOCKS_MEDIA_TYPE : 'application/octet-stream',
    'content-length': blockCount * DIGEST_BYTES + to - from,
    'accept-ranges': 'bytes',
    'cache-control': 'no-store',
    etag,
    trailer: trailerOf(fetch),
    ...(fetch.isDeidentified ? { [DEIDENTIFIED_HEADER]: 'yes' } : {}),
    ...(withBlocks ? { [BLOCKS_HEADER]: BLOCK_BYTES } : {}),
    ...(isRange ? { 'content-range': `bytes ${from}-${to - 1}/${bytesTotal}` } : {}),
  };
}

/** Writes with a bound on what is in flight. */
class Flow {
  readonly closed: Promise<void>;
  readonly #stream: ServerHttp2Stream;
  readonly #onTaken: (chunk: Buffer) => void;
  #inFlight = 0;
  #wake: () => void = () => undefined;

  constructor(stream: ServerHttp2Stream, onTaken: (chunk: Buffer) => void) {
    this.#stream = stream;
    this.#onTaken = onTaken;
    this.closed = new Promise((resolve) => {
      if (stream.destroyed) resolve();
      stream.once('close', () => {
        this.#wake();
        resolve();
      });
    });
  }

  isClosed(): boolean {
    return this.#stream.destroyed || this.#stream.closed || this.#stream.aborted;
  }

  /** Sends a chunk once there is room; false when the stream is over. */
  async send(chunk: Buffer): Promise<boolean> {
    if (this.isClosed()) return false;
    this.#inFlight += chunk.length;
    this.#stream.write(chunk, (error) => {
      this.#inFlight -= chunk.length;
      if (!error) this.#onTaken(chunk);
      this.#wake();
    });
    while (this.#inFlight > IN_FLIGHT_BYTES_MAX && !this.isClosed()) await this.#room();
    return !this.isClosed();
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#stream.close(constants.NGHTTP2_CANCEL);
        resolve();
      }, STALL_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
