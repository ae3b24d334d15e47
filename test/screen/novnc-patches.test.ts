/**
 * Goal: what the patches of noVNC's H.264 decoder promise holds in a browser: each context has its own parameters, decodes in
 * software, is closed when it goes, and a frame that cannot be decoded stops nothing.
 * Method: the patched decoder in Chromium, fed with real pictures of ffmpeg for several places, and with damaged ones.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { patched, readPatches } from '../../console/novnc/novnc-patches.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { eventually } from '../harness/eventually.ts';

const NOVNC = path.join(ROOT, 'node_modules/@novnc/novnc');
const PATCHES = readPatches();

/** Counts decoders, and feeds noVNC's with rectangles as a connection would. */
const PAGE = `<!doctype html><meta charset="utf-8" /><title>decoder</title><link rel="icon" href="data:," />
<script type="module">
  import H264Decoder from '/core/decoders/h264.js';
  const Real = window.VideoDecoder;
  window.decoders = [];
  window.configured = [];
  window.VideoDecoder = class extends Real {
    constructor(callbacks) {
      super(callbacks);
      window.decoders.push(this);
    }
    configure(config) {
      window.configured.push(config);
      super.configure(config);
    }
  };
  window.frames = [];
  const display = { videoFrame: (x, y, w, h, frame) => window.frames.push(frame) };
  const decoder = new H264Decoder();
  window.feed = (x, flags, base64) => {
    const payload = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
    const words = [payload.length, flags];
    const sock = { rQwait: () => false, rQshift32: () => words.shift(), rQshiftBytes: () => payload };
    decoder.decodeRect(x, 0, 64, 64, sock, display, 24);
  };
  window.isReady = true;
</script>`;

/** One picture as an Annex B stream with its parameters; coded like the cart's, nothing of it waits for a later one. */
function picture(profile: string, pixels: string): string {
  const source = ['-f', 'lavfi', '-i', 'testsrc=size=64x64:rate=1', '-frames:v', '1'];
  const coding = ['-c:v', 'libx264', '-profile:v', profile, '-pix_fmt', pixels];
  const bytes = execFileSync('/usr/bin/ffmpeg', [
    ...['-v', 'error', ...source, ...coding, '-tune', 'zerolatency'],
    ...['-x264-params', 'sliced-threads=0:slices=1', '-f', 'h264', '-'],
  ]);
  return bytes.toString('base64');
}

const BASELINE = picture('baseline', 'yuv420p');
const FULL_COLOUR = picture('high444', 'yuv444p');
const RESET_ALL = 2;

let browser: Browser;
let page: Page;
let close: () => void;
const faults: string[] = [];
before(async () => {
  const server = createServer((request, response) => {
    const wanted = path.normalize(request.url ?? '/');
    response.setHeader('content-type', wanted === '/' ? 'text/html' : 'text/javascript');
    const source = (): string => readFileSync(path.join(NOVNC, wanted), 'utf8');
    response.end(wanted === '/' ? PAGE : patched(wanted.slice(1), source(), PATCHES));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  page = await browser.newPage();
  page.on('pageerror', (fault) => faults.push(fault.message));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction('window.isReady');
});
after(async () => {
  await browser.close();
  close();
});

const feed = async (x: number, flags: number, base64: string): Promise<void> => {
  await page.evaluate(`window.feed(${x}, ${flags}, '${base64}')`);
};
/** Whether the latest frame is there, and has a picture. */
const latest = async (): Promise<readonly [isReady: boolean, hasPicture: boolean]> =>
  await page.evaluate('[window.frames.at(-1).ready, window.frames.at(-1).frame !== null]');

test('each place has its own parameters, and all of them decode in software', async () => {
  await feed(0, RESET_ALL, BASELINE);
  await eventually('a picture', async () => (await latest())[1]);
  await feed(64, 0, FULL_COLOUR);
  await eventually('another', async () => (await latest())[1]);
  const configured: readonly { codec: string; hardwareAcceleration?: string }[] =
    await page.evaluate('window.configured');
  assert.deepEqual(
    configured.map(({ codec, hardwareAcceleration }) => [codec.slice(0, 7), hardwareAcceleration]),
    [
      ['avc1.42', 'prefer-software'],
      ['avc1.f4', 'prefer-software'],
    ],
  );
  assert.equal(await page.evaluate('typeof window._profileIdc'), 'undefined');
});

test('a decoder is closed when its place goes, after what it still holds has come', async () => {
  for (let turn = 0; turn < 20; turn += 1) {
    await feed(turn * 64, RESET_ALL, BASELINE);
    await eventually('a picture', async () => (await latest())[1]);
  }
  const open = async (): Promise<number> =>
    await page.evaluate('window.decoders.filter(({ state }) => state !== "closed").length');
  await eventually('one decoder', async () => (await open()) === 1);
  // The place goes at once, before its picture is there.
  await page.evaluate(`window.feed(0, ${RESET_ALL}, '${BASELINE}'); window.held = window.frames.at(-1);
    window.feed(64, ${RESET_ALL}, '${BASELINE}')`);
  await eventually('what it held', async () => await page.evaluate('window.held.frame !== null'));
});

test('a frame that cannot be decoded stops nothing; the next key frame begins anew', async () => {
  await feed(0, RESET_ALL, BASELINE);
  await eventually('a picture', async () => (await latest())[1]);
  const damaged = Buffer.from([0, 0, 0, 1, 0x41, ...Array.from({ length: 40 }, () => 0xff)]);
  await feed(0, 0, damaged.toString('base64'));
  await eventually('nothing waited for', async () => (await latest())[0]);
  await feed(0, 0, BASELINE);
  await eventually('a picture again', async () => (await latest())[1]);
  assert.deepEqual(faults, []);
});
