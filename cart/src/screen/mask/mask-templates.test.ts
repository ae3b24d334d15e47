// Goal: only the file that was pinned is believed, and only when every area of it lies on its screen and every name is one. Method: the
// real reader on real files, and each rule broken by itself.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { MaskTemplatesInvalid, parseMaskTemplates, readMaskTemplates } from './mask-templates.ts';

const AREA = { x: 1, y: 2, width: 3, height: 4 };
const LAYOUT = {
  name: 'exam',
  anchors: [{ area: AREA, sha256: ['a'.repeat(64)] }],
  masks: [{ name: 'line', area: AREA }],
  clear: [AREA],
};
const TEMPLATE = { model: 'M', size: { width: 20, height: 10 }, clear: [AREA], layouts: [LAYOUT] };
const fileOf = (...templates: readonly object[]): string =>
  JSON.stringify({ version: 1, templates });

test('a file is believed byte for byte as it was pinned, and no other', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-masks-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const templatesFile = path.join(directory, 'masks.json');
  const text = fileOf(TEMPLATE);
  await writeFile(templatesFile, text);
  const templatesSha256 = createHash('sha256').update(text).digest('hex');
  const read = await readMaskTemplates({ templatesFile, templatesSha256 });
  assert.equal(read?.[0]?.layouts[0]?.name, 'exam');
  await writeFile(templatesFile, `${text} `);
  await assert.rejects(readMaskTemplates({ templatesFile, templatesSha256 }), MaskTemplatesInvalid);
  await assert.rejects(
    readMaskTemplates({ templatesFile, templatesSha256: null }),
    MaskTemplatesInvalid,
  );
  const missing = path.join(directory, 'none.json');
  await assert.rejects(
    readMaskTemplates({ templatesFile: missing, templatesSha256 }),
    MaskTemplatesInvalid,
  );
  assert.equal(await readMaskTemplates({ templatesFile: null, templatesSha256: null }), null);
});

test('whatever is not exactly a template is refused', () => {
  assert.equal(parseMaskTemplates(fileOf(TEMPLATE, { ...TEMPLATE, model: 'N' })).length, 2);
  const layout = (change: object): object => ({
    ...TEMPLATE,
    layouts: [{ ...LAYOUT, ...change }],
  });
  const mask = (change: object): object => layout({ masks: [{ ...LAYOUT.masks[0], ...change }] });
  const wrong: readonly (readonly [string, string])[] = [
    ['no JSON', '{'],
    ['another version', JSON.stringify({ version: 2, templates: [] })],
    ['a model twice', fileOf(TEMPLATE, TEMPLATE)],
    ['a layout twice', fileOf({ ...TEMPLATE, layouts: [LAYOUT, LAYOUT] })],
    ['no anchor', fileOf(layout({ anchors: [] }))],
    ['a digest that is none', fileOf(layout({ anchors: [{ area: AREA, sha256: ['a'] }] }))],
    ['an area beside the screen', fileOf(mask({ area: { ...AREA, x: 18 } }))],
    ['an area of nothing', fileOf(mask({ area: { ...AREA, width: 0 } }))],
    ['a name for journals that is none', fileOf(mask({ name: 'Patient line' }))],
    ['the name of all of it', fileOf(mask({ name: 'whole-screen' }))],
    ['a label that turns the text', fileOf(mask({ label: { en: 'a\u202eb' } }))],
    ['something unknown', fileOf({ ...TEMPLATE, more: 1 })],
    ['a mask twice', fileOf(layout({ masks: [LAYOUT.masks[0], LAYOUT.masks[0]] }))],
  ];
  for (const [what, text] of wrong)
    assert.throws(() => parseMaskTemplates(text), MaskTemplatesInvalid, what);
});
