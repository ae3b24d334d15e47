/**
 * Goal: everybody begins at a page of their own, and is led to no page that their roles do not allow.
 * Method: every set of roles there is.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROLE_NAMES } from '@chaperone/protocol/console-api/administration.ts';
import { PAGES, areasOf, firstPlaceOf, mayOpen, rolesOf } from './place.ts';

const SETS = Array.from({ length: 2 ** ROLE_NAMES.length }, (_, set) =>
  ROLE_NAMES.filter((_role, index) => (set & (1 << index)) !== 0),
);

test('whatever the roles are, each link leads to a page that they allow, and each page has a link', () => {
  for (const roles of SETS) {
    const linked = areasOf(roles).flatMap(({ pages }) => pages);
    assert.deepEqual(
      linked.filter((page) => !mayOpen(page, roles)),
      [],
    );
    assert.deepEqual(
      PAGES.filter((page) => mayOpen(page, roles) && !linked.includes(page)),
      [],
      roles.join(),
    );
    assert.equal(new Set(linked).size, linked.length, 'no page stands at two places');
  }
});

test('the first page of each role', () => {
  const first = Object.fromEntries(ROLE_NAMES.map((role) => [role, firstPlaceOf([role])]));
  assert.deepEqual(first, {
    technician: 'cases',
    lead: 'cases',
    administrator: 'accounts',
    'field-engineer': 'carts',
    auditor: 'ledger',
  });
  assert.equal(firstPlaceOf([]), 'account');
  assert.equal(firstPlaceOf(rolesOf(['somebody else'])), 'account');
});
