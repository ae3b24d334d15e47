/**
 * Goal: terms are consistent whatever was asked for, a date is never read as another day, and standing is one of four that follow
 * each other in time. Method: every subset of features, arbitrary dates and clocks (fast-check), and each bad input with its sentence.
 */
import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isGrantable } from '../activity/activity.ts';
import { MalformedLicence } from './licence.ts';
import {
  FeatureNotLicensed,
  LICENCE_FEATURES,
  LICENCE_STANDINGS,
  LICENCE_TERM_MAX_MS,
  LICENCE_WARNING_MS,
  LicenceNotInForce,
  lastDayOf,
  licenceStanding,
  makeLicenceTerms,
  parseFeatures,
  parseLicenceDate,
  requireFeatures,
  requireInForce,
} from './licence-terms.ts';

const NOW = Date.UTC(2026, 10, 29, 12);
const DAY_MS = 86_400_000;

test('every consistent set of features is taken in any order, and no other', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...LICENCE_FEATURES]), (names) => {
      if (!isGrantable(names)) return throws(() => parseFeatures(names), MalformedLicence);
      const inOrder = LICENCE_FEATURES.filter((one) => names.includes(one));
      deepEqual(parseFeatures(names), inOrder);
    }),
  );
});

test('what is asked for wrongly is refused with a sentence that says what to write', () => {
  const sentences: [() => unknown, RegExp][] = [
    [() => parseFeatures([]), /at least one/],
    [() => parseFeatures(['control']), /together with view/],
    [() => parseFeatures(['view', 'view']), /named twice/],
    [() => parseFeatures(['View']), /no feature "View"\. Features: view, control/],
    [() => parseFeatures(['\u001B[2J']), /no feature "\?\?2J"/],
    [() => makeLicenceTerms({ validUntilUtcMs: NOW - 1 }, NOW), /ends after it begins/],
    [
      () => makeLicenceTerms({ validFromUtcMs: NOW - 9, validUntilUtcMs: NOW - 1 }, NOW),
      /has ended already/,
    ],
    [() => makeLicenceTerms({ validFromUtcMs: NaN }, NOW), /begins within 25 years/],
    [
      () => makeLicenceTerms({ validUntilUtcMs: NOW + LICENCE_TERM_MAX_MS + 1 }, NOW),
      /ends within 25 years/,
    ],
    [() => parseLicenceDate('31.03.2027', 'from'), /such as 2027-03-31/],
    [() => parseLicenceDate('2027-02-29', 'from'), /such as 2027-03-31/],
    [() => parseLicenceDate('2027-13-01', 'from'), /such as 2027-03-31/],
    [() => parseLicenceDate('', 'until'), /such as 2027-03-31/],
  ];
  for (const [act, says] of sentences)
    throws(act, (fault: unknown) => {
      equal((fault as { code?: string }).code, 'MALFORMED_LICENCE');
      return says.test((fault as Error).message);
    });
});

test('a date is the day that was written, whole, and reads back', () => {
  fc.assert(
    fc.property(
      fc.date({
        min: new Date(Date.UTC(2000, 0)),
        max: new Date(Date.UTC(2099, 0)),
        noInvalidDate: true,
      }),
      (date) => {
        const day = date.toISOString().slice(0, 10);
        const from = parseLicenceDate(day, 'from');
        const until = parseLicenceDate(day, 'until');
        equal(until - from, DAY_MS);
        equal(lastDayOf(until), day);
        equal(new Date(from).toISOString(), `${day}T00:00:00.000Z`);
      },
    ),
  );
});

test('as time passes a standing only goes on, and each change is at the instant that the terms say', () => {
  const instant = fc.integer({ min: NOW - LICENCE_TERM_MAX_MS, max: NOW + LICENCE_TERM_MAX_MS });
  const terms = fc
    .tuple(instant, fc.option(fc.integer({ min: 1, max: LICENCE_TERM_MAX_MS })))
    .map(([validFromUtcMs, lastsMs]) => ({
      features: LICENCE_FEATURES,
      validFromUtcMs,
      validUntilUtcMs: lastsMs === null ? null : validFromUtcMs + lastsMs,
    }));
  fc.assert(
    fc.property(terms, instant, fc.nat({ max: LICENCE_TERM_MAX_MS }), (held, at, later) => {
      const order = (nowMs: number): number =>
        LICENCE_STANDINGS.indexOf(licenceStanding(held, nowMs));
      equal(order(at) <= order(at + later), true, 'time does not bring a licence back');
      equal(licenceStanding(held, held.validFromUtcMs - 1), 'not-yet');
      const { validUntilUtcMs } = held;
      if (validUntilUtcMs === null) {
        equal(licenceStanding(held, held.validFromUtcMs), 'in-force');
        return;
      }
      equal(licenceStanding(held, validUntilUtcMs), 'expired');
      equal(licenceStanding(held, validUntilUtcMs - 1), 'ends-soon');
      const warned = validUntilUtcMs - LICENCE_WARNING_MS;
      if (warned > held.validFromUtcMs) equal(licenceStanding(held, warned - 1), 'in-force');
    }),
  );
});

test('something new begins exactly while it is in force, warned or not', () => {
  const terms = makeLicenceTerms({ validUntilUtcMs: NOW + DAY_MS }, NOW);
  requireInForce(terms, NOW);
  requireInForce(terms, NOW + DAY_MS - 1);
  throws(() => requireInForce(terms, NOW + DAY_MS), LicenceNotInForce);
  throws(() => requireInForce(terms, NOW - 1), LicenceNotInForce);
});

test('a feature that is not licensed is named', () => {
  const terms = makeLicenceTerms({ features: ['view'] }, NOW);
  requireFeatures(terms, ['view']);
  throws(
    () => requireFeatures(terms, ['view', 'control', 'send-files']),
    (fault: unknown) =>
      fault instanceof FeatureNotLicensed &&
      /does not include control, send-files/.test(fault.message),
  );
});
