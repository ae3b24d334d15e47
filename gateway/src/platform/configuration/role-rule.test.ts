/** Goal: a production gateway in which nobody could designate or administer is refused, with the field. Method: examples. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Configuration } from './configuration-schema.ts';
import { roleConflicts } from './role-rule.ts';

const GROUP = ['CN=Group,DC=corp,DC=example'];

const configured = (
  groups: { readonly lead: readonly string[]; readonly administrator: readonly string[] },
  cases: Partial<Configuration['cases']> = {},
): Configuration =>
  ({ demo: false, cases, directory: { kind: 'active-directory', groups } }) as never;

const paths = (configuration: Configuration): readonly string[] =>
  roleConflicts(configuration).map(({ path }) => path);

test('without leads nobody could designate, unless whoever opens a case does', () => {
  const groups = { lead: [], administrator: GROUP };
  assert.deepEqual(paths(configured(groups)), ['directory.groups.lead']);
  assert.deepEqual(paths(configured(groups, { designatedBy: 'lead-or-opener' })), []);
});

test('without administrators nobody could manage accounts', () => {
  const groups = { lead: GROUP, administrator: [] };
  assert.deepEqual(paths(configured(groups)), ['directory.groups.administrator']);
});

test('with both, or in a demo, nothing is missing', () => {
  assert.deepEqual(paths(configured({ lead: GROUP, administrator: GROUP })), []);
  assert.deepEqual(roleConflicts({ directory: { kind: 'demo' } } as never), []);
});
