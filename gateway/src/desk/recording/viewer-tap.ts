/**
 * Hears what a viewer says to the cart: where its messages end, and in which form it wants pixels. What the technician types and
 * clicks is not looked at.
 */
import { ClientMessageParser } from '@chaperone/protocol/rfb/client-message.ts';
import { TRUE_COLOUR_32, isSamePixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import { ScreenNotRecordable, recordable } from './recording-error.ts';

/** RFC 6143 §7.1: the viewer's version (12), its choice of security (1), and whether it shares (1). */
const VIEWER_HANDSHAKE_BYTES = 14;

/** What noVNC asks for: 32 bits, red first in memory. */
export const NOVNC_FORMAT: PixelFormat = { ...TRUE_COLOUR_32, redShift: 0, blueShift: 16 };

export class ViewerTap {
  readonly #messages = new ClientMessageParser();
  readonly #onFormat: (format: PixelFormat) => void;
  #handshakeBytes = VIEWER_HANDSHAKE_BYTES;
  #format = TRUE_COLOUR_32;

  /** @param onFormat is told of each change of the form of pixels */
  constructor(onFormat: (format: PixelFormat) => void) {
    this.#onFormat = onFormat;
  }

  /** Whether another message may be put in between what the viewer says. */
  get isBetweenMessages(): boolean {
    return this.#handshakeBytes === 0 && this.#messages.isBetweenMessages;
  }

  /** @throws ScreenNotRecordable, and what the listener throws */
  hear(bytes: Uint8Array): void {
    recordable(() => {
      const skipped = Math.min(this.#handshakeBytes, bytes.length);
      this.#handshakeBytes -= skipped;
      if (skipped === bytes.length) return;
      this.#messages.push(bytes.subarray(skipped));
      for (let said = this.#messages.next(); said !== null; said = this.#messages.next())
        if (said.type === 'set-pixel-format') this.#setFormat(said.format);
    });
  }

  #setFormat(format: PixelFormat): void {
    if (isSamePixelFormat(format, this.#format)) return;
    const isKnown =
      isSamePixelFormat(format, NOVNC_FORMAT) || isSamePixelFormat(format, TRUE_COLOUR_32);
    if (!isKnown) throw foreignFormat();
    this.#onFormat(format);
    this.#format = format;
  }
}

/** Why pixels of another form, or a change of it under way, end the screen. */
export function foreignFormat(): ScreenNotRecordable {
  return new ScreenNotRecordable(
    'This viewer asks for pixels in a form that cannot be recorded. Use the console.',
  );
}
