// Goal: an account narrows what the directory says and never widens it. Method: every pair of sets of roles.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ROLES } from '../../directory/contract.ts';
import { readRoles, rolesInForce } from './roles-in-force.ts';

const roles = fc.subarray([...ROLES]);

test('in force is what both say; without a list of its own, what the directory says', () => {
  fc.assert(
    fc.property(roles, roles, fc.constantFrom(...ROLES), (directory, account, role) => {
      const inForce = rolesInForce(directory, account).includes(role);
      assert.equal(inForce, directory.includes(role) && account.includes(role));
      assert.deepEqual(rolesInForce(directory, null), directory);
    }),
  );
});

test('a stored list is read back; whatever else stands there gives no role', () => {
  fc.assert(fc.property(roles, (list) => assert.deepEqual(readRoles(JSON.stringify(list)), list)));
  for (const damaged of ['', '[', '{}', 'null', '"lead"', '["leae"]', '[["lead"]]'])
    assert.deepEqual(readRoles(damaged), [], damaged);
});
