/**
 * Goal: what is switched on can always be granted as it stands, and never exceeds what was asked or touched.
 * Method: properties over every set of activities asked for and any order of touches.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACTIVITIES, isGrantable } from '@chaperone/domain/activity/activity.ts';
import fc from 'fast-check';
import { firstChoice, turnSwitch } from './choice.ts';

const asked = fc.uniqueArray(fc.constantFrom(...ACTIVITIES));

test('at first only seeing is on, or the one thing that was asked for', () => {
  assert.deepEqual(firstChoice(['view', 'control', 'fetch-files', 'send-files']), ['view']);
  assert.deepEqual(firstChoice(['fetch-files']), ['fetch-files']);
  assert.deepEqual(firstChoice(['fetch-files', 'send-files']), []);
});

test('no order of touches leaves a choice that the cart would refuse', () => {
  fc.assert(
    fc.property(asked, fc.array(fc.constantFrom(...ACTIVITIES)), (all, touches) => {
      let chosen = firstChoice(all);
      assert.ok(chosen.length === 0 || isGrantable(chosen));
      for (const touch of touches) {
        const before = chosen;
        chosen = turnSwitch(chosen, touch, all);
        assert.ok(chosen.every((activity) => all.includes(activity)));
        assert.ok(chosen.length === 0 || isGrantable(chosen), chosen.join());
        const added = chosen.filter((activity) => !before.includes(activity) && activity !== touch);
        assert.ok(
          added.length === 0 || (touch === 'control' && added.join() === 'view'),
          'only view follows control',
        );
      }
    }),
  );
});
