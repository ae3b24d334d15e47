/**
 * Goal: a whole PNG of a screen passes; whatever carries something beside its pixels, or is cut, spoilt, too large or another kind of
 * picture, is refused with its own error and within its memory. Method: pictures made chunk by chunk; each byte of a sound one
 * changed, and its every beginning; random bytes.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { SNAPSHOT_PIXELS_MAX, checkPNG } from './check-png.ts';
import { SnapshotNotPNG } from './snapshot-error.ts';
import { chunk, header, lines, makePNG, soundPNG } from './testing/make-png.ts';

const END = chunk('IEND', Buffer.alloc(0));
const pixels = (width: number, height: number, samples = 3): Buffer =>
  chunk('IDAT', deflateSync(lines(width, height, samples)));
const refused = async (bytes: Uint8Array, what: string): Promise<void> =>
  await assert.rejects(checkPNG(bytes), SnapshotNotPNG, what);

test('a sound picture passes, with what says how its colours are meant (PNG, section 11.3.2)', async () => {
  assert.deepEqual(await checkPNG(soundPNG(64, 48)), { width: 64, height: 48 });
  const withAlpha = makePNG(header(4, 3, { colour: 6 }), pixels(4, 3, 4), END);
  assert.deepEqual(await checkPNG(withAlpha), { width: 4, height: 3 });
  const sRGB = chunk('sRGB', Buffer.from([0]));
  assert.deepEqual(await checkPNG(makePNG(header(4, 3), sRGB, pixels(4, 3), END)), {
    width: 4,
    height: 3,
  });
});

test('nothing beside the pixels passes', async () => {
  const text = chunk('tEXt', Buffer.from('Comment\0Violetta Quartzheim'));
  const own = chunk('prVt', Buffer.alloc(100));
  for (const extra of [
    text,
    own,
    chunk('sRGB', Buffer.alloc(500)),
    chunk('eXIf', Buffer.alloc(8)),
  ]) {
    await refused(makePNG(header(4, 3), extra, pixels(4, 3), END), 'before the pixels');
    await refused(makePNG(header(4, 3), pixels(4, 3), extra, END), 'after the pixels');
  }
  const cHRM = chunk('cHRM', Buffer.from('Violetta Quartzheim, born 1955 I'));
  await refused(makePNG(header(4, 3), cHRM, cHRM, pixels(4, 3), END), 'in what is said twice');
  await refused(Buffer.concat([soundPNG(), Buffer.from('MZ')]), 'after the end');
  const more = chunk('IDAT', Buffer.concat([deflateSync(lines(4, 3)), Buffer.from('hidden')]));
  await refused(makePNG(header(4, 3), more, END), 'after the stream of pixels');
  const text2 = makePNG(header(4, 3), pixels(4, 3), text, pixels(4, 3), END);
  await refused(text2, 'pixels in two places');
});

test('another kind of picture, and one that is larger than it says, is refused', async () => {
  await refused(makePNG(header(4, 3, { depth: 16 }), pixels(4, 3), END), 'depth');
  await refused(makePNG(header(4, 3, { colour: 3 }), pixels(4, 3), END), 'palette');
  await refused(makePNG(header(4, 3, { interlace: 1 }), pixels(4, 3), END), 'interlaced');
  await refused(makePNG(header(0, 3), pixels(4, 3), END), 'no width');
  await refused(makePNG(header(5, 3), pixels(4, 3), END), 'too few pixels');
  await refused(makePNG(header(4, 2), pixels(4, 3), END), 'too many pixels');
  await refused(makePNG(header(SNAPSHOT_PIXELS_MAX, 2), pixels(4, 3), END), 'too large');
  const filter = lines(4, 3);
  filter[0] = 5;
  await refused(makePNG(header(4, 3), chunk('IDAT', deflateSync(filter)), END), 'filter');
  const bomb = chunk('IDAT', deflateSync(Buffer.alloc(50_000_000)));
  await refused(makePNG(header(4, 3), bomb, END), 'a bomb');
  await refused(makePNG(header(4, 3), END), 'no pixels');
  await refused(makePNG(pixels(4, 3), END), 'no header');
});

test('pixels in a multitude of pieces are refused before all of them are gone through', async () => {
  const empty = chunk('IDAT', Buffer.alloc(0));
  const many = Buffer.alloc(30_000_000, empty);
  const begun = performance.now();
  await refused(makePNG(header(4, 3), pixels(4, 3), many, END), 'two and a half million');
  assert(performance.now() - begun < 2000, 'nobody else waits for it');
});

test('a picture that is cut or spoilt anywhere is refused', async () => {
  const sound = soundPNG(6, 5);
  for (let at = 0; at < sound.length; at += 1) {
    await refused(sound.subarray(0, at), `cut at ${at}`);
    const spoilt = Buffer.from(sound);
    spoilt[at] = (spoilt[at] ?? 0) ^ 0x40;
    await refused(spoilt, `spoilt at ${at}`);
  }
});

test('arbitrary bytes are refused by its own error', async () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(bytes, fc.boolean(), async (random, hasHead) => {
      await refused(hasHead ? makePNG(header(4, 3), random) : random, 'random');
    }),
  );
});
