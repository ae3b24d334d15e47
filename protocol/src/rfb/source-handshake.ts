/**
 * The viewer's half of an RFB handshake with security type None, as pure state.
 *
 * Speaks 3.8, 3.7 and 3.3, because servers on carts are old. The source's own pixel format and name are
 * read over: the cart sets a format of its own, and a desktop's name may tell more than a viewer should see.
 *
 * @see RFC 6143 sections 7.1 to 7.3 and appendix A
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { ByteQueue } from './byte-queue.ts';
import { MalformedRFB } from './malformed-rfb.ts';
import { PIXEL_FORMAT_BYTES } from './pixel-format.ts';
import type { FramebufferSize } from './server-message.ts';

/** Thrown when an RFB server turns us away, or asks for a sign-in that Chaperone does not offer. */
export class RefusedByRFBServer extends DomainError {
  readonly code = 'RFB_REFUSED';
}

const VERSION_BYTES = 12;
const SECURITY_NONE = 1;
/** Bytes of a desktop's name that are read over; more is no name. */
const NAME_BYTES_MAX = 4096;
/** Bytes of a reason for refusing that are waited for; more is no reason. */
const REASON_BYTES_MAX = 4096;
const SERVER_INIT_BYTES = 4 + PIXEL_FORMAT_BYTES + 4;

export interface SourceHandshakeStep {
  readonly reply: Buffer;
  /** The frame buffer's size and the bytes after the handshake, or null while it goes on. */
  readonly done: { readonly size: FramebufferSize; readonly rest: Buffer } | null;
}

type Stage = 'version' | 'security' | 'old-security' | 'result' | 'refused' | 'init';

export class SourceHandshake {
  readonly #queue = new ByteQueue();
  #stage: Stage = 'version';
  #minor = 8;

  /** Takes in bytes from the server. @throws MalformedRFB @throws RefusedByRFBServer */
  push(bytes: Uint8Array): SourceHandshakeStep {
    this.#queue.push(bytes);
    const replies: Buffer[] = [];
    for (;;) {
      const before = this.#stage;
      if (before === 'init') {
        const done = this.#readInit();
        return { reply: Buffer.concat(replies), done };
      }
      const reply = this.#step(before);
      if (reply === null) return { reply: Buffer.concat(replies), done: null };
      replies.push(reply);
    }
  }

  /** Reads one stage and returns the answer to it, or null until more bytes arrive. */
  #step(stage: Exclude<Stage, 'init'>): Buffer | null {
    switch (stage) {
      case 'version':
        return this.#readVersion();
      case 'security':
        return this.#readSecurity();
      case 'old-security':
        return this.#readOldSecurity();
      case 'result':
        return this.#readResult();
      case 'refused':
        return this.#readReason();
    }
  }

  #readVersion(): Buffer | null {
    if (this.#queue.length < VERSION_BYTES) return null;
    const match = /^RFB (\d{3})\.(\d{3})\n$/.exec(
      this.#queue.take(VERSION_BYTES).toString('latin1'),
    );
    if (match === null) throw new MalformedRFB('The screen source does not speak RFB.');
    const minor = match[1] === '003' ? Number(match[2]) : 8;
    // Apart from 3.7 and 3.8 and up, every number is to be treated as 3.3.
    this.#minor = minor >= 8 ? 8 : minor === 7 ? 7 : 3;
    this.#stage = this.#minor === 3 ? 'old-security' : 'security';
    return Buffer.from(`RFB 003.00${this.#minor}\n`, 'latin1');
  }

  #readSecurity(): Buffer | null {
    if (this.#queue.length < 1) return null;
    const count = this.#queue.u8(0);
    if (this.#queue.length < 1 + count) return null;
    const types = this.#queue.take(1 + count).subarray(1);
    if (count === 0) {
      this.#stage = 'refused';
      return Buffer.alloc(0);
    }
    if (!types.includes(SECURITY_NONE)) throw refusedSignIn();
    if (this.#minor === 8) {
      this.#stage = 'result';
      return Buffer.from([SECURITY_NONE]);
    }
    this.#stage = 'init';
    return Buffer.from([SECURITY_NONE, 1]);
  }

  #readOldSecurity(): Buffer | null {
    if (this.#queue.length < 4) return null;
    const type = this.#queue.take(4).readUInt32BE(0);
    if (type === 0) {
      this.#stage = 'refused';
      return Buffer.alloc(0);
    }
    if (type !== SECURITY_NONE) throw refusedSignIn();
    this.#stage = 'init';
    return Buffer.from([1]);
  }

  #readResult(): Buffer | null {
    if (this.#queue.length < 4) return null;
    if (this.#queue.take(4).readUInt32BE(0) !== 0) {
      this.#stage = 'refused';
      return Buffer.alloc(0);
    }
    this.#stage = 'init';
    return Buffer.from([1]); // ClientInit: shared, so that nobody else's view is cut off.
  }

  #readReason(): null {
    if (this.#queue.length < 4) return null;
    const length = this.#queue.u32(0);
    if (length > REASON_BYTES_MAX)
      throw new MalformedRFB('The screen source refuses without a reason.');
    if (this.#queue.length < 4 + length) return null;
    throw new RefusedByRFBServer('The screen source refused the connection.', {
      cause: this.#queue
        .take(4 + length)
        .subarray(4)
        .toString('latin1'),
    });
  }

  #readInit(): SourceHandshakeStep['done'] {
    const queue = this.#queue;
    if (queue.length < SERVER_INIT_BYTES) return null;
    const nameBytes = queue.u32(SERVER_INIT_BYTES - 4);
    if (nameBytes > NAME_BYTES_MAX) throw new MalformedRFB("The screen source's name is too long.");
    if (queue.length < SERVER_INIT_BYTES + nameBytes) return null;
    const size = { width: queue.u16(0), height: queue.u16(2) };
    queue.skip(SERVER_INIT_BYTES + nameBytes);
    return { size, rest: queue.take(queue.length) };
  }
}

function refusedSignIn(): RefusedByRFBServer {
  return new RefusedByRFBServer(
    'The screen source asks for a password. Let it accept local connections without one.',
  );
}
