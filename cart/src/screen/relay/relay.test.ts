/**
 * Goal: the relay shows what it may, covers it at once on Pause, ends cleanly whatever either side does, and
 * holds a bounded amount for a viewer that does not read.
 * Method: scripted sources that say exactly what a case needs, the demo source, and a recording viewer that
 * decodes what comes out.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { writeRectangleHeader, writeUpdateHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { writeFence } from '@chaperone/protocol/rfb/write-client-message.ts';
import { demoSource } from '../demo/demo-source.ts';
import { openForTest } from '../testing/opened-screen.ts';
import { TIGHT_ENCODINGS } from '../testing/recording-viewer.ts';
import { ScriptedSource, type ScriptedConnection } from '../testing/scripted-source.ts';

const SIZE = { width: 40, height: 30 };
const WHOLE = { x: 0, y: 0, ...SIZE };
const COVER = 0x1e2632;
const VIEW = ['view'] as const;
const CONTROL = ['view', 'control'] as const;

/** A Raw update of the whole frame buffer in one grey. */
function greyUpdate(level: number): Buffer {
  const pixels = Buffer.alloc(SIZE.width * SIZE.height * 4, level);
  return Buffer.concat([writeUpdateHeader(1), writeRectangleHeader(WHOLE, ENCODING.raw), pixels]);
}

/** A source that answers each whole-picture request, the nth connection in the nth grey. */
function greySource(): ScriptedSource {
  const source = new ScriptedSource(SIZE, (message, { stream }) => {
    if (message.type !== 'update-request' || message.incremental) return;
    stream.write(greyUpdate(0x10 * source.connections.length));
  });
  return source;
}

function firstOf(source: ScriptedSource): ScriptedConnection {
  const [connection] = source.connections;
  assert.ok(connection);
  return connection;
}

test('the first frame arrives, and only encodings that can be walked are asked of the source', async (t) => {
  const source = greySource();
  const opened = openForTest(t, source, VIEW);
  await opened.viewer.start([...TIGHT_ENCODINGS, 50, 16, -309, -258, -261, -307, -308, -312, -23]);
  await opened.viewer.nextUpdate();
  assert.equal(opened.viewer.pixel(39, 29), 0x101010);
  assert.equal(opened.firstFrames, 1);
  const asked = firstOf(source).heard.findLast((message) => message.type === 'set-encodings');
  assert.deepEqual(asked?.encodings, [1, 7, 0, -239, -223, -312, -23, -224]);
});

test('Pause covers the picture and cuts the source; Resume brings a fresh picture', async (t) => {
  const source = greySource();
  const opened = openForTest(t, source, VIEW);
  await opened.viewer.start();
  await opened.viewer.nextUpdate();
  opened.isPaused = true;
  opened.screen.refresh();
  await opened.viewer.until(() => opened.viewer.pixel(0, 0) === COVER);
  assert.ok(opened.viewer.pixels.every((pixel) => pixel === COVER));
  assert.ok(firstOf(source).stream.destroyed, 'the source is cut off');
  opened.viewer.request(false);
  await opened.viewer.nextUpdate();
  assert.ok(opened.viewer.pixels.every((pixel) => pixel === COVER));
  assert.equal(source.connections.length, 1, 'nothing is connected while paused');
  opened.isPaused = false;
  opened.screen.refresh();
  await opened.viewer.until(() => opened.viewer.pixel(0, 0) === 0x202020);
});

test('Pause in the middle of an update closes it at a rectangle and covers', async (t) => {
  const source = new ScriptedSource(SIZE, (message, { stream }) => {
    if (message.type !== 'update-request' || message.incremental) return;
    if (source.connections.length > 1) {
      stream.write(greyUpdate(0x20));
      return;
    }
    // Two rectangles are promised; the second one stays half sent.
    const top = { ...WHOLE, height: 10 };
    const rest = { ...WHOLE, y: 10, height: 20 };
    stream.write(
      Buffer.concat([
        writeUpdateHeader(2),
        writeRectangleHeader(top, ENCODING.raw),
        Buffer.alloc(SIZE.width * 10 * 4, 0x33),
        writeRectangleHeader(rest, ENCODING.raw),
        Buffer.alloc(500, 0x44),
      ]),
    );
  });
  const opened = openForTest(t, source, VIEW);
  await opened.viewer.start();
  await opened.viewer.until(() => opened.viewer.encodings.has(ENCODING.raw));
  opened.isPaused = true;
  opened.screen.refresh();
  await opened.viewer.nextUpdate();
  assert.ok(opened.viewer.pixels.every((pixel) => pixel === COVER));
  opened.isPaused = false;
  opened.screen.refresh();
  await opened.viewer.until(() => opened.viewer.pixel(0, 29) === 0x202020);
});

test('a viewer with nothing but Raw is covered too, and follows', async (t) => {
  const opened = openForTest(t, greySource(), VIEW);
  await opened.viewer.start([ENCODING.raw]);
  await opened.viewer.until(() => opened.viewer.pixel(39, 29) === 0x101010);
  opened.isPaused = true;
  opened.screen.refresh();
  await opened.viewer.until(() => opened.viewer.pixels.every((pixel) => pixel === COVER));
  opened.isPaused = false;
  opened.screen.refresh();
  await opened.viewer.until(() => opened.viewer.pixel(39, 29) === 0x202020);
});

test('a picture is whole again after many pauses, zlib streams and all', async (t) => {
  const opened = openForTest(t, demoSource(), VIEW);
  await opened.viewer.start();
  for (let round = 0; round < 5; round += 1) {
    await opened.viewer.until(() => opened.viewer.pixel(600, 2) !== COVER && !opened.isPaused);
    opened.isPaused = true;
    opened.screen.refresh();
    await opened.viewer.until(() => opened.viewer.pixels.every((pixel) => pixel === COVER));
    opened.isPaused = false;
    opened.screen.refresh();
    await opened.viewer.nextUpdate();
  }
});

test('a source of another size after a pause is followed', async (t) => {
  const source = greySource();
  const opened = openForTest(t, source, VIEW);
  await opened.viewer.start();
  await opened.viewer.nextUpdate();
  opened.isPaused = true;
  opened.screen.refresh();
  source.size = { width: 50, height: 35 };
  opened.isPaused = false;
  opened.screen.refresh();
  await opened.viewer.until(() => opened.viewer.width === 50 && opened.viewer.height === 35);
});

test('End destroys both sides before it returns', async (t) => {
  const source = greySource();
  const opened = openForTest(t, source, VIEW);
  await opened.viewer.start();
  await opened.viewer.nextUpdate();
  opened.ending.abort();
  assert.ok(opened.relayStream.destroyed);
  const end = await opened.screen.done;
  assert.equal(end.reason, 'ended');
  assert.equal(end.error, null);
  assert.ok(end.counts.frames >= 1);
  await turn();
  assert.ok(firstOf(source).stream.destroyed);
});

test('End while the source is still being connected', async (t) => {
  const source = new ScriptedSource(SIZE, () => undefined);
  const opened = openForTest(t, source, VIEW);
  opened.ending.abort();
  assert.ok(opened.relayStream.destroyed);
  assert.equal((await opened.screen.done).reason, 'ended');
});

test('corrupt RFB from the source ends the screen with a reason', async (t) => {
  const outside = { ...WHOLE, width: 41 };
  const cases: Buffer[] = [
    Buffer.from([9]),
    Buffer.concat([writeUpdateHeader(1), writeRectangleHeader(outside, ENCODING.raw)]),
    Buffer.concat([writeUpdateHeader(1), writeRectangleHeader(WHOLE, 5)]),
    // A known encoding that was not asked for.
    Buffer.concat([writeUpdateHeader(1), writeRectangleHeader(WHOLE, 16), Buffer.alloc(4)]),
  ];
  for (const corrupt of cases) {
    const source = new ScriptedSource(SIZE, (message, { stream }) => {
      if (message.type === 'update-request') stream.write(corrupt);
    });
    const opened = openForTest(t, source, VIEW);
    await opened.viewer.start();
    const end = await opened.screen.done;
    assert.equal(end.reason, 'source-malformed');
    assert.equal(end.error?.name, 'MalformedRFB');
    assert.ok(opened.relayStream.destroyed);
  }
});

test('a source that goes away, or was never there, ends the screen with a reason', async (t) => {
  const source = new ScriptedSource(SIZE, (message, { stream }) => {
    if (message.type === 'update-request') stream.destroy();
  });
  const lost = openForTest(t, source, VIEW);
  await lost.viewer.start();
  const end = await lost.screen.done;
  assert.equal(end.reason, 'source-lost');
  assert.equal(end.error?.name, 'ScreenSourceLost');
});

test('an unknown message from the viewer ends the screen', async (t) => {
  const opened = openForTest(t, greySource(), VIEW);
  await opened.viewer.start();
  opened.viewerStream.write(Buffer.from([99]));
  const end = await opened.screen.done;
  assert.equal(end.reason, 'viewer-refused');
  assert.equal(end.error?.name, 'MalformedRFB');
});

test('a viewer that changes its pixel format under way is refused', async (t) => {
  const opened = openForTest(t, greySource(), VIEW);
  await opened.viewer.start();
  await opened.viewer.nextUpdate();
  const channel = { redMax: 7, greenMax: 7, blueMax: 3, redShift: 0, greenShift: 3, blueShift: 6 };
  const format = { bitsPerPixel: 8, depth: 8, bigEndian: false, ...channel } as const;
  opened.viewer.send({ type: 'set-pixel-format', format });
  const end = await opened.screen.done;
  assert.equal(end.error?.name, 'ViewerNotCapable');
});

test('a viewer that never reads costs little and is ended', async (t) => {
  let written = 0;
  const source = new ScriptedSource({ width: 1280, height: 1024 }, (message, { stream }) => {
    if (message.type !== 'update-request') return;
    const area = { x: 0, y: 0, width: 1280, height: 1024 };
    const header = Buffer.concat([writeUpdateHeader(1), writeRectangleHeader(area, 0)]);
    const pixels = Buffer.alloc(1280 * 1024 * 4);
    const flood = (): void => {
      if (stream.destroyed) return;
      written += header.length + pixels.length;
      stream.write(header);
      stream.write(pixels, flood);
    };
    flood();
  });
  const opened = openForTest(t, source, VIEW, { viewerStallMs: 300 });
  await opened.viewer.start();
  opened.viewerStream.pause();
  const end = await opened.screen.done;
  assert.equal(end.error?.name, 'ViewerStalled');
  assert.ok(end.counts.bytesToViewer < 1024 * 1024, String(end.counts.bytesToViewer));
  assert.ok(written < 4 * 5_300_000, 'the source feels the back pressure');
});

test('a viewer that does not shake hands is ended', async (t) => {
  const opened = openForTest(t, greySource(), VIEW, { handshakeTimeoutMs: 200 });
  opened.viewerStream.removeAllListeners('data');
  assert.equal((await opened.screen.done).error?.name, 'ViewerStalled');
});

test('input reaches the source only under control, outside of regions, and while allowed', async (t) => {
  const source = greySource();
  const opened = openForTest(t, source, CONTROL);
  await opened.viewer.start();
  await opened.viewer.nextUpdate();
  opened.excluded = [{ x: 0, y: 0, width: 10, height: 10 }];
  opened.viewer.send({ type: 'key', down: true, keysym: 65 });
  opened.viewer.send({ type: 'pointer', buttons: 1, x: 20, y: 20 });
  opened.viewer.send({ type: 'pointer', buttons: 1, x: 5, y: 5 });
  await opened.untilRefused(1);
  opened.isInputAllowed = false;
  opened.screen.refresh();
  opened.viewer.send({ type: 'key', down: true, keysym: 66 });
  await opened.untilRefused(2);
  const heard = () =>
    firstOf(source).heard.filter(({ type }) => type === 'key' || type === 'pointer');
  await source.until(() => heard().length >= 4);
  assert.deepEqual(heard(), [
    { type: 'key', down: true, keysym: 65 },
    { type: 'pointer', buttons: 1, x: 20, y: 20 },
    { type: 'pointer', buttons: 0, x: 20, y: 20 },
    { type: 'key', down: false, keysym: 65 },
  ]);
  assert.deepEqual(opened.refused, ['pointer excluded', 'key not-allowed']);
  assert.equal(opened.screen.counts().inputsRefused, 2);
});

test("the cart's clipboard passes only to a technician with control", async (t) => {
  for (const activities of [VIEW, CONTROL]) {
    const source = new ScriptedSource(SIZE, (message, { stream }) => {
      if (message.type !== 'update-request' || message.incremental) return;
      stream.write(Buffer.from([3, 0, 0, 0, 0, 0, 0, 2, 80, 72]));
      stream.write(greyUpdate(0x10));
    });
    const opened = openForTest(t, source, activities);
    await opened.viewer.start();
    await opened.viewer.nextUpdate();
    assert.deepEqual(opened.viewer.cutTexts, activities === CONTROL ? ['PH'] : []);
  }
});

test('answers to fences of a source that is gone do not reach the next one', async (t) => {
  const source = new ScriptedSource(SIZE, (message, { stream }) => {
    if (message.type !== 'update-request' || message.incremental) return;
    stream.write(writeFence(0x8000_0001, Buffer.from([source.connections.length])));
    stream.write(greyUpdate(0x10 * source.connections.length));
  });
  const opened = openForTest(t, source, VIEW);
  await opened.viewer.start();
  await opened.viewer.nextUpdate();
  opened.isPaused = true;
  opened.screen.refresh();
  opened.isPaused = false;
  opened.screen.refresh();
  await opened.viewer.until(() => opened.viewer.pixel(0, 0) === 0x202020);
  opened.viewer.send({ type: 'fence', flags: 1, payload: Buffer.from([1]) });
  opened.viewer.send({ type: 'fence', flags: 1, payload: Buffer.from([2]) });
  const fences = () => source.connections[1]?.heard.filter(({ type }) => type === 'fence') ?? [];
  await source.until(() => fences().length > 0);
  assert.deepEqual(fences(), [{ type: 'fence', flags: 1, payload: Buffer.from([2]) }]);
});

test('whatever a viewer or a source says, the screen ends with one of its reasons', async (t) => {
  const heads = fc.constantFrom(
    [0, 0, 0, 1],
    [0, 0, 255, 255],
    [2],
    [3],
    [4],
    [5],
    [6],
    [150],
    [248],
  );
  const noise = fc.array(
    fc
      .tuple(heads, fc.uint8Array({ maxLength: 50 }))
      .map(([h, tail]) => Buffer.from([...h, ...tail])),
    { minLength: 1, maxLength: 6 },
  );
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(noise, fc.boolean(), async (pieces, isSource) => {
      const source = new ScriptedSource(SIZE, (message, { stream }) => {
        if (message.type !== 'update-request' || !isSource) return;
        for (const piece of pieces) stream.write(piece);
        stream.end();
      });
      const opened = openForTest(t, source, CONTROL);
      await opened.viewer.start().catch(() => undefined);
      if (!isSource) {
        for (const piece of pieces) opened.viewerStream.write(piece);
        opened.viewerStream.end();
      }
      const end = await opened.screen.done;
      ends.add(end.reason);
      assert.ok(opened.relayStream.destroyed);
    }),
    { numRuns: 60 },
  );
  assert.ok(ends.has('source-malformed') || ends.has('source-lost'));
});
