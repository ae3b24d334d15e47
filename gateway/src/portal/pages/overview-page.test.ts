// Goal: the overview turns its pages, and says in time that a certificate ends. Method: accounts made up, pages read as text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseId } from '@chaperone/domain/id/id.ts';
import { CASES_PER_PAGE } from '../contract.ts';
import type { FacilityCase } from '../contract.ts';
import { overviewPage } from './overview-page.ts';
import type { Overview } from './overview-page.ts';

const SETTING = { language: 'en', serviceCentre: 'Centre', demo: false } as const;
const READER = { name: 'Jo', facility: 'St. Example' };
const CASE: FacilityCase = {
  id: parseId('case', `case-${'0'.repeat(26)}`),
  number: 'SC-2026-0001',
  cart: 'US-1',
  state: 'open',
  openedUtcMs: Date.UTC(2026, 10, 29),
  resolvedUtcMs: null,
  isCertified: false,
  isHeld: false,
  agedDays: null,
  endsUtcMs: null,
};

const shown = (overview: Partial<Overview>): string =>
  overviewPage(SETTING, READER, {
    carts: [],
    cases: { cases: [CASE], total: 1 },
    page: 1,
    endsUtcMs: null,
    ...overview,
  });

test('pages are turned where there are more cases than one shows', () => {
  const cases = { cases: [CASE], total: 2 * CASES_PER_PAGE + 1 };
  const links = (page: number): readonly string[] =>
    [...shown({ cases, page }).matchAll(/href="\/\?page=(\d+)"/g)].map(([, to = '']) => to);
  assert.deepEqual([links(1), links(2), links(3)], [['2'], ['1', '3'], ['2']]);
  assert.doesNotMatch(shown({}), /page=/);
});

test('a certificate that ends soon is told of, another is not', () => {
  const soon = shown({ endsUtcMs: Date.UTC(2027, 0, 2, 3, 4) });
  assert.match(
    soon,
    /yours ends on\s+<time datetime="2027-01-02T03:04:00.000Z">2 Jan 2027, 03:04<\/time>/,
  );
  assert.doesNotMatch(shown({}), /yours ends on/);
});

test('without carts and cases it says so', () => {
  const text = shown({ cases: { cases: [], total: 0 } });
  assert.match(text, /No case was opened for a cart of this facility yet\./);
  assert.match(text, /There are no cases\./);
  assert.doesNotMatch(text, /<table/);
});
