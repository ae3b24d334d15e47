/**
 * What the viewer has asked for, kept so that each new connection to the source can be told again.
 */
import type { ClientMessage } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import {
  isSamePixelFormat,
  TRUE_COLOUR_32,
  type PixelFormat,
} from '@chaperone/protocol/rfb/pixel-format.ts';
import type { FramebufferSize } from '@chaperone/protocol/rfb/server-message.ts';
import { ViewerNotCapable } from '../screen-error.ts';
import { chooseSourceEncodings } from './source-encodings.ts';

type ContinuousUpdates = Extract<ClientMessage, { type: 'continuous-updates' }>;

export class ViewerWishes {
  readonly #takesKeyCodes: boolean;
  readonly #isReEncoded: boolean;
  /** Encodings ever asked of the source: an answer to an earlier choice may still be under way. */
  readonly #asked = new Set<number>(chooseSourceEncodings([], false, false));
  #format: PixelFormat = TRUE_COLOUR_32;
  #encodings: readonly number[] = [];
  #continuous: ContinuousUpdates | null = null;
  #hasRequested = false;

  /**
   * @param takesKeyCodes whether keys may come with the code of the key beside what it means
   * @param isReEncoded whether the source is the cart's own re-encoder
   */
  constructor(takesKeyCodes: boolean, isReEncoded: boolean) {
    this.#takesKeyCodes = takesKeyCodes;
    this.#isReEncoded = isReEncoded;
  }

  get format(): PixelFormat {
    return this.#format;
  }

  /** Whether the viewer has asked for a picture, so that it has one to be covered. */
  get hasRequested(): boolean {
    return this.#hasRequested;
  }

  /** Tells whether the source was asked to use this encoding. */
  hasAskedFor(encoding: number): boolean {
    return this.#asked.has(encoding);
  }

  /**
   * Takes the viewer's pixel format and tells whether it is new. Once pictures are under way it cannot
   * change: pixels in the old format could not be told from those in the new one.
   *
   * @throws ViewerNotCapable
   */
  setFormat(format: PixelFormat): boolean {
    if (isSamePixelFormat(format, this.#format)) return false;
    if (this.#hasRequested) {
      throw new ViewerNotCapable('A viewer chooses its pixel format before it asks for a picture.');
    }
    this.#format = format;
    return true;
  }

  /** Takes the viewer's encodings and returns what to tell the source. */
  setEncodings(encodings: readonly number[]): ClientMessage {
    this.#encodings = chooseSourceEncodings(encodings, this.#takesKeyCodes, this.#isReEncoded);
    for (const encoding of this.#encodings) this.#asked.add(encoding);
    return { type: 'set-encodings', encodings: this.#encodings };
  }

  /** Notes that the viewer asked for an update. */
  setRequested(): void {
    this.#hasRequested = true;
  }

  /** Notes that the viewer switched continuous updates on or off. */
  setContinuous(message: ContinuousUpdates): void {
    this.#continuous = message;
    this.#hasRequested = true;
  }

  /** Returns what a new source must be told so that the viewer goes on with a whole picture. */
  replay(size: FramebufferSize): ClientMessage[] {
    const area = { x: 0, y: 0, width: size.width, height: size.height };
    const messages: ClientMessage[] = [];
    if (this.#encodings.includes(ENCODING.raw)) {
      messages.push({ type: 'set-encodings', encodings: this.#encodings });
    }
    if (this.#continuous?.enable === true) messages.push({ ...this.#continuous, area });
    if (this.#hasRequested) messages.push({ type: 'update-request', incremental: false, area });
    return messages;
  }
}
