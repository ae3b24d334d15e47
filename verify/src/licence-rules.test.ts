/**
 * Goal: a licence that comes from nowhere, changes hands, or goes back to earlier terms is named, and a true order is not. Method: one
 * true order of entries, and each single change of it.
 */
import { deepEqual, match } from 'node:assert/strict';
import { test } from 'node:test';
import type { Fact } from './line.ts';
import { checkLicenceRules } from './licence-rules.ts';

const about = (kind: string, licenceId: string, subjectId: string, number?: number): Fact => ({
  kind,
  subject: licenceId === 'desk' ? 'workstation' : 'cart',
  licenceId,
  subjectId,
  ...(number === undefined ? {} : { terms: { number } }),
});

const TRUE: readonly Fact[] = [
  about('licence-issued', 'cart', 'US-1', 1),
  about('licence-issued', 'desk', 'Desk 1'),
  about('licence-issued', 'old', 'US-2'),
  about('licence-redeemed', 'desk', 'wrks-1'),
  about('licence-redeemed', 'cart', 'US-1'),
  // The issuance broke off, and was asked for again.
  about('licence-redeemed', 'cart', 'US-1'),
  about('licence-renewed', 'cart', 'US-1', 2),
  // The registry did not take the terms, so the number was given again.
  about('licence-renewed', 'cart', 'US-1', 2),
  about('licence-renewed', 'cart', 'US-1', 3),
  about('licence-renewed', 'old', 'US-2', 2),
  about('licence-retired', 'old', 'US-2'),
  { kind: 'licence-refused', subject: 'cart', licenceId: 'nobody', subjectId: null },
];

const check = (facts: readonly Fact[]) =>
  checkLicenceRules(facts.map((fact, index) => ({ index, utcMs: 0, fact })));

test('a true order holds', () => {
  deepEqual(check(TRUE).problems, []);
});

test('each entry that cannot have followed is named', () => {
  const wrong: readonly (readonly [readonly Fact[], RegExp])[] = [
    [TRUE.slice(1), /licence-redeemed, cart\): it was never issued/],
    [[about('licence-renewed', 'x', 'US-9', 2)], /never issued/],
    [[about('licence-retired', 'x', 'US-9')], /never issued/],
    [[...TRUE, about('licence-issued', 'cart', 'US-1', 1)], /issued before/],
    [[...TRUE, about('licence-redeemed', 'cart', 'US-7')], /somebody else had used it/],
    [[...TRUE, about('licence-renewed', 'cart', 'US-1', 2)], /do not follow/],
    [[...TRUE, about('licence-renewed', 'old', 'US-2', 1)], /do not follow/],
    [[...TRUE, about('licence-renewed', 'cart', 'US-1')], /do not follow/],
    [[...TRUE, about('licence-renewed', 'desk', 'wrks-1', 2)], /only the licence of a cart/],
    [
      [...TRUE, { ...about('licence-redeemed', 'cart', 'US-1'), subject: 'workstation' }],
      /something else/,
    ],
    [
      [...TRUE, { ...about('licence-renewed', 'cart', 'US-1'), terms: { number: 'x' } }],
      /do not follow/,
    ],
  ];
  for (const [facts, said] of wrong) match(check(facts).problems.join('\n'), said);
});
