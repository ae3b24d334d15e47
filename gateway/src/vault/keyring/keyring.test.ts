/**
 * Goal: a case's secret exists once, is noticed when damaged, and once erased cannot be brought back from any copy of
 * the files. Method: copies of the directory taken before, put back after; a change of the wrapping key cut off at each
 * point where a crash can leave it.
 */
import { deepEqual, equal, notDeepEqual, rejects, throws } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
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
import { deriveCaseKeys } from './case-keys.ts';
import { Keyring, KeyringTaken, sealText, unsealText } from './keyring.ts';
import { ENTRY_BYTES } from './secrets-file.ts';
import { wrap } from './wrapped-secret.ts';

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
  await Keyring.open({ directory, random: systemRandom });

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

const secretsOf = (directory: string): string => {
  const [name = ''] = readdirSync(directory).filter((each) => each.startsWith('secrets.'));
  return path.join(directory, name);
};
const copyOf = (directory: string): string => {
  const copy = newDirectory();
  cpSync(directory, copy, { recursive: true });
  return copy;
};

test('an old copy of an erased secret is of no use with the new wrapping key', async () => {
  const directory = newDirectory();
  const [gone = newCase()] = await withCases(directory, 3);
  const copy = copyOf(directory);
  await (await open(directory)).erase(gone);
  // Its file beside the new one; and its entry in the new one.
  cpSync(secretsOf(copy), path.join(directory, path.basename(secretsOf(copy))));
  await rejects((await open(directory)).keysOf(gone), CaseKeyMissing);
  const old = readFileSync(secretsOf(copy));
  const at = old.indexOf(gone);
  appendFileSync(secretsOf(directory), old.subarray(at, at + ENTRY_BYTES));
  await rejects((await open(directory)).keysOf(gone), RecordDamaged);
});

test('a change of the wrapping key that was cut off is completed or forgotten', async () => {
  const directory = newDirectory();
  const cases = await withCases(directory, 3);
  const before = copyOf(directory);
  await (await open(directory)).erase(newCase());
  const names = (of: string): readonly string[] => readdirSync(of);
  const opens = async (state: string): Promise<void> => {
    const keyring = await open(state);
    for (const caseId of cases) await keyring.keysOf(caseId);
    equal(names(state).length, 2);
  };
  // Before the new wrapping key has its name, the old generation counts; afterwards the new one does.
  for (const extra of [[], [path.basename(secretsOf(directory))]]) {
    const state = copyOf(before);
    for (const name of extra) cpSync(path.join(directory, name), path.join(state, name));
    await opens(state);
  }
  const [oldSecrets, oldKey] = [path.basename(secretsOf(before)), 'wrapping.1.key'];
  for (const extra of [[], [oldSecrets], [oldSecrets, oldKey]]) {
    const state = copyOf(directory);
    for (const name of extra) cpSync(path.join(before, name), path.join(state, name));
    await opens(state);
  }
});

test('a new case that was cut off is none, and the next one takes its place', async () => {
  const directory = newDirectory();
  const [one = newCase()] = await withCases(directory, 1);
  const file = secretsOf(directory);
  for (const bytes of [1, 31, ENTRY_BYTES - 1]) {
    truncateSync(file, ENTRY_BYTES);
    appendFileSync(file, Buffer.alloc(bytes, 'c'));
    const keyring = await open(directory);
    await keyring.keysOf(one);
    const next = newCase();
    await keyring.create(next);
    equal(statSync(file).size, 2 * ENTRY_BYTES);
    await (await open(directory)).keysOf(next);
  }
});

test('a flipped bit is noticed, and does not keep another case from being erased', async () => {
  const directory = newDirectory();
  const [damaged = newCase(), other = newCase()] = await withCases(directory, 2);
  const file = secretsOf(directory);
  const whole = readFileSync(file);
  const from = whole.indexOf(damaged);
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: ENTRY_BYTES - 1 }), fc.nat({ max: 7 }), async (at, bit) => {
      const flipped = Buffer.from(whole);
      flipped[from + at] = (flipped[from + at] ?? 0) ^ (1 << bit);
      writeFileSync(file, flipped);
      const keyring = await open(directory);
      await rejects(keyring.keysOf(damaged), RecordDamaged);
      await keyring.keysOf(other);
    }),
    { numRuns: 60 },
  );
  const keyring = await open(directory);
  equal(await keyring.erase(other), 2);
  equal(await keyring.remainsOf(other), 0);
  await rejects(keyring.keysOf(damaged), RecordDamaged);
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

/** The first form of a keyring, as earlier versions wrote it. */
function writeFirstForm(directory: string, cases: ReadonlyMap<CaseId, Buffer>): void {
  const key = systemRandom(32);
  for (const [caseId, secret] of cases) {
    const wrapped = wrap(key, `chaperone case secret v1 ${caseId} 7`, secret, systemRandom);
    writeFileSync(path.join(directory, `${caseId}.7.key`), wrapped);
  }
  writeFileSync(path.join(directory, 'wrapping.7.key'), key);
}

test('a keyring of the first form becomes one of this form, with the same keys', async () => {
  const directory = newDirectory();
  const secrets = new Map(Array.from({ length: 3 }, () => [newCase(), randomBytes(32)] as const));
  writeFirstForm(directory, secrets);
  const keyring = await open(directory);
  equal(keyring.generation, 8);
  for (const [caseId, secret] of secrets)
    deepEqual(await keyring.keysOf(caseId), deriveCaseKeys(caseId, secret));
  deepEqual(
    readdirSync(directory).map((name) => name.split('.').slice(0, 2).join('.')),
    ['secrets.8', 'wrapping.8'],
  );
  for (const [caseId] of secrets) await (await open(directory)).keysOf(caseId);
});

test('two that change the wrapping key at once do not both succeed, and the one that was overtaken says so', async () => {
  const directory = newDirectory();
  const [one = newCase(), other = newCase()] = await withCases(directory, 2);
  const [asleep, awake] = [await open(directory), await open(directory)];
  await awake.erase(one);
  await rejects(asleep.erase(other), KeyringTaken);
  await rejects(asleep.create(newCase()), KeyringTaken);
  await (await open(directory)).keysOf(other);
});

test('whoever is fenced changes nothing, and whoever took over leaves the one before behind', async () => {
  const directory = newDirectory();
  const [one = newCase(), other = newCase()] = await withCases(directory, 2);
  const before = readdirSync(directory);
  const fenced = await Keyring.open({
    directory,
    random: systemRandom,
    fence: { tookOver: false, check: async () => await Promise.reject(new Error('fenced')) },
  });
  await rejects(fenced.create(newCase()), /fenced/);
  await rejects(fenced.erase(one), /fenced/);
  deepEqual(readdirSync(directory), before);
  const fence = { tookOver: true, check: async () => undefined };
  const active = await Keyring.open({ directory, random: systemRandom, fence });
  equal(active.generation, 2);
  for (const caseId of [one, other]) await active.keysOf(caseId);
});
