/**
 * One reverse HTTP/2 connection: the cart dialled, the desk asks (docs/protocol.md, section 4).
 *
 * Everything that comes back is bounded in size and time. A peer that breaks a bound is not argued with: the
 * connection is destroyed and the broken rule reported once. It knows requests, not sessions.
 */
import { connect, constants } from 'node:http2';
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { problem } from '@chaperone/protocol/cart-api/schema.ts';
import { LIVENESS, WINDOWS } from '@chaperone/protocol/cart-api/version.ts';
import type { z } from 'zod';
import { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import { isModest } from './json-shape.ts';
import { sendBody } from './send-body.ts';
import { giveUpWhenStill } from './still-stream.ts';
import { StreamBody } from './stream-body.ts';
import { CartMisbehaved, CartRefusal, CartUnreachable } from './tunnel-error.ts';

/** Answers are JSON of at most 64 KiB unless the operation says otherwise (docs/protocol.md, section 4). */
export const ANSWER_BYTES_MAX = 64 * 1024;
/** How long a cart may take for one whole answer, milliseconds. */
const ANSWER_TIMEOUT_MS = 10_000;
/** How long nothing may move of a long body or its answer: the cart brings the file to its disk before it answers. Milliseconds. */
const LONG_STILL_MS = 60_000;
/** Header fields of one answer: a handful of short ones. */
const HEADER_PAIRS_MAX = 32;
const HEADER_LIST_BYTES_MAX = 8 * 1024;
/** MiB that Node may hold for one connection besides the windows. */
const SESSION_MEMORY_MIB = 8;
/** How finely silence is measured, milliseconds. */
const LOOK_EVERY_MS = 250;
/** PING and SETTINGS frames of a cart: one PING a second, and SETTINGS once. */
const FRAMES_BURST = 60;
const FRAMES_PER_SECOND = 5;
/** How long the end of a connection may be behind the end of its streams, milliseconds. */
const LAST_WORD_MS = 250;
/** A cart that names a longer wait is asked all the same: who looks at it wants to see it go on. */
const ASK_AGAIN_SECONDS_MAX = 10;
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;

export interface Ask {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly json?: object;
  readonly bytes?: Uint8Array;
  readonly timeoutMs?: number;
  readonly answerBytesMax?: number;
}

export interface OpenAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly status: number;
  readonly stream: ClientHttp2Stream;
  /** What came after the last byte; empty until then, and when nothing came. */
  readonly trailers: () => IncomingHttpHeaders;
}

export class Connection {
  readonly #session: ClientHttp2Session;
  readonly #socket: TLSSocket;
  readonly #ended = new AbortController();
  #heardMs = performance.now();
  #bytesRead = 0;
  #bytes = 0;
  #streamWindowBytes: number = WINDOWS.interactive.streamBytes;
  readonly #frames = new RateLimit({
    burst: FRAMES_BURST,
    perSecond: FRAMES_PER_SECOND,
    keysMax: 1,
    now: () => performance.now(),
  });
  #pingTimer: NodeJS.Timeout | undefined;
  #liveness: { readonly pingEveryMs: number; readonly lostAfterMs: number } = LIVENESS.otherwise;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    this.#session = connect('https://cart', {
      createConnection: () => socket,
      settings: {
        enablePush: false,
        initialWindowSize: WINDOWS.interactive.streamBytes,
        maxHeaderListSize: HEADER_LIST_BYTES_MAX,
      },
      maxHeaderListPairs: HEADER_PAIRS_MAX,
      maxSessionMemory: SESSION_MEMORY_MIB,
    });
    this.#session.on('error', (fault: Error & { readonly code?: string }) =>
      // A frame that no HTTP/2 peer may send, or too many of one that it may: found by the library.
      this.close(fault.code === 'ERR_HTTP2_ERROR' ? 'HTTP2_BROKEN' : 'connection-failed'),
    );
    this.#session.on('close', () => this.close('connection-closed'));
    // Each is answered, so each costs more than it cost the cart.
    this.#session.on('ping', () => this.#takeFrame());
    this.#session.on('remoteSettings', () => this.#takeFrame());
    // RFC 9113 §8.4: push was switched off, so a pushed stream is a violation.
    this.#session.on('stream', () => this.violate('PUSHED_STREAM'));
    this.#session.once('connect', () => this.#widen(WINDOWS.interactive.connectionBytes));
    this.#ping();
  }

  /** Aborted at the end; `reason` is a stable code. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Bytes that it has carried so far, both ways; also after its end. */
  get bytes(): number {
    const { bytesRead, bytesWritten } = this.#socket;
    this.#bytes = Math.max(this.#bytes, bytesRead + bytesWritten);
    return this.#bytes;
  }

  /** Opens the large windows once the connection has said that it is the bulk one. */
  becomeBulk(): void {
    this.setFileWindow(WINDOWS.bulk.streamBytes);
    if (!this.ended.aborted) this.#widen(WINDOWS.bulk.connectionBytes);
  }

  /** Sets what each stream may have under way towards the gateway, also of streams that are open (RFC 9113 §6.9.2). */
  setFileWindow(bytes: number): void {
    if (this.ended.aborted || this.#session.destroyed || bytes === this.#streamWindowBytes) return;
    this.#streamWindowBytes = bytes;
    this.#session.settings({
      enablePush: false,
      initialWindowSize: bytes,
      maxHeaderListSize: HEADER_LIST_BYTES_MAX,
    });
  }

  /** Measures a round trip with a PING, milliseconds; Infinity when the connection ends before. */
  async roundTrip(): Promise<number> {
    if (this.ended.aborted || this.#session.destroyed) return Infinity;
    return await new Promise((resolve) => {
      const asked = this.#session.ping((fault, ms) => resolve(fault === null ? ms : Infinity));
      if (!asked) resolve(Infinity);
    });
  }

  setInSession(inSession: boolean): void {
    this.#liveness = inSession ? LIVENESS.inSession : LIVENESS.otherwise;
    this.#heardMs = performance.now();
    clearTimeout(this.#pingTimer);
    this.#ping();
  }

  /** Ends the connection at once. */
  close(why: string): void {
    if (this.ended.aborted) return;
    clearTimeout(this.#pingTimer);
    // Counted once more while the socket still knows.
    this.#bytes = this.bytes;
    this.#ended.abort(why);
    this.#session.destroy();
    this.#socket.destroy();
  }

  /** Waits, once its streams have broken, for the reason of its end: HTTP/2 tells it a moment after them. */
  async lastWord(): Promise<void> {
    if (this.ended.aborted || !this.#session.destroyed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LAST_WORD_MS);
      const told = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.ended.addEventListener('abort', told, { once: true });
    });
  }

  /** Ends the connection for a broken rule, and gives the error to throw. */
  violate(rule: string, cause?: unknown): CartMisbehaved {
    this.close(rule);
    return new CartMisbehaved(rule, { cause });
  }

  /** Asks and reads a JSON answer of one shape. @throws CartUnreachable, CartRefusal, CartMisbehaved */
  async askFor<S extends z.ZodType>(schema: S, ask: Ask): Promise<z.infer<S>> {
    const { body } = await this.#whole(ask);
    return this.#parsed(schema, body);
  }

  /**
   * Asks with a long body, sent as fast as the cart takes it, and reads a JSON answer of one shape. An answer that comes
   * before the end of the body ends the sending.
   * @throws CartUnreachable, CartRefusal, CartMisbehaved, and what `body` throws
   */
  async sendFor<S extends z.ZodType>(
    schema: S,
    headers: OutgoingHttpHeaders,
    body: AsyncIterable<Uint8Array>,
    options: { readonly signal: AbortSignal; readonly onTaken: (bytes: number) => void },
  ): Promise<z.infer<S>> {
    const { signal } = options;
    const stream = this.#request(headers, false);
    giveUpWhenStill(stream, LONG_STILL_MS);
    const abort = (): void => stream.close(constants.NGHTTP2_CANCEL);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    // Read from its first byte: a peer that answers early and resets the rest (RFC 9113 §8.1) has answered.
    const answered = this.#answerOf(stream, null).then(async (answer) => {
      if (answer.status < 200 || answer.status >= 300) throw await this.#refusalOf(answer);
      return this.#parsed(schema, await this.#gather(stream, ANSWER_BYTES_MAX));
    });
    // Looked at below, once the body is out of the way.
    answered.catch(() => undefined);
    try {
      await sendBody(stream, body, options.onTaken);
      return await answered;
    } finally {
      signal.removeEventListener('abort', abort);
      if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
    }
  }

  #parsed<S extends z.ZodType>(schema: S, body: Buffer): z.infer<S> {
    if (!isModest(body)) throw this.violate('ANSWER_TOO_LARGE');
    let parsed: unknown;
    try {
      parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    } catch {
      throw this.violate('ANSWER_NOT_JSON');
    }
    const read = schema.safeParse(parsed);
    if (!read.success) throw this.violate('ANSWER_MALFORMED', faultOf(read.error));
    return read.data;
  }

  /** Asks for something that is answered with nothing. @throws CartUnreachable, CartRefusal, CartMisbehaved */
  async tell(ask: Ask): Promise<void> {
    await this.#whole(ask);
  }

  /**
   * Asks, and gives the answer's stream to the caller, who must read or destroy it.
   * @throws CartUnreachable, CartRefusal, CartMisbehaved
   */
  async open(
    headers: OutgoingHttpHeaders,
    signal: AbortSignal,
    endStream: boolean,
  ): Promise<OpenAnswer> {
    const stream = this.#request(headers, endStream);
    const abort = (): void => stream.close(constants.NGHTTP2_CANCEL);
    signal.addEventListener('abort', abort, { once: true });
    stream.once('close', () => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
    const answer = await this.#answerOf(stream, ANSWER_TIMEOUT_MS);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw await this.#refusalOf(answer);
  }

  async #whole(ask: Ask): Promise<{ readonly body: Buffer }> {
    const timeoutMs = ask.timeoutMs ?? ANSWER_TIMEOUT_MS;
    const body = ask.json === undefined ? ask.bytes : Buffer.from(JSON.stringify(ask.json));
    const headers: OutgoingHttpHeaders = {
      ':method': ask.method,
      ':path': ask.path,
      ...ask.headers,
    };
    if (ask.json !== undefined) headers['content-type'] = 'application/json';
    if (body !== undefined) headers['content-length'] = body.length;
    const stream = this.#request(headers, body === undefined);
    if (body !== undefined) stream.end(body);
    const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), timeoutMs);
    try {
      const answer = await this.#answerOf(stream, timeoutMs);
      if (answer.status < 200 || answer.status >= 300) throw await this.#refusalOf(answer);
      return { body: await this.#gather(stream, ask.answerBytesMax ?? ANSWER_BYTES_MAX) };
    } finally {
      clearTimeout(timer);
      if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
    }
  }

  #request(headers: OutgoingHttpHeaders, endStream: boolean): ClientHttp2Stream {
    if (this.ended.aborted || this.#session.destroyed) throw unreachable();
    let stream: ClientHttp2Stream;
    try {
      stream = this.#session.request(headers, { endStream });
    } catch (cause) {
      // The cart has said goodbye (GOAWAY): it takes no new requests.
      throw unreachable(cause);
    }
    // The waits below look at `close`; without this a reset would be an uncaught error.
    stream.on('error', () => undefined);
    return stream;
  }

  /** @param timeoutMs null where something else bounds the wait */
  async #answerOf(stream: ClientHttp2Stream, timeoutMs: number | null): Promise<OpenAnswer> {
    return await new Promise((resolve, reject) => {
      const late = (): void => stream.close(constants.NGHTTP2_CANCEL);
      const timer = timeoutMs === null ? undefined : setTimeout(late, timeoutMs);
      stream.once('response', (headers) => {
        clearTimeout(timer);
        // Listened for at once: of a short answer they come in the same turn, before whoever waits here goes on.
        let trailers: IncomingHttpHeaders = {};
        stream.once('trailers', (sent) => (trailers = sent));
        resolve({ headers, status: Number(headers[':status']), stream, trailers: () => trailers });
      });
      stream.once('close', () => {
        clearTimeout(timer);
        void this.lastWord().then(() => reject(unreachable()));
      });
    });
  }

  async #gather(stream: ClientHttp2Stream, bytesMax: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of new StreamBody(stream)) {
        length += chunk.length;
        if (length > bytesMax) throw this.violate('ANSWER_TOO_LONG');
        chunks.push(chunk);
      }
    } catch (fault) {
      if (fault instanceof CartMisbehaved) throw fault;
      await this.lastWord();
      throw unreachable(fault);
    }
    // A stream that was cut off ends like a whole one; its reset code tells them apart.
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) throw unreachable();
    return Buffer.concat(chunks);
  }

  async #refusalOf(answer: OpenAnswer): Promise<CartRefusal | CartMisbehaved> {
    const body = await this.#gather(answer.stream, ANSWER_BYTES_MAX);
    try {
      const { code, preparation } = problem.parse(JSON.parse(body.toString('utf8')));
      if (!CODE.test(code)) return this.violate('REFUSAL_MALFORMED');
      const askAgainMs = waitOf(answer.headers['retry-after']);
      const told = preparation === undefined ? null : { ...preparation, askAgainMs };
      return new CartRefusal(answer.status, code, told);
    } catch {
      // Said below: a refusal that is no problem document is against the protocol.
    }
    return this.violate('REFUSAL_MALFORMED');
  }

  #takeFrame(): void {
    if (!this.#frames.take('')) this.close('FRAMES_FLOODED');
  }

  #widen(connectionBytes: number): void {
    if (!this.#session.destroyed) this.#session.setLocalWindowSize(connectionBytes);
  }

  /**
   * Asks whether the peer is there, and gives it up when it was silent for too long, not only at the next question. Any
   * byte that came counts as an answer: a PING may wait behind a file.
   */
  #ping(): void {
    if (this.ended.aborted) return;
    if (this.#session.destroyed) return this.close('connection-closed');
    this.#session.ping(() => undefined);
    const askedMs = performance.now();
    const look = (): void => {
      if (this.ended.aborted) return;
      // A cart that says goodbye (GOAWAY) and does not hang up leaves a session that is over and was never closed.
      if (this.#session.destroyed) return this.close('connection-closed');
      const nowMs = performance.now();
      const { bytesRead } = this.#socket;
      if (bytesRead !== this.#bytesRead) this.#heardMs = nowMs;
      this.#bytesRead = bytesRead;
      const silentMs = nowMs - this.#heardMs;
      const { pingEveryMs, lostAfterMs } = this.#liveness;
      if (silentMs >= lostAfterMs) return this.close('peer-silent');
      if (nowMs - askedMs >= pingEveryMs) return this.#ping();
      this.#pingTimer = setTimeout(look, Math.min(LOOK_EVERY_MS, lostAfterMs - silentMs)).unref();
    };
    this.#pingTimer = setTimeout(look, LOOK_EVERY_MS).unref();
  }
}

/** How long a cart wants to be left alone, within what is sensible. @see RFC 9110 section 10.2.3 */
function waitOf(header: string | undefined): number {
  const seconds = /^\d{1,6}$/.test(header ?? '') ? Number(header) : 1;
  return Math.min(Math.max(seconds, 1), ASK_AGAIN_SECONDS_MAX) * 1000;
}

/** Says where an answer is wrong. The schema's own error repeats what the cart sent, which is for no log. */
function faultOf({ issues: [first] }: z.ZodError): Error {
  return new Error(`${first?.code} at "${first?.path.join('.')}"`);
}

function unreachable(cause?: unknown): CartUnreachable {
  return new CartUnreachable('The cart is not connected, or the connection was lost.', { cause });
}
