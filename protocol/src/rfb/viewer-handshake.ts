/**
 * The server's half of an RFB 3.8 handshake with security type None, as pure state.
 *
 * Who may look is decided elsewhere, before a stream reaches this point; RFB's own security types would
 * add nothing to it. Older protocol versions are refused: every viewer of today speaks 3.8.
 *
 * @see RFC 6143 section 7.1 to 7.3
 */
import { ByteQueue } from './byte-queue.ts';
import { MalformedRFB } from './malformed-rfb.ts';
import { TRUE_COLOUR_32, writePixelFormat } from './pixel-format.ts';
import type { FramebufferSize } from './server-message.ts';

const VERSION = 'RFB 003.008\n';
const SECURITY_NONE = 1;

/** What the handshake says next: bytes for the viewer and, once complete, what already followed it. */
export interface HandshakeStep {
  readonly reply: Buffer;
  /** Bytes after the handshake, or null while it goes on. */
  readonly rest: Buffer | null;
}

export class ViewerHandshake {
  readonly #queue = new ByteQueue();
  readonly #serverInit: Buffer;
  #stage: 'version' | 'security' | 'init' = 'version';

  /** @param name what viewers show as the desktop's name: at most 255 bytes, never PHI */
  constructor(size: FramebufferSize, name: string) {
    this.#serverInit = writeServerInit(size, name);
  }

  /** The bytes with which the server opens the conversation. */
  get greeting(): Buffer {
    return Buffer.from(VERSION, 'latin1');
  }

  /** Takes in bytes from the viewer. @throws MalformedRFB */
  push(bytes: Uint8Array): HandshakeStep {
    this.#queue.push(bytes);
    const replies: Buffer[] = [];
    if (this.#stage === 'version' && this.#queue.length >= VERSION.length) {
      if (this.#queue.take(VERSION.length).toString('latin1') !== VERSION) {
        throw new MalformedRFB('The viewer does not speak RFB 3.8.');
      }
      replies.push(Buffer.from([1, SECURITY_NONE]));
      this.#stage = 'security';
    }
    if (this.#stage === 'security' && this.#queue.length >= 1) {
      if (this.#queue.take(1).readUInt8(0) !== SECURITY_NONE) {
        throw new MalformedRFB('The viewer chose a security type that was not offered.');
      }
      replies.push(Buffer.alloc(4));
      this.#stage = 'init';
    }
    if (this.#stage === 'init' && this.#queue.length >= 1) {
      this.#queue.skip(1); // The shared flag: who else watches is not the viewer's to say.
      replies.push(this.#serverInit);
      return { reply: Buffer.concat(replies), rest: this.#queue.take(this.#queue.length) };
    }
    return { reply: Buffer.concat(replies), rest: null };
  }
}

/** Writes the ServerInit of a server that announces 32-bit true colour. */
export function writeServerInit(size: FramebufferSize, name: string): Buffer {
  const text = Buffer.from(name, 'utf8').subarray(0, 255);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(size.width, 0);
  head.writeUInt16BE(size.height, 2);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length, 0);
  return Buffer.concat([head, writePixelFormat(TRUE_COLOUR_32), length, text]);
}
