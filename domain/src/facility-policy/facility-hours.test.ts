// Goal: hours mean what the clock on the facility's wall shows, over changes of summer time, too, and the next change is exact.
// Method: known weeks of Berlin, New York and Lord Howe (half an hour of summer time); properties hold the next change against a
// walk through every minute.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  checkHours,
  HoursMalformed,
  isOpenAt,
  nextChangeUtcMs,
  WEEKDAYS,
} from './facility-hours.ts';
import type { FacilityHours } from './facility-hours.ts';

const hour = (hours: number, minutes = 0): number => hours * 60 + minutes;
const at = (iso: string): number => Date.parse(iso);
const OFFICE = [{ fromMinute: hour(8), untilMinute: hour(17, 30) }];
const BERLIN: FacilityHours = {
  timeZone: 'Europe/Berlin',
  week: { mon: OFFICE, tue: OFFICE, wed: OFFICE, thu: OFFICE, fri: OFFICE },
  exceptions: [
    { date: '2026-12-25', windows: [] },
    { date: '2026-12-26', windows: [{ fromMinute: hour(10), untilMinute: hour(11) }] },
  ],
  mayFinish: false,
};

test('a window opens with its first minute and closes with its last', () => {
  assert.equal(isOpenAt(BERLIN, at('2026-11-30T06:59:59.999Z')), false);
  assert.equal(isOpenAt(BERLIN, at('2026-11-30T07:00:00Z')), true);
  assert.equal(isOpenAt(BERLIN, at('2026-11-30T16:29:59.999Z')), true);
  assert.equal(isOpenAt(BERLIN, at('2026-11-30T16:30:00Z')), false);
});

test('the same wall time is an hour earlier in UTC in summer', () => {
  assert.equal(isOpenAt(BERLIN, at('2026-07-06T06:00:00Z')), true);
  assert.equal(isOpenAt(BERLIN, at('2026-07-06T05:59:00Z')), false);
});

test('a holiday is closed, and an exception opens a day that the week has not', () => {
  assert.equal(isOpenAt(BERLIN, at('2026-12-25T10:00:00Z')), false);
  assert.equal(isOpenAt(BERLIN, at('2026-12-26T09:30:00Z')), true);
  assert.equal(nextChangeUtcMs(BERLIN, at('2026-12-24T16:30:00Z')), at('2026-12-26T09:00:00Z'));
});

test('an hour that the wall shows twice is open twice; one that it leaves out is not there', () => {
  const night: FacilityHours = {
    ...BERLIN,
    week: { sun: [{ fromMinute: hour(2), untilMinute: hour(3) }] },
    exceptions: [],
  };
  // 25 October 2026: 02:00 to 03:00 is shown from 00:00 to 02:00 UTC.
  assert.equal(nextChangeUtcMs(night, at('2026-10-24T12:00:00Z')), at('2026-10-25T00:00:00Z'));
  assert.equal(nextChangeUtcMs(night, at('2026-10-25T00:00:00Z')), at('2026-10-25T02:00:00Z'));
  // 29 March 2026: 02:00 to 03:00 is not shown; the next time is a week later.
  assert.equal(nextChangeUtcMs(night, at('2026-03-28T12:00:00Z')), at('2026-04-05T00:00:00Z'));
});

test('two windows that meet at midnight are one', () => {
  const round: FacilityHours = {
    ...BERLIN,
    week: {
      fri: [{ fromMinute: hour(22), untilMinute: hour(24) }],
      sat: [{ fromMinute: 0, untilMinute: hour(2) }],
    },
    exceptions: [],
  };
  assert.equal(nextChangeUtcMs(round, at('2026-11-27T21:30:00Z')), at('2026-11-28T01:00:00Z'));
});

test('always closed and always open have no next change', () => {
  assert.equal(
    nextChangeUtcMs({ ...BERLIN, week: {}, exceptions: [] }, at('2026-11-30T00:00:00Z')),
    null,
  );
  const day = [{ fromMinute: 0, untilMinute: hour(24) }];
  const week = Object.fromEntries(WEEKDAYS.map((name) => [name, day]));
  assert.equal(
    nextChangeUtcMs({ ...BERLIN, week, exceptions: [] }, at('2026-11-30T00:00:00Z')),
    null,
  );
});

const window = fc
  .tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 1, max: 600 }))
  .map(([fromMinute, length]) => ({
    fromMinute,
    untilMinute: Math.min(1440, fromMinute + length),
  }));
const hours: fc.Arbitrary<FacilityHours> = fc.record({
  timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'),
  week: fc.dictionary(fc.constantFrom(...WEEKDAYS), fc.array(window, { maxLength: 3 })),
  exceptions: fc.constant([]),
  mayFinish: fc.boolean(),
});
/** Around the changes of 2026 in the three zones, and any other day. */
const instant = fc.oneof(
  fc
    .constantFrom(
      '2026-03-29',
      '2026-10-25',
      '2026-03-08',
      '2026-11-01',
      '2026-04-05',
      '2026-10-04',
    )
    .map((date) => at(`${date}T00:00:00Z`) - 12 * 60 * 60_000),
  fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
);

test('the next change is the first minute that is otherwise', () => {
  fc.assert(
    fc.property(hours, instant, (open, fromMs) => {
      const minute = 60_000;
      const startMs = Math.floor(fromMs / minute) * minute;
      const next = nextChangeUtcMs(open, startMs);
      const was = isOpenAt(open, startMs);
      // A day and a half in single minutes; beyond it only that nothing was passed over.
      for (let ms = startMs; ms < startMs + 36 * 60 * minute; ms += minute) {
        if (next !== null && ms >= next) break;
        assert.equal(isOpenAt(open, ms), was);
      }
      if (next !== null) assert.equal(isOpenAt(open, next), !was);
    }),
    { numRuns: 40 },
  );
});

test('what cannot be meant is refused', () => {
  const wrong: readonly FacilityHours[] = [
    { ...BERLIN, timeZone: 'Europe/Nowhere' },
    { ...BERLIN, timeZone: '+01:00' },
    { ...BERLIN, week: { mon: [{ fromMinute: 600, untilMinute: 600 }] } },
    { ...BERLIN, week: { mon: [{ fromMinute: 0, untilMinute: 1441 }] } },
    { ...BERLIN, week: { mon: [{ fromMinute: 0.5, untilMinute: 10 }] } },
    { ...BERLIN, exceptions: [{ date: '2026-02-30', windows: [] }] },
    { ...BERLIN, exceptions: [BERLIN.exceptions[0], BERLIN.exceptions[0]] as never },
  ];
  checkHours(BERLIN);
  for (const hoursOfOne of wrong) assert.throws(() => checkHours(hoursOfOne), HoursMalformed);
});
