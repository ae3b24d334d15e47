/**
 * Goal: the verifier's page gives the same verdicts in the same words as the program, for good and for tampered evidence, from a disk
 * and with the network off, and asks nobody anything. Method: the built page in a real Chromium that is offline, and the command line, both
 * over one corpus; axe reads the page in each language.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { corpus } from '@chaperone/verify/testing/corpus.ts';
import type { Specimen } from '@chaperone/verify/testing/corpus.ts';
import { rootCertificate, verifierLine } from '@chaperone/verify/testing/story.ts';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { buildPage } from '../../tools/pages/pages.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { violationsOn } from './accessibility.ts';

interface Judged {
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly problems: readonly string[];
  }[];
  readonly ok: boolean;
}

let browser: Browser;
let folder: string;
let specimens: readonly Specimen[];
before(async () => {
  await buildPage(ROOT, 'verify', () => undefined);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  });
  folder = await mkdtemp(path.join(tmpdir(), 'chaperone-verify-'));
  specimens = await corpus();
  await Promise.all(specimens.map(({ name, text }) => writeFile(path.join(folder, name), text)));
  await writeFile(path.join(folder, 'root.pem'), rootCertificate);
  await writeFile(path.join(folder, 'key.txt'), `${verifierLine}\n`);
});
after(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

const PICTURES = process.env['VERIFY_SCREENSHOTS'];

/** Opens the page from the disk, offline; whatever it asks of the network is told. */
async function open(asked: string[]): Promise<Page> {
  const context = await browser.newContext({
    offline: true,
    viewport: { width: 1100, height: 900 },
  });
  const page = await context.newPage();
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) asked.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error') asked.push(message.text());
  });
  await page.goto(pathToFileURL(path.join(ROOT, 'verify/dist/index.html')).href);
  return page;
}

async function drop(page: Page, names: readonly string[]): Promise<void> {
  const files = names.map((name) => path.join(folder, name));
  await page.locator('input[type=file]').setInputFiles(files);
}

async function shownOf(page: Page, name: string): Promise<Judged> {
  return await page.locator(`article[data-file="${name}"]`).evaluate((article) => ({
    ok: article.getAttribute('data-ok') === 'true',
    checks: [...article.querySelectorAll('li:has(.name)')].map((row) => ({
      name: row.querySelector('.name')?.textContent ?? '',
      ok: row.querySelector('.good-mark') !== null,
      problems: [...row.querySelectorAll('.problem')].map((each) => each.textContent ?? ''),
    })),
  }));
}

async function byProgram(name: string, ...options: readonly string[]): Promise<Judged | null> {
  const main = path.join(ROOT, 'verify/src/main.ts');
  const child = spawn(process.execPath, [main, '--json', ...options, path.join(folder, name)]);
  const [output, [code]] = await Promise.all([readAll(child.stdout), once(child, 'close')]);
  const { results } = JSON.parse(output) as { readonly results: readonly Judged[] };
  const [result = null] = results;
  assert.equal(code, result === null ? 2 : result.ok ? 0 : 1, name);
  return result;
}

test('page and program say the same of every file, and the page asks nobody', async () => {
  const asked: string[] = [];
  const page = await open(asked);
  await drop(page, ['key.txt', 'root.pem', ...specimens.map(({ name }) => name)]);
  await page
    .locator('article')
    .nth(specimens.length - 1)
    .waitFor();
  const keep = ['--key', verifierLine, '--cart-root', path.join(folder, 'root.pem')];
  for (const { name, isGood } of specimens) {
    const shown = await shownOf(page, name);
    assert.equal(shown.ok, isGood, `${name}: ${JSON.stringify(shown)}`);
    const program = await byProgram(name, ...keep);
    const expected = (program?.checks ?? []).map(({ name: what, ok, problems }) => ({
      name: what,
      ok,
      problems,
    }));
    assert.deepEqual(shown.checks, expected, name);
  }
  assert.deepEqual(asked, []);
  await page.context().close();
});

test('without key and root it says that it believes what came with the file', async () => {
  const page = await open([]);
  await drop(page, ['whole.json']);
  const article = page.locator('article[data-file="whole.json"]');
  await article.waitFor();
  assert.match(await article.innerText(), /Checked against what came with the files/);
  assert.match(await article.innerText(), /Trusting the key inside the bundle/);
  await page.getByLabel('The ledger’s key').fill('nonsense');
  await page.getByLabel('The ledger’s key').blur();
  await page.locator('article[data-ok="false"]').waitFor();
  await page.context().close();
});

test('a key that lies beside the evidence never takes the place of the one that is kept', async () => {
  const page = await open([]);
  const own = 'hospital.example/ledger+00000000+AbcdAbcdAbcdAbcdAbcdAbcdAbcdAbcdAbcdAbcdAbcd';
  await page.getByLabel('The ledger’s key').fill(own);
  await page.getByLabel('The ledger’s key').blur();
  await drop(page, ['whole.json', 'key.txt', 'root.pem']);
  const article = page.locator('article[data-file="whole.json"]');
  await page.locator('article[data-file="whole.json"][data-ok="false"]').waitFor();
  assert.match(await page.locator('article[data-file="key.txt"]').innerText(), /not taken/);
  assert.equal(await page.getByLabel('The ledger’s key').inputValue(), own);
  assert.match(await article.innerText(), /Checked against what came with the files/);
  await page.context().close();
});

test('the policy lets nothing out: no request, no image, no script of a stranger', async () => {
  const page = await open([]);
  const outcomes = await page.evaluate(`(async () => {
    const fetched = await fetch('https://example.org/').then(() => 'sent', () => 'refused');
    const script = document.createElement('script');
    script.textContent = 'window.strange = true';
    document.head.append(script);
    return [fetched, 'strange' in window];
  })()`);
  assert.deepEqual(outcomes, ['refused', false]);
  const policy = await page.locator('meta[http-equiv]').getAttribute('content');
  assert.match(policy ?? '', /default-src 'none'.*connect-src 'none'/);
  await page.context().close();
});

test('it can be read by everybody, in each language, with the words of the program beside', async () => {
  const page = await open([]);
  await drop(page, ['whole.json', 'entry-altered.json']);
  await page.locator('article').nth(1).waitFor();
  const inEnglish = (await shownOf(page, 'entry-altered.json')).checks;
  assert.ok(inEnglish.some(({ ok }) => !ok));
  for (const [language, title] of [
    ['en', 'Check the evidence yourself'],
    ['de', 'Prüfen Sie die Nachweise selbst'],
    ['es', 'Compruebe usted mismo las pruebas'],
  ] as const) {
    await page.locator('header select').selectOption(language);
    await page.getByRole('heading', { name: title }).waitFor();
    await page.locator('article').nth(1).waitFor();
    if (PICTURES !== undefined)
      await page.screenshot({
        path: path.join(PICTURES, `verify-${language}.png`),
        fullPage: true,
      });
    const { checks } = await shownOf(page, 'entry-altered.json');
    for (const [at, check] of checks.entries()) {
      const said = [check.name, ...check.problems];
      const original = [inEnglish[at]?.name ?? '', ...(inEnglish[at]?.problems ?? [])];
      assert.equal(said.length, original.length);
      for (const [line, text] of said.entries()) {
        const english = original[line] ?? '';
        if (language === 'en') assert.equal(text, english);
        // Something of its own, then the program's words.
        else assert.ok(text.length > english.length + 1 && text.endsWith(` ${english}`), text);
      }
    }
    const violations = await violationsOn(page);
    assert.deepEqual(
      violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
      [],
    );
  }
  await page.context().close();
});
