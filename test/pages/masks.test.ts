/**
 * Goal: a technician sees what of a cart's screen is covered, asks its operator for a part, and sees for how long it is open.
 * Method: the built console in real Chromium before a real gateway and cart, whose screen is masked by templates that were made of a
 * snapshot of it; the operator answers by the panel's HTTP interface.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import {
  addLayout,
  connectSource,
  takeSnapshot,
  writeMaskTemplates,
} from '@chaperone/cart/screen/screen.ts';
import { enter, MODEL, openCase, openConsoleStage } from './console-stage.ts';

async function templatesIn(folder: string): Promise<object> {
  const source = connectSource({ kind: 'demo' });
  const picture = await takeSnapshot(source, AbortSignal.timeout(60_000));
  await source.close();
  const text = writeMaskTemplates(
    addLayout([], MODEL, picture, {
      layout: 'exam',
      anchors: [{ x: 14, y: 14, width: 230, height: 46 }],
      masks: [
        { name: 'patient-line', area: { x: 306, y: 10, width: 350, height: 58 } },
        { name: 'burned-in-name', area: { x: 20, y: 100, width: 200, height: 24 } },
      ],
      clear: [],
    }),
  );
  const templatesFile = path.join(folder, 'masks.json');
  await writeFile(templatesFile, text);
  return { templatesFile, templatesSha256: createHash('sha256').update(text).digest('hex') };
}

test('what is covered is listed, asked for with a reason, and counted down while it is open', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-masks-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await using stage = await openConsoleStage({
    screen: {
      kind: 'demo',
      encoder: { mode: 're-encoder', ffmpeg: null },
      masks: await templatesIn(folder),
    },
  });
  const { page, examine, complaints } = await stage.openWindow(1280, 800);
  const { operator } = stage;
  await enter(stage, page);
  await openCase(page);
  await page.getByRole('button', { name: 'Request as soon as the cart connects' }).click();
  await operator.viewWhen('nothing', ({ phase }) => phase === 'idle');
  await operator.press();
  await operator.accept();
  const { requests } = await operator.viewWhen('a request', (view) => view.requests.length > 0);
  await operator.consent(requests[0]?.id ?? '', ['view']);
  await page.locator('.stage__screen[data-state="shown"] canvas').waitFor();

  await page.getByRole('button', { name: 'Covered', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Covered parts of the screen' });
  const list = dialog.getByRole('list', { name: 'Covered parts' });
  await list.getByText('exam: patient line').waitFor();
  assert.equal(await list.getByRole('listitem').count(), 3);
  const found = [...(await examine('mask-dialog'))];
  const ask = dialog.getByRole('button', { name: 'Ask the operator' });
  assert.equal(await ask.isDisabled(), true);
  await dialog.getByLabel('Why you have to see it').fill('The line at the top is cut off.');
  await dialog.getByLabel('Part', { exact: true }).selectOption('exam/patient-line');
  await ask.click();
  await dialog.getByText('The operator is being asked …').waitFor();
  found.push(...(await examine('mask-asked')));
  const { masks } = await operator.viewWhen('a question', (view) => view.masks.asked !== null);
  await operator.allowUnmask(masks.asked?.number ?? 0, 1);
  await list.getByText(/open, \d+ s left/).waitFor();
  found.push(...(await examine('mask-open')));
  await operator.end();
  assert.deepEqual([...found, ...complaints], []);
});
