/**
 * Goal: whatever a hand does to a region, it stays a region of the picture, and what is sent says what was drawn. Method: properties over
 * many areas and movements; a layout that is opened and sent again unchanged.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInside } from '@chaperone/domain/mask/mask-area.ts';
import { MASK_NAME } from '@chaperone/domain/mask/mask.ts';
import fc from 'fast-check';
import {
  areaBetween,
  CORNERS,
  draftOf,
  drawingOf,
  EMPTY_DRAFT,
  lackOf,
  moved,
  pulled,
  SIDE_MIN,
  slugOf,
  typed,
  withKind,
  withoutRegion,
  withRegion,
  withText,
} from './mask-draft.ts';

const SIZE = { width: 640, height: 480 };
const area = fc
  .record({
    x: fc.integer({ min: 0, max: SIZE.width - SIDE_MIN }),
    y: fc.integer({ min: 0, max: SIZE.height - SIDE_MIN }),
    width: fc.integer({ min: SIDE_MIN, max: SIZE.width }),
    height: fc.integer({ min: SIDE_MIN, max: SIZE.height }),
  })
  .filter((each) => isInside(each, SIZE));
const step = fc.double({ min: -900, max: 900, noNaN: true });

test('a region that is moved, pulled or typed stays inside of the picture; moved, it keeps its size', () => {
  fc.assert(
    fc.property(area, step, step, fc.constantFrom(...CORNERS), (before, dx, dy, corner) => {
      const after = moved(before, dx, dy, SIZE);
      assert.ok(isInside(after, SIZE), JSON.stringify(after));
      assert.deepEqual([after.width, after.height], [before.width, before.height]);
      const larger = pulled(before, corner, dx, dy, SIZE);
      assert.ok(isInside(larger, SIZE), JSON.stringify(larger));
      for (const member of ['x', 'y', 'width', 'height'] as const) {
        const said = typed(before, member, Math.round(dx), SIZE);
        assert.ok(isInside(said, SIZE), `${member} ${dx} ${JSON.stringify(said)}`);
      }
    }),
  );
});

test('a corner that is pulled leaves the one across where it is', () => {
  const before = { x: 100, y: 100, width: 50, height: 40 };
  assert.deepEqual(pulled(before, 'se', 10, 5, SIZE), { ...before, width: 60, height: 45 });
  assert.deepEqual(pulled(before, 'nw', 10, 5, SIZE), { x: 110, y: 105, width: 40, height: 35 });
  assert.deepEqual(pulled(before, 'ne', 900, 900, SIZE).width, 540);
  assert.equal(pulled(before, 'ne', 900, 900, SIZE).height, SIDE_MIN);
});

test('two points make the same rectangle whichever is the first', () => {
  fc.assert(
    fc.property(step, step, step, step, (ax, ay, bx, by) => {
      const [a, b] = [
        { x: ax, y: ay },
        { x: bx, y: by },
      ];
      assert.deepEqual(areaBetween(a, b, SIZE), areaBetween(b, a, SIZE));
    }),
  );
});

test('what somebody types becomes a name that journals take, or nothing', () => {
  assert.equal(slugOf('  Größe & Name des Patienten '), 'grosse-name-des-patienten');
  assert.equal(slugOf('Nombre del paciente (línea 2)'), 'nombre-del-paciente-linea-2');
  assert.equal(slugOf('患者'), '');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const slug = slugOf(text);
      assert.ok(slug === '' || MASK_NAME.test(slug), slug);
    }),
  );
});

test('a draft says what it lacks, in the order in which somebody does it', () => {
  const box = { x: 1, y: 1, width: 20, height: 20 };
  let draft = EMPTY_DRAFT;
  assert.equal(lackOf(draft, 'de'), 'layout');
  draft = { ...draft, layout: 'Untersuchung' };
  assert.equal(lackOf(draft, 'de'), 'anchor');
  draft = withRegion(withRegion(withRegion(draft, 'anchor', box), 'mask', box), 'mask', box);
  assert.equal(lackOf(draft, 'de'), 'mask-name');
  draft = withText(withText(draft, 2, 'de', 'Name'), 3, 'de', 'name ');
  assert.equal(lackOf(draft, 'de'), 'mask-name-twice');
  draft = withText(draft, 3, 'de', 'Geburtstag');
  assert.equal(lackOf(draft, 'de'), null);
  assert.deepEqual(drawingOf(withoutRegion(withKind(draft, 3, 'clear'), 2), 'de', true), {
    ...{ layout: 'untersuchung', anchors: [box], masks: [], clear: [box] },
  });
});

test('a layout that is opened and kept unchanged is sent as it was', () => {
  const [a, b, c, d] = [1, 2, 3, 4].map((x) => ({ x, y: 0, width: 9, height: 9 }));
  assert.ok(a && b && c && d);
  const layout = {
    ...{ name: 'exam', isOwn: true, anchors: [a], clear: [b] },
    masks: [{ name: 'patient-line', area: c, label: { en: 'Patient', de: 'Patient' } }],
  };
  const draft = draftOf(layout, [d]);
  const { name, isOwn: _, ...rest } = layout;
  assert.deepEqual(drawingOf(draft, 'es', false), { layout: name, ...rest, alwaysClear: [d] });
  // Another text in another language does not change the name that journals have.
  assert.equal(
    drawingOf(withText(draft, 1, 'es', 'Otro'), 'es', false).masks[0]?.name,
    'patient-line',
  );
});
