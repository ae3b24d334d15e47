// Goal: a case's promise of de-identification never becomes weaker, and the policy of a facility overrides a looser case.
// Method: every pair of rules, held against their order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DEIDENTIFICATION_RULES,
  DeidentificationRuleLoosened,
  changeRule,
  mustLeaveDeidentified,
  stricterRule,
} from './deidentification.ts';

test('of two rules the stricter holds, whichever is said first', () => {
  for (const [i, one] of DEIDENTIFICATION_RULES.entries()) {
    for (const [j, other] of DEIDENTIFICATION_RULES.entries()) {
      assert.equal(stricterRule(one, other), DEIDENTIFICATION_RULES[Math.max(i, j)]);
    }
  }
});

test('a rule may become stricter, never looser', () => {
  for (const [i, one] of DEIDENTIFICATION_RULES.entries()) {
    for (const [j, other] of DEIDENTIFICATION_RULES.entries()) {
      if (j < i) assert.throws(() => changeRule(one, other), DeidentificationRuleLoosened);
      else assert.equal(changeRule(one, other), other);
    }
  }
});

test('a file leaves as it is only when neither the case nor the facility demands otherwise', () => {
  const open = DEIDENTIFICATION_RULES.filter((rule) => !mustLeaveDeidentified(rule, false));
  assert.deepEqual(open, ['not-required', 'in-the-vault']);
  for (const rule of DEIDENTIFICATION_RULES) assert.ok(mustLeaveDeidentified(rule, true));
});
