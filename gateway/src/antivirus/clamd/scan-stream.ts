/**
 * One content on its way to clamd, from its first byte to the answer (clamd(8), command `INSTREAM`).
 *
 * ```
 * zINSTREAM\0   then for each piece its length (4 bytes, big endian) and its bytes, then a length of zero
 * ```
 * A connection that breaks, for whatever reason, is `gone`: what was sent was not scanned. Nothing is thrown.
 */
import net from 'node:net';
import type { ClamdAddress } from '@chaperone/host/clamd.ts';
import { ANSWER_BYTES_MAX, readAnswer } from './answer.ts';
import type { ClamdAnswer } from './answer.ts';

/** Milliseconds in which a socket of this machine is connected, or never. */
const CONNECT_MS_MAX = 5_000;
/** Bytes of a piece: as many as the vault gives at a time. */
const PIECE_BYTES_MAX = 64 * 1024;

export type StreamEnd = ClamdAnswer | { readonly kind: 'gone' };

export class ScanStream {
  readonly #socket: net.Socket;
  readonly #end: Promise<StreamEnd>;
  #isOver = false;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    this.#end = answerOf(socket).then((end) => {
      this.#isOver = true;
      return end;
    });
  }

  /** Connects and begins a stream. @param signal breaks it off at any time */
  static async open(address: ClamdAddress, signal: AbortSignal): Promise<ScanStream> {
    const socket = net.connect({ ...address, signal });
    const stream = new ScanStream(socket);
    await connected(socket);
    await stream.#send(Buffer.from('zINSTREAM\0'));
    return stream;
  }

  /** Whether it has ended already: more is not taken. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Sends the next bytes; the array may be used again when it resolves. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#isOver; at += PIECE_BYTES_MAX) {
      const piece = bytes.subarray(at, at + PIECE_BYTES_MAX);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(piece.length);
      this.#socket.cork();
      const sent = Promise.all([this.#send(length), this.#send(piece)]);
      this.#socket.uncork();
      await sent;
    }
  }

  /** Says that this was all, and waits for the answer. */
  async end(): Promise<StreamEnd> {
    await this.#send(Buffer.alloc(4));
    return await this.#end;
  }

  /** Breaks it off. */
  abort(): void {
    this.#socket.destroy();
  }

  async #send(bytes: Uint8Array): Promise<void> {
    if (this.#isOver || this.#socket.destroyed) return;
    await new Promise<void>((resolve) => this.#socket.write(bytes, () => resolve()));
  }
}

async function connected(socket: net.Socket): Promise<void> {
  const deadline = setTimeout(() => socket.destroy(), CONNECT_MS_MAX);
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve);
    socket.once('close', () => resolve());
  });
  clearTimeout(deadline);
}

/** Waits for the answer or the end of the connection. */
async function answerOf(socket: net.Socket): Promise<StreamEnd> {
  return await new Promise((resolve) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const finish = (end: StreamEnd): void => {
      resolve(end);
      socket.destroy();
    };
    socket.on('data', (part: Buffer) => {
      parts.push(part);
      bytes += part.length;
      const text = Buffer.concat(parts).toString('latin1');
      const at = text.indexOf('\0');
      if (at >= 0) finish(readAnswer(text.slice(0, at)));
      else if (bytes > ANSWER_BYTES_MAX) finish({ kind: 'refused' });
    });
    // The reason is of no account: what broke off was not scanned.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ kind: 'gone' }));
  });
}
