// Goal: what is missing is noticed, and what is there is left alone.
// Method: the real dpkg (and, for a machine without one, an empty PATH). Installing is what CI begins with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installPackages, missingPackages } from './debian.ts';

const THERE = { name: 'dpkg', why: 'every Debian has it' };
const NOWHERE = { name: 'no-such-package-anywhere', why: 'to be missing' };

test('only what dpkg does not know is missing', () => {
  assert.deepEqual(missingPackages([THERE, NOWHERE]), [NOWHERE]);
});

test('where there is no dpkg and no apt, everything is missing, and a person is told why', async (t) => {
  const before = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  t.after(() => {
    process.env['PATH'] = before;
  });
  assert.deepEqual(missingPackages([THERE]), [THERE]);
  await assert.rejects(installPackages([THERE]), {
    name: 'PackagesMissing',
    message: /dpkg {2}every Debian has it[\s\S]*apt-get install --no-install-recommends dpkg/,
  });
});
