/**
 * Goal: the workload is the same each time, tells of all that it changes, and stands still when its plan says so.
 * Method: a short plan drawn twice, and a copy that only takes in what was told; the cart's own film.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CineFilm } from './cine.ts';
import { drawCode, readCode } from './frame-code.ts';
import { CINE, SCREEN } from './layout.ts';
import { planOf, SCENES, stepsOf } from './plan.ts';
import { cropOf, Workload } from './workload.ts';

test('scenes follow each other without a gap; sixty seconds are sixty', () => {
  const plan = planOf(60);
  assert.deepEqual(
    plan.map(({ name }) => name),
    [...SCENES],
  );
  assert.equal(stepsOf(plan), 1500);
  let next = 0;
  for (const { first, steps, stillFrom } of plan) {
    assert.equal(first, next);
    next += steps;
    assert.ok(stillFrom === null || (stillFrom >= first && stillFrom < next));
  }
  assert.deepEqual(
    planOf(1, ['colour', 'menus']).map(({ name }) => name),
    ['menus', 'colour'],
  );
});

test('numbers of frames are read where they were drawn', () => {
  const picture = new Uint32Array(SCREEN.width * SCREEN.height);
  assert.equal(readCode(picture), null);
  for (const number of [1, 2, 1499, 43_690, 65_535]) {
    const frame = new Uint32Array(CINE.width * CINE.height).fill(0x80_8080);
    drawCode(frame, number);
    for (let row = 0; row < CINE.height; row += 1) {
      const line = frame.subarray(row * CINE.width, (row + 1) * CINE.width);
      picture.set(line, (CINE.y + row) * SCREEN.width + CINE.x);
    }
    assert.equal(readCode(picture), number);
  }
});

test('all that changes is told, nothing changes in stillness, and a second time is the same', () => {
  const film = new CineFilm();
  const plan = planOf(1);
  const [one, other] = [new Workload(plan, film), new Workload(plan, film)];
  const told = one.canvas.pixels.slice();
  for (let step = 0; step < stepsOf(plan); step += 1) {
    const areas = one.step(step);
    other.step(step);
    for (const area of areas) {
      const crop = cropOf(one.canvas.pixels, SCREEN.width, area);
      for (let row = 0; row < area.height; row += 1) {
        const line = crop.subarray(row * area.width, (row + 1) * area.width);
        told.set(line, (area.y + row) * SCREEN.width + area.x);
      }
    }
    const scene = plan.find(({ first, steps }) => step >= first && step < first + steps);
    assert.ok(scene);
    const isStill = scene.stillFrom !== null && step > scene.stillFrom;
    if (isStill) assert.deepEqual(areas, []);
    if (scene.name === 'grey' || scene.name === 'colour') {
      assert.equal(readCode(one.canvas.pixels), step + 1);
    }
    // Two million pixels are compared at a few moments only.
    if (step % 31 !== 0 && step + 1 !== stepsOf(plan)) continue;
    assert.ok(Buffer.from(told.buffer).equals(Buffer.from(one.canvas.pixels.buffer)), `${step}`);
    const again = Buffer.from(other.canvas.pixels.buffer);
    assert.ok(again.equals(Buffer.from(one.canvas.pixels.buffer)), `${step}`);
  }
});
