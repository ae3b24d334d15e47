/** Goal: only the right password of a known person passes, and a wrong file is refused with its place. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { DirectoryRefusal } from '../contract.ts';
import { DemoPeopleUnusable, openDemoDirectory, readDemoPeople } from './demo.ts';

test('the built-in people sign in with their own password only', async () => {
  const directory = openDemoDirectory();
  const person = await directory.authenticate(' Tara.Lindqvist', 'lakeside-teal-41');
  assert.deepEqual(person, {
    login: 'tara.lindqvist',
    displayName: 'Tara Lindqvist',
    roles: ['technician'],
  });
  for (const [login, password] of [
    ['tara.lindqvist', 'orchard-plum-58'],
    ['tara.lindqvist', ''],
    ['nobody', 'nobody has this password'],
    ['__proto__', 'x'],
  ] as const) {
    await assert.rejects(directory.authenticate(login, password), DirectoryRefusal);
  }
  assert.equal(await directory.lookUp('nobody'), null);
  assert.equal((await directory.lookUp('lena.hoffmann'))?.roles[0], 'lead');
});

test('a file of other people is read strictly', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'demo-people-'));
  const file = path.join(folder, 'people.json');
  const person = { login: 'a.b', displayName: 'A', roles: ['technician'], password: 'long enough' };
  writeFileSync(file, JSON.stringify({ people: [person] }));
  assert.equal(readDemoPeople(file).people[0]?.login, 'a.b');
  writeFileSync(file, JSON.stringify({ people: [{ ...person, extra: 1 }] }));
  assert.throws(() => readDemoPeople(file), DemoPeopleUnusable);
  writeFileSync(file, '{');
  assert.throws(() => readDemoPeople(file), DemoPeopleUnusable);
  rmSync(folder, { recursive: true });
});
