// Goal: a picture's size is known before it is unpacked, whatever it is, and one that lies or ends is none.
// Method: the beginning of each format, pictures that say billions, random bytes.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { imageSizeOf } from './image-size.ts';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');
const PNG = hex('89504e470d0a1a0a 0000000d 49484452 00000280 000001e0 0806000000');
const GIF = hex('474946383961 8002 e001 00 00 00');
const JPEG = hex('ffd8 ffe0 0004 0000 ffff c0 0011 08 01e0 0280 03 000000000000');
const BMP = hex(`424d ${'00'.repeat(12)} 28000000 80020000 20feffff ${'00'.repeat(12)}`);
const LOSSY = hex(`52494646 00000000 57454250 56503820 00000000 000000 9d012a 8002 e001`);
const LOSSLESS = hex(`52494646 00000000 57454250 5650384c 00000000 2f 7fc27700 00000000`);
const EXTENDED = hex(`52494646 00000000 57454250 56503858 0a000000 00000000 7f0200 df0100`);

test('each format says its size', () => {
  const size = { width: 640, height: 480 };
  assert.deepEqual(imageSizeOf(PNG, 'png'), size);
  assert.deepEqual(imageSizeOf(GIF, 'gif'), size);
  assert.deepEqual(imageSizeOf(JPEG, 'jpeg'), size);
  assert.deepEqual(imageSizeOf(BMP, 'bmp'), size);
  assert.deepEqual(imageSizeOf(LOSSY, 'webp'), size);
  assert.deepEqual(imageSizeOf(LOSSLESS, 'webp'), size);
  assert.deepEqual(imageSizeOf(EXTENDED, 'webp'), size);
});

test('a few bytes that say billions are believed, and so refused by who asks', () => {
  const bomb = Uint8Array.from(PNG);
  bomb.set([0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff], 16);
  assert.deepEqual(imageSizeOf(bomb, 'png'), { width: 2_147_483_647, height: 2_147_483_647 });
});

test('random and cut bytes are a size or none', () => {
  const formats = fc.constantFrom('png', 'jpeg', 'gif', 'webp', 'bmp', 'zip');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), formats, (bytes, format) => {
      const size = imageSizeOf(bytes, format);
      assert.ok(size === null || (size.width > 0 && size.height > 0));
    }),
  );
});
