// Goal: a picture comes back as it was written, and whatever else is no picture. Method: properties; Chromium and other readers are
// not asked, so the file is held against zlib and the layout of RFC 2083 by hand.
import { deepEqual, equal } from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import { test } from 'node:test';
import fc from 'fast-check';
import { readOwnPNG, writePNG } from './png.ts';

const picture = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
  .chain(([width, height]) =>
    fc
      .uint32Array({ minLength: width * height, maxLength: width * height, max: 0xff_ffff })
      .map((pixels) => ({ width, height, pixels })),
  );

test('what is written is read again', () => {
  fc.assert(
    fc.property(picture, (written) => {
      const read = readOwnPNG(writePNG(written));
      deepEqual(read?.pixels, written.pixels);
      deepEqual([read?.width, read?.height], [written.width, written.height]);
    }),
  );
});

test('RFC 2083: signature, IHDR, rows of a filter type and three bytes a pixel', () => {
  const png = writePNG({ width: 2, height: 1, pixels: Uint32Array.of(0x01_0203, 0xff_0000) });
  equal(png.subarray(1, 4).toString('latin1'), 'PNG');
  equal(png.toString('latin1', 12, 16), 'IHDR');
  const length = png.readUInt32BE(33);
  const rows = inflateSync(png.subarray(41, 41 + length));
  deepEqual([...rows], [0, 1, 2, 3, 255, 0, 0]);
});

test('anything else gives nothing and throws nothing', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => readOwnPNG(Buffer.from(bytes)) === null));
  fc.assert(
    fc.property(picture, fc.nat(), fc.integer({ min: 1, max: 255 }), (written, at, by) => {
      const png = writePNG(written);
      const place = at % png.length;
      png[place] = (png[place] ?? 0) ^ by;
      return readOwnPNG(png) === null;
    }),
  );
});
