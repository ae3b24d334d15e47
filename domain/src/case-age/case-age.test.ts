/**
 * Goal: no case is destroyed while it is held, in session, younger than the limit by the wall clock, or before it was
 * announced, reminded of, and the whole grace has run on the monotonic clock since; and a forgotten case does come to its end.
 * Method: random days: looks with leaping wall clocks, gaps, restarts, holds, sessions and changed terms, held against an
 * account of real time that the rule never sees.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { LOOK_MS_MAX, YOUNG, earliestEndUtcMs, lookAt } from './case-age.ts';
import type { CaseAge, CaseAgeAct, CaseAgeLook, CaseAgeTerms } from './case-age.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const TERMS: CaseAgeTerms = {
  agedMs: 30 * DAY_MS,
  unresolvedMsMax: 40 * DAY_MS,
  announcedMs: 14 * DAY_MS,
  remindedMs: 3 * DAY_MS,
};
const LOOK: CaseAgeLook = {
  utcMs: 0,
  openedUtcMs: 0,
  elapsedMs: 0,
  records: 1,
  isHeld: false,
  holds: 0,
  isInSession: false,
};

/** Hourly looks from one day to another, with right clocks; tells each act with its day. */
function days(
  age: CaseAge,
  from: number,
  to: number,
  changes: Partial<CaseAgeLook> = {},
): { readonly age: CaseAge; readonly acts: readonly string[] } {
  const acts: string[] = [];
  let now = age;
  for (let utcMs = from * DAY_MS; utcMs <= to * DAY_MS; utcMs += HOUR_MS) {
    let elapsedMs = HOUR_MS;
    for (;;) {
      const step = lookAt(now, { ...LOOK, utcMs, elapsedMs, ...changes }, TERMS);
      now = step.age;
      if (step.act === null) break;
      acts.push(`${step.act} ${(utcMs / DAY_MS).toFixed(1)}`);
      if (step.act === 'destroy') return { age: now, acts };
      elapsedMs = 0;
    }
  }
  return { age: now, acts };
}

suite('a case that nobody resolves', () => {
  test('is announced, reminded of, and ends at the limit', () => {
    assert.deepEqual(days(YOUNG, 0, 60).acts, [
      'announce 26.0',
      'tell 30.0',
      'remind 37.0',
      'destroy 40.0',
    ]);
  });

  test('of which there are no records is told of to nobody, and ends all the same', () => {
    const { acts } = days(YOUNG, 0, 60, { records: 0 });
    assert.deepEqual(acts, ['announce 26.0', 'remind 37.0', 'destroy 40.0']);
  });

  test('is let go by a hold, and gets its whole grace anew', () => {
    const announced = days(YOUNG, 0, 38).age;
    const held = days(announced, 38, 100, { isHeld: true });
    assert.deepEqual(held.acts, ['withdraw 38.0']);
    const after = days(held.age, 101, 130);
    assert.deepEqual(after.acts, ['announce 101.0', 'remind 112.0', 'destroy 115.0']);
  });

  test('gets its whole grace anew, too, when a hold came and went between two looks', () => {
    const announced = days(YOUNG, 0, 38).age;
    const after = days(announced, 38, 60, { holds: 1 });
    assert.deepEqual(after.acts, ['withdraw 38.0', 'announce 38.0', 'remind 49.0', 'destroy 52.0']);
  });

  test('does not end in a session, and does right after it', () => {
    const busy = days(YOUNG, 0, 50, { isInSession: true });
    assert.equal(busy.acts.at(-1), 'remind 37.0');
    assert.deepEqual(days(busy.age, 51, 52).acts, ['destroy 51.0']);
  });

  test('whose clock leaps ten years ahead has its days all the same, and is let go when the clock is put right', () => {
    const leapt = days(YOUNG, 3650, 3663);
    assert.deepEqual(leapt.acts.slice(0, 2), ['tell 3650.0', 'announce 3650.0']);
    assert.ok(leapt.acts.every((act) => !act.startsWith('destroy')));
    assert.deepEqual(days(leapt.age, 14, 15).acts, ['withdraw 14.0']);
  });

  test('has its time of grace counted only while somebody could see it', () => {
    const announced = days(YOUNG, 0, 27).age;
    // The gateway was off, or asleep, for a year.
    const step = lookAt(
      announced,
      { ...LOOK, utcMs: 392 * DAY_MS, elapsedMs: 365 * DAY_MS },
      TERMS,
    );
    const runMs = announced.announcement?.runMs ?? 0;
    assert.equal(step.act, 'tell');
    const next = lookAt(step.age, { ...LOOK, utcMs: 392 * DAY_MS, elapsedMs: 365 * DAY_MS }, TERMS);
    assert.equal(next.age.announcement?.runMs, runMs + LOOK_MS_MAX);
  });

  test('is never ended where no limit is configured, and an announcement is then taken back', () => {
    const announced = days(YOUNG, 0, 27).age;
    const terms = { ...TERMS, unresolvedMsMax: null };
    const step = lookAt(announced, { ...LOOK, utcMs: 27 * DAY_MS }, terms);
    assert.deepEqual([step.act, step.age.announcement], ['withdraw', null]);
    assert.equal(lookAt(step.age, { ...LOOK, utcMs: 999 * DAY_MS }, terms).act, 'tell');
  });

  test('is not ended early by a disk that changes what has run, or when it was announced', () => {
    const { age } = days(YOUNG, 0, 27);
    const { announcement } = age;
    assert.ok(announcement !== null);
    const longAgo = { ...announcement, runMs: 2 ** 40, remindedRunMs: 0 };
    assert.equal(days({ ...age, announcement: longAgo }, 27, 60).acts.at(-1), 'destroy 40.0');
    const early = { ...announcement, announcedUtcMs: 0 };
    assert.equal(days({ ...age, announcement: early }, 27, 60).acts.at(-1), 'destroy 40.0');
    const late = { ...announcement, announcedUtcMs: 2 ** 50 };
    const { acts } = days({ ...age, announcement: late }, 27, 60);
    assert.deepEqual([acts[0], acts.at(-1)], ['announce 27.0', 'destroy 41.0']);
  });

  test('says the earliest end', () => {
    const { age } = days(YOUNG, 0, 27);
    const { announcement } = age;
    assert.ok(announcement !== null);
    assert.equal(earliestEndUtcMs(announcement, 0, 27 * DAY_MS, TERMS), 40 * DAY_MS);
    assert.equal(earliestEndUtcMs(announcement, 0, 60 * DAY_MS, TERMS), 73 * DAY_MS);
    assert.equal(earliestEndUtcMs(announcement, 0, 0, { ...TERMS, unresolvedMsMax: null }), null);
  });
});

/** What really happens between two looks. */
const happening = fc.record({
  /** Real time, of which the gateway is running for all, or down for all. */
  realMs: fc.oneof(fc.constant(HOUR_MS), fc.integer({ min: 0, max: 30 * DAY_MS })),
  isDown: fc.boolean(),
  /** Where somebody, or a bad time server, sets the wall clock: it is off by so much from now on. */
  offMs: fc.option(fc.integer({ min: -5000 * DAY_MS, max: 5000 * DAY_MS }), { freq: 6 }),
  isHeld: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.boolean()),
  /** Holds that were proposed before the look; all but one that stands came and went unseen. */
  holds: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat({ max: 2 })),
  isInSession: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.boolean()),
  /** The process was killed after the look, before it wrote down what it had seen. */
  isLost: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.boolean()),
});
/** So many quiet hours, so that some days come to their end. */
const quiet = fc.integer({ min: 1, max: 40 * 24 });
const QUIET_HOUR = {
  realMs: HOUR_MS,
  isDown: false,
  offMs: null,
  isHeld: false,
  holds: 0,
  isInSession: false,
  isLost: false,
};

test('whatever the clocks say, nothing ends early, unseen, held or in session', () => {
  let ends = 0;
  fc.assert(
    fc.property(fc.array(fc.oneof(happening, quiet), { maxLength: 30 }), (parts) => {
      let [age, realMs, offMs, holds]: [CaseAge, number, number, number] = [YOUNG, 0, 0, 0];
      // The account: real time with a gateway running, since the announcement and the reminder that stand.
      let account: { announced: number | null; reminded: number | null } = {
        announced: null,
        reminded: null,
      };
      const hours = parts.flatMap((part) =>
        typeof part === 'number' ? Array.from({ length: part }, () => QUIET_HOUR) : [part],
      );
      for (const each of hours) {
        realMs += each.realMs;
        offMs = each.offMs ?? offMs;
        if (account.announced !== null && !each.isDown) account.announced += each.realMs;
        if (account.reminded !== null && !each.isDown) account.reminded += each.realMs;
        holds += each.holds;
        // What was held since has nothing of its grace left.
        if (each.holds > 0) account = { announced: null, reminded: null };
        let elapsedMs = each.isDown ? 0 : each.realMs;
        for (;;) {
          const { isHeld, isInSession } = each;
          const utcMs = realMs + offMs;
          const step = lookAt(
            age,
            { ...LOOK, utcMs, elapsedMs, isHeld, holds, isInSession },
            TERMS,
          );
          if (step.act === 'destroy') {
            ends += 1;
            assert.ok(!isHeld && !isInSession);
            assert.ok(utcMs >= (TERMS.unresolvedMsMax ?? Infinity));
            assert.ok((account.announced ?? -1) >= TERMS.announcedMs, 'the grace has run');
            assert.ok((account.reminded ?? -1) >= TERMS.remindedMs, 'the reminder was in time');
            return;
          }
          account = accounted(account, step.act);
          // A withdrawal is written down before it is told, everything else after.
          if (each.isLost && step.act !== 'withdraw') break;
          age = step.age;
          if (step.act === null) break;
          elapsedMs = 0;
        }
      }
    }),
    { numRuns: 400 },
  );
  assert.ok(ends > 10, `${ends} of the days came to an end`);
});

function accounted(
  account: { readonly announced: number | null; readonly reminded: number | null },
  act: CaseAgeAct | null,
): { announced: number | null; reminded: number | null } {
  if (act === 'announce') return { announced: 0, reminded: null };
  if (act === 'withdraw') return { announced: null, reminded: null };
  if (act === 'remind') return { ...account, reminded: 0 };
  return { ...account };
}

test('from any state, quiet days lead to the end within the limit and the grace', () => {
  const announcement = fc.record({
    announcedUtcMs: fc.nat(),
    runMs: fc.nat({ max: 20 * DAY_MS }),
    remindedRunMs: fc.option(fc.nat({ max: 20 * DAY_MS })),
    holds: fc.nat({ max: 2 }),
  });
  const ages = fc.record({ isAged: fc.boolean(), announcement: fc.option(announcement) });
  fc.assert(
    fc.property(ages, (age) => {
      assert.equal(days(age, 0, 100).acts.at(-1)?.split(' ')[0], 'destroy');
    }),
    { numRuns: 60 },
  );
});
