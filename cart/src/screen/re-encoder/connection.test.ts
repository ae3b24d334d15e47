/**
 * Goal: whatever a source or a viewer says, the re-encoder keeps its limits: nothing half drawn is shown, nothing stale is
 * kept, sizes are followed, input arrives to its end, and a wrong source ends the screen.
 * Method: scripted sources that say exactly what a case needs, and a decoding viewer behind the relay.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { desktopNameOf } from '@chaperone/protocol/rfb/picture-state.ts';
import { writeRectangleHeader, writeUpdateHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { openForTest, type OpenedScreen } from '../testing/opened-screen.ts';
import { ScriptedSource, type ScriptedConnection } from '../testing/scripted-source.ts';
import { reEncoded } from './re-encoder.ts';

const SIZE = { width: 100, height: 50 };
const TIGHT = [
  ENCODING.tight,
  ENCODING.desktopSize,
  ENCODING.lastRect,
  ENCODING.desktopName,
  ENCODING.cursor,
];
const MODERN = [ENCODING.fence, ENCODING.continuousUpdates];

function raw(level: number, area = { x: 0, y: 0, ...SIZE }): Buffer {
  const pixels = Buffer.alloc(area.width * area.height * 4, level);
  return Buffer.concat([writeRectangleHeader(area, ENCODING.raw), pixels]);
}

function update(...rectangles: Buffer[]): Buffer {
  return Buffer.concat([writeUpdateHeader(rectangles.length), ...rectangles]);
}

/** Opens a viewer of a source that answers each whole request with these bytes. */
async function open(
  t: TestContext,
  answer: (connection: ScriptedConnection) => Buffer,
  encodings: readonly number[] = TIGHT,
  size = SIZE,
): Promise<{ source: ScriptedSource; opened: OpenedScreen }> {
  const source = new ScriptedSource(size, (message, connection) => {
    if (message.type !== 'update-request' || message.incremental) return;
    connection.stream.write(answer(connection));
  });
  const opened = openForTest(t, reEncoded(source, { videoProgram: null }), ['view', 'control'], {
    viewerStallMs: 400,
  });
  await opened.viewer.start(encodings);
  return { source, opened };
}

function streamOf(source: ScriptedSource): ScriptedConnection['stream'] {
  const [connection] = source.connections;
  assert.ok(connection);
  return connection.stream;
}

test('the source is asked for plain pixels in 32 bits, and for nothing that it could name', async (t) => {
  const { source, opened } = await open(t, () => update(raw(0x11)));
  await opened.viewer.nextUpdate();
  const heard = source.connections[0]?.heard ?? [];
  const format = heard.find(({ type }) => type === 'set-pixel-format');
  assert.ok(format?.type === 'set-pixel-format' && format.format.bitsPerPixel === 32);
  const asked = heard.findLast((message) => message.type === 'set-encodings');
  assert.deepEqual(asked?.encodings, [
    ENCODING.raw,
    ENCODING.cursor,
    ENCODING.desktopSize,
    ENCODING.extendedDesktopSize,
    ENCODING.lastRect,
  ]);
});

test('an update is shown when it is whole, and not before', async (t) => {
  const { source, opened } = await open(t, () => update(raw(0x11)));
  const { viewer } = opened;
  await viewer.until(() => viewer.names.at(-1) === desktopNameOf('exact'));
  const whole = update(
    raw(0x22, { x: 0, y: 0, width: 100, height: 25 }),
    raw(0x33, { x: 0, y: 25, width: 100, height: 25 }),
  );
  streamOf(source).write(whole.subarray(0, whole.length - 4));
  // The same stream answers in order: a bell after what came would have followed any pixels.
  opened.viewer.send({ type: 'pointer', buttons: 0, x: 1, y: 1 });
  await source.until(
    () => source.connections[0]?.heard.some(({ type }) => type === 'pointer') === true,
  );
  assert.equal(viewer.pixel(0, 0), 0x11_1111);
  streamOf(source).write(whole.subarray(whole.length - 4));
  await viewer.until(() => viewer.pixel(0, 0) === 0x22_2222);
  assert.equal(viewer.pixel(99, 49), 0x33_3333);
});

test('zero-sized rectangles and empty updates do no harm; another size is followed', async (t) => {
  const larger = { width: 130, height: 70 };
  const { source, opened } = await open(t, (connection) => {
    const isResized = connection.heard.some(
      (message) => message.type === 'update-request' && message.area.width === larger.width,
    );
    return update(raw(isResized ? 0x44 : 0x11, { x: 0, y: 0, ...(isResized ? larger : SIZE) }));
  });
  const { viewer } = opened;
  await viewer.until(() => viewer.pixel(99, 49) === 0x11_1111);
  const screens = Buffer.concat([Buffer.from([1, 0, 0, 0]), Buffer.alloc(16)]);
  streamOf(source).write(
    Buffer.concat([
      update(),
      update(
        raw(0, { x: 100, y: 50, width: 0, height: 0 }),
        raw(0, { x: 0, y: 0, width: 100, height: 0 }),
      ),
      update(
        Buffer.concat([
          writeRectangleHeader({ x: 0, y: 0, ...larger }, ENCODING.extendedDesktopSize),
          screens,
        ]),
      ),
    ]),
  );
  await viewer.until(() => viewer.width === 130 && viewer.pixel(129, 69) === 0x44_4444);
});

test('a hostile source ends the screen, and costs no memory', async (t) => {
  const huge = { x: 0, y: 0, width: 16_384, height: 16_384 };
  const cases: [string, Buffer][] = [
    ['unknown message', Buffer.of(9)],
    ['outside', update(raw(0, { x: 90, y: 0, width: 20, height: 1 }))],
    [
      'unasked encoding',
      update(
        Buffer.concat([
          writeRectangleHeader({ x: 0, y: 0, width: 1, height: 1 }, ENCODING.copyRect),
          Buffer.alloc(4),
        ]),
      ),
    ],
    ['a huge size', update(writeRectangleHeader(huge, ENCODING.desktopSize))],
    [
      'a name',
      update(
        Buffer.concat([
          writeRectangleHeader({ x: 0, y: 0, width: 0, height: 0 }, ENCODING.desktopName),
          Buffer.from([0, 0, 0, 1, 65]),
        ]),
      ),
    ],
  ];
  for (const [name, bytes] of cases) {
    const { opened } = await open(t, () => bytes);
    const end = await opened.screen.done;
    assert.equal(end.reason, 'source-lost', name);
    assert.deepEqual(opened.viewer.names, [], name);
  }
  const source = new ScriptedSource({ width: 16_384, height: 16_384 }, () => undefined);
  const opened = openForTest(t, reEncoded(source, { videoProgram: null }), ['view']);
  assert.equal((await opened.screen.done).reason, 'source-malformed');
});

test('a viewer that does not read is ended, holds a bounded amount, and the source goes on', async (t) => {
  const size = { width: 1280, height: 1024 };
  const { source, opened } = await open(
    t,
    () => update(noise(size)),
    [ENCODING.raw, ENCODING.desktopSize],
    size,
  );
  opened.viewerStream.pause();
  const flood = setInterval(() => streamOf(source).write(update(noise(size))), 20);
  t.after(() => clearInterval(flood));
  const before = process.memoryUsage().arrayBuffers;
  const end = await opened.screen.done;
  clearInterval(flood);
  assert.equal(end.error?.name, 'ViewerStalled');
  assert.ok(end.counts.bytesToViewer < 8 * 1024 * 1024, String(end.counts.bytesToViewer));
  assert.ok(process.memoryUsage().arrayBuffers - before < 200 * 1024 * 1024);
});

test('a source that rings, or says nothing in many updates, while the viewer does not read costs no memory', async (t) => {
  const size = { width: 1280, height: 1024 };
  const source = new ScriptedSource(size, (message, { stream }) => {
    if (message.type === 'update-request' && !message.incremental)
      stream.write(update(noise(size)));
  });
  const opened = openForTest(t, reEncoded(source, { videoProgram: null }), ['view']);
  await opened.viewer.start([ENCODING.raw, ENCODING.desktopSize]);
  opened.viewerStream.pause();
  const requests = (): number =>
    (source.connections[0]?.heard ?? []).filter(({ type }) => type === 'update-request').length;
  while (!opened.relayStream.writableNeedDrain) await new Promise(setImmediate);
  const [before, asked] = [heldBytes(), requests()];
  for (let round = 0; round < 40; round += 1) {
    await said(source, Buffer.alloc(10_000, 2));
    await said(source, Buffer.concat(Array<Buffer>(1_000).fill(update())));
  }
  const grown = heldBytes() - before;
  assert.ok(grown < 10 * 1024 * 1024, String(grown));
  await pause(300);
  const heard = requests() - asked;
  assert.ok(heard < 100, String(heard));
});

/** Bytes of JavaScript's own memory that are in use. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** Writes to the viewer of a source, and waits until that has read it. */
async function said(source: ScriptedSource, bytes: Buffer): Promise<void> {
  await new Promise((resolve) => streamOf(source).write(bytes, resolve));
}

function noise({ width, height }: { width: number; height: number }): Buffer {
  const area = { x: 0, y: 0, width, height };
  return Buffer.concat([
    writeRectangleHeader(area, ENCODING.raw),
    Buffer.alloc(width * height * 4, Math.floor(Math.random() * 250)),
  ]);
}

test('a viewer that answers no fence gets no second picture, but is told that its own is not exact', async (t) => {
  const { source, opened } = await open(t, () => update(raw(0x11)), [...TIGHT, ...MODERN]);
  const { viewer } = opened;
  viewer.answersFences = false;
  await viewer.until(() => viewer.names.at(-1) === desktopNameOf('exact'));
  for (let level = 0x20; level < 0x40; level += 1) streamOf(source).write(update(raw(level)));
  await viewer.until(() => viewer.names.at(-1) === desktopNameOf('moving'));
  assert.equal(viewer.pixel(0, 0), 0x11_1111);
});

test('what is held down is released at the source when the screen ends', async (t) => {
  const { source, opened } = await open(t, () => update(raw(0x11)));
  await opened.viewer.nextUpdate();
  opened.viewer.send({ type: 'key', down: true, keysym: 65 });
  opened.viewer.send({ type: 'pointer', buttons: 1, x: 20, y: 20 });
  const heard = () =>
    (source.connections[0]?.heard ?? []).filter(({ type }) => type === 'key' || type === 'pointer');
  await source.until(() => heard().length === 2);
  opened.ending.abort();
  await source.until(() => heard().length === 4);
  assert.deepEqual(heard().slice(2), [
    { type: 'key', down: false, keysym: 65 },
    { type: 'pointer', buttons: 0, x: 20, y: 20 },
  ]);
});

test('Pause covers and cuts the source; afterwards ZRLE and Tight go on where they were', async (t) => {
  for (const encoding of [ENCODING.zrle, ENCODING.tight]) {
    const connections = new Set<ScriptedConnection>();
    const answer = (connection: ScriptedConnection): Buffer => {
      connections.add(connection);
      return update(raw(0x10 + 0x10 * connections.size));
    };
    const { opened } = await open(t, answer, [encoding, ENCODING.desktopSize]);
    const { viewer } = opened;
    for (const shade of [0x20, 0x30, 0x40]) {
      await viewer.until(() => viewer.pixel(99, 49) === shade * 0x01_0101);
      opened.isPaused = true;
      opened.screen.refresh();
      await viewer.until(() => viewer.pixels.every((pixel) => pixel === 0x1e_2632));
      opened.isPaused = false;
      opened.screen.refresh();
    }
  }
});

test('the cursor comes in the format of the viewer', async (t) => {
  const cursor = Buffer.concat([
    writeRectangleHeader({ x: 1, y: 1, width: 2, height: 1 }, ENCODING.cursor),
    Buffer.from('ff000000' + '0000ff00' + 'c0', 'hex'),
  ]);
  const { opened } = await open(t, () => update(cursor, raw(0x11)));
  await opened.viewer.until(() => opened.viewer.encodings.has(ENCODING.cursor));
});

test('a viewer that knows screens is told of them, and of another size with them', async (t) => {
  const larger = { width: 130, height: 70 };
  const { source, opened } = await open(
    t,
    (connection) => {
      const isResized = connection.heard.some(
        (message) => message.type === 'update-request' && message.area.width === larger.width,
      );
      return update(raw(isResized ? 0x44 : 0x11, { x: 0, y: 0, ...(isResized ? larger : SIZE) }));
    },
    [ENCODING.tight, ENCODING.extendedDesktopSize],
  );
  const { viewer } = opened;
  await viewer.until(() => viewer.pixel(99, 49) === 0x11_1111);
  assert.equal(viewer.layouts.at(-1)?.readUInt8(0), 1, 'one screen, when the source says nothing');
  const two = Buffer.alloc(4 + 2 * 16);
  two.writeUInt8(2, 0);
  two.writeUInt32BE(7, 4);
  two.writeUInt16BE(65, 12);
  const area = { x: 0, y: 0, ...larger };
  streamOf(source).write(
    update(Buffer.concat([writeRectangleHeader(area, ENCODING.extendedDesktopSize), two])),
  );
  await viewer.until(() => viewer.width === 130 && viewer.pixel(129, 69) === 0x44_4444);
  assert.deepEqual(viewer.layouts.at(-1), two, 'the screens of the source');
});

test('a viewer that follows no size is ended when there is another', async (t) => {
  const { source, opened } = await open(t, () => update(raw(0x11)), [ENCODING.tight]);
  const { viewer } = opened;
  await viewer.until(() => viewer.pixel(99, 49) === 0x11_1111);
  const larger = { x: 0, y: 0, width: 130, height: 70 };
  const resized = update(writeRectangleHeader(larger, ENCODING.desktopSize));
  streamOf(source).write(Buffer.concat([resized, update(raw(0x44, larger))]));
  const end = await opened.screen.done;
  assert.equal(end.error?.name, 'ViewerNotCapable');
});

test('what changes all the time at the top holds up nothing below it', async (t) => {
  const size = { width: 640, height: 640 };
  const top = { x: 0, y: 0, width: 640, height: 320 };
  const { source, opened } = await open(t, () => update(noise(size)), [ENCODING.raw], size);
  const { viewer } = opened;
  const below = { x: 0, y: 624, width: 640, height: 16 };
  await viewer.until(() => viewer.pixel(639, 639) !== 0);
  let level = 0;
  const flood = setInterval(() => streamOf(source).write(update(raw((level += 1) % 200, top))), 5);
  t.after(() => clearInterval(flood));
  streamOf(source).write(update(raw(0xee, below)));
  await viewer.until(() => viewer.pixel(639, 639) === 0xee_eeee);
});
