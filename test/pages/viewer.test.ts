/**
 * Goal: a technician works with the picture for hours: sizes that are remembered, a frozen picture that goes with the right to see it,
 * distances, a picture kept as a record that is what was on view, keys and text for the cart, and how good the road is.
 * Method: the built console in real Chromium before a real gateway and cart; the operator answers by the panel's HTTP interface.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../harness/eventually.ts';
import { enter, openCase, openConsoleStage } from './console-stage.ts';
import type { ConsoleStage, ConsoleWindow } from './console-stage.ts';

let stage: ConsoleStage;
let window: ConsoleWindow;
const found: string[] = [];
const SHOWN = '.stage__screen[data-state="shown"] canvas';

before(async () => {
  stage = await openConsoleStage();
  window = await stage.openWindow(1440, 900);
  await enter(stage, window.page);
  await openCase(window.page);
  await session(['view', 'control']);
});
after(() => stage[Symbol.asyncDispose]());

/** Asks for a session and has it granted. */
async function session(activities: readonly ('view' | 'control')[]): Promise<void> {
  const { page } = window;
  const { operator } = stage;
  if (activities.includes('control')) await page.getByLabel('Control the screen').check();
  await page.getByRole('button', { name: 'Request as soon as the cart connects' }).click();
  await operator.viewWhen('nothing', ({ phase }) => phase === 'idle' || phase === 'ended');
  if ((await operator.view()).phase === 'ended') await operator.dismiss();
  await operator.press();
  await operator.accept();
  const { requests } = await operator.viewWhen('a request', (view) => view.requests.length > 0);
  await operator.consent(requests[0]?.id ?? '', activities);
  await page.locator(SHOWN).waitFor();
}

const look = async (name: string): Promise<void> =>
  void found.push(...(await window.examine(name)));

interface Box {
  readonly width: number;
  readonly height: number;
}
/** How large the picture is laid out. */
async function shownSize(page: Page): Promise<Box> {
  return await page.evaluate(`(() => {
    const { width, height } = document.querySelector('${SHOWN}').getBoundingClientRect();
    return { width: Math.round(width), height: Math.round(height) };
  })()`);
}
async function pictureSize(page: Page): Promise<Box> {
  return await page.evaluate(`(() => {
    const { width, height } = document.querySelector('${SHOWN}');
    return { width, height };
  })()`);
}
/** The pixels of a canvas, as a digest. */
async function digestOf(page: Page, selector: string): Promise<string> {
  const text: string = await page.evaluate(`(() => {
    const canvas = document.querySelector('${selector}');
    if (canvas === null || canvas.width === 0) return '';
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let text = '';
    for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
    return btoa(text);
  })()`);
  return text === '' ? '' : createHash('sha256').update(text).digest('hex');
}

test('fit, 1:1 and steps between; by keyboard; remembered for this person, and nothing else', async () => {
  const { page } = window;
  const picture = await pictureSize(page);
  await page.getByRole('button', { name: '1:1' }).click();
  await eventually('one to one', async () => (await shownSize(page)).width === picture.width);
  await page.keyboard.press('+');
  const larger = Math.round(picture.width * 1.5);
  await eventually('larger', async () => (await shownSize(page)).width === larger);
  await page.getByText('150 %').waitFor();
  await look('50-zoomed');
  // What does not fit is moved to: by keyboard, too.
  const scroll = page.getByRole('region', { name: /larger than its window/ });
  await scroll.focus();
  await page.keyboard.press('End');
  await eventually('moved', async () =>
    page.evaluate('document.querySelector(".stage__scroll").scrollTop > 0'),
  );
  assert.deepEqual(
    await page
      .evaluate('Object.entries(localStorage).filter(([key]) => key.startsWith("chaperone.view"))')
      .then((all) =>
        (all as string[][]).map(([key, value]) => [
          /^chaperone\.view\.tech-\w+$/.test(key ?? ''),
          value,
        ]),
      ),
    [[true, '150']],
  );
  await page.reload();
  await page.locator(SHOWN).waitFor();
  await eventually('as before', async () => (await shownSize(page)).width === larger);
  await page.getByRole('button', { name: 'Fit' }).click();
  await eventually('fitted', async () => (await shownSize(page)).width < picture.width);
});

test('a frozen picture stands still and is marked; nothing goes to the cart meanwhile; the cart goes on', async () => {
  const { page } = window;
  await page.getByRole('button', { name: 'Freeze' }).click();
  await page.getByText(/^Frozen at \d\d:\d\d:\d\d$/).waitFor();
  const frozen = await digestOf(page, '.frozen canvas');
  const live = await digestOf(page, SHOWN);
  await eventually('the cart goes on', async () => (await digestOf(page, SHOWN)) !== live);
  // Out of sight while nothing is heard of the cart, on a slow machine.
  await eventually(
    'the same copy',
    async () => (await digestOf(page, '.frozen canvas')) === frozen,
  );
  await look('51-frozen');
  assert.equal(await page.getByRole('button', { name: 'Keys' }).count(), 0);
  await page.keyboard.press('f');
  await page.locator('.frozen').waitFor({ state: 'detached' });
});

test('a distance by pointer and by keyboard, told in millimetres once a length is known', async () => {
  const { page } = window;
  await page.getByRole('button', { name: 'Freeze' }).click();
  await page.getByRole('button', { name: 'Measure' }).click();
  const box = await page.locator('.measure').boundingBox();
  assert.ok(box !== null);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2 + 100);
  const told = page.locator('.measure-panel__told');
  const picture = await pictureSize(page);
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const pixels = Number.parseFloat(await told.innerText());
  assert.ok(Math.abs(pixels - 100 / scale) < 2, `${pixels} px at a scale of ${scale}`);
  await page.getByLabel('Known length, mm').fill('40');
  await page.getByRole('button', { name: 'Calibrate' }).click();
  assert.match(await told.innerText(), /px · 40\.0 mm$/);
  await look('52-measured');
  // The same by keyboard: a new distance, twice ten pixels to the right.
  await page.locator('.measure').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Enter');
  assert.match(await told.innerText(), /^20\.0 px · \d+\.\d mm$/);
  await page.keyboard.press('Escape');
  await page.locator('.measure').waitFor({ state: 'detached' });
  await page.keyboard.press('f');
  await page.locator('.frozen').waitFor({ state: 'detached' });
});

test('what is on view is kept as a record of the case, pixel for pixel', async () => {
  const { page } = window;
  await page.getByRole('button', { name: 'Freeze' }).click();
  await page.locator('.frozen canvas').waitFor();
  const frozen = await digestOf(page, '.frozen canvas');
  const answered = page.waitForResponse((response) => response.url().includes('/snapshots'));
  await page.getByRole('button', { name: 'Keep picture' }).click();
  await page.getByText(/^Kept as a record: screen .*\.png$/).waitFor();
  const { id } = (await (await answered).json()) as { id: string };
  const caseAddress = `/api${/\/cases\/[^/]+/.exec(page.url())?.[0] ?? ''}`;
  // What the vault has, not what was sent.
  await page.evaluate(`(async () => {
    const headers = { range: 'bytes=0-' };
    const answer = await fetch('${caseAddress}/records/${id}/content', { headers });
    const picture = await createImageBitmap(new Blob([await answer.arrayBuffer()], { type: 'image/png' }));
    const canvas = document.createElement('canvas');
    canvas.id = 'again';
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext('2d').drawImage(picture, 0, 0);
    document.body.append(canvas);
  })()`);
  assert.equal(await digestOf(page, '#again'), frozen);
  await page.evaluate('document.querySelector("#again").remove()');
  await page.keyboard.press('f');
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.getByRole('cell', { name: /^Picture of the screen/ }).waitFor();
  const link = page.getByRole('link', { name: /^Open screen / });
  await link.waitFor();
  await look('53-records');
  await link.click();
  await page.locator('.viewer, .case--viewing').first().waitFor();
  await look('54-record');
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.locator(SHOWN).waitFor();
});

test('special keys and typed text reach the cart; the keyboard’s own layout does not matter', async () => {
  const { page } = window;
  await page.locator(SHOWN).click({ position: { x: 200, y: 400 } });
  await page.keyboard.press('Shift+Escape');
  await page.getByRole('button', { name: 'Keys' }).click();
  await look('55-keys');
  const before = await annotationLight(page);
  await page.getByRole('button', { name: 'Type text …' }).click();
  await page.getByRole('textbox', { name: 'Text' }).fill('x'.repeat(501));
  await page.getByText('At most 500 characters at once.').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Type it' }).isDisabled());
  await page.getByRole('textbox', { name: 'Text' }).fill('WWWWWWWWWWWW');
  await look('56-type');
  await page.getByRole('button', { name: 'Type it' }).click();
  await page.getByText('The text was typed.').waitFor();
  await eventually(
    'what was typed on the cart',
    async () => (await annotationLight(page)) > before + 200,
  );
  await page.getByRole('button', { name: 'F5', exact: true }).click();
  const hold = page.getByRole('button', { name: 'Hold Alt' });
  await hold.click();
  assert.equal(await hold.getAttribute('aria-pressed'), 'true');
  await hold.click();
  assert.equal(await hold.getAttribute('aria-pressed'), 'false');
  await page.keyboard.press('Escape');
  await page.locator('.keys__panel').waitFor({ state: 'detached' });
  assert.equal((await stage.operator.view()).session?.inputRefused ?? 0, 0);
});

test('the road is told quietly: an echo’s time, pictures and bytes a second', async () => {
  const { page } = window;
  const note = page.locator('.link-note');
  await eventually('an echo', async () => /^\d+ ms · \d+ fps · .+\/s/.test(await note.innerText()));
  assert.equal(await note.getAttribute('aria-live'), null);
  assert.notEqual(await note.getAttribute('data-grade'), 'unknown');
});

test('a frozen picture goes with the right to see it', async () => {
  const { page } = window;
  const { operator } = stage;
  await page.getByRole('button', { name: 'Freeze' }).click();
  await page.locator('.frozen canvas').waitFor();
  await page.evaluate('window.kept = document.querySelector(".frozen canvas")');
  await operator.pause();
  await page.getByText('Paused by the operator').waitFor();
  await page.locator('.frozen').waitFor({ state: 'detached' });
  // Its pixels are gone, not only out of sight.
  await eventually('no pixels', async () => (await page.evaluate('window.kept.width')) === 0);
  assert.ok(await page.getByRole('button', { name: 'Freeze' }).isDisabled());
  assert.ok(await page.getByRole('button', { name: 'Keep picture' }).isDisabled());
  await look('57-paused');
  await operator.lift();
  await page.getByText('Paused by the operator').waitFor({ state: 'detached' });
  await page.locator('.frozen').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Freeze' }).click();
  await page.locator('.frozen canvas').waitFor();
  await operator.end();
  await page.getByText('The operator ended the session.').waitFor();
  assert.equal(await page.locator('.frozen').count(), 0);
  assert.equal(await page.locator('canvas').count(), 0);
});

test('without control there are no keys; the picture is moved by the pointer instead', async () => {
  const { page } = window;
  const { operator } = stage;
  if ((await operator.view()).phase === 'open') await operator.end();
  await page.getByText('The operator ended the session.').waitFor();
  await session(['view']);
  assert.equal(await page.getByRole('button', { name: 'Keys' }).count(), 0);
  await page.getByRole('button', { name: '1:1' }).click();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  const scroll = page.locator('.stage__scroll--zoomed');
  // Laid out, so that there is somewhere to go.
  await page.waitForFunction(`(() => {
    const zoomed = document.querySelector('.stage__scroll--zoomed[data-pan]');
    if (zoomed === null) return false;
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = zoomed;
    return scrollWidth - clientWidth >= 150 && scrollHeight - clientHeight >= 100;
  })()`);
  const box = await scroll.boundingBox();
  assert.ok(box !== null);
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x - 150, middle.y - 100, { steps: 4 });
  await page.mouse.up();
  const moved = await page.evaluate(
    '[document.querySelector(".stage__scroll").scrollLeft, document.querySelector(".stage__scroll").scrollTop]',
  );
  assert.deepEqual(moved, [150, 100]);
  assert.deepEqual(found, []);
  assert.deepEqual(window.complaints, []);
});

/** How many pixels are lit in the line of the cart's screen where typed text stands. */
async function annotationLight(page: Page): Promise<number> {
  return await page.evaluate(`
    (() => {
      const canvas = document.querySelector('${SHOWN}');
      const { width, height } = canvas;
      const top = Math.floor(height * 0.915);
      const line = canvas
        .getContext('2d')
        .getImageData(Math.floor(width * 0.08), top, width / 2, height * 0.03);
      let lit = 0;
      for (let index = 0; index < line.data.length; index += 4) {
        if (line.data[index] + line.data[index + 1] + line.data[index + 2] > 300) lit += 1;
      }
      return lit;
    })()
  `);
}
