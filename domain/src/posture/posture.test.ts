/**
 * Goal: a machine is current when everything is known, in time and installed, and never otherwise; each lack says what to
 * do. Method: examples with their sentences; arbitrary reports, policies and clocks against the rule written a second time.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LACK_CODES, judgePosture } from './posture.ts';
import type { Posture, PosturePolicy, PostureReport } from './posture.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 10, 29, 12);
const POLICY: PosturePolicy = {
  antivirusDefinitionsAgeMaxMs: 3 * DAY_MS,
  systemUpdateAgeMaxMs: 14 * DAY_MS,
  reportAgeMaxMs: 26 * HOUR_MS,
  rebootRequiredAgeMaxMs: 7 * DAY_MS,
};
const CURRENT: Posture = {
  system: 'linux-debian',
  antivirusDefinitionsUtcMs: NOW_MS - DAY_MS,
  updatesKnownUtcMs: NOW_MS - DAY_MS,
  securityUpdatesPending: 0,
  upgradedUtcMs: null,
  rebootRequiredSinceUtcMs: null,
};

function judge(change: Partial<Posture>, takenUtcMs = NOW_MS, policy = POLICY) {
  return judgePosture(
    { takenUtcMs, posture: { ...CURRENT, ...change } },
    policy,
    NOW_MS,
    'workstation',
  );
}
const codes = (lacks: ReturnType<typeof judge>): string[] => lacks.map(({ code }) => code);
const words = (lacks: ReturnType<typeof judge>): string =>
  lacks.map(({ sentence }) => sentence).join(' ');

describe('what a machine lacks', () => {
  test('nothing, when everything is known, in time and installed', () => {
    assert.deepEqual(judge({}), []);
  });

  test('old definitions: how old, how old they may be, and what to run', () => {
    assert.equal(
      words(judge({ antivirusDefinitionsUtcMs: NOW_MS - 9 * DAY_MS })),
      'The antivirus definitions of this workstation are 9 days old; at most 3 are allowed. Run freshclam.',
    );
    assert.deepEqual(judge({ antivirusDefinitionsUtcMs: NOW_MS - 3 * DAY_MS }), []);
    assert.match(
      words(judge({ antivirusDefinitionsUtcMs: NOW_MS - 3 * DAY_MS - 1 })),
      /are more than 3 days old; at most 3 are allowed/,
    );
  });

  test('the gateway is named as such', () => {
    const report = { takenUtcMs: NOW_MS, posture: { ...CURRENT, antivirusDefinitionsUtcMs: 0 } };
    const [lack] = judgePosture(report, POLICY, NOW_MS, 'gateway');
    assert.match(lack?.sentence ?? '', /^The antivirus definitions of this gateway are/);
  });

  test('updates that nobody asked for lately are too old, even if none is known to wait', () => {
    const lacks = judge({ updatesKnownUtcMs: NOW_MS - 20 * DAY_MS });
    assert.deepEqual(codes(lacks), ['SYSTEM_UPDATE_OLD']);
    assert.match(words(lacks), /20 days ago; at most 14 are allowed. Run apt-get update, then/);
  });

  test('updates that wait count from the last upgrade of the whole system', () => {
    const waiting = { securityUpdatesPending: 3 };
    assert.deepEqual(judge({ ...waiting, upgradedUtcMs: NOW_MS - 2 * DAY_MS }), []);
    assert.equal(
      words(judge({ ...waiting, upgradedUtcMs: NOW_MS - 30 * DAY_MS })),
      '3 security updates wait on this workstation, which was last upgraded 30 days ago; at most 14 are allowed. Run apt-get dist-upgrade.',
    );
    assert.deepEqual(codes(judge({ ...waiting, upgradedUtcMs: null })), ['SYSTEM_UPDATE_PENDING']);
  });

  test('a restart may be outstanding for a while, or not at all', () => {
    const since = (days: number) => ({ rebootRequiredSinceUtcMs: NOW_MS - days * DAY_MS });
    assert.deepEqual(judge(since(7)), []);
    assert.match(
      words(judge(since(8))),
      /outstanding for 8 days; at most 7 are allowed. Restart it\.$/,
    );
    const strict = { ...POLICY, rebootRequiredAgeMaxMs: 0 };
    assert.deepEqual(codes(judge(since(0), NOW_MS, strict)), ['REBOOT_REQUIRED']);
  });

  test('several things are told at once', () => {
    const old = NOW_MS - 90 * DAY_MS;
    const lacks = judge({
      antivirusDefinitionsUtcMs: old,
      updatesKnownUtcMs: old,
      rebootRequiredSinceUtcMs: old,
    });
    assert.deepEqual(codes(lacks), ['ANTIVIRUS_OLD', 'SYSTEM_UPDATE_OLD', 'REBOOT_REQUIRED']);
  });

  test('a report that is missing, too old or from the future says nothing else', () => {
    const worst = { antivirusDefinitionsUtcMs: null, updatesKnownUtcMs: null };
    assert.deepEqual(
      judgePosture(null, POLICY, NOW_MS, 'workstation').map(({ code }) => code),
      ['POSTURE_UNREPORTED'],
    );
    assert.deepEqual(codes(judge(worst, NOW_MS - 27 * HOUR_MS)), ['POSTURE_REPORT_OLD']);
    const ahead = judge(worst, NOW_MS + 5 * HOUR_MS);
    assert.deepEqual(codes(ahead), ['POSTURE_REPORT_AHEAD']);
    assert.match(words(ahead), /is dated 5 hours ahead\. Set its clock\./);
  });

  test('facts from the future are not current', () => {
    const ahead = NOW_MS + 3 * DAY_MS;
    assert.deepEqual(codes(judge({ antivirusDefinitionsUtcMs: ahead })), ['ANTIVIRUS_AHEAD']);
    assert.deepEqual(codes(judge({ updatesKnownUtcMs: ahead })), ['SYSTEM_UPDATE_AHEAD']);
    const upgraded = { securityUpdatesPending: 1, upgradedUtcMs: ahead };
    assert.deepEqual(codes(judge(upgraded)), ['SYSTEM_UPDATE_AHEAD']);
  });

  test('a system that cannot be examined is not current, whatever it says', () => {
    assert.deepEqual(codes(judge({ system: 'unsupported' })), ['SYSTEM_UNSUPPORTED']);
  });
});

const around = fc.integer({ min: -60 * DAY_MS, max: 60 * DAY_MS }).map((offset) => NOW_MS + offset);
const known = fc.option(around, { nil: null, freq: 8 });
const posture: fc.Arbitrary<Posture> = fc.record({
  system: fc.constantFrom('linux-debian', 'linux-debian', 'linux-debian', 'unsupported'),
  antivirusDefinitionsUtcMs: known,
  updatesKnownUtcMs: known,
  securityUpdatesPending: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null, freq: 8 }),
  upgradedUtcMs: known,
  rebootRequiredSinceUtcMs: fc.option(around, { nil: null, freq: 1 }),
});
const age = fc.integer({ min: 0, max: 40 * DAY_MS });
const policy: fc.Arbitrary<PosturePolicy> = fc.record({
  antivirusDefinitionsAgeMaxMs: age,
  systemUpdateAgeMaxMs: age,
  reportAgeMaxMs: age,
  rebootRequiredAgeMaxMs: age,
});
const report: fc.Arbitrary<PostureReport> = fc.record({ takenUtcMs: around, posture });

/** The rule once more: everything that must hold of a current machine. */
function isCurrent({ takenUtcMs, posture: it }: PostureReport, by: PosturePolicy): boolean {
  const isWithin = (at: number | null, max: number, ahead: number): boolean =>
    at !== null && NOW_MS - at <= max && at - NOW_MS <= ahead;
  return (
    isWithin(takenUtcMs, by.reportAgeMaxMs, 60_000) &&
    it.system === 'linux-debian' &&
    isWithin(it.antivirusDefinitionsUtcMs, by.antivirusDefinitionsAgeMaxMs, DAY_MS) &&
    isWithin(it.updatesKnownUtcMs, by.systemUpdateAgeMaxMs, DAY_MS) &&
    (it.securityUpdatesPending === 0 ||
      (it.securityUpdatesPending !== null &&
        isWithin(it.upgradedUtcMs, by.systemUpdateAgeMaxMs, DAY_MS))) &&
    (it.rebootRequiredSinceUtcMs === null ||
      (by.rebootRequiredAgeMaxMs > 0 &&
        NOW_MS - it.rebootRequiredSinceUtcMs <= by.rebootRequiredAgeMaxMs))
  );
}

describe('for every report, policy and clock', () => {
  test('no lack exactly when everything is known, in time and installed', () => {
    fc.assert(
      fc.property(report, policy, (given, by) => {
        const lacks = judgePosture(given, by, NOW_MS, 'workstation');
        assert.equal(lacks.length === 0, isCurrent(given, by));
      }),
      { numRuns: 2_000 },
    );
  });

  test('what is not known is never current', () => {
    const facts = [
      'antivirusDefinitionsUtcMs',
      'updatesKnownUtcMs',
      'securityUpdatesPending',
    ] as const;
    fc.assert(
      fc.property(report, policy, fc.constantFrom(...facts), (given, by, fact) => {
        const unknown = { ...given, posture: { ...given.posture, [fact]: null } };
        assert.notDeepEqual(judgePosture(unknown, by, NOW_MS, 'workstation'), []);
      }),
    );
  });

  test('a stricter policy never forgives', () => {
    fc.assert(
      fc.property(
        report,
        policy,
        fc.constantFrom(...(Object.keys(POLICY) as (keyof PosturePolicy)[])),
        fc.integer({ min: 0, max: DAY_MS }),
        (given, by, key, less) => {
          const stricter = { ...by, [key]: Math.max(0, by[key] - less) };
          if (judgePosture(given, stricter, NOW_MS, 'workstation').length > 0) return;
          assert.deepEqual(judgePosture(given, by, NOW_MS, 'workstation'), []);
        },
      ),
    );
  });

  test('each lack has a code of the list and whole sentences without a number that is none', () => {
    fc.assert(
      fc.property(
        report,
        policy,
        fc.constantFrom('workstation', 'gateway'),
        (given, by, subject) => {
          for (const { code, sentence } of judgePosture(given, by, NOW_MS, subject)) {
            assert.ok(LACK_CODES.includes(code));
            assert.match(sentence, /^[A-Z0-9][^\n]*\.$/);
            assert.doesNotMatch(sentence, /NaN|null|undefined|-\d/);
            assert.ok(sentence.includes(subject));
          }
        },
      ),
    );
  });
});
