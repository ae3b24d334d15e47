/**
 * Goal: an auditor finds each kind of entry once, and also kinds that this console does not know.
 * Method: the groups as they are, and a kind that nobody ever wrote.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEDGER_KINDS, kindGroups, kindText } from './ledger-kinds.ts';

test('each kind stands in one group', () => {
  const kinds = LEDGER_KINDS.flatMap((each) => each.kinds);
  assert.equal(new Set(kinds).size, kinds.length);
});

test('a kind that no group knows is offered once it is seen', () => {
  const seen = ['sign-in', 'comet-seen', 'comet-seen'];
  assert.deepEqual(kindGroups(seen).at(-1), { group: 'Others', kinds: ['comet-seen'] });
  assert.equal(kindGroups(['sign-in']), LEDGER_KINDS);
  assert.equal(kindText('comet-seen'), 'Comet seen');
});
