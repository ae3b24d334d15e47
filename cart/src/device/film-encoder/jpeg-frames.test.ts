/**
 * Goal: images come out whole, however the bytes arrive, and what is no image is refused.
 * Method: images of a real ffmpeg cut at every place, made-up segments, and arbitrary bytes as a property.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { MalformedVideo } from './flv.ts';
import { JPEGFrames } from './jpeg-frames.ts';

/** Three images of a moving test pattern, one after another. */
function images(): Buffer {
  const source = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=3:duration=1'];
  const output = ['-c:v', 'mjpeg', '-f', 'image2pipe', 'pipe:1'];
  const { stdout, status } = spawnSync('/usr/bin/ffmpeg', [
    ...['-loglevel', 'error'],
    ...source,
    ...output,
  ]);
  assert.equal(status, 0);
  return stdout;
}

test('images come out one by one, wherever the stream is cut', () => {
  const stream = images();
  const whole = [...new JPEGFrames().push(stream)];
  assert.equal(whole.length, 3);
  assert.deepEqual(Buffer.concat(whole), stream);
  for (const step of [1, 7, 100]) {
    const frames = new JPEGFrames();
    const came: Buffer[] = [];
    for (let at = 0; at < stream.length; at += step) {
      came.push(...frames.push(stream.subarray(at, at + step)));
    }
    assert.deepEqual(came, whole, `${step} bytes at a time`);
  }
});

test('an end of image inside of a segment or behind a stuffed byte is none', () => {
  const comment = Buffer.from('fffe0006ffd9ffd9', 'hex');
  const scan = Buffer.from('ffda0002' + 'ff00d9' + 'ffd0ff00' + 'ffd9', 'hex');
  const image = Buffer.concat([Buffer.from('ffd8', 'hex'), comment, scan]);
  assert.deepEqual([...new JPEGFrames().push(Buffer.concat([image, image]))], [image, image]);
});

test('what is no image is refused, whatever it is', () => {
  for (const hex of ['00', 'ffd8ffd8', 'ffd8fffe0001', 'ffd9', 'ffe00004aaaa']) {
    const bytes = Buffer.from(`${hex}0000`, 'hex');
    assert.throws(() => [...new JPEGFrames().push(bytes)], MalformedVideo);
  }
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (chunks) => {
      const frames = new JPEGFrames();
      try {
        for (const chunk of chunks) assert.ok([...frames.push(Buffer.from(chunk))].length < 800);
      } catch (error) {
        assert.ok(error instanceof MalformedVideo);
      }
    }),
  );
});
