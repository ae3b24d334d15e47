/**
 * Goal: no road leads to a release but a clean verdict under current definitions. Method: each step by itself; arbitrary
 * schedules of steps and outcomes, in which the last thing before a release is looked at; a real order of time.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  HELD_REASONS,
  QUARANTINE_SENTENCES,
  QuarantineOutOfTurn,
  RecordInQuarantine,
  assertReleased,
  beginScan,
  endScan,
  isPassing,
  lackOf,
  releaseUnscanned,
  waitAgain,
} from './quarantine.ts';
import type { Definitions, Quarantine, ReleasePolicy, ScanOutcome } from './quarantine.ts';

const NOW_MS = Date.UTC(2026, 10, 30, 9);
const DAY_MS = 86_400_000;
const POLICY: ReleasePolicy = { kind: 'scan', definitionsAgeMaxMs: 3 * DAY_MS };
const FRESH: Definitions = { version: 27_010, builtUtcMs: NOW_MS - DAY_MS };
const OLD: Definitions = { version: 27_000, builtUtcMs: NOW_MS - 9 * DAY_MS };
const SCANNING: Quarantine = { state: 'scanning' };

const definitions = fc.option(
  fc.record({
    version: fc.nat(),
    builtUtcMs: fc.oneof(
      fc.integer({ min: NOW_MS - 9 * DAY_MS, max: NOW_MS + 3 * DAY_MS }),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
    ),
  }),
);
const outcome: fc.Arbitrary<ScanOutcome> = fc.oneof(
  fc.record({ verdict: fc.constant('clean'), before: definitions, after: definitions }),
  fc.record({ verdict: fc.constant('infected'), signature: fc.string(), after: definitions }),
  fc.record({
    verdict: fc.constant('not-scanned'),
    reason: fc.constantFrom(...HELD_REASONS),
    after: definitions,
  }),
);
const policy: fc.Arbitrary<ReleasePolicy> = fc.oneof(
  fc.constant<ReleasePolicy>({ kind: 'no-scanner' }),
  fc.record({ kind: fc.constant('scan'), definitionsAgeMaxMs: fc.nat({ max: 9 * DAY_MS }) }),
);

test('clean under current definitions is released, with the older of the two that were loaded', () => {
  const newer = { version: 27_011, builtUtcMs: NOW_MS };
  const clean = { verdict: 'clean', before: FRESH, after: newer } as const;
  assert.deepEqual(endScan(SCANNING, clean, POLICY, NOW_MS), {
    state: 'released',
    by: 'scan',
    definitions: FRESH.version,
    atUtcMs: NOW_MS,
  });
});

test('clean under definitions that are old or unknown, before or after, is held', () => {
  for (const [before, after, reason] of [
    [OLD, FRESH, 'definitions-old'],
    [FRESH, OLD, 'definitions-old'],
    [null, FRESH, 'definitions-unknown'],
    [FRESH, null, 'definitions-unknown'],
    [{ version: 1, builtUtcMs: NOW_MS + 2 * DAY_MS }, FRESH, 'definitions-unknown'],
  ] as const) {
    const end = endScan(SCANNING, { verdict: 'clean', before, after }, POLICY, NOW_MS);
    assert.equal(end.state === 'held' && end.reason, reason);
  }
});

test('what is infected under old definitions is infected', () => {
  const found = { verdict: 'infected', signature: 'Eicar', after: OLD } as const;
  assert.equal(endScan(SCANNING, found, POLICY, NOW_MS).state, 'infected');
});

test('the limit of age holds to the millisecond', () => {
  const at = (ageMs: number) => ({ version: 1, builtUtcMs: NOW_MS - ageMs });
  assert.equal(lackOf(at(DAY_MS), DAY_MS, NOW_MS), null);
  assert.equal(lackOf(at(DAY_MS + 1), DAY_MS, NOW_MS), 'definitions-old');
});

test('released and infected are final, and only what waits is scanned', () => {
  const released = releaseUnscanned(SCANNING, { kind: 'no-scanner' }, NOW_MS);
  const infected: Quarantine = { state: 'infected', signature: 'x', definitions: 1, atUtcMs: 1 };
  for (const last of [released, infected]) {
    for (const step of [beginScan, waitAgain]) assert.throws(() => step(last), QuarantineOutOfTurn);
    const clean = { verdict: 'clean', before: FRESH, after: FRESH } as const;
    assert.throws(() => endScan(last, clean, POLICY, NOW_MS), QuarantineOutOfTurn);
  }
  assert.throws(() => beginScan(SCANNING), QuarantineOutOfTurn);
});

test('where there is a scanner nothing is released unscanned', () => {
  assert.throws(() => releaseUnscanned(SCANNING, POLICY, NOW_MS), QuarantineOutOfTurn);
  assert.throws(
    () => releaseUnscanned({ state: 'waiting' }, { kind: 'no-scanner' }, NOW_MS),
    QuarantineOutOfTurn,
  );
});

test('every reason has a sentence, and a refusal says it', () => {
  for (const reason of HELD_REASONS) {
    const held: Quarantine = { state: 'held', reason, definitions: null, atUtcMs: NOW_MS };
    assert.throws(() => assertReleased(held), { message: QUARANTINE_SENTENCES[reason] });
  }
  assert.throws(() => assertReleased({ state: 'waiting' }), RecordInQuarantine);
});

test('what passes are the scanner and its definitions, never the record', () => {
  assert.deepEqual(
    HELD_REASONS.filter((reason) => !isPassing(reason)),
    ['too-large', 'archive-limit', 'archive-encrypted', 'archive-unreadable', 'record-unreadable'],
  );
});

test('in any schedule a release follows a clean verdict under current definitions, or says that nothing was scanned', () => {
  const step = fc.oneof(
    fc.constant({ kind: 'begin' } as const),
    fc.constant({ kind: 'again' } as const),
    fc.constant({ kind: 'unscanned' } as const),
    fc.record({ kind: fc.constant('end' as const), outcome }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), policy, (steps, rule) => {
      let at: Quarantine = { state: 'waiting' };
      for (const each of steps) {
        const from: Quarantine = at;
        try {
          if (each.kind === 'begin') at = beginScan(at);
          else if (each.kind === 'again') at = waitAgain(at);
          else if (each.kind === 'unscanned') at = releaseUnscanned(at, rule, NOW_MS);
          else at = endScan(at, each.outcome, rule, NOW_MS);
        } catch (fault) {
          assert.ok(fault instanceof QuarantineOutOfTurn);
          continue;
        }
        assert.ok(from.state !== 'released' && from.state !== 'infected', 'final stays final');
        if (at.state !== 'released') continue;
        if (at.by === 'no-scanner') {
          assert.equal(rule.kind, 'no-scanner');
          continue;
        }
        assert.ok(each.kind === 'end' && each.outcome.verdict === 'clean' && rule.kind === 'scan');
        for (const used of [each.outcome.before, each.outcome.after]) {
          assert.ok(used !== null);
          const ageMs = NOW_MS - used.builtUtcMs;
          assert.ok(ageMs <= rule.definitionsAgeMaxMs && ageMs >= -DAY_MS);
        }
      }
    }),
  );
});
