/**
 * Goal: the real noVNC plays what the re-encoder sends, and once the film is frozen its canvas is the display's frame
 * buffer, pixel for pixel, by Tight and ZRLE; it is told so.
 * Method: a real display with the real cine, X0tigervnc, the relay and the re-encoder as in a session, and Chromium with
 * noVNC as the console has it, over a WebSocket.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { duplexPair } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { chromium, type Page } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { ServerMessageParser } from '@chaperone/protocol/rfb/server-message.ts';
import { SourceHandshake } from '@chaperone/protocol/rfb/source-handshake.ts';
import { connectSource, openScreen, reEncoded } from '@chaperone/cart/screen/screen.ts';
import {
  isUnderPointer,
  playFilm,
  startRealDisplay,
  startTigerVNC,
  type RealDisplay,
} from '@chaperone/cart/screen/testing/real-display.ts';
import { patched, readPatches } from '../../console/novnc/novnc-patches.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { eventually } from '../harness/eventually.ts';

const SIZE = { width: 640, height: 480 };
/** Beside the middle, where the pointer is. */
const FILM = { x: 10, y: 90, width: 300, height: 224 };
/** Chromium, a film and its encoder share what processor there is. */
const PATIENCE_MS = 120_000;
const NOVNC = path.join(ROOT, 'node_modules/@novnc/novnc');

const PATCHES = readPatches();
const PAGE = readFileSync(new URL('novnc-page.html', import.meta.url));

/** A file of noVNC, patched as in the console. */
function novncFile(wanted: string): string {
  const source = readFileSync(path.join(NOVNC, wanted), 'utf8');
  return patched(wanted.slice(1), source, PATCHES);
}

/** Rectangles of ZRLE that a viewer was sent. */
let zrle = 0;

function zrleCounter(): (bytes: Buffer) => void {
  const handshake = new SourceHandshake();
  let parser: ServerMessageParser | null = null;
  return (bytes) => {
    if (parser === null) {
      const { done } = handshake.push(bytes);
      if (done === null) return;
      parser = new ServerMessageParser(done.size);
      parser.push(done.rest);
    } else {
      parser.push(bytes);
    }
    for (let unit = parser.next(); unit !== null; unit = parser.next()) {
      if (unit.type === 'rectangle' && unit.encoding === ENCODING.zrle) zrle += 1;
    }
  };
}

/** Serves noVNC and the screen of a source to it. Returns the page's address. */
async function serve(t: TestContext, address: string): Promise<string> {
  const server = createServer((request, response) => {
    const wanted = path.normalize(request.url ?? '/');
    const isPage = wanted === '/';
    response.setHeader('content-type', isPage ? 'text/html' : 'text/javascript');
    response.end(isPage ? PAGE : novncFile(wanted));
  });
  const sockets = new WebSocketServer({ server, path: '/screen' });
  const ending = new AbortController();
  const source = reEncoded(connectSource({ kind: 'rfb', address }), {
    videoProgram: '/usr/bin/ffmpeg',
  });
  sockets.on('connection', (socket) => {
    const [near, far] = duplexPair();
    const count = zrleCounter();
    far.on('data', (bytes: Buffer) => {
      count(bytes);
      socket.send(bytes);
    });
    socket.on('message', (bytes: Buffer) => far.write(bytes));
    socket.on('close', () => near.destroy());
    openScreen({
      source,
      viewer: near,
      activities: ['view'],
      inputAllowed: () => false,
      paused: () => false,
      excludedRegions: () => [],
      signal: ending.signal,
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    ending.abort();
    await source.close();
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

interface Seen {
  readonly films: number;
  readonly names: readonly string[];
}

async function seen(page: Page): Promise<Seen> {
  return await page.evaluate('window.seen');
}

/** The canvas as 0xRRGGBB. */
async function canvasPixels(page: Page): Promise<Uint32Array> {
  const text: string = await page.evaluate(`(() => {
    const canvas = document.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let text = '';
    for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
    return btoa(text);
  })()`);
  const bytes = Buffer.from(text, 'base64');
  return Uint32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readUIntBE(at * 4, 3));
}

test('noVNC plays the film as H.264; frozen, its canvas is the frame buffer of the display', async (t) => {
  const display = await startRealDisplay(t, SIZE);
  const socket = path.join(display.directory, 'rfb');
  await startTigerVNC(t, display, socket);
  const address = await serve(t, `unix:${socket}`);
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 700, height: 500 } });
  const faults: string[] = [];
  page.on('pageerror', (fault) => faults.push(fault.message));
  await page.goto(address);
  const film = playFilm(t, display, FILM);
  await eventually('film in noVNC', async () => (await seen(page)).films >= 5, PATIENCE_MS);
  assert.equal((await seen(page)).names.at(-1), 'Cart screen: moving');
  film.freeze();
  await untilExact(page, display);
  assert.ok(zrle > 0, 'noVNC takes ZRLE beside Tight, and got none');
  assert.deepEqual(faults, []);
});

async function untilExact(page: Page, display: RealDisplay): Promise<void> {
  await eventually(
    'the exact picture',
    async () => {
      const { names } = await seen(page);
      if (names.at(-1) !== 'Cart screen: exact') return false;
      const shown = await canvasPixels(page);
      const real = display.pixels();
      return (
        shown.length === real.length &&
        shown.every((pixel, at) => pixel === real[at] || isUnderPointer(at, SIZE))
      );
    },
    PATIENCE_MS,
  );
}
