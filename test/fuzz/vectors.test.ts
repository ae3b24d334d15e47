/**
 * Goal: no parser that faces a network or a file answers an input with anything but a value or its own error, and each
 * keeps its limits (issue: fuzzing). Method: every input that was ever interesting is fed again and must end as it did,
 * then some hundred changed inputs from fixed seeds, and the seeds themselves cut off at every place. What a finding
 * looks like is shown on a parser that is wrong on purpose. Minutes of it: test/long/fuzz.test.ts.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { PACKAGES_WITH_PARSERS, PARSING, PARSED_ELSEWHERE } from './census.ts';
import { Finding, fuzz, replay, truncate } from './engine/fuzz.ts';
import { readVectors } from './engine/vectors.ts';
import { ROOT, filesBelow, isTest } from '../../tools/workspace/workspace.ts';
import { TARGETS } from './targets.ts';
import { holds } from './target.ts';
import type { Target } from './target.ts';

const RUNS = 60;
const SEEDS = [1, 20_261_124];
const CUTS = 24;

describe('parsers', { concurrency: false }, () => {
  for (const target of TARGETS) {
    test(`${target.name}: kept inputs end as they did, new ones in a value or its own error`, async () => {
      for (const vector of readVectors(target)) await replay(target, vector);
      let accepted = 0;
      for (const seed of SEEDS) {
        const runs = Math.ceil(RUNS * (target.weight ?? 1));
        accepted += (await fuzz(target, { seed, runs })).accepted;
      }
      assert.ok(accepted > 0, 'nothing that the product writes is read');
      await truncate(target, Math.ceil(CUTS * (target.weight ?? 1)));
    });
  }
});

test('each target has a name of its own, its own errors, and kept inputs; no file of inputs is left over', async () => {
  const names = TARGETS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const target of TARGETS) {
    assert.ok(readVectors(target).length > 0, `${target.name} keeps no inputs`);
    assert.ok(!target.refusals.some((refusal) => refusal === Error), target.name);
  }
  const files = await readdir(path.join(import.meta.dirname, 'vectors'));
  assert.deepEqual(files.toSorted(), names.map((name) => `${name}.json`).toSorted());
});

test('whatever file of the product parses is fed by a target, or the census says why not', () => {
  const files = filesBelow(ROOT, PACKAGES_WITH_PARSERS, (file) => !isTest(file));
  const entries = TARGETS.map(({ entry }) => entry).join('\n');
  const missing = files.filter((file) => {
    if (!/\.tsx?$/.test(file) || file.includes('/testing/') || file in PARSED_ELSEWHERE)
      return false;
    const isParser = PARSING.test(readFileSync(path.join(ROOT, file), 'utf8'));
    return isParser && !entries.includes(file) && !entries.includes(path.basename(file));
  });
  assert.deepEqual(missing, []);
  const gone = Object.keys(PARSED_ELSEWHERE).filter((file) => !files.includes(file));
  assert.deepEqual(gone, [], 'the census names files that are not there');
});

class Refused extends DomainError {
  readonly code = 'REFUSED';
}

/** Wrong on purpose: it believes a length, and writes a flag as another. */
const wrong: Target = {
  name: 'wrong-on-purpose',
  entry: 'this file',
  refusals: [Refused],
  limits: 'none',
  form: 'bytes',
  seeds: () => [Buffer.from([4, 1, 2, 3, 4]), Buffer.from([0])],
  feed: (input) => {
    if (input.length === 0) throw new Refused('It is empty.');
    const length = input.readUInt8(0);
    const content = input.subarray(1, 1 + length);
    if (length > 0) content.readUInt8(length - 1);
    return content;
  },
};

test('a finding names its target, seed and run, and gives the smallest input as a line to keep', async () => {
  await assert.rejects(fuzz(wrong, { seed: 7, runs: 2000 }), (fault) => {
    assert.ok(fault instanceof Finding);
    assert.match(fault.message, /^wrong-on-purpose .*RangeError/);
    assert.match(fault.message, /seed 7, run \d+/);
    const kept = /\{"why".*\}/.exec(fault.message)?.[0] ?? '';
    const { base64 } = JSON.parse(kept) as { base64: string };
    assert.ok(Buffer.from(base64, 'base64').length <= 2, kept);
    return true;
  });
});

test('a broken promise, an error of another class and one in a listener are findings as well', async () => {
  const feeds: readonly Target['feed'][] = [
    () => holds(false, 'it does not hold'),
    () => {
      throw new DerivedRefused('A class that is not listed.');
    },
    async () =>
      await new Promise((resolve) => {
        setImmediate(() => {
          setTimeout(resolve, 1000).unref();
          throw new TypeError('in a listener');
        });
      }),
  ];
  for (const feed of feeds) {
    await assert.rejects(fuzz({ ...wrong, feed }, { seed: 1, runs: 1 }), Finding);
  }
});

class DerivedRefused extends Refused {}
