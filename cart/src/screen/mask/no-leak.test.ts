/**
 * Goal: no pixel that a mask covers ever leaves, in no encoding, through no change of layout or size, pop-up, list of patients, half
 * of an update or lost source; and what the operator opens is seen until it is covered again, and no longer.
 * Method: a scripted device draws patient data in colours that nothing else has; a viewer behind the relay decodes everything that it
 * is sent and looks for these colours, films through ffmpeg. The same script without masks has to show them.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { maskRule } from '@chaperone/domain/mask/mask.ts';
import type { MaskMode } from '@chaperone/domain/mask/mask.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { MASK_COLOUR } from '../picture/show.ts';
import { reEncoded } from '../re-encoder/re-encoder.ts';
import {
  bandsOf,
  CINE,
  isSecret,
  MaskedScreen,
  newSeed,
  POP_UP,
  quietSource,
  resizeOf,
  SCENES,
  seeded,
  SIZE,
  templateOf,
  updateOf,
} from '../testing/masked-screen.ts';
import { openForTest, type OpenedScreen } from '../testing/opened-screen.ts';
import type { ScriptedSource } from '../testing/scripted-source.ts';
import { Masking } from './masking.ts';

const FFMPEG = '/usr/bin/ffmpeg';
const PSEUDO = [ENCODING.desktopSize, ENCODING.lastRect, ENCODING.cursor];
const MODERN = [ENCODING.fence, ENCODING.continuousUpdates];
const STEPS = 14;
const SIZES = [SIZE, { width: 640, height: 480 }, { width: 330, height: 471 }] as const;

interface Stage {
  readonly source: ScriptedSource;
  readonly opened: OpenedScreen;
  readonly masking: Masking;
  /** How many pixels of patient data the viewer was sent. */
  leaked: number;
}

async function stage(
  t: TestContext,
  mode: MaskMode,
  encodings: readonly number[],
  videoProgram: string | null = null,
): Promise<Stage> {
  const source = quietSource();
  const masking = new Masking(maskRule(mode, [templateOf('Model')], 'Model'));
  const opened = openForTest(t, reEncoded(source, { videoProgram, masking }), ['view', 'control']);
  const made: Stage = { source, opened, masking, leaked: 0 };
  opened.viewer.onPixels = (pixels) => {
    for (const pixel of pixels) if (isSecret(pixel)) made.leaked += 1;
  };
  await opened.viewer.start([...encodings, ...PSEUDO]);
  await source.until(() => heard(source));
  return made;
}

const heard = ({ connections }: ScriptedSource): boolean =>
  connections.at(-1)?.heard.some(({ type }) => type === 'update-request') === true;

/** Writes in pieces of any length: what is half there must not be seen either. */
async function write(
  { source }: Stage,
  bytes: Buffer,
  random: (below: number) => number,
): Promise<void> {
  const stream = source.connections.at(-1)?.stream;
  assert.ok(stream);
  for (let at = 0; at < bytes.length;) {
    const length = 1 + random(bytes.length / 2);
    stream.write(bytes.subarray(at, at + length));
    at += length;
    if (random(3) === 0) await delay(random(30));
  }
}

/** A sign in the part that is always clear. */
const signOf = (step: number): number => 0x00_6000 + step;

/** Plays a script that a seed repeats. */
async function play(made: Stage, isStrict: boolean, seed: number, frames: number): Promise<void> {
  const random = seeded(seed);
  const { viewer } = made.opened;
  let screen = new MaskedScreen(random, isStrict);
  for (let step = 1; step <= STEPS; step += 1) {
    const isResizing = step % 4 === 0;
    if (isResizing) {
      const size = SIZES[random(SIZES.length)] ?? SIZE;
      const isOther = size.width !== screen.picture.width || size.height !== screen.picture.height;
      screen = new MaskedScreen(random, isStrict, size);
      if (isOther) await write(made, resizeOf(screen.picture), random);
    }
    const scene = SCENES[random(SCENES.length)] ?? 'exam';
    screen.paint(scene, signOf(step));
    await write(made, updateOf(screen.picture, bandsOf(screen.picture, random)), random);
    const { width, height } = screen.picture;
    const sign = width === SIZE.width && height === SIZE.height ? signOf(step) : MASK_COLOUR;
    await viewer.until(
      () =>
        viewer.width === width && viewer.pixel(5, height - 3) === sign && viewer.height === height,
    );
    if (sign === MASK_COLOUR) continue;
    for (let frame = 0; frame < frames; frame += 1) {
      screen.film();
      await write(made, updateOf(screen.picture, [CINE]), random);
      await delay(30);
    }
  }
}

const WORKLIST_CORNERS = [
  [336, 62],
  [464, 62],
  [336, 258],
  [464, 258],
] as const;

const LOSSLESS = { raw: ENCODING.raw, ZRLE: ENCODING.zrle, Tight: ENCODING.tight } as const;

for (const [name, encoding] of Object.entries(LOSSLESS)) {
  for (const mode of ['configured', 'strict'] as const) {
    test(`${name}, ${mode}: whatever the device shows, no patient data leaves`, async (t) => {
      const seed = newSeed();
      t.diagnostic(`seed ${seed}`);
      const made = await stage(t, mode, [encoding, ...(seed % 2 === 0 ? MODERN : [])]);
      await play(made, mode === 'strict', seed, 2);
      assert.equal(made.leaked, 0, `seed ${seed}`);
      assert.ok(made.opened.viewer.encodings.has(encoding));
    });
  }
}

test('the same script without masks shows patient data: the look for it can find something', async (t) => {
  const made = await stage(t, 'off', [ENCODING.tight]);
  const random = seeded(7);
  const screen = new MaskedScreen(random, false);
  screen.paint('exam', signOf(1));
  await write(made, updateOf(screen.picture, [screen.picture.area]), random);
  await made.opened.viewer.until(() => made.opened.viewer.pixel(5, 350) === signOf(1));
  assert.ok(made.leaked > 1000);
});

test('film: what is burned into what moves is covered before it is encoded', async (t) => {
  const seed = newSeed();
  t.diagnostic(`seed ${seed}`);
  const made = await stage(t, 'configured', [ENCODING.h264, ENCODING.tight, ...MODERN], FFMPEG);
  const random = seeded(seed);
  const { viewer } = made.opened;
  const screen = new MaskedScreen(random, false);
  screen.paint('exam', signOf(1));
  await write(made, updateOf(screen.picture, [screen.picture.area]), random);
  for (let frame = 0; frame < 400 && viewer.films.length < 25; frame += 1) {
    screen.film();
    await write(made, updateOf(screen.picture, [CINE]), random);
    await delay(30);
  }
  // And through whatever else comes, with the film going on.
  await play(made, false, seed, 8);
  assert.equal(made.leaked, 0, `seed ${seed}`);
  assert.ok(viewer.films.length >= 25, `${viewer.films.length} frames of film`);
  const decoded = decodeFilms(viewer.films);
  assert.ok(decoded.frames > 0);
  assert.equal(decoded.secrets, 0, `seed ${seed}`);
});

test('film without masks: ffmpeg gives patient data back, so that the look for it can find something', async (t) => {
  const made = await stage(t, 'off', [ENCODING.h264, ENCODING.tight, ...MODERN], FFMPEG);
  const random = seeded(3);
  const { viewer } = made.opened;
  const screen = new MaskedScreen(random, false);
  screen.paint('exam', signOf(1));
  await write(made, updateOf(screen.picture, [screen.picture.area]), random);
  for (let frame = 0; frame < 400 && viewer.films.length < 10; frame += 1) {
    screen.film();
    await write(made, updateOf(screen.picture, [CINE]), random);
    await delay(30);
  }
  assert.ok(decodeFilms(viewer.films).secrets > 0);
});

/** Decodes every film, run by run. */
function decodeFilms(films: Stage['opened']['viewer']['films']): {
  readonly frames: number;
  readonly secrets: number;
} {
  const runs: { width: number; height: number; frames: Buffer[] }[] = [];
  for (const { area, isBeginning, frame } of films) {
    if (isBeginning) runs.push({ width: area.width, height: area.height, frames: [] });
    runs.at(-1)?.frames.push(frame);
  }
  let frames = 0;
  let secrets = 0;
  for (const run of runs) {
    const options = [
      '-loglevel',
      'error',
      '-f',
      'h264',
      '-i',
      'pipe:0',
      '-fps_mode',
      'passthrough',
    ];
    const output = ['-f', 'rawvideo', '-pix_fmt', 'bgr0', 'pipe:1'];
    const { stdout, status } = spawnSync(FFMPEG, [...options, ...output], {
      input: Buffer.concat(run.frames),
      maxBuffer: 1024 * 1024 * 1024,
    });
    assert.equal(status, 0);
    frames += stdout.length / (run.width * run.height * 4);
    for (let at = 0; at < stdout.length; at += 4)
      if (isSecret(stdout.readUInt32LE(at))) secrets += 1;
  }
  return { frames, secrets };
}

test('what the operator opens is seen from then on, and is covered again at once', async (t) => {
  const made = await stage(t, 'configured', [ENCODING.tight]);
  const { masking, opened } = made;
  const { viewer } = opened;
  const random = seeded(11);
  const screen = new MaskedScreen(random, false);
  screen.paint('exam', signOf(1));
  const all = updateOf(screen.picture, [screen.picture.area]);
  await write(made, all, random);
  await viewer.until(() => viewer.pixel(5, 350) === signOf(1));
  assert.deepEqual(masking.layouts, ['exam']);
  const inWorklist = [400, 100] as const;
  assert.equal(viewer.pixel(...inWorklist), MASK_COLOUR);

  masking.setOpen([{ layout: 'exam', mask: 'worklist' }]);
  await viewer.until(() => isSecret(viewer.pixel(...inWorklist)));
  assert.equal(viewer.pixel(100, 10), MASK_COLOUR, 'the line stays covered');

  // Half of an update is there when it is covered again: neither it nor what was seen waits for the rest.
  const stream = made.source.connections.at(-1)?.stream;
  stream?.write(all.subarray(0, all.length / 2));
  await delay(50);
  masking.setOpen([]);
  await viewer.until(() => viewer.pixel(...inWorklist) === MASK_COLOUR);
  made.leaked = 0;
  stream?.write(all.subarray(all.length / 2));
  screen.paint('exam', signOf(2));
  await write(made, updateOf(screen.picture, [screen.picture.area]), random);
  await viewer.until(() => viewer.pixel(5, 350) === signOf(2));
  assert.equal(made.leaked, 0);

  // The name is that of another layout's mask: opening it opens nothing here.
  masking.setOpen([{ layout: 'list', mask: 'worklist' }]);
  screen.paint('exam', signOf(3));
  await write(made, updateOf(screen.picture, [screen.picture.area]), random);
  await viewer.until(() => viewer.pixel(5, 350) === signOf(3));
  assert.equal(made.leaked, 0);
});

test('an open part is covered when another layout comes, and when the source goes away', async (t) => {
  const made = await stage(t, 'configured', [ENCODING.raw]);
  const { masking, opened, source } = made;
  const { viewer } = opened;
  const random = seeded(5);
  const screen = new MaskedScreen(random, false);
  screen.paint('exam', signOf(1));
  await write(made, updateOf(screen.picture, [screen.picture.area]), random);
  await viewer.until(() => viewer.pixel(5, 350) === signOf(1));
  masking.setOpen([{ layout: 'exam', mask: 'worklist' }]);
  // All of it has come.
  await viewer.until(() => WORKLIST_CORNERS.every(([x, y]) => isSecret(viewer.pixel(x, y))));
  made.leaked = 0;
  screen.paint('pop-up', signOf(2));
  await write(made, updateOf(screen.picture, [POP_UP]), random);
  await viewer.until(() => viewer.pixel(300, 100) === MASK_COLOUR);
  assert.equal(made.leaked, 0);
  assert.deepEqual(masking.layouts, []);
  assert.equal(viewer.pixel(400, 100), MASK_COLOUR);
  source.connections.at(-1)?.stream.destroy();
  await source.until(() => source.connections.length === 2 && heard(source));
  screen.paint('unknown', signOf(3));
  await write(made, updateOf(screen.picture, [screen.picture.area]), random);
  await viewer.until(() => viewer.pixel(5, 350) === signOf(3));
  assert.equal(made.leaked, 0);
});

test('without a template for this model all is covered; what was copied on the cart does not leave', async (t) => {
  const source = quietSource();
  const masking = new Masking(maskRule('configured', [templateOf('Other')], 'Model'));
  const opened = openForTest(t, reEncoded(source, { videoProgram: null, masking }), [
    'view',
    'control',
  ]);
  const { viewer } = opened;
  await viewer.start([ENCODING.raw, ...PSEUDO]);
  await source.until(() => heard(source));
  const screen = new MaskedScreen(seeded(2), false);
  screen.paint('exam', signOf(1));
  const stream = source.connections.at(-1)?.stream;
  const text = Buffer.from('Doe^Jane');
  const head = Buffer.from([3, 0, 0, 0, 0, 0, 0, text.length]);
  stream?.write(Buffer.concat([head, text, updateOf(screen.picture, [screen.picture.area])]));
  await viewer.until(() => viewer.pixel(5, 350) === MASK_COLOUR);
  await viewer.until(() => viewer.updates > 0);
  assert.ok(viewer.pixels.every((pixel) => pixel === MASK_COLOUR));
  assert.deepEqual(viewer.cutTexts, []);
});
