/**
 * One connection to a screen source, past its handshake.
 *
 * It lives from one Resume to the next Pause: pausing cuts it, so that the source draws for nobody. What went down through it goes
 * up with it: what the source cannot be told, or may not have taken in, is owed to it (see `owedReleases`).
 */
import type { Duplex } from 'node:stream';
import type { ClientMessage } from '@chaperone/protocol/rfb/client-message.ts';
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import {
  ServerMessageParser,
  type FramebufferSize,
  type ServerUnit,
} from '@chaperone/protocol/rfb/server-message.ts';
import { writeClientMessage } from '@chaperone/protocol/rfb/write-client-message.ts';
import { owedReleases } from '../input/owed-releases.ts';
import { PressedInput } from '../input/pressed-input.ts';
import { ScreenSourceLost } from '../screen-error.ts';
import type { ScreenSource } from '../source/source.ts';
import type { Greeted } from './greet-source.ts';

/** Time for a source to take in the release of what is held down; loopback needs far less. */
const LAST_WORDS_MS = 500;

/** Bytes that are read in one step, as from a socket. */
const READ_BYTES_MAX = 64 * 1024;

export interface LinkEvents {
  /** Bytes arrived: `next` may have units. */
  readonly onUnits: () => void;
  /** The source takes input again. */
  readonly onDrain: () => void;
  readonly onLost: (error: ScreenSourceLost) => void;
  /** Whether what a unit holds is read before the next one is asked for. */
  readonly readsAtOnce?: boolean;
}

export class SourceLink {
  readonly #stream: Duplex;
  readonly #source: ScreenSource;
  readonly #pressed = new PressedInput();
  readonly #parser: ServerMessageParser;
  /** The frame buffer's size when the connection began. */
  readonly initialSize: FramebufferSize;
  #isClosed = false;

  /** @throws MalformedRFB if the frame buffer's size is out of bounds */
  constructor(greeted: Greeted, format: PixelFormat, events: LinkEvents) {
    this.#stream = greeted.stream;
    this.#source = greeted.source;
    this.initialSize = greeted.size;
    try {
      this.#parser = new ServerMessageParser(greeted.size, format, events.readsAtOnce);
    } catch (error) {
      greeted.stream.destroy();
      throw error;
    }
    this.#parser.push(greeted.rest);
    this.setFormat(format);
    const onLost = (cause?: unknown): void => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.#stream.destroy();
      this.#owe();
      events.onLost(
        new ScreenSourceLost("The cart's screen source went away.", cause ? { cause } : {}),
      );
    };
    this.#stream.on('data', (bytes: Buffer) => {
      // A source in memory may write a whole picture at once; the parser's own memory stays that of a socket's reads.
      for (let at = 0; at < bytes.length; at += READ_BYTES_MAX) {
        this.#parser.push(bytes.subarray(at, at + READ_BYTES_MAX));
        events.onUnits();
      }
    });
    this.#stream.on('drain', events.onDrain);
    this.#stream.once('end', onLost);
    this.#stream.once('close', onLost);
    this.#stream.on('error', onLost);
  }

  /** The frame buffer's size after the units read so far. */
  get size(): FramebufferSize {
    return this.#parser.size;
  }

  /** Whether the source has more input waiting than it reads. */
  get isFull(): boolean {
    return this.#stream.writableNeedDrain;
  }

  /** Returns the next unit from the source, or null until more bytes arrive. @throws MalformedRFB */
  next(): ServerUnit | null {
    return this.#parser.next();
  }

  /** Chooses the source's pixel format; nothing may have been drawn yet. */
  setFormat(format: PixelFormat): void {
    this.#parser.setFormat(format);
    this.send({ type: 'set-pixel-format', format });
  }

  /** Says something to the source. */
  send(message: ClientMessage): void {
    if (this.#isClosed) return;
    this.#pressed.note(message);
    this.#stream.write(writeClientMessage(message));
  }

  /** Stops or starts reading from the source. */
  setFlowing(isFlowing: boolean): void {
    if (isFlowing) this.#stream.resume();
    else this.#stream.pause();
  }

  /**
   * Cuts the connection at once, unless there are last words or something is pressed: then nothing is read any more, and the
   * source gets a moment to take them in. A server that finds the line cut while it draws would drop them unread,
   * and with them the release of a button.
   */
  close(lastWords: readonly ClientMessage[]): void {
    if (this.#isClosed) return;
    for (const message of lastWords) this.send(message);
    const releases = this.#pressed.held();
    for (const message of releases) this.send(message);
    this.#isClosed = true;
    const stream = this.#stream;
    if (lastWords.length + releases.length === 0) {
      stream.destroy();
      return;
    }
    stream.removeAllListeners('data').removeAllListeners('drain').resume();
    stream.end();
    const timer = setTimeout(() => stream.destroy(), LAST_WORDS_MS);
    // It answers the end with its own once it has read everything before it.
    stream.once('end', () => stream.destroy());
    stream.once('close', () => {
      clearTimeout(timer);
      if (!stream.readableEnded) this.#owe();
    });
  }

  /** What one re-encoder owes to another is for that one's own connection to know. */
  #owe(): void {
    const { isReEncoded = false } = this.#source;
    if (!isReEncoded) owedReleases(this.#source).owe(this.#pressed.released());
  }
}
