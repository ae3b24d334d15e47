/**
 * Goal: a moment that somebody chose in a field is the moment in the address, and the other way round; whatever else stands
 * in an address does no harm.
 * Method: moments at both sides of a change of the clocks; addresses that nobody should have made.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromField, ledgerSearch, toField } from './ledger-search.ts';

test('what a field says comes back as it was', () => {
  for (const text of [
    '2026-11-29T14:05',
    '2026-03-29T04:00',
    '2026-10-25T12:59',
    '2026-01-01T00:00',
  ]) {
    assert.equal(toField(fromField(text)), text);
  }
  assert.equal(toField(undefined), '');
  assert.equal(fromField(''), undefined);
  assert.equal(fromField('2026-11'), Date.UTC(2026, 10));
  assert.equal(fromField('nothing'), undefined);
});

test('an address that nobody should have made asks for the first page of everything', () => {
  const whole = { q: '', page: 1, row: undefined, kind: undefined, from: undefined, to: undefined };
  assert.deepEqual(ledgerSearch.parse({ ...whole, page: -4, from: 'x', q: 7, row: {} }), whole);
});
