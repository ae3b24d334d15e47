// Goal: the templates that decide what of an image stays are those that somebody has looked at. Method: the demo's file, then a file
// that differs in one byte, is not there, or is not named by its digest.
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { demoTemplates, demoTemplatesPin } from '../testing/echo.ts';
import { TemplatesInvalid, readPinnedTemplates } from './template.ts';

const { templatesFile, templatesSha256 } = demoTemplatesPin();

test('a file whose digest is the pinned one is read; without a file there are no templates', async () => {
  const read = await readPinnedTemplates({ templatesFile, templatesSha256 });
  assert.deepEqual(read, { templates: demoTemplates(), sha256: templatesSha256 });
  const none = { templates: [], sha256: null };
  assert.deepEqual(await readPinnedTemplates({}), none);
  assert.deepEqual(await readPinnedTemplates({ templatesFile: null, templatesSha256: null }), none);
});

test('a file that is another one, not there or not pinned is refused', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'templates-'));
  t.after(() => rm(folder, { recursive: true }));
  const copy = path.join(folder, 'templates.json');
  await copyFile(templatesFile, copy);
  await readPinnedTemplates({ templatesFile: copy, templatesSha256 });
  // One space more: the same templates, and nobody has looked at them.
  await writeFile(copy, ' ', { flag: 'a' });
  for (const pin of [
    { templatesFile: copy, templatesSha256 },
    { templatesFile: path.join(folder, 'none.json'), templatesSha256 },
    { templatesFile },
    { templatesFile, templatesSha256: null },
  ])
    await assert.rejects(readPinnedTemplates(pin), TemplatesInvalid);
});
