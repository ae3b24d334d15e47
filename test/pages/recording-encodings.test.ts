/**
 * Goal: a recording is played exactly as it was seen in the encodings without loss that go on with zlib streams, also where
 * rectangles go on with a zlib stream that began long before; from its beginning, from another place, and back.
 * Method: the built console in real Chromium before a gateway; a cart that packs what the test draws; the canvas against what was
 * drawn.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { NOVNC_FORMAT } from '@chaperone/gateway/desk/recording/screen-tap.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { writeClientMessage } from '@chaperone/protocol/rfb/write-client-message.ts';
import { chromium } from 'playwright-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { buildPage } from '../../tools/pages/pages.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { DrawnScreen } from '../harness/drawn-screen.ts';
import { eventually } from '../harness/eventually.ts';
import { tightEncoder, zrleEncoder } from '../harness/rectangle-encoding.ts';
import { CHROMIUM_FLAGS } from './console-stage.ts';
import type { ConsoleWindow } from './console-stage.ts';
import {
  PATIENCE_MS,
  PLAYED,
  drawn,
  openRecordedSession,
  openRecords,
  shown,
} from './recording-stage.ts';
import type { RecordedSession } from './recording-stage.ts';

const SIZE = { width: 480, height: 320 };
/** Until what was sent is surely recorded, and at which it is looked for. */
const STILL_MS = 800;

before(async () => await buildPage(ROOT, 'console', () => undefined));

/** Looks at a cart's screen with noVNC's form of pixels, without decoding any. */
async function look({ tara, serviceCase }: RecordedSession, encoding: number) {
  const socket = tara.webSocket(`/api/cases/${serviceCase.id}/session/screen`);
  const begunUtcMs = Date.now();
  await once(socket, 'message');
  const area = { x: 0, y: 0, ...SIZE };
  socket.send(Buffer.from('RFB 003.008\n\x01\x01', 'latin1'));
  socket.send(writeClientMessage({ type: 'set-pixel-format', format: NOVNC_FORMAT }));
  socket.send(writeClientMessage({ type: 'set-encodings', encodings: [encoding] }));
  socket.send(writeClientMessage({ type: 'update-request', incremental: false, area }));
  return { socket, nowMs: () => Date.now() - begunUtcMs };
}

interface Player extends Pick<ConsoleWindow, 'examine' | 'complaints'> {
  readonly page: Page;
  readonly slider: Locator;
}

async function play(t: TestContext, session: RecordedSession): Promise<Player> {
  const browser: Browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: CHROMIUM_FLAGS,
  });
  t.after(() => browser.close());
  const { page, examine, complaints } = await openRecords(session, browser);
  await page.getByRole('link', { name: /Screen .* UTC\.screen/ }).click();
  await page.locator(PLAYED).waitFor();
  const slider = page.getByRole('slider', { name: 'Place in the recording' });
  return { page, slider, examine, complaints };
}

for (const [name, encoding, newEncoder] of [
  ['Tight', ENCODING.tight, tightEncoder],
  ['ZRLE', ENCODING.zrle, zrleEncoder],
] as const) {
  test(`${name}: each moment is what was drawn, pixel for pixel`, async (t) => {
    const screen = new DrawnScreen(SIZE, newEncoder);
    // Keys come often, so that a place is reached from one in the middle of the stream.
    const session = await openRecordedSession((stream) => screen.show(stream), {
      keyEveryBytes: 2_000,
    });
    await using _ = session.gateway;
    const { socket, nowMs } = await look(session, encoding);
    const stills: { readonly sum: string; readonly atMs: number }[] = [];
    for (let times = 0; times < 3; times += 1) {
      screen.isFrozen = false;
      await delay(STILL_MS);
      screen.isFrozen = true;
      await delay(STILL_MS);
      stills.push({ sum: drawn(screen), atMs: nowMs() });
      await delay(STILL_MS / 2);
    }
    assert.ok(screen.wholes > 1, 'the desk asks for the whole picture');
    assert.equal(new Set(stills.map(({ sum }) => sum)).size, 3);
    socket.close();
    const { page, slider, examine, complaints } = await play(t, session);
    for (const { sum, atMs } of [...stills, ...stills.toReversed()]) {
      await slider.fill(String(Math.floor(atMs - STILL_MS / 2)));
      await eventually(
        `what stood at ${atMs} ms`,
        async () => (await shown(page)) === sum,
        PATIENCE_MS,
      );
    }
    assert.deepEqual(await examine(`75-recording-${name.toLowerCase()}`), []);
    assert.deepEqual(complaints, []);
  });
}
