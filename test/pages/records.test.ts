/**
 * Goal: a technician investigates where the records are: each kind in its viewer, by keyboard, under the desk's policy; what is
 * hostile runs nothing, hangs nothing and ends with words; a copy leaves only by an export, and is owed until it is attested.
 * Method: the built console in real Chromium against a real gateway; real files, made ones of tens of megabytes, and
 * hostile ones; the frame on the screen against dcmtk's; axe on each page; every complaint of the browser counts.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { eventually } from '../harness/eventually.ts';
import { demoPerson, enter, openCase, openConsoleStage } from './console-stage.ts';
import type { ConsoleStage } from './console-stage.ts';
import { investigateLargeLog } from './large-log.ts';
import { ECHO, HOSTILE, seal, sealImage, sealVideo } from './record-scenes.ts';
import { watch } from './watched.ts';

/**
 * More lines than a list scrolls pixel by pixel, and more bytes than the page keeps; test/long/large-log.test.ts does the
 * same with five times as much.
 */
const LARGE_LOG = { lines: 800_000, size: /6\d\.\d MB/ };

let stage: ConsoleStage;
/** One case for all: a cart has one at a time. */
let caseId: string;
const place = mkdtempSync(path.join(tmpdir(), 'chaperone-records-'));
before(async () => {
  stage = await openConsoleStage();
  const { page } = await stage.openWindow();
  await enter(stage, page);
  await openCase(page);
  caseId = /case-[a-z0-9]+/.exec(page.url())?.[0] ?? '';
  await page.context().close();
});
after(async () => {
  await stage[Symbol.asyncDispose]();
  rmSync(place, { recursive: true, force: true });
});

function pageOf(record: string): string {
  return `${stage.system.consoleUrl}/cases/${caseId}/records/${record}`;
}

/** Opens a record's page. */
async function show(page: Page, record: string): Promise<void> {
  await page.goto(pageOf(record));
}

/** Pixels of the picture as it stands on the screen, four bytes each. */
async function shownPixels(page: Page): Promise<{ readonly width: number; readonly rgba: Buffer }> {
  const read = `(() => {
    const canvas = document.querySelector('.dicom-stage__canvas');
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    let text = '';
    for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
    return { width, rgba: btoa(text) };
  })()`;
  const { width, rgba } = await page.evaluate<{ width: number; rgba: string }>(read);
  return { width, rgba: Buffer.from(rgba, 'base64') };
}

/** A frame as dcmtk decodes it: three bytes a pixel. */
function decoded(frame: number, from = ECHO): Buffer {
  const file = path.join(place, 'frame.ppm');
  execFileSync('dcmj2pnm', ['+F', String(frame), '+op', from, file]);
  const bytes = readFileSync(file);
  return bytes.subarray(bytes.length - 600 * 430 * 3);
}

/** The first frame of the cine in a file of its own, packed as a plain JPEG without losing any of its colours' places. */
function packedAsJPEG(): string {
  const [bitmap, plain, packed] = ['f.bmp', 'plain.dcm', 'packed.dcm'].map((name) =>
    path.join(place, name),
  ) as [string, string, string];
  execFileSync('dcm2pnm', ['+F', '1', '+ob', ECHO, bitmap]);
  execFileSync('img2dcm', ['-i', 'BMP', bitmap, plain]);
  execFileSync('dcmcjpeg', ['+eb', '+q', '90', '+s4', plain, packed]);
  return packed;
}

/** Asserts that the middle of the stage is a frame of the cine, pixel for pixel. */
async function assertShown(page: Page, frame: number): Promise<void> {
  await page.getByText(`${frame} / 10`, { exact: true }).waitFor();
  await page.getByLabel(`Frame ${frame} of 10`, { exact: true }).waitFor();
  await assertPixels(page, decoded(frame), 0, `frame ${frame}`);
}

/** @param tolerance how far a sample may be from what is expected, in its own steps of 256 */
async function assertPixels(
  page: Page,
  expected: Buffer,
  tolerance: number,
  what: string,
): Promise<void> {
  const { width, rgba } = await shownPixels(page);
  const height = rgba.length / 4 / width;
  const left = Math.round((width - 600) / 2);
  const top = Math.round((height - 430) / 2);
  let far = 0;
  for (let y = 0; y < 430; y += 1)
    for (let x = 0; x < 600; x += 1)
      for (let sample = 0; sample < 3; sample += 1) {
        const is = rgba[((y + top) * width + x + left) * 4 + sample] ?? Number.NaN;
        const of = expected[(y * 600 + x) * 3 + sample] ?? Number.NaN;
        if (!(Math.abs(is - of) <= tolerance)) far += 1;
      }
  assert.equal(far, 0, what);
}

test('a cine: the frame on the screen is the decoded one; cine, window, size and tags by keyboard', async (t) => {
  const window = await stage.openWindow(1920, 1080);
  const [seen] = watch(t, window);
  const { page } = window;
  await enter(stage, page);
  await page.getByRole('heading', { name: 'Service cases' }).waitFor();
  // Whatever it is called.
  const record = await seal(page, caseId, 'notes.txt', readFileSync(ECHO));
  await seal(page, caseId, 'next.log', Buffer.from('ERROR one\n'));
  await show(page, record);
  await page.getByLabel('Frame 1 of 10', { exact: true }).waitFor();
  await seen?.look('80-dicom');
  await page.keyboard.press('o');
  await page.getByText('100 %', { exact: true }).waitFor();
  await assertShown(page, 1);
  for (let turn = 0; turn < 4; turn += 1) await page.keyboard.press('.');
  await assertShown(page, 5);
  await page.keyboard.press(',');
  await assertShown(page, 4);
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: 'Pause (space)' }).waitFor();
  await page.getByText('7 / 10', { exact: true }).waitFor();
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: 'Play (space)' }).waitFor();

  const number = page.getByLabel('Center and width');
  const stored = await number.innerText();
  await page.keyboard.press(']');
  assert.notEqual(await number.innerText(), stored);
  const box = await page.locator('.dicom-stage').last().boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + 300, box.y + 300);
  await page.mouse.down();
  await page.mouse.move(box.x + 420, box.y + 340, { steps: 4 });
  await page.mouse.up();
  const drawn = await number.innerText();
  assert.notEqual(drawn, stored);
  await page.keyboard.press('+');
  await page.getByText('125 %', { exact: true }).waitFor();
  await page.keyboard.press('r');
  assert.equal(await number.innerText(), stored);

  await page.keyboard.press('/');
  await page.keyboard.type('frame time');
  await page.getByText('76.000000').waitFor();
  await page.getByText('Study Time').waitFor({ state: 'detached' });
  assert.equal(await page.locator('.tag').count(), 1);
  await seen?.look('81-dicom-tags');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowRight');
  await page.getByText('ERROR one').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Records of this case' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.getByText('A record was viewed.').nth(1).waitFor();
  assert.equal(await page.getByText('A record was viewed.').count(), 2, 'once for each record');
  seen?.settle();
});

test('a frame packed as a plain JPEG is what dcmtk unpacks, within what two transforms may differ', async (t) => {
  const window = await stage.openWindow(1920, 1080);
  const [seen] = watch(t, window);
  const { page } = window;
  await enter(stage, page);
  await page.getByRole('heading', { name: 'Service cases' }).waitFor();
  const packed = packedAsJPEG();
  await show(page, await seal(page, caseId, 'packed.dcm', readFileSync(packed)));
  await page.getByLabel('Frame 1 of 1', { exact: true }).waitFor();
  await page.keyboard.press('o');
  await page.getByText('100 %', { exact: true }).waitFor();
  // The inverse transform may be off by one (ITU-T T.83, IEEE 1180); turning to RGB doubles that at most.
  await assertPixels(page, decoded(1, packed), 2, 'plain JPEG');
  await seen?.look('81-plain-jpeg');
  seen?.settle();
});

test('de-identified beside its original; the report is linked from the list and from both viewers', async (t) => {
  const window = await stage.openWindow();
  const [seen] = watch(t, window);
  const { page } = window;
  await enter(stage, page);
  await page.getByRole('heading', { name: 'Service cases' }).waitFor();
  const line =
    '2026-11-30T08:00:00Z ERROR patient_name="Quartzheim^Anna" patient_id=4711 gain 42 dB\n';
  const original = await seal(page, caseId, 'system.log', Buffer.from(line));
  const opaque = await seal(page, caseId, 'firmware.img', Buffer.from([1, 0, 2, 0xff, 0, 9, 8, 7]));
  await page.goto(`${stage.system.consoleUrl}/cases/${caseId}/records`);
  await page.getByRole('button', { name: 'De-identify system.log' }).click();
  const report = page.getByRole('dialog');
  await report.getByText('What was changed').waitFor();
  assert.doesNotMatch(await report.innerText(), /Quartzheim|4711/);
  await seen?.look('96-report');
  await page.keyboard.press('Escape');
  const result = page.getByRole('row').filter({ hasText: 'De-identified' });
  await result.waitFor();
  await result.getByRole('button', { name: /^De-identification report of / }).waitFor();
  await seen?.look('97-de-identified');
  await result.getByRole('link', { name: /^Open / }).click();
  await page.getByText('gain 42 dB').waitFor();
  assert.doesNotMatch(await page.locator('.viewer').innerText(), /Quartzheim|4711/);
  await page.getByRole('button', { name: /^De-identification report of / }).click();
  await page.getByRole('dialog').getByText('What was changed').waitFor();
  await page.keyboard.press('Escape');
  await show(page, original);
  await page.getByText('1 line', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'De-identification report of system.log' }).waitFor();
  await seen?.look('98-viewer-with-report');
  await show(page, opaque);
  await page.getByRole('button', { name: 'De-identify firmware.img' }).click();
  await page.getByRole('dialog').getByText('Nothing else is de-identified.').waitFor();
  await seen?.look('99-refused');
  seen?.settle();
});

test('a log of tens of megabytes: its end, a word in it, a pattern, and one that would never end', async (t) => {
  const window = await stage.openWindow();
  const [seen] = watch(t, window);
  const { page } = window;
  await enter(stage, page);
  await page.getByRole('heading', { name: 'Service cases' }).waitFor();
  await investigateLargeLog(page, seen, pageOf, caseId, LARGE_LOG);

  const trap = await seal(page, caseId, 'trap.log', Buffer.from(`${'a'.repeat(40)}!\n`));
  await show(page, trap);
  await page.getByLabel('Pattern').check();
  await page.getByRole('searchbox').fill('^(a+)+$');
  await page.keyboard.press('Enter');
  await page.getByText('This pattern would take for ever').waitFor();
  await page.getByRole('searchbox').fill('a!');
  await page.keyboard.press('Enter');
  await page.getByText('1 of 1 line', { exact: true }).waitFor();
  await seen?.look('83-pattern');
  seen?.settle();
});

test('bytes, archives, pictures and videos; and hostile ones of each', async (t) => {
  const window = await stage.openWindow();
  const [seen] = watch(t, window);
  const { page, complaints } = window;
  await enter(stage, page);
  await page.getByRole('heading', { name: 'Service cases' }).waitFor();

  const bytes = Buffer.alloc(100_000);
  bytes.write('DEADLINE', 70_000);
  await show(page, await seal(page, caseId, 'firmware.bin', bytes));
  await page.getByText('00000010').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.type('0x10000');
  await page.keyboard.press('Enter');
  await page.locator('.hex-row--found', { hasText: '00010000' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('44 45 41 44');
  await page.keyboard.press('Enter');
  await page.locator('.hex-row--found', { hasText: 'DEADLINE' }).waitFor();
  await seen?.look('84-hex');

  const tar = execFileSync('tar', ['-cf', '-', '-C', path.dirname(ECHO), path.basename(ECHO)]);
  await show(page, await seal(page, caseId, 'bundle.tgz', gzipSync(tar)));
  await page.getByRole('button', { name: 'Look at US-PAL-8-10x-echo.dcm' }).click();
  await page.getByText('44 49 43 4d').waitFor();
  await seen?.look('85-archive');
  await page.keyboard.press('Escape');

  await show(page, await sealImage(page, caseId, 'screen.png', 'image/png'));
  await page.getByRole('img', { name: 'screen.png' }).waitFor();
  await page.getByText('640 × 480').waitFor();
  await seen?.look('86-image');
  for (const type of ['image/png', 'image/jpeg']) {
    const name = `cut-${type.replace('/', '.')}`;
    await show(page, await sealImage(page, caseId, name, type, 0.6));
    await page.getByText('This picture is cut or damaged.').waitFor();
    await seen?.look(`86-${name}`);
  }
  for (const type of ['video/webm', 'video/mp4']) {
    const name = type.replace('/', '.');
    await show(page, await sealVideo(page, caseId, name, type));
    await page.getByText('320 × 240').waitFor();
    await page.keyboard.press(' ');
    await eventually(
      'the video',
      async () =>
        (await page.evaluate('document.querySelector("video").currentTime > 0.2')) === true,
    );
  }

  for (const { name, bytes: hostile, says } of HOSTILE) {
    await show(page, await seal(page, caseId, name, hostile));
    await page.getByText(says).first().waitFor();
    assert.equal(
      await page.evaluate('window.ran === undefined && document.title'),
      await page.title(),
    );
    // The page lives on: its bytes can be looked at.
    const asBytes = page.getByRole('button', { name: 'Bytes', exact: true });
    await asBytes.click();
    await page.getByText('00000000').waitFor();
    await seen?.look(`87-${name}`);
  }
  assert.deepEqual(complaints, []);
  seen?.settle();
});

/** Resolves the case that is shown. */
async function resolveHere(page: Page): Promise<void> {
  const number = await page.locator('.side__number .mono').innerText();
  await page.getByRole('button', { name: 'Resolve case …' }).click();
  await page.getByLabel('Case number').fill(number);
  await page.getByRole('button', { name: 'Destroy and resolve' }).click();
  await page.getByRole('heading', { name: 'Certificate of destruction' }).waitFor();
}

test('a copy leaves with a permission and a reason, and is owed until its deletion is attested', async (t) => {
  const windows = [await stage.openWindow(), await stage.openWindow()] as const;
  const [seen, seenByLead] = watch(t, ...windows);
  const [{ page }, { page: lead }] = windows;
  await enter(stage, page);
  await page.getByRole('heading', { name: 'Service cases' }).waitFor();
  const content = Buffer.from('ERROR probe\n'.repeat(5_000));
  const record = await seal(page, caseId, 'probe.log', content);
  const records = `${stage.system.consoleUrl}/cases/${caseId}/records`;
  await page.goto(records);
  await page.getByRole('link', { name: 'Open probe.log' }).waitFor();
  assert.equal(await page.getByRole('button', { name: /^Export / }).count(), 0);
  // Typed into the address line it is neither shown nor saved.
  const direct = await page.context().newPage();
  const refused = await direct.goto(
    `${stage.system.consoleUrl}/api/cases/${caseId}/records/${record}/content`,
  );
  assert.equal(refused?.status(), 403);
  await direct.close();

  await enter(stage, lead, demoPerson('lena'));
  await lead.getByRole('heading', { name: 'Service cases' }).waitFor();
  await lead.goto(records);
  await lead
    .getByLabel('Permit a technician to export records')
    .selectOption({ label: 'Tara Lindqvist' });
  await lead.getByRole('button', { name: 'Withdraw the permission of Tara Lindqvist' }).waitFor();
  await seenByLead?.look('90-permission');

  await page.getByRole('button', { name: 'Export probe.log' }).click();
  await page.getByLabel('Why does it have to leave?').fill('The manufacturer asked for it.');
  await seen?.look('91-export');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Record it and download' }).click();
  assert.deepEqual(await readFile(await (await download).path()), content);
  await page.getByText('Owed').waitFor();
  await seen?.look('92-owed');

  const number = await page.locator('.side__number .mono').innerText();
  await page.getByRole('button', { name: 'Resolve case …' }).click();
  await page.getByText('One exported copy is not attested as deleted yet').waitFor();
  await page.getByText('probe.log (Tara Lindqvist)').waitFor();
  await page.getByLabel('Case number').fill(number);
  assert.ok(await page.getByRole('button', { name: 'Destroy and resolve' }).isDisabled());
  await seen?.look('93-resolve-owed');
  await page.keyboard.press('Escape');
  await lead.getByRole('button', { name: 'Attest deletion of probe.log' }).waitFor();
  await page.getByRole('button', { name: 'Attest deletion of probe.log' }).click();
  await page.getByText('Every copy of this record outside Chaperone').waitFor();
  await seen?.look('94-attest');
  await page.getByRole('button', { name: 'I attest this' }).click();
  await page.getByText(/Attested by Tara Lindqvist/).waitFor();
  await resolveHere(page);
  await page
    .getByText(/1 exported|exported/)
    .first()
    .waitFor();
  await seen?.look('95-certificate');
  seen?.settle();
  seenByLead?.settle();
});
