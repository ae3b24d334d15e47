/**
 * Goal: a case's secret exists once, is noticed when damaged, and once erased cannot be brought back from any copy of
 * the files. Method: copies of the directory taken before, put back after; a change of the wrapping key cut off at each
 * point where a crash can leave it.
 */
import { deepEqual, equal, notDeepEqual, rejects, throws } from 'node:assert/strict';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import fc from 'fast-check';
import { systemRandom } from '../../platform/random/random.ts';
import { CaseKeyMissing, RecordDamaged } from '../contract.ts';
import { Keyring, sealText, unsealText } from './keyring.ts';

const directories: string[] = [];
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});
function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-keyring-'));
  directories.push(directory);
  return directory;
}
const newCase = (): CaseId => newId('case', systemRandom);
const open = async (directory: string): Promise<Keyring> =>
  await Keyring.open(directory, systemRandom);

async function withCases(directory: string, count: number): Promise<readonly CaseId[]> {
  const keyring = await open(directory);
  const cases = Array.from({ length: count }, newCase);
  await Promise.all(cases.map(async (caseId) => await keyring.create(caseId)));
  return cases;
}

test('keys are the same after a restart, differ between cases, and nobody else may read their files', async () => {
  const directory = newDirectory();
  const [one, other] = await withCases(directory, 2);
  if (one === undefined || other === undefined) throw new Error('two cases');
  const first = await (await open(directory)).keysOf(one);
  const again = await open(directory);
  await again.create(one);
  deepEqual(await again.keysOf(one), first);
  notDeepEqual((await again.keysOf(other)).identity, first.identity);
  for (const name of readdirSync(directory))
    equal(statSync(path.join(directory, name)).mode & 0o777, 0o600);
  await rejects(again.keysOf(newCase()), CaseKeyMissing);
});

test('erasing one case leaves the others and changes the wrapping key', async () => {
  const directory = newDirectory();
  const cases = await withCases(directory, 5);
  const before = await open(directory);
  const kept = await Promise.all(
    cases.slice(1).map(async (caseId) => (await before.keysOf(caseId)).identity.toString('hex')),
  );
  const [gone = newCase()] = cases;
  const held = await before.keysOf(gone);
  equal(await before.erase(gone), 2);
  equal(await before.remainsOf(gone), 0);
  deepEqual(
    [...held.identity, ...held.text],
    Array.from({ length: 64 }, () => 0),
  );
  throws(() => sealText(held, 'x', systemRandom), CaseKeyMissing);
  equal(await before.erase(gone), 3);
  const later = await open(directory);
  await rejects(later.keysOf(gone), CaseKeyMissing);
  equal(await later.has(gone), false);
  for (const [at, caseId] of cases.slice(1).entries()) {
    equal((await later.keysOf(caseId)).identity.toString('hex'), kept[at]);
  }
});

test('an old copy of an erased secret is of no use with the new wrapping key', async () => {
  const directory = newDirectory();
  const [gone = newCase()] = await withCases(directory, 3);
  const copy = newDirectory();
  cpSync(directory, copy, { recursive: true });
  await (await open(directory)).erase(gone);
  for (const name of [`${gone}.1.key`, `${gone}.2.key`]) {
    writeFileSync(path.join(directory, name), readFileSync(path.join(copy, `${gone}.1.key`)));
  }
  await rejects((await open(directory)).keysOf(gone), RecordDamaged);
});

test('a change of the wrapping key that was cut off is completed or forgotten', async () => {
  const directory = newDirectory();
  const cases = await withCases(directory, 3);
  const before = newDirectory();
  cpSync(directory, before, { recursive: true });
  await (await open(directory)).erase(newCase());
  const changed = readdirSync(directory);
  const opens = async (state: string): Promise<void> => {
    const keyring = await open(state);
    for (const caseId of cases) await keyring.keysOf(caseId);
    equal(readdirSync(state).length, 4);
  };
  // Before the new wrapping key has its name: any number of new files beside all of the old.
  const wrapped = changed.filter((name) => name.startsWith('case-'));
  for (let count = 0; count <= wrapped.length; count += 1) {
    const state = newDirectory();
    cpSync(before, state, { recursive: true });
    for (const name of wrapped.slice(0, count))
      cpSync(path.join(directory, name), path.join(state, name));
    await opens(state);
  }
  // After: all of the new, and any number of the old still there.
  const old = readdirSync(before);
  for (let count = 0; count <= old.length; count += 1) {
    const state = newDirectory();
    cpSync(directory, state, { recursive: true });
    for (const name of old.slice(0, count)) cpSync(path.join(before, name), path.join(state, name));
    await opens(state);
  }
});

test('a flipped bit is noticed, and does not keep another case from being erased', async () => {
  const directory = newDirectory();
  const [damaged = newCase(), other = newCase()] = await withCases(directory, 2);
  const file = path.join(directory, `${damaged}.1.key`);
  const whole = readFileSync(file);
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 7 }), async (at, bit) => {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      writeFileSync(file, flipped);
      await rejects((await open(directory)).keysOf(damaged), RecordDamaged);
    }),
    { numRuns: 40 },
  );
  const keyring = await open(directory);
  equal(await keyring.erase(other), 2);
  equal(await keyring.remainsOf(other), 0);
});

test('a keyring without its wrapping key does not make another', async () => {
  const directory = newDirectory();
  await withCases(directory, 1);
  rmSync(path.join(directory, 'wrapping.1.key'));
  await rejects(open(directory), RecordDamaged);
});

test('sealed text is of its case, unaltered, and different each time', async () => {
  const keyring = await open(newDirectory());
  const [one, other] = [newCase(), newCase()];
  for (const caseId of [one, other]) await keyring.create(caseId);
  const [keys, others] = [await keyring.keysOf(one), await keyring.keysOf(other)];
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), fc.nat({ max: 7 }), (text, at, bit) => {
      const sealed = sealText(keys, text, systemRandom);
      equal(unsealText(keys, sealed), text);
      throws(() => unsealText(others, sealed), RecordDamaged);
      const bytes = Buffer.from(sealed, 'base64url');
      bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
      throws(() => unsealText(keys, bytes.toString('base64url')), RecordDamaged);
      throws(() => unsealText(keys, `${sealed}=`), RecordDamaged);
      throws(() => unsealText(keys, text), RecordDamaged);
    }),
  );
});

test('a flipped bit in the wrapping key is noticed at opening, before anything is wrapped or erased by it', async () => {
  const directory = newDirectory();
  await withCases(directory, 2);
  const file = path.join(directory, 'wrapping.1.key');
  const good = readFileSync(file);
  const before = readdirSync(directory);
  for (let at = 0; at < good.length; at += 1) {
    const flipped = Buffer.from(good);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    writeFileSync(file, flipped);
    await rejects(open(directory), /wrapping\.1\.key is damaged/);
  }
  deepEqual(readdirSync(directory), before);
  writeFileSync(file, good);
  await open(directory);
});

test('a wrapping key of the first form, without a check, is still read', async () => {
  const directory = newDirectory();
  const [one = newCase()] = await withCases(directory, 1);
  const file = path.join(directory, 'wrapping.1.key');
  writeFileSync(file, readFileSync(file).subarray(0, 32));
  const keyring = await open(directory);
  await keyring.keysOf(one);
  await keyring.erase(one);
  equal(readFileSync(path.join(directory, 'wrapping.2.key')).length, 40);
});
