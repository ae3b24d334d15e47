/**
 * Goal: "exact" is said of nothing but a picture that the source itself has drawn, all of it, since it is there; what covers
 * for a pause or for a source that is away is never called so.
 * Method: scripted sources that owe a part of their picture, go away and come back; a decoding viewer behind the relay that
 * notes what it had when each name was said.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { desktopNameOf } from '@chaperone/protocol/rfb/picture-state.ts';
import { writeRectangleHeader, writeUpdateHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { openForTest, type OpenedScreen } from '../testing/opened-screen.ts';
import { ScriptedSource, type ScriptedConnection } from '../testing/scripted-source.ts';
import { reEncoded } from './re-encoder.ts';

const SIZE = { width: 100, height: 50 };
const WHOLE = { x: 0, y: 0, ...SIZE };
/** No tile ends at this row. */
const UPPER = { x: 0, y: 0, width: 100, height: 27 };
const LOWER = { x: 0, y: 27, width: 100, height: 23 };
const EXACT = desktopNameOf('exact');
const COVER = 0x1e_2632;

function drawn(area: typeof WHOLE, rgb: number): Buffer {
  const pixels = Buffer.from(new Uint32Array(area.width * area.height).fill(rgb).buffer);
  return Buffer.concat([writeUpdateHeader(1), writeRectangleHeader(area, ENCODING.raw), pixels]);
}

interface Scene {
  readonly source: ScriptedSource;
  readonly opened: OpenedScreen;
  /** The colours of the viewer's picture whenever it was told that it is exact. */
  readonly exact: ReadonlySet<number>[];
}

async function open(
  t: TestContext,
  onRequest: (connection: ScriptedConnection) => void,
): Promise<Scene> {
  const source = new ScriptedSource(SIZE, (message, connection) => {
    if (message.type === 'update-request' && !message.incremental) onRequest(connection);
  });
  const opened = openForTest(t, reEncoded(source, { videoProgram: null }), ['view']);
  const exact: ReadonlySet<number>[] = [];
  let names = 0;
  const { viewer } = opened;
  void viewer
    .until(() => {
      const isNew = viewer.names.length > names;
      names = viewer.names.length;
      if (isNew && viewer.names.at(-1) === EXACT) exact.push(new Set(viewer.pixels));
      return false;
    })
    .catch(() => undefined);
  await viewer.start([
    ...[ENCODING.tight, ENCODING.desktopSize, ENCODING.lastRect, ENCODING.desktopName],
    ...[ENCODING.fence, ENCODING.continuousUpdates],
  ]);
  return { source, opened, exact };
}

test('a picture of which the source owes a part is not exact, and is when the last pixel has come', async (t) => {
  const { source, opened, exact } = await open(t, ({ stream }) =>
    stream.write(drawn(UPPER, 0x11_2233)),
  );
  const { viewer } = opened;
  await viewer.until(() => viewer.pixel(0, 26) === 0x11_2233);
  assert.equal(viewer.names.at(-1), desktopNameOf('moving'));
  source.connections[0]?.stream.write(drawn(LOWER, 0x11_2233));
  await viewer.until(() => viewer.names.at(-1) === EXACT);
  assert.deepEqual(exact, [new Set([0x11_2233])]);
});

test('what covers for a source that was away is not exact when it is back, but what it draws is', async (t) => {
  let answers = true;
  const { source, opened, exact } = await open(t, ({ stream }) => {
    if (answers) stream.write(drawn(WHOLE, 0x11_2233));
  });
  const { viewer } = opened;
  await viewer.until(() => viewer.names.at(-1) === EXACT);
  answers = false;
  source.connections[0]?.stream.destroy();
  await viewer.until(() => viewer.pixel(99, 49) === COVER);
  await source.until(
    () => source.connections[1]?.heard.some(({ type }) => type === 'update-request') === true,
  );
  // The viewer asks for all of it while only the cover is there.
  viewer.request(false);
  const before = viewer.updates;
  await viewer.until(() => viewer.updates > before);
  source.connections[1]?.stream.write(drawn(UPPER, COVER));
  source.connections[1]?.stream.write(drawn({ ...UPPER, height: 1 }, 0x44_5566));
  await viewer.until(() => viewer.pixel(0, 0) === 0x44_5566);
  assert.equal(viewer.names.at(-1), desktopNameOf('moving'));
  // It draws what the cover looks like already: nothing changes, and now it is its own.
  source.connections[1]?.stream.write(drawn(LOWER, COVER));
  await viewer.until(() => viewer.names.at(-1) === EXACT);
  assert.deepEqual(exact, [new Set([0x11_2233]), new Set([0x44_5566, COVER])]);
});

test('what a pause covers with is not exact, nor is it after Resume until the picture is there again', async (t) => {
  const { opened, exact } = await open(t, ({ stream }) => stream.write(drawn(WHOLE, 0x11_2233)));
  const { viewer } = opened;
  for (let round = 1; round <= 3; round += 1) {
    await viewer.until(() => viewer.names.at(-1) === EXACT && viewer.pixel(0, 0) === 0x11_2233);
    opened.isPaused = true;
    opened.screen.refresh();
    await viewer.until(() => viewer.pixels.every((pixel) => pixel === COVER));
    assert.equal(viewer.names.at(-1), desktopNameOf('moving'));
    opened.isPaused = false;
    opened.screen.refresh();
  }
  await viewer.until(() => viewer.names.at(-1) === EXACT);
  assert.ok(exact.length >= 3 && exact.every((colours) => !colours.has(COVER)));
});
