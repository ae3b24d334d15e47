/**
 * Goal: a field engineer draws on a picture of the cart's own display what of it is covered, tries it, keeps it and takes it away again,
 * by hand and by keyboard, and what is kept is what the next session covers; readable and reachable in three languages.
 * Method: the built panel in real Chromium before a real agent with its real PIN, journal and files. axe on each page.
 * PANEL_SCREENSHOTS=<folder> photographs them.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { enrolledCart, startAgent } from '@chaperone/cart/composition/testing/enrolled-cart.ts';
import { storePin } from '@chaperone/cart/engineer/engineer.ts';
import { testCertificates } from '@chaperone/cart/platform/testing/cart-bench.ts';
import { parseMaskTemplates } from '@chaperone/cart/screen/screen.ts';
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { Page } from 'playwright-core';
import { maskEditorWords } from '../../panel/src/words/mask-editor-languages.ts';
import { openStage } from './panel-stage.ts';
import type { PanelStage } from './panel-stage.ts';

const PIN = '271828';
const TARGET_MIN = 44;
/** Nobody's. */
const NO_GATEWAY = 9;

let stage: PanelStage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

async function startEditing(
  t: TestContext,
  { language = 'en' as Language, height = 1024, screen = {} as object } = {},
) {
  const enrolled = await enrolledCart(t, await testCertificates(), NO_GATEWAY, {
    screen: { kind: 'demo', encoder: { mode: 're-encoder', ffmpeg: null }, ...screen },
  });
  await storePin(enrolled.dataDirectory, PIN);
  const cart = await startAgent(enrolled, { pagesDirectory: stage.dist });
  const context = await stage.browser.newContext({
    ...{ viewport: { width: 1280, height }, locale: language, acceptDownloads: true },
  });
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (['error', 'warning'].includes(message.type()) && !isRefusal)
      complaints.push(message.text());
  });
  await page.goto(`${cart.panelUrl}/#credential=${cart.credential}`);
  await page.locator('.service').click();
  for (const digit of PIN) await page.getByRole('button', { name: digit, exact: true }).click();
  await page.locator('.pin .button--go').click();
  const words = maskEditorWords(language);
  await page.getByRole('button', { name: words.title }).click();
  await page.getByRole('heading', { name: words.title }).waitFor();
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const look = async (name: string): Promise<void> =>
    void complaints.push(...(await examine(page, `${name}-${language}-${height}`)));
  return { ...enrolled, cart, page, complaints, words, button, look };
}

async function examine(page: Page, name: string): Promise<readonly string[]> {
  const folder = process.env['PANEL_SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: path.join(folder, `${name}.png`) });
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  // A region is as large as what it covers; its line in the list is what a finger takes.
  const small: readonly string[] =
    await page.evaluate(`[...document.querySelectorAll('button:not(.region), label:has(> input:not([type=file])), input:not(label > input)')]
    .filter((each) => { const box = each.getBoundingClientRect(); return box.width > 0 && (box.height < ${TARGET_MIN} || box.width < ${TARGET_MIN}); })
    .map((each) => each.outerHTML.slice(0, 120))`);
  const wide: boolean = await page.evaluate(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
  return [
    ...violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${name}: ${id}: ${nodes.map((node) => node.html).join(' ')}`),
    ...small.map((target) => `${name}: small: ${target}`),
    ...(wide ? [`${name}: wider than its window`] : []),
  ];
}

/** Drags on the picture. Coordinates are the cart's pixels. */
async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]) {
  const box = await page.locator('.surface__picture').boundingBox();
  const width: number = await page.evaluate('document.querySelector(".surface canvas").width');
  assert.ok(box !== null);
  const scale = box.width / width;
  const at = ([x, y]: readonly [number, number]) => [box.x + x * scale, box.y + y * scale] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
  await page.mouse.move(...at(to));
  await page.mouse.up();
}

test('a layout is drawn, tried, kept, recognised, exported, removed and brought back', async (t) => {
  const { page, dataDirectory, cart, words, button, look, complaints } = await startEditing(t);
  await page.getByText(words.noLayouts).waitFor();
  await look('masks-empty');
  await button(words.take).click();
  await page.locator('.surface canvas').waitFor();
  const field = (name: string) => page.getByLabel(name, { exact: true });
  await page.getByText(words.lacks.layout).waitFor();
  await field(words.layoutName).fill('Exam view');
  await page.getByText(words.lacks.anchor).waitFor();

  await button(words.kinds.anchor).click();
  await drag(page, [14, 14], [244, 60]);
  await button(words.kinds.mask).click();
  await drag(page, [306, 10], [640, 66]);
  await page.getByText(words.lacks['mask-name']).waitFor();
  await field(words.text).fill('Name of the patient');
  // By its numbers, by keyboard, and by a corner.
  await field(words.numbers.x).fill('300');
  const region = page.locator('.region--mask');
  await region.focus();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Control+ArrowRight');
  assert.equal(await field(words.numbers.x).inputValue(), '310');
  const widthBefore = Number(await field(words.numbers.width).inputValue());
  const corner = await region.locator('[data-corner="se"]').boundingBox();
  assert.ok(corner !== null);
  assert.ok(corner.width >= TARGET_MIN);
  await page.mouse.move(corner.x + 4, corner.y + 4);
  await page.mouse.down();
  await page.mouse.move(corner.x + 24, corner.y + 4);
  await page.mouse.up();
  assert.ok(Number(await field(words.numbers.width).inputValue()) > widthBefore);
  // One that the keyboard adds, and takes away again.
  await button(words.add).click();
  assert.equal(await page.locator('.region').count(), 3);
  await page.locator('.region').last().focus();
  await page.keyboard.press('Delete');
  assert.equal(await page.locator('.region').count(), 2);
  await look('masks-drawn');

  await button(words.tryIt).click();
  await page.getByText(words.recognised('exam-view')).waitFor();
  assert.equal(await page.locator('.surface__covered').count(), 1);
  await look('masks-now');
  await button(words.views.unknown).click();
  await eventuallyCovers(page);
  await look('masks-unknown');
  await button(words.save).click();
  await page.getByText(words.saved('exam-view')).waitFor();
  const file = path.join(dataDirectory, 'site-masks.json');
  const [template] = parseMaskTemplates(await readFile(file, 'utf8'));
  assert.deepEqual(
    template?.layouts.map(({ name, masks }) => [name, masks.map((mask) => mask.name)]),
    [['exam-view', ['name-of-the-patient']]],
  );
  assert.equal(template.layouts[0]?.masks[0]?.label?.en, 'Name of the patient');
  assert.equal(cart.view().masks.rule, 'template', 'it counts without a new start');

  await button(words.done).click();
  await page.getByText(words.counts(1, 1)).waitFor();
  await look('masks-listed');
  const download = page.waitForEvent('download');
  await button(words.toFile).click();
  const saved = await (await download).path();
  await button(words.removeLabel('exam-view')).click();
  await page.getByText(words.removeReally).waitFor();
  await button(words.removeLabel('exam-view')).click();
  await page.getByText(words.noLayouts).waitFor();
  assert.deepEqual(parseMaskTemplates(await readFile(file, 'utf8')), []);
  assert.equal(cart.view().masks.rule, 'nothing');
  await page.getByLabel(words.fromFile).setInputFiles(saved);
  await page.getByText(words.counts(1, 1)).waitFor();
  assert.equal(cart.view().masks.rule, 'template');
  await page.getByLabel(words.fromFile).setInputFiles({
    ...{ name: 'other.json', mimeType: 'application/json' },
    buffer: Buffer.from('{"version":1,"templates":[]}'),
  });
  await page.getByText(words.refusals.MASK_FILE_REFUSED).waitFor();
  assert.equal(cart.view().masks.rule, 'template', 'what was there stays');
  await cart.close();
  const journal = await readFile(path.join(dataDirectory, 'journal', 'journal.ndjson'), 'utf8');
  assert.equal(journal.match(/"kind":"masks-changed","sha256":"[0-9a-f]{64}"/g)?.length, 3);
  assert.deepEqual(complaints, []);
});

async function eventuallyCovers(page: Page): Promise<void> {
  const whole = page.locator('.surface__covered').first();
  await whole.waitFor();
  const [one, all] = await Promise.all([
    whole.boundingBox(),
    page.locator('.surface__picture').boundingBox(),
  ]);
  assert.ok(one !== null && all !== null);
  assert.ok(Math.abs(one.width - all.width) < 2 && Math.abs(one.height - all.height) < 2);
}

for (const language of ['de', 'es'] as const) {
  test(`the editor in ${language} on a low display`, async (t) => {
    const { page, words, button, look, complaints } = await startEditing(t, {
      language,
      height: 800,
    });
    await look('masks-empty');
    await button(words.take).click();
    await page.locator('.surface canvas').waitFor();
    await page.getByLabel(words.layoutName, { exact: true }).fill('Untersuchung');
    for (const kind of ['anchor', 'mask', 'clear', 'always'] as const) {
      await button(words.kinds[kind]).click();
      await button(words.add).click();
    }
    await drag(page, [540, 330], [200, 200]);
    await look('masks-drawn');
    assert.deepEqual(complaints, []);
  });
}

test('a cart that passes its screen on as it is offers no drawing', async (t) => {
  const { page, words, button, look, complaints } = await startEditing(t, {
    screen: { encoder: { mode: 'relay', ffmpeg: null } },
  });
  await page.getByText(words.relayed).waitFor();
  assert.equal(await button(words.take).count(), 0);
  await look('masks-relayed');
  assert.deepEqual(complaints, []);
});
