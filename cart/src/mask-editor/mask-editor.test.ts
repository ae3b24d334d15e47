// Goal: what is drawn at a cart is kept whole or not at all, adds to what the configuration pins and never takes from it, is in the journal
// before it counts, and a snapshot goes with who took it. Method: the editor on real files with a picture of real pixels; the rest scripted.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { maskRule } from '@chaperone/domain/mask/mask.ts';
import type { MaskMode, MaskRule, MaskTemplate } from '@chaperone/domain/mask/mask.ts';
import { addLayout, pictureOf } from '../screen/screen.ts';
import { MaskEditor } from './mask-editor.ts';

const MODEL = 'Bench';
const SIZE = { width: 64, height: 48 };
const box = (x: number, y: number) => ({ x, y, width: 8, height: 8 });
const DRAWING = {
  layout: 'exam',
  anchors: [box(0, 0)],
  masks: [{ name: 'patient', area: box(20, 20) }],
  clear: [],
  alwaysClear: [box(40, 0)],
};

function picture(size = SIZE) {
  const pixels = Uint32Array.from({ length: size.width * size.height }, (_, at) => at * 2477);
  return pictureOf({ ...size, pixels });
}

async function desk(
  t: TestContext,
  {
    installed = null as readonly MaskTemplate[] | null,
    mode = 'configured' as MaskMode,
    isRelayed = false,
    taken = picture(),
  } = {},
) {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'chaperone-editor-'));
  t.after(() => rm(dataDirectory, { recursive: true, force: true }));
  const world = {
    isSession: false,
    refuses: false,
    facts: [] as string[],
    rules: [] as MaskRule[],
  };
  const file = path.join(dataDirectory, 'site-masks.json');
  const admitWork = (): void => {
    if (world.isSession) throw new Error('a session');
  };
  const editor = new MaskEditor({
    ...{ dataDirectory, model: MODEL, mode, isRelayed, admitWork },
    installed: async () => installed,
    takePicture: async () => taken,
    change: async (does) => {
      admitWork();
      return await does();
    },
    record: async (facts) => {
      if (world.refuses) throw new Error('the disk is full');
      assert.equal(await readFile(file, 'utf8').catch(() => ''), world.facts.at(-1) ?? '', 'first');
      assert.deepEqual(
        facts.map(({ kind }) => kind),
        ['masks-changed'],
      );
    },
    demand: () => 'off',
    enforce: (templates) => void world.rules.push(maskRule(mode, templates, MODEL)),
  });
  const kept = async (): Promise<string> => {
    const text = await readFile(file, 'utf8').catch(() => '');
    world.facts.push(text);
    return text;
  };
  return { editor, world, file, kept };
}

const signal = new AbortController().signal;

test('a drawing is tried without being kept, then kept and in force; the journal has it before the disk', async (t) => {
  const { editor, world, kept } = await desk(t);
  await assert.rejects(editor.try(DRAWING), { code: 'SNAPSHOT_MISSING' });
  assert.deepEqual(await editor.take(0, signal), { ...SIZE, layouts: [] });
  const tried = await editor.try(DRAWING);
  assert.deepEqual([tried.layouts, tried.covered], [['exam'], [box(20, 20)]]);
  assert.ok(
    tried.unknown.length > 0 && !tried.unknown.some((area) => area.x === 40 && area.y === 0),
  );
  assert.equal(await kept(), '');
  await editor.save(DRAWING);
  assert.match(await kept(), /"exam"/);
  assert.equal(world.rules.at(-1)?.is, 'template');
  const { layouts, size, rule } = await editor.state();
  assert.deepEqual(
    [layouts.map(({ name, isOwn }) => [name, isOwn]), size, rule],
    [[['exam', true]], SIZE, 'template'],
  );
  await editor.remove('exam');
  assert.equal(world.rules.at(-1)?.is, 'nothing');
  await kept();
  await assert.rejects(editor.remove('exam'), { code: 'MASK_LAYOUT_MISSING' });
});

test('what cannot be used, is not written or comes beside a session changes nothing', async (t) => {
  const { editor, world, kept } = await desk(t);
  await editor.take(0, signal);
  for (const wrong of [
    { ...DRAWING, layout: 'whole-screen' },
    { ...DRAWING, anchors: [] },
    { ...DRAWING, anchors: [{ ...box(0, 0), x: 60 }] },
    { ...DRAWING, masks: [...DRAWING.masks, ...DRAWING.masks] },
    { ...DRAWING, more: 1 },
    null,
  ]) {
    await assert.rejects(editor.save(wrong), { code: 'MASK_DRAWING_REFUSED' });
  }
  world.refuses = true;
  await assert.rejects(editor.save(DRAWING), /the disk is full/);
  world.refuses = false;
  world.isSession = true;
  await assert.rejects(editor.save(DRAWING), /a session/);
  await assert.rejects(editor.take(0, signal), /a session/);
  assert.equal(await kept(), '');
  assert.deepEqual(world.rules, []);
});

test('what is installed stays: its layouts, its size, and what is clear in all of them', async (t) => {
  const other = { ...DRAWING, layout: 'list', anchors: [box(8, 0)], alwaysClear: [] };
  const installed = addLayout([], MODEL, picture(), other);
  const { editor, world, kept } = await desk(t, { installed });
  await editor.take(0, signal);
  await assert.rejects(editor.save({ ...DRAWING, layout: 'list' }), {
    code: 'MASK_LAYOUT_INSTALLED',
  });
  await assert.rejects(editor.remove('list'), { code: 'MASK_LAYOUT_INSTALLED' });
  await editor.save(DRAWING);
  await kept();
  const rule = world.rules.at(-1);
  assert.ok(rule?.is === 'template');
  assert.deepEqual(
    rule.template.layouts.map(({ name }) => name),
    ['list', 'exam'],
  );
  assert.deepEqual(rule.template.clear, [], 'no more than is installed is clear everywhere');
  // Both fit this picture: what either covers is covered.
  assert.deepEqual((await editor.try(null)).layouts, ['list', 'exam']);
  const small = await desk(t, { installed, taken: picture({ width: 32, height: 32 }) });
  await small.editor.take(0, signal);
  await assert.rejects(small.editor.save({ ...DRAWING, alwaysClear: [] }), {
    code: 'MASK_DRAWING_REFUSED',
  });
});

test('a file goes from one cart to the next of its model, and to no other', async (t) => {
  const first = await desk(t);
  await first.editor.take(0, signal);
  await first.editor.save(DRAWING);
  const text = await first.editor.file();
  const second = await desk(t);
  await second.editor.import(text);
  assert.equal((await second.editor.state()).layouts[0]?.name, 'exam');
  await second.kept();
  for (const wrong of [
    '',
    '{}',
    text.replace(MODEL, 'Another'),
    text.replace('"x": 0', '"x": 900'),
  ])
    await assert.rejects(second.editor.import(wrong), { code: 'MASK_FILE_REFUSED' });
  const passing = await desk(t, { isRelayed: true });
  await assert.rejects(passing.editor.import(text), { code: 'MASKS_PASSED_BY' });
});

test('what was kept and is damaged covers everything, says so, and can be drawn anew', async (t) => {
  const { editor, world, file, kept } = await desk(t);
  await writeFile(file, '{"version":1,"templates":[{}]}');
  await kept();
  const { trouble, rule } = await editor.state();
  assert.deepEqual([trouble, rule], ['MASK_TEMPLATES_INVALID', 'unknown-model']);
  await editor.take(0, signal);
  await editor.save(DRAWING);
  assert.equal((await editor.state()).trouble, null);
  assert.equal(world.rules.at(-1)?.is, 'template');
});

test('a snapshot is forgotten with the page, also one that is still being taken', async (t) => {
  const { editor } = await desk(t);
  await editor.take(0, signal);
  assert.ok(editor.png().length > 100);
  editor.forget();
  assert.throws(() => editor.png(), { code: 'SNAPSHOT_MISSING' });
  const taking = editor.take(0, signal);
  editor.forget();
  await assert.rejects(taking, { code: 'SNAPSHOT_MISSING' });
  assert.throws(() => editor.png(), { code: 'SNAPSHOT_MISSING' });
});
