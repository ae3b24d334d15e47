/**
 * Goal: the banner says who, what and how long in every language, on small and large displays, and its targets stay large
 * enough for a finger. Method: its pixels, drawn for many sizes and names.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import { LANGUAGES } from '@chaperone/domain/notice/notice.ts';
import type { Indicated } from '../indicator-contract.ts';
import { BannerCanvas, INDICATOR_COLOUR, shortened, timeText } from './draw-banner.ts';
import { isIn, layOut } from './layout.ts';

const ADA: Indicated = {
  ...{
    technicianName: 'Ada Nilsen',
    activities: ACTIVITIES,
    isRecorded: true,
    paused: false,
    interlocked: false,
  },
  ...{ sinceMonotonicMs: 0, language: 'en' },
};
const SIZES = [
  [640, 480],
  [1280, 1024],
  [1920, 1080],
  [3840, 2160],
] as const;

test('targets are at least 44 pixels each way, apart, inside the banner, and beside the text', () => {
  for (const [width, height] of SIZES) {
    const { banner, interlock, pause, end, textRight, border } = layOut(width, height);
    for (const target of [interlock, pause, end]) {
      assert.ok(target.width >= 44 && target.height >= 44);
      assert.ok(target.y >= 0 && target.y + target.height <= banner.height);
      assert.ok(target.x >= textRight && target.x + target.width <= width);
    }
    assert.ok(interlock.x + interlock.width + 8 <= pause.x);
    assert.ok(pause.x + pause.width + 8 <= end.x);
    assert.ok(!isIn(pause, end.x, end.y));
    for (const { x, y, width: w, height: h } of border) {
      assert.ok(x >= 0 && y >= 0 && x + w <= width && y + h <= height);
    }
  }
});

test('every language and size draws both lines, and nothing of them under the targets', () => {
  for (const [width, height] of SIZES) {
    const layout = layOut(width, height);
    for (const language of LANGUAGES) {
      const indicated = { ...ADA, language, technicianName: 'Ł'.repeat(200) };
      const pixels = new BannerCanvas(layout).draw(indicated, 3599);
      const between = (from: number, to: number): number => {
        let written = 0;
        for (let y = 0; y < layout.banner.height; y += 1) {
          for (let x = from; x < to; x += 1) {
            if (pixels[y * width + x] !== INDICATOR_COLOUR.live) written += 1;
          }
        }
        return written;
      };
      assert.ok(between(0, layout.textRight) > 500, `${width} ${language}`);
      assert.equal(
        between(layout.textRight + 1, layout.interlock.x - 1),
        0,
        `${width} ${language}`,
      );
    }
  }
});

test('that the screen is recorded is read whatever else is granted', () => {
  const cases = LANGUAGES.flatMap((language) =>
    [[1024, 768] as const, ...SIZES.slice(1)].map((size) => ({ language, size })),
  );
  for (const { language, size } of cases) {
    const [width, height] = size;
    const banner = new BannerCanvas(layOut(width, height));
    const draw = (change: Partial<Indicated>): Buffer =>
      Buffer.from(banner.draw({ ...ADA, language, ...change }, 0).slice().buffer);
    // Its words are drawn where they are drawn when nothing else is granted.
    const all = draw({});
    const alone = draw({ activities: ['view'] });
    const unsaid = draw({ activities: ['view'], isRecorded: false });
    let differing = 0;
    for (let at = 0; at < alone.length; at += 4) {
      if (alone.readUInt32LE(at) === unsaid.readUInt32LE(at)) continue;
      differing += 1;
      assert.equal(all.readUInt32LE(at), alone.readUInt32LE(at), `${language} ${width}`);
    }
    assert.ok(differing > 100, language);
  }
});

test('a second, a pause and another name change it; the same says the same', () => {
  const draw = (change: Partial<Indicated>, seconds: number): string =>
    Buffer.from(
      new BannerCanvas(layOut(1280, 1024)).draw({ ...ADA, ...change }, seconds).slice().buffer,
    ).toString('base64');
  const first = draw({}, 0);
  assert.equal(draw({}, 0), first);
  assert.notEqual(draw({}, 1), first);
  assert.notEqual(draw({ technicianName: 'Иван' }, 0), first);
  assert.notEqual(draw({ technicianName: 'Иван' }, 0), draw({ technicianName: 'Илья' }, 0));
  assert.notEqual(draw({ paused: true }, 0), first);
  assert.notEqual(draw({ interlocked: true }, 0), draw({ paused: true }, 0));
  assert.notEqual(draw({ activities: ['view'] }, 0), first);
  assert.notEqual(draw({ isRecorded: false }, 0), first);
  // Of what is not seen, nothing is recorded.
  const files = { activities: ['fetch-files'] } as const;
  assert.equal(draw({ ...files, isRecorded: true }, 0), draw({ ...files, isRecorded: false }, 0));
  assert.equal(
    draw({ paused: true, isRecorded: true }, 0),
    draw({ paused: true, isRecorded: false }, 0),
  );
});

test('time as people read it, and text that is cut says so', () => {
  assert.deepEqual([0, 9.9, 61, 3599, 3600, -5].map(timeText), [
    '0:00',
    '0:09',
    '1:01',
    '59:59',
    '1:00:00',
    '0:00',
  ]);
  assert.equal(
    shortened('Ada', () => true),
    'Ada',
  );
  assert.equal(
    shortened('Ada Nilsen', (part) => part.length <= 5),
    'Ada…',
  );
});
