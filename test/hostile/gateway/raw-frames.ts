/**
 * HTTP/2 by hand (RFC 9113): frames that no library sends, over a connection that the cart has dialled.
 *
 * | offset | size | field |
 * |---|---|---|
 * | 0 | 3 | length of the payload |
 * | 3 | 1 | type |
 * | 4 | 1 | flags |
 * | 5 | 4 | stream |
 * | 9 | length | payload |
 */
import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';

export const FRAME = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const END_STREAM = 1;
export const END_HEADERS = 4;

const HEADER_BYTES = 9;
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Makes one frame. */
export function frame(
  type: number,
  {
    flags = 0,
    stream = 0,
    payload = Buffer.alloc(0),
  }: {
    readonly flags?: number;
    readonly stream?: number;
    readonly payload?: Buffer;
  } = {},
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** Encodes headers without a table: literals with literal names (RFC 7541 section 6.2.2). */
export function headerBlock(headers: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    headers.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]),
  );
}

/** The headers of a plain GET. */
export function getBlock(path: string, ...more: readonly (readonly [string, string])[]): Buffer {
  return headerBlock([
    [':method', 'GET'],
    [':scheme', 'https'],
    [':path', path],
    [':authority', 'cart'],
    ...more,
  ]);
}

/** A connection on which a test writes frames; it says hello first, so that the cart takes it for its gateway. */
export class RawConnection {
  readonly socket: TLSSocket;
  readonly closed: Promise<unknown>;
  #seen = '';

  constructor(socket: TLSSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('data', (bytes: Buffer) => {
      this.#seen += bytes.toString('latin1');
    });
  }

  /** Sends preface and hello on stream 1; settles when the cart has answered. */
  async hello(): Promise<void> {
    this.send(PREFACE, frame(FRAME.settings), frame(FRAME.settings, { flags: 1 }));
    await this.ask(1);
  }

  /** Asks for hello on a stream; settles when the cart has answered. */
  async ask(stream: number): Promise<void> {
    const from = this.#seen.length;
    const payload = getBlock('/v1/hello');
    this.send(frame(FRAME.headers, { flags: END_STREAM | END_HEADERS, stream, payload }));
    while (!this.#seen.includes('"challenge"', from)) await once(this.socket, 'data');
  }

  /** Settles when the cart has reset a stream (or has ended the connection, which says as much). */
  async untilReset(stream: number): Promise<void> {
    const head = frame(FRAME.resetStream, { stream, payload: Buffer.alloc(4) }).subarray(0, 9);
    while (!this.#seen.includes(head.toString('latin1')) && !this.socket.destroyed) {
      await Promise.race([once(this.socket, 'data'), this.closed]);
    }
  }

  send(...frames: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** A string with its length in front (RFC 7541 section 5). */
function literal(text: string): Buffer {
  const bytes = Buffer.from(text);
  const prefix = [Math.min(bytes.length, 127)];
  for (let rest = bytes.length - 127; rest >= 0; rest = Math.floor(rest / 128) || -1) {
    prefix.push(rest >= 128 ? (rest % 128) + 128 : rest);
  }
  return Buffer.concat([Buffer.from(prefix), bytes]);
}
