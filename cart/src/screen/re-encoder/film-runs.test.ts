/**
 * Goal: a viewer cannot make the cart start processes at will: neither by asking for the whole picture all the time nor by
 * choosing other encodings all the time; it gets its film all the same, and the whole picture when all is still.
 * Method: a source of nothing but speckle, the real ffmpeg behind a script that counts its starts, and viewers that ask as fast
 * as they are answered.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { desktopNameOf } from '@chaperone/protocol/rfb/picture-state.ts';
import { writeRectangleHeader, writeUpdateHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { RUN_EVERY_MS, RUNS_AT_ONCE } from '../encoder/run-allowance.ts';
import { openForTest, type OpenedScreen } from '../testing/opened-screen.ts';
import { ScriptedSource } from '../testing/scripted-source.ts';
import { reEncoded } from './re-encoder.ts';

const SIZE = { width: 320, height: 240 };
const FRAME_MS = 40;
const ENCODINGS = [
  ...[ENCODING.h264, ENCODING.tight, ENCODING.desktopSize, ENCODING.lastRect],
  ...[ENCODING.desktopName, ENCODING.fence, ENCODING.continuousUpdates],
];

function speckle(): Buffer {
  const pixels = Buffer.alloc(SIZE.width * SIZE.height * 4);
  for (let at = 0; at < pixels.length; at += 4) {
    pixels.fill(Math.floor(Math.random() * 256), at, at + 3);
  }
  const header = writeRectangleHeader({ x: 0, y: 0, ...SIZE }, ENCODING.raw);
  return Buffer.concat([writeUpdateHeader(1), header, pixels]);
}

interface Scene {
  readonly opened: OpenedScreen;
  /** How often the program was started, and how often it may have been by now. */
  readonly starts: () => { readonly count: number; readonly most: number };
  readonly freeze: () => void;
}

function open(t: TestContext): Scene {
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-film-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const log = path.join(directory, 'starts');
  const program = path.join(directory, 'ffmpeg');
  writeFileSync(log, '');
  writeFileSync(program, `#!/bin/sh\necho >> ${log}\nexec /usr/bin/ffmpeg "$@"\n`, { mode: 0o755 });
  const source = new ScriptedSource(SIZE, (message, { stream }) => {
    if (message.type === 'update-request' && !message.incremental) stream.write(speckle());
  });
  const playing = setInterval(() => source.connections.at(-1)?.stream.write(speckle()), FRAME_MS);
  t.after(() => clearInterval(playing));
  const opened = openForTest(t, reEncoded(source, { videoProgram: program }), ['view']);
  const beganMs = performance.now();
  return {
    opened,
    starts: () => ({
      count: readFileSync(log, 'utf8').length,
      most: RUNS_AT_ONCE + 1 + Math.floor((performance.now() - beganMs) / RUN_EVERY_MS),
    }),
    freeze: () => clearInterval(playing),
  };
}

test('whoever asks for the whole picture all the time gets film, and no process for each', async (t) => {
  const { opened, starts, freeze } = open(t);
  const { viewer } = opened;
  await viewer.start(ENCODINGS);
  let asked = 0;
  const asking = setInterval(() => {
    viewer.request(false);
    asked += 1;
  }, 10);
  t.after(() => clearInterval(asking));
  await viewer.until(() => asked >= 200 && viewer.films.length >= 20);
  const { count, most } = starts();
  assert.ok(count <= most, `${count} starts for ${asked} requests`);
  const begun = viewer.films.filter(({ isBeginning }) => isBeginning).length;
  assert.ok(begun >= 2, 'a film begins anew for who may have none of it');
  clearInterval(asking);
  freeze();
  await viewer.until(() => viewer.names.at(-1) === desktopNameOf('exact'));
});

test('whoever chooses other encodings all the time does not start a process each time either', async (t) => {
  const { opened, starts } = open(t);
  const { viewer } = opened;
  await viewer.start(ENCODINGS);
  await viewer.until(() => viewer.films.length >= 1);
  const others = ENCODINGS.filter((encoding) => encoding !== ENCODING.h264);
  for (let round = 0; round < 60; round += 1) {
    viewer.send({ type: 'set-encodings', encodings: [...others, -32 + (round % 10)] });
    await pause(2 * FRAME_MS);
  }
  const { count, most } = starts();
  assert.ok(count <= most, `${count} starts for 60 choices`);
  viewer.send({ type: 'set-encodings', encodings: ENCODINGS });
  const before = viewer.films.length;
  await viewer.until(() => viewer.films.length > before);
});
