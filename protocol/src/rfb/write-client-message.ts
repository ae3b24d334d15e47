/**
 * Writes what a viewer says to an RFB server. The reverse of `ClientMessageParser`.
 *
 * @see RFC 6143 section 7.5; rfbproto for types 150, 248, 250, 251 and 255
 */
import type { ClientMessage, Rectangle } from './client-message.ts';
import { writePixelFormat } from './pixel-format.ts';

/** Writes one client message as its bytes. Clipboard text that was too long to keep becomes empty text. */
export function writeClientMessage(message: ClientMessage): Buffer {
  switch (message.type) {
    case 'set-pixel-format':
      return Buffer.concat([Buffer.from([0, 0, 0, 0]), writePixelFormat(message.format)]);
    case 'set-encodings':
      return writeSetEncodings(message.encodings);
    case 'update-request':
      return writeAreaMessage(3, message.incremental, message.area);
    case 'key': {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt8(4, 0);
      bytes.writeUInt8(message.down ? 1 : 0, 1);
      bytes.writeUInt32BE(message.keysym, 4);
      return bytes;
    }
    case 'pointer': {
      const bytes = Buffer.alloc(6);
      bytes.writeUInt8(5, 0);
      bytes.writeUInt8(message.buttons, 1);
      bytes.writeUInt16BE(message.x, 2);
      bytes.writeUInt16BE(message.y, 4);
      return bytes;
    }
    case 'cut-text': {
      const text = message.text ?? Buffer.alloc(0);
      const head = Buffer.alloc(8);
      head.writeUInt8(6, 0);
      head.writeInt32BE(message.extended ? -text.length : text.length, 4);
      return Buffer.concat([head, text]);
    }
    case 'continuous-updates':
      return writeAreaMessage(150, message.enable, message.area);
    case 'fence':
      return writeFence(message.flags, message.payload);
    case 'xvp':
      return Buffer.from([250, 0, 1, message.operation]);
    case 'set-desktop-size': {
      const bytes = Buffer.alloc(24);
      bytes.writeUInt8(251, 0);
      bytes.writeUInt16BE(message.width, 2);
      bytes.writeUInt16BE(message.height, 4);
      bytes.writeUInt8(1, 6);
      bytes.writeUInt16BE(message.width, 16);
      bytes.writeUInt16BE(message.height, 18);
      return bytes;
    }
    case 'extended-key': {
      const bytes = Buffer.alloc(12);
      bytes.writeUInt8(255, 0);
      bytes.writeUInt16BE(message.down ? 1 : 0, 2);
      bytes.writeUInt32BE(message.keysym, 4);
      bytes.writeUInt32BE(message.keycode, 8);
      return bytes;
    }
  }
}

/** The flag that marks a fence as to be answered. */
export const FENCE_REQUEST_FLAG = 0x8000_0000;

/** Writes a fence, which has one form in both directions. */
export function writeFence(flags: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(9 + payload.length);
  bytes.writeUInt8(248, 0);
  bytes.writeUInt32BE(flags, 4);
  bytes.writeUInt8(payload.length, 8);
  bytes.set(payload, 9);
  return bytes;
}

function writeSetEncodings(encodings: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * encodings.length);
  bytes.writeUInt8(2, 0);
  bytes.writeUInt16BE(encodings.length, 2);
  for (const [index, encoding] of encodings.entries()) bytes.writeInt32BE(encoding, 4 + 4 * index);
  return bytes;
}

function writeAreaMessage(kind: number, flag: boolean, area: Rectangle): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt8(kind, 0);
  bytes.writeUInt8(flag ? 1 : 0, 1);
  bytes.writeUInt16BE(area.x, 2);
  bytes.writeUInt16BE(area.y, 4);
  bytes.writeUInt16BE(area.width, 6);
  bytes.writeUInt16BE(area.height, 8);
  return bytes;
}
