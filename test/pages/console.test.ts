/**
 * Goal: a technician does the whole job in the console: licence, both gates, a case, a session whose picture moves, files
 * in both directions, an interruption, the end, resolving and the certificate; and can do it by keyboard and screen reader.
 * Method: the built console in real Chromium against a real gateway and a real cart that are processes of their own; the
 * operator answers through the panel's own HTTP interface; the road between cart and gateway is cut; axe on each page.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../harness/eventually.ts';
import { demoPerson, enter, openCase, openConsoleStage, signIn } from './console-stage.ts';
import type { ConsoleStage } from './console-stage.ts';

let stage: ConsoleStage;
before(async () => {
  stage = await openConsoleStage();
});
after(() => stage[Symbol.asyncDispose]());

test('the whole job', async (t) => {
  const { page, complaints, examine } = await stage.openWindow();
  let isWhole = false;
  t.after(async () => {
    if (!isWhole) t.diagnostic(JSON.stringify([complaints, await page.innerText('body')]));
    await page.context().close();
  });
  const found: string[] = [];
  const look = async (name: string): Promise<void> => void found.push(...(await examine(name)));
  const { operator } = stage;
  const person = demoPerson();

  // Licence: the code comes in the address and does not stay there.
  const code = await stage.system.issueWorkstationLicence('Console test');
  await page.goto(`${stage.system.consoleUrl}/#workstation-licence=${code}`);
  await page.getByLabel('Name of this workstation').waitFor();
  assert.equal(await page.getByLabel('Licence code').inputValue(), code);
  assert.ok(!page.url().includes(code));
  await look('01-licence');
  await page
    .getByLabel('Licence code')
    .fill(`${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`);
  await page.getByLabel('Name of this workstation').fill('Service desk 4, left');
  await page.getByRole('button', { name: 'License' }).click();
  await page.getByText('The code has a typing error').waitFor();
  await look('02-licence-mistyped');
  await page.getByLabel('Licence code').fill(code);
  await page.getByRole('button', { name: 'License' }).click();

  // Both gates, each with an honest refusal.
  await page.getByLabel('Login name').fill(person.login);
  await page.getByLabel('Password').fill('wrong-password-1');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('The directory did not accept').waitFor();
  await look('03-sign-in-refused');
  await page.getByLabel('Password').fill(person.directoryPassword);
  await page.keyboard.press('Enter');
  await page.getByText('Directory passed as').waitFor();
  await look('04-sign-in-gateway');
  await page.getByLabel('Gateway user ID').fill(person.account);
  await page.getByLabel('Password').fill(person.gatewayPassword);
  await page.keyboard.press('Enter');

  // Cases, empty; then one.
  await page.getByText('There is no case yet.').waitFor();
  await look('05-cases-empty');
  await page.keyboard.press('n');
  await page.getByRole('dialog').waitFor();
  await look('06-new-case');
  await page.keyboard.press('Escape');
  await openCase(page);
  await page.getByText('Cart not connected').waitFor();
  await look('07-session-offline');
  const caseNumber = await page.locator('.side__number .mono').innerText();

  // Asked ahead; sent as soon as the operator has pressed and accepted.
  await page.getByLabel('Send files').check();
  await page.getByRole('button', { name: 'Request as soon as the cart connects' }).click();
  await page.getByText('Your request is sent as soon as').waitFor();
  await look('08-session-armed');
  await operator.press();
  await operator.accept();
  const shownCode = page.getByTestId('comparison-code');
  await shownCode.waitFor();
  await look('09-comparison-code');
  const { requests } = await operator.viewWhen('a request', (view) => view.requests.length > 0);
  assert.equal(await shownCode.innerText(), requests[0]?.comparisonCode);
  await operator.consent(requests[0]?.id ?? '', ['view', 'fetch-files', 'send-files']);

  // The picture is there and moves.
  await page.locator('.stage__screen[data-state="shown"] canvas').waitFor();
  await movingPicture(page);
  await look('10-session');
  await page.getByText('View only').first().waitFor();
  await page.locator('.stage__screen canvas').click();
  await page.getByText('View only: the operator did not allow control.').waitFor();
  await look('11-view-only-hint');
  await page.getByRole('button', { name: '1:1' }).click();
  await look('12-session-actual');
  await page.getByRole('button', { name: 'Fit' }).click();

  // Paused by the operator, and going on.
  await operator.pause();
  await page.getByText('Paused by the operator').waitFor();
  await look('13-paused');
  await operator.lift();
  await page.getByText('Paused by the operator').waitFor({ state: 'detached' });
  await movingPicture(page);

  // Files: fetched while the screen stays in view, sent by the picker.
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await page.getByRole('button', { name: 'Fetch system.log' }).waitFor();
  await look('14-files');
  await page.getByRole('button', { name: 'Fetch doppler-trace.log' }).click();
  await page.getByRole('button', { name: 'Fetch system.log' }).click();
  await page.getByText('Done, digest checked').nth(1).waitFor();
  const sent = Buffer.from('a new calibration table\n'.repeat(1000));
  await page.locator('.drop button:enabled', { hasText: 'choose files' }).waitFor();
  await page.getByLabel('Send files to the cart', { exact: true }).setInputFiles({
    name: 'calibration.tbl',
    mimeType: 'application/octet-stream',
    buffer: sent,
  });
  await page.getByText('Done, digest checked').nth(2).waitFor();
  assert.deepEqual(await readFile(path.join(stage.inbox, 'calibration.tbl')), sent);
  await look('15-files-done');

  // Records: the digest is that of the cart's file; it is looked at here, and leaves only where a lead permits it.
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.getByRole('button', { name: 'copy the digest of system.log' }).click();
  const original = await readFile(path.join(stage.logs, 'system.log'));
  assert.equal(
    await page.evaluate('navigator.clipboard.readText()'),
    createHash('sha256').update(original).digest('hex'),
  );
  await look('16-records');
  assert.equal(await page.getByRole('button', { name: 'Export system.log' }).count(), 0);
  await page.getByRole('link', { name: 'Open system.log' }).click();
  const lines = original.toString().trimEnd().split('\n');
  await page.getByText(`${lines.length.toLocaleString('en-GB')} lines`, { exact: true }).waitFor();
  await page
    .getByText(lines[0] ?? '?', { exact: true })
    .first()
    .waitFor();
  await look('17-record');
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Records of this case' }).waitFor();

  await page.keyboard.press('g');
  await page.keyboard.press('n');
  await page.getByLabel('New note').fill('Gain is at its limit; calibration table replaced.');
  await page.keyboard.press('Control+Enter');
  await page.locator('.notes__text', { hasText: 'Gain is at its limit' }).waitFor();
  await look('18-notes');
  await page.keyboard.press('Tab');
  await page.locator('#content').focus();
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.getByText('A record was viewed.').waitFor();
  await look('19-timeline');

  // The network goes away and comes back: resumed without a touch.
  await page.getByRole('button', { name: 'Back to the screen' }).click();
  stage.road.cut();
  await page.getByText('Connection to the cart lost').waitFor();
  await page.getByText(/The session ends in \d:\d\d/).waitFor();
  await look('20-interrupted');
  stage.road.mend();
  await page.locator('.stage__screen[data-state="shown"] canvas').waitFor();
  await movingPicture(page);
  await operator.viewWhen('the session again', (view) => view.phase === 'open');

  // The end, then everything is destroyed.
  await page.getByRole('button', { name: 'End session' }).click();
  await page.getByText('End the session?').waitFor();
  await look('21-end');
  await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
  await page.getByText('You ended the session.').waitFor();
  await look('22-ended');
  await page.getByRole('button', { name: 'Resolve case …' }).click();
  await page.getByLabel('Case number').fill('SC-0000');
  assert.ok(await page.getByRole('button', { name: 'Destroy and resolve' }).isDisabled());
  await page.getByLabel('Case number').fill(caseNumber);
  await look('23-resolve');
  await page.getByRole('button', { name: 'Destroy and resolve' }).click();
  await page.getByRole('heading', { name: 'Certificate of destruction' }).waitFor();
  await look('24-certificate');
  await page.emulateMedia({ media: 'print' });
  await look('24-certificate-printed');
  for (const format of ['A4', 'Letter']) {
    const paper = await page.pdf({ format });
    const folder = process.env['CONSOLE_SCREENSHOTS'];
    if (folder !== undefined) writeFileSync(path.join(folder, `certificate-${format}.pdf`), paper);
    assert.equal(paper.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length, 1, format);
  }
  await page.emulateMedia({ media: null });
  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Signed (JWS)' }).click();
  const jws = await readFile(await (await saved).path(), 'utf8');
  const claims = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as {
    caseNumber: string;
    records: number;
    sanitization: { counts: Readonly<Record<string, number>> };
  };
  // Beside the recordings, of which there is one for each time that the screen was opened.
  const recordings = claims.sanitization.counts['records-recording'] ?? 0;
  assert.deepEqual([claims.caseNumber, claims.records - recordings], [caseNumber, 3]);
  assert.ok(recordings > 0);
  assert.equal(await page.getByText('Miriam Okafor').count(), 0);

  // The list again, by keyboard.
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await page.getByRole('button', { name: 'Resolved' }).click();
  await page.getByRole('link', { name: caseNumber }).waitFor();
  await page.keyboard.press('?');
  await look('25-shortcuts');
  await page.keyboard.press('Escape');
  await look('26-cases-resolved');
  await page.keyboard.press('/');
  await page.keyboard.type('no such case');
  await page.getByText('No case fits.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: caseNumber }).waitFor();

  assert.deepEqual(found, []);
  assert.deepEqual(complaints, []);
  isWhole = true;
});

test('who is signed out meets the gate where they stand, and goes on there', async (t) => {
  const { page } = await stage.openWindow();
  t.after(() => page.context().close());
  await enter(stage, page);
  await page.getByRole('heading', { name: 'Service cases' }).waitFor();
  await page.getByRole('button', { name: 'All' }).click();
  const place = page.url();
  await page.getByRole('button', { name: 'New case' }).click();
  await page.getByLabel('Cart', { exact: true }).selectOption({ index: 1 });
  await page.getByLabel('Facility').fill('Elsewhere');
  await page.getByLabel('Caller').fill('Somebody');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Open case' }).click();
  await page.getByLabel('Login name').waitFor();
  assert.equal(page.url(), place);
  await signIn(page);
  await page.getByRole('heading', { name: 'Service cases' }).waitFor();
  assert.equal(page.url(), place);
});

test('control by mouse and keyboard, out of the screen by keyboard, one window at a time', async (t) => {
  const { page, examine } = await stage.openWindow(1920, 1080);
  t.after(() => page.context().close());
  const { operator } = stage;
  await enter(stage, page);
  await openCase(page);
  await page.getByLabel('Control the screen').check();
  await page.getByRole('button', { name: 'Request as soon as the cart connects' }).click();
  await operator.viewWhen('nothing', (view) => view.phase === 'idle' || view.phase === 'ended');
  if ((await operator.view()).phase === 'ended') await operator.dismiss();
  await operator.press();
  await operator.accept();
  const { requests } = await operator.viewWhen('a request', (view) => view.requests.length > 0);
  await operator.consent(requests[0]?.id ?? '', ['view', 'control']);
  const canvas = page.locator('.stage__screen[data-state="shown"] canvas');
  await canvas.waitFor();
  await movingPicture(page);

  // Typed into the annotation of the cart's own screen: its picture changes there, and no shortcut of ours is taken.
  await canvas.click({ position: { x: 200, y: 400 } });
  const before = await annotationLight(page);
  await page.keyboard.type('gcn WWWWWWWW');
  await eventually(
    'what was typed on the cart',
    async () => (await annotationLight(page)) > before + 200,
  );
  assert.match(page.url(), /session$/);
  assert.deepEqual(await examine('30-control-1920'), []);
  await page.keyboard.press('Shift+Escape');
  await page.waitForFunction('document.activeElement?.tagName === "BUTTON"');
  assert.equal((await operator.view()).session?.inputRefused ?? 0, 0);

  // A second window takes the screen; the first says so and can take it back.
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.locator('.stage__screen[data-state="shown"] canvas').waitFor();
  await page.getByText('The screen was opened in another window.').waitFor();
  assert.deepEqual(await examine('31-replaced'), []);
  await page.getByRole('button', { name: 'Show it here' }).click();
  await canvas.waitFor();
  await other.getByText('The screen was opened in another window.').waitFor();

  // What the operator ends is over here at once, with the reason.
  await operator.end();
  await page.getByText('The operator ended the session.').waitFor();
});

/** How many pixels are lit in the line of the cart's screen where typed text stands. */
async function annotationLight(page: Page): Promise<number> {
  return await page.evaluate(`
    (() => {
      const { width, height } = document.querySelector('.stage__screen canvas');
      const context = document.querySelector('.stage__screen canvas').getContext('2d');
      const top = Math.floor(height * 0.915);
      const line = context.getImageData(Math.floor(width * 0.08), top, width / 2, height * 0.03);
      let lit = 0;
      for (let index = 0; index < line.data.length; index += 4) {
        if (line.data[index] + line.data[index + 1] + line.data[index + 2] > 300) lit += 1;
      }
      return lit;
    })()
  `);
}

/** Two pictures of the screen that differ, neither of them blank. */
async function movingPicture(page: Page): Promise<void> {
  const digest = async (): Promise<string> =>
    await page.evaluate(`
      (() => {
        const canvas = document.querySelector('.stage__screen canvas');
        if (canvas === null || canvas.width === 0) return '';
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let sum = 0;
        let lit = 0;
        for (let index = 0; index < data.length; index += 4) {
          const light = data[index] + data[index + 1] + data[index + 2];
          if (light > 60) lit += 1;
          sum = (Math.imul(sum, 31) + light) | 0;
        }
        return lit > 1000 ? String(sum) : '';
      })()
    `);
  const first = await eventually('a picture', async () => (await digest()) || null);
  await eventually('another picture', async () => {
    const next = await digest();
    return next !== '' && next !== first;
  });
}
