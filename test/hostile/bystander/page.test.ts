/**
 * Goal: a web page on the cart, of whatever origin, can neither act as the operator nor read what the panel shows.
 * Method: real Chromium with pages of another loopback port, of a name that was rebound to the loopback address, of
 * data: and file: addresses, against the real cart with a session open; each tries every way that a browser has.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { startDay } from '../../scenario/day.ts';
import type { Day } from '../../scenario/day.ts';

const REBOUND = 'panel.rebound.example';
const ACTS = ['press', 'notice/accept', 'consent', 'resume', 'pause', 'end', 'dismiss'];
const PAGE = '<!doctype html><title>bystander</title><body></body>';
/** What a fetch that must not be answered comes to, whatever the browser calls it. */
const NOTHING = new Set(['thrown', 'opaque', '403']);

/** Runs in the bystander's page. @returns what each way of asking came to */
const ATTEMPTS = `async (panel, acts) => {
  const found = [];
  const ask = async (way, path, init) => {
    const answer = await fetch(panel + path, init).then(
      async (response) => (response.type === 'opaque' ? 'opaque' : String(response.status)), () => 'thrown');
    found.push([way + ' ' + path, answer]);
  };
  for (const act of acts) {
    const path = '/api/' + act;
    const json = { 'content-type': 'application/json', authorization: 'Bearer guessed-credential-00' };
    await ask('cors', path, { method: 'POST', body: '{}', headers: json });
    await ask('no-cors', path, { method: 'POST', mode: 'no-cors', body: '{}' });
    await ask('text', path, { method: 'POST', mode: 'no-cors', body: '{}', headers: { 'content-type': 'text/plain' } });
    await ask('keepalive', path, { method: 'POST', mode: 'no-cors', keepalive: true, body: '{}' });
    navigator.sendBeacon(panel + path, new Blob(['{}'], { type: 'text/plain' }));
  }
  for (const path of ['/api/view', '/api/views', '/']) {
    await ask('read', path, {});
    await ask('read no-cors', path, { mode: 'no-cors', credentials: 'include' });
  }
  const settled = (way, target, start) => new Promise((resolve) => {
    const done = (what) => { found.push([way, what]); resolve(); };
    target.onopen = () => done('open'); target.onload = () => done('load'); target.onmessage = () => done('message');
    target.onerror = () => done('thrown'); setTimeout(() => done('thrown'), 3000); start?.();
  });
  await settled('websocket', new WebSocket(panel.replace('http', 'ws') + '/api/views'));
  await settled('event source', new EventSource(panel + '/api/views'));
  const script = document.createElement('script');
  script.src = panel + '/api/view';
  await settled('script', script, () => document.body.append(script));
  const worker = navigator.serviceWorker?.register(panel + '/assets/worker.js');
  found.push(['service worker', worker ? await worker.then(() => 'registered', () => 'thrown') : 'thrown']);
  return found;
}`;

/** What an embedding or opening page sees of the panel. */
const WINDOWS = `async (panel) => {
  const seen = [];
  const look = (way, view) => {
    try { seen.push([way, view.document.body.innerText]); } catch { seen.push([way, 'thrown']); }
    try { seen.push([way + ' storage', JSON.stringify(view.sessionStorage)]); } catch { seen.push([way + ' storage', 'thrown']); }
  };
  const frame = document.createElement('iframe');
  frame.src = panel + '/';
  const loaded = new Promise((resolve) => { frame.onload = resolve; setTimeout(resolve, 3000); });
  document.body.append(frame);
  await loaded;
  look('frame', frame.contentWindow);
  frame.contentWindow.postMessage({ type: 'end' }, '*');
  const opened = window.open(panel + '/');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  if (opened) { look('window', opened); opened.postMessage({ type: 'end' }, '*'); }
  const form = document.createElement('form');
  form.method = 'POST'; form.enctype = 'text/plain'; form.target = '_blank'; form.action = panel + '/api/end';
  const field = document.createElement('input'); field.name = '{"a":"'; field.value = '"}';
  form.append(field); document.body.append(form); form.submit();
  await new Promise((resolve) => setTimeout(resolve, 500));
  return seen;
}`;

let day: Day;
let browser: Browser;
let server: http.Server;
let otherPort: string;
let folder: string;
before(async () => {
  day = await startDay();
  folder = await mkdtemp(path.join(tmpdir(), 'chaperone-page-'));
  await writeFile(path.join(folder, 'bystander.html'), PAGE);
  server = http.createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  otherPort = String(address.port);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      '--disable-popup-blocking',
      `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`,
    ],
  });
  await day.openSession(['view']);
});
after(async () => {
  await browser.close();
  server.close();
  server.closeAllConnections();
  await day[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const PLACES: readonly [what: string, address: () => string][] = [
  ['another port', () => `http://127.0.0.1:${otherPort}/`],
  ['localhost by name', () => `http://localhost:${otherPort}/`],
  ['a file', () => pathToFileURL(path.join(folder, 'bystander.html')).href],
  ['a data address', () => `data:text/html,${encodeURIComponent(PAGE)}`],
];

for (const [what, address] of PLACES) {
  test(`a page of ${what} changes nothing and reads nothing`, async () => {
    const before = await day.operator.view();
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(address());
      const call = `(${ATTEMPTS})(${JSON.stringify(day.system.panelUrl)}, ${JSON.stringify(ACTS)})`;
      const found = await page.evaluate<readonly (readonly [string, string])[]>(call);
      assert.ok(found.length > 30);
      assert.deepEqual(
        found.filter(([, came]) => !NOTHING.has(came)),
        [],
      );
      const seen = await page.evaluate<readonly (readonly [string, string])[]>(
        `(${WINDOWS})(${JSON.stringify(day.system.panelUrl)})`,
      );
      assert.deepEqual(
        seen.filter(([, saw]) => saw !== 'thrown'),
        [],
      );
    } finally {
      await context.close();
    }
    const now = await day.operator.view();
    assert.deepEqual([now.phase, now.session?.paused], [before.phase, false]);
  });
}

test('a name that was rebound to the loopback address gets neither pages nor interface', async () => {
  const { port } = new URL(day.system.panelUrl);
  const page = await browser.newPage();
  const answer = await page.goto(`http://${REBOUND}:${port}/`);
  assert.equal(answer?.status(), 403);
  // The page is of the same origin now as what it asks for.
  const statuses = await page.evaluate<readonly number[]>(
    `Promise.all(${JSON.stringify(ACTS)}.map(async (act) => (await fetch('/api/' + act, {
      method: 'POST', body: '{}', headers: { 'content-type': 'application/json' },
    })).status))`,
  );
  assert.deepEqual(new Set(statuses), new Set([403]));
  assert.equal((await day.operator.view()).session?.paused, false);
});

test('what pages tried is in the journal, counted', async () => {
  await day.operator.end();
  await day.operator.viewWhen('the end', (view) => view.phase === 'ended');
  const journal = path.join(day.system.cartData, 'journal', 'journal.ndjson');
  const written = await readFile(journal, 'utf8');
  for (const act of ['press', 'notice/accept', 'consent', 'resume', 'end', 'view', 'views']) {
    assert.match(written, new RegExp(`"operation":"panel ${act}","code":"PANEL_ORIGIN_REFUSED"`));
  }
  assert.match(written, /"code":"PANEL_HOST_REFUSED"/);
});
