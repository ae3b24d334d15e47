// Goal: a cart covers no less than its facility demands, whatever its configuration says, and a screen that was opened under less is closed.
// Method: the part as the agent ties it, with a policy that changes under it and sources that are pairs of streams.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { ScreenMaskRule } from '@chaperone/domain/facility-policy/facility-policy.ts';
import type { MaskMode } from '@chaperone/domain/mask/mask.ts';
import { parseConfiguration } from '../configuration/configuration.ts';
import { openLog } from '../platform/log.ts';
import { addLayout, pictureOf } from '../screen/screen.ts';
import type { ScreenSource } from '../screen/screen.ts';
import { openMasking, shownSource } from './masking-part.ts';

const log = openLog('silent');
const signal = new AbortController().signal;

async function cart(t: TestContext, mode: MaskMode, encoder: 'relay' | 're-encoder') {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'chaperone-masking-'));
  t.after(() => rm(dataDirectory, { recursive: true, force: true }));
  const configuration = parseConfiguration({
    dataDirectory,
    cart: { serial: 'US-1', model: 'Bench' },
    gateway: { host: '127.0.0.1', port: 9, serverName: 'gateway.test' },
    serviceCentre: { name: 'Centre', phone: '1', phiPolicyUrl: 'https://example.org/phi' },
    screen: { kind: 'demo', encoder: { mode: encoder, ffmpeg: null }, masks: { mode } },
  });
  const world = { demand: { atLeast: 'off', mayUnmask: true } as ScreenMaskRule };
  const masks = await openMasking(configuration, () => world.demand, log);
  const opened: Duplex[] = [];
  const source: ScreenSource = {
    description: 'a pair',
    open: async () => {
      const [near, far] = duplexPair();
      opened.push(far);
      return near;
    },
    close: async () => undefined,
  };
  const demand = (atLeast: MaskMode): void => {
    world.demand = { atLeast, mayUnmask: true };
    masks.look();
  };
  const shown = shownSource(configuration.screen, masks.masking, log, source);
  t.after(() => shown.close());
  return { masks, demand, shown, opened };
}

test('without templates everything is covered that a facility demands, and nothing else changes', async (t) => {
  const { masks, demand } = await cart(t, 'off', 're-encoder');
  assert.equal(masks.masking.rule.is, 'off');
  demand('configured');
  assert.equal(masks.masking.rule.is, 'unknown-model');
  demand('off');
  assert.equal(masks.masking.rule.is, 'off');
});

test('the stricter of the two counts, with what was drawn meanwhile', async (t) => {
  const { masks, demand } = await cart(t, 'configured', 're-encoder');
  const pixels = Uint32Array.from({ length: 64 * 48 }, (_, at) => at * 77);
  const box = { x: 0, y: 0, width: 8, height: 8 };
  const drawing = { layout: 'exam', anchors: [box], masks: [], clear: [] };
  masks.setTemplates(addLayout([], 'Bench', pictureOf({ width: 64, height: 48, pixels }), drawing));
  const { masking } = masks;
  const mode = (): string => (masking.rule.is === 'template' ? masking.rule.mode : masking.rule.is);
  assert.equal(mode(), 'configured');
  demand('strict');
  assert.equal(mode(), 'strict');
  demand('configured');
  assert.equal(mode(), 'configured');
});

test('a screen that is relayed is closed when masks are demanded, and comes covered from then on', async (t) => {
  const { masks, demand, shown, opened } = await cart(t, 'configured', 'relay');
  const before = await shown.open(signal);
  assert.equal(shown.isReEncoded, false);
  assert.equal(opened.length, 1);
  const closed = new Promise((resolve) => before.once('close', resolve));
  demand('configured');
  await closed;
  assert.equal(before.destroyed, true);
  assert.equal(shown.isReEncoded, true);
  assert.equal(masks.masking.isOn, true);
  demand('off');
  assert.equal(shown.isReEncoded, false);
});

test('a screen that was being opened when masks were demanded is not opened', async (t) => {
  const { demand, shown, opened } = await cart(t, 'configured', 'relay');
  const opening = shown.open(signal);
  demand('strict');
  await assert.rejects(opening, { code: 'SCREEN_SOURCE_UNREACHABLE' });
  assert.equal(opened.length, 1);
});
