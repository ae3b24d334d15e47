/**
 * Goal: a second technician asks at the console to watch, sees the screen when the operator has said yes, knows that they can do
 * nothing, and is named to who holds the session; after a no they read it. Nothing is seen before the yes and after the end.
 * Method: the built console in two windows of a real Chromium before a real gateway and cart; the operator answers by the panel's
 * HTTP interface; axe; every complaint of the browser counts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { demoPerson, enter, openCase, openConsoleStage } from './console-stage.ts';

/** A loaded machine is slow to unpack the cine and to draw. */
const PATIENCE_MS = 120_000;
const SHOWN = '.stage__screen[data-state="shown"] canvas';

test('asking, a no, a yes, both look, and the end of the watching alone', async () => {
  await using stage = await openConsoleStage();
  const { operator } = stage;
  const first = await stage.openWindow(1440, 900);
  first.page.setDefaultTimeout(PATIENCE_MS);
  await enter(stage, first.page, demoPerson('tara'));
  await openCase(first.page);
  const lena = demoPerson('lena');
  await first.page.getByLabel('Designate another technician').selectOption({ label: lena.name });
  await first.page.getByRole('button', { name: 'Request as soon as the cart connects' }).click();
  await operator.press();
  await operator.accept();
  const { requests } = await operator.viewWhen('a request', (view) => view.requests.length > 0);
  await operator.consent(requests[0]?.id ?? '', ['view']);
  await first.page.locator(SHOWN).waitFor();

  const second = await stage.openWindow(1440, 900);
  second.page.setDefaultTimeout(PATIENCE_MS);
  const found: string[] = [];
  const look = async (name: string, window = second): Promise<void> =>
    void found.push(...(await window.examine(name)));
  await enter(stage, second.page, lena);
  await second.page.getByRole('button', { name: 'New case' }).waitFor();
  await second.page.goto(first.page.url());
  const ask = second.page.getByRole('button', { name: 'Ask to watch' });
  await ask.waitFor();
  await look('watching-1-held-by-another');
  assert.equal(await second.page.locator(SHOWN).count(), 0);
  await ask.click();
  await second.page.getByText('The operator is being asked').waitFor();
  const { watching } = await operator.viewWhen('it', (view) => view.watching.asked !== null);
  const code = second.page.getByTestId('comparison-code');
  assert.equal(await code.textContent(), watching.asked?.comparisonCode);
  await look('watching-2-asked');
  await first.page.getByText(`${lena.name} asks to watch`).waitFor();
  await operator.refuseWatch();
  await second.page.getByText('The operator did not let you watch').waitFor();
  await look('watching-3-refused');

  await letIn(second.page);
  await second.page.locator(SHOWN).waitFor();
  await second.page.getByText(/^Watching Tara/).waitFor();
  await first.page.getByText(`${lena.name} watches`).waitFor();
  for (const name of ['Keep picture', 'End session'])
    assert.equal(await second.page.getByRole('button', { name }).count(), 0, name);
  await look('watching-4-watching');
  await look('watching-5-holder', first);

  await operator.stopWatch();
  await second.page.getByRole('button', { name: 'Ask to watch' }).waitFor();
  assert.equal(await second.page.locator(SHOWN).count(), 0);
  assert.equal(await first.page.locator(SHOWN).count(), 1);

  await letIn(second.page);
  await second.page.locator(SHOWN).waitFor();
  await second.page.getByRole('button', { name: 'Stop watching' }).click();
  await operator.viewWhen('nobody who watches', (view) => view.watching.watcher === null);
  await second.page.getByRole('button', { name: 'Ask to watch' }).waitFor();
  assert.deepEqual(found, []);
  assert.deepEqual([...first.complaints, ...second.complaints], []);

  /** Asks until a question is put: after one without a yes the next one waits. */
  async function letIn(page: Page): Promise<void> {
    const isAsked = page.getByText('The operator is being asked');
    for (;;) {
      await page.getByRole('button', { name: /^(?:Ask to watch|Ask again)$/ }).click();
      const isPut = await isAsked.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
      if (isPut) break;
    }
    const view = await operator.viewWhen('it', (each) => each.watching.asked !== null);
    await operator.allowWatch(view.watching.asked?.number ?? 0);
  }
});
