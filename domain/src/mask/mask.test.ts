// Goal: what is not recognised is covered, what a template names stays covered unless the operator opened exactly that, and strict covers
// at least what configured does. Method: properties over random templates and screens, pixel by pixel.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MaskArea } from './mask-area.ts';
import { isInside, outsideOf } from './mask-area.ts';
import {
  askableMasks,
  demandedRule,
  MASK_MODES,
  masksFor,
  maskRule,
  WHOLE_SCREEN,
} from './mask.ts';
import type { MaskKey, MaskTemplate } from './mask.ts';

const SIZE = { width: 24, height: 18 };
const area: fc.Arbitrary<MaskArea> = fc
  .record({ x: fc.nat(23), y: fc.nat(17), width: fc.nat(23), height: fc.nat(17) })
  .map(({ x, y, width, height }) => ({
    x,
    y,
    width: Math.min(width + 1, SIZE.width - x),
    height: Math.min(height + 1, SIZE.height - y),
  }));
const areas = fc.array(area, { maxLength: 4 });
const layout = (name: string) =>
  fc.record({
    name: fc.constant(name),
    anchors: fc.constant([]),
    masks: areas.map((each) => each.map((one, at) => ({ name: `mask-${at}`, area: one }))),
    clear: areas,
  });
const template: fc.Arbitrary<MaskTemplate> = fc.record({
  model: fc.constant('M'),
  size: fc.constant(SIZE),
  clear: areas,
  layouts: fc.tuple(layout('exam'), layout('list')),
});
const layouts = fc.subarray(['exam', 'list', 'unheard-of']);
const key: fc.Arbitrary<MaskKey> = fc.record({
  layout: fc.constantFrom('exam', 'list', null),
  mask: fc.constantFrom('mask-0', 'mask-1', 'mask-2', WHOLE_SCREEN),
});
const open = fc.array(key, { maxLength: 3 });

function marks(covered: readonly MaskArea[]): boolean[] {
  const pixels = Array.from({ length: SIZE.width * SIZE.height }, () => false);
  for (const { x, y, width, height } of covered)
    for (let row = y; row < y + height; row += 1)
      for (let column = x; column < x + width; column += 1)
        pixels[row * SIZE.width + column] = true;
  return pixels;
}

const opensAll = (keys: readonly MaskKey[]): boolean =>
  keys.some((each) => each.layout === null && each.mask === WHOLE_SCREEN);

test('what is left when areas are taken out is every other pixel, each once', () => {
  fc.assert(
    fc.property(areas, (taken) => {
      const rest = outsideOf(SIZE, taken);
      assert.ok(rest.every((each) => isInside(each, SIZE)));
      const isTaken = marks(taken);
      assert.deepEqual(
        marks(rest),
        isTaken.map((each) => !each),
      );
      const count = rest.reduce((sum, { width, height }) => sum + width * height, 0);
      assert.equal(count, isTaken.filter((each) => !each).length);
    }),
  );
});

test('a screen that is not recognised is covered, all but what is clear in every layout', () => {
  fc.assert(
    fc.property(template, open, fc.constantFrom('configured', 'strict'), (one, keys, mode) => {
      const rule = maskRule(mode, [one], 'M');
      const covered = marks(masksFor(rule, SIZE, [], keys));
      const clear = marks(one.clear);
      if (opensAll(keys)) return assert.ok(covered.every((each) => !each));
      assert.deepEqual(
        covered,
        clear.map((each) => !each),
      );
      for (const size of [
        { width: 24, height: 17 },
        { width: 1, height: 1 },
      ])
        assert.deepEqual(masksFor(rule, size, ['exam'], keys), [{ x: 0, y: 0, ...size }]);
    }),
  );
});

test('a mask of a layout that is recognised is covered unless exactly that mask is open', () => {
  fc.assert(
    fc.property(template, layouts, open, (one, seen, keys) => {
      for (const mode of ['configured', 'strict'] as const) {
        const covered = marks(masksFor(maskRule(mode, [one], 'M'), SIZE, seen, keys));
        if (opensAll(keys)) continue;
        for (const known of one.layouts.filter(({ name }) => seen.includes(name))) {
          for (const mask of known.masks) {
            const isOpen = keys.some(
              (each) => each.layout === known.name && each.mask === mask.name,
            );
            if (!isOpen) marks([mask.area]).forEach((isIn, at) => assert.ok(!isIn || covered[at]));
          }
        }
      }
    }),
  );
});

test('strict covers what configured covers, and everything that is not said to be clear or open', () => {
  fc.assert(
    fc.property(template, layouts, open, (one, seen, keys) => {
      const strict = marks(masksFor(maskRule('strict', [one], 'M'), SIZE, seen, keys));
      const configured = marks(masksFor(maskRule('configured', [one], 'M'), SIZE, seen, keys));
      configured.forEach((isCovered, at) => assert.ok(!isCovered || strict[at]));
      if (opensAll(keys)) return;
      const known = one.layouts.filter(({ name }) => seen.includes(name));
      const told = marks([
        ...one.clear,
        ...known.flatMap(({ clear, masks }) => [...clear, ...masks.map((each) => each.area)]),
      ]);
      strict.forEach((isCovered, at) => assert.ok(isCovered || told[at]));
    }),
  );
});

test('without templates nothing is covered, in strict everything; templates of other models cover everything', () => {
  const whole = [{ x: 0, y: 0, ...SIZE }];
  const other: MaskTemplate = {
    model: 'N',
    size: SIZE,
    clear: [whole[0] as MaskArea],
    layouts: [],
  };
  assert.deepEqual(masksFor(maskRule('configured', null, 'M'), SIZE, [], []), []);
  assert.deepEqual(masksFor(maskRule('strict', null, 'M'), SIZE, [], []), whole);
  assert.deepEqual(masksFor(maskRule('configured', [other], 'M'), SIZE, [], []), whole);
  assert.deepEqual(masksFor(maskRule('off', [other], 'N'), SIZE, [], []), []);
  assert.deepEqual(askableMasks(maskRule('configured', null, 'M'), []), []);
  assert.deepEqual(askableMasks(maskRule('configured', [other], 'M'), ['exam']), [
    { layout: null, mask: WHOLE_SCREEN },
  ]);
});

test('whatever the configuration says, no pixel is seen that the facility demands to be covered', () => {
  const mode = fc.constantFrom(...MASK_MODES);
  fc.assert(
    fc.property(
      mode,
      mode,
      fc.option(template),
      layouts,
      open,
      (own, atLeast, one, known, opened) => {
        const templates = one === null ? null : [one];
        const rule = demandedRule(own, atLeast, templates, 'M');
        const demanded =
          atLeast === 'off' ? ({ is: 'off' } as const) : maskRule(atLeast, templates ?? [], 'M');
        const [covered, configured, least] = [rule, maskRule(own, templates, 'M'), demanded].map(
          (each) => marks(masksFor(each, SIZE, known, opened)),
        );
        covered?.forEach((isCovered, at) => {
          assert.ok(isCovered || !(least?.[at] ?? true), `demanded ${at}`);
          assert.ok(isCovered || !(configured?.[at] ?? true), `configured ${at}`);
        });
      },
    ),
  );
});

test('a mode that is demanded without any template covers everything', () => {
  for (const own of MASK_MODES) {
    assert.equal(demandedRule(own, 'configured', null, 'M').is, 'unknown-model');
    assert.equal(demandedRule(own, 'strict', null, 'M').is, 'unknown-model');
  }
  assert.equal(demandedRule('configured', 'off', null, 'M').is, 'nothing');
});
