/**
 * What a cart's licence allows, and from when to when: features and dates, bound to its serial number. Decision 0016.
 *
 * Terms are not the one-time code: the code has a life of its own (`licence.ts`), after which it can no longer be redeemed.
 * Terms hold once it was, and can be replaced by later ones of the same licence. A date never ends anything that runs: it is asked
 * about when something new is to begin.
 */
import { ACTIVITIES, isGrantable } from '../activity/activity.ts';
import type { Activity } from '../activity/activity.ts';
import { DomainError } from '../error/domain-error.ts';
import { MalformedLicence } from './licence.ts';

/**
 * What can be licensed: a closed list, and the same as what can be granted. Something is added to it together with the rule that
 * refuses it where it is not licensed.
 */
export const LICENCE_FEATURES = ACTIVITIES;
export type LicenceFeature = Activity;

export interface LicenceTerms {
  /** In the order of LICENCE_FEATURES, none twice; control only with view. */
  readonly features: readonly LicenceFeature[];
  /** The first instant at which it is in force. */
  readonly validFromUtcMs: number;
  /** From this instant on it is over; null: it does not end. */
  readonly validUntilUtcMs: number | null;
}

/** What somebody asks a licence to allow; what is left out is everything, from now on, without an end. */
export interface AskedTerms {
  readonly features?: readonly string[] | undefined;
  readonly validFromUtcMs?: number | undefined;
  readonly validUntilUtcMs?: number | null | undefined;
}

/** Ordered as a licence lives. `ends-soon` is in force. */
export const LICENCE_STANDINGS = ['not-yet', 'in-force', 'ends-soon', 'expired'] as const;
export type LicenceStanding = (typeof LICENCE_STANDINGS)[number];

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long before the end it is warned of: an order through a hospital's purchasing takes weeks. */
export const LICENCE_WARNING_MS = 60 * DAY_MS;
/** A cart lives for ten to fifteen years, and its root for twenty: a later date is a slip of the pen. */
export const LICENCE_TERM_MAX_MS = 25 * 366 * DAY_MS;

export class LicenceNotInForce extends DomainError {
  readonly code = 'LICENCE_NOT_IN_FORCE';
  readonly standing: 'not-yet' | 'expired';
  constructor(standing: 'not-yet' | 'expired') {
    super(
      standing === 'expired'
        ? "This cart's licence has ended. Ask the service centre to renew it."
        : "This cart's licence is not in force yet. Compare the cart's date with the licence.",
    );
    this.standing = standing;
  }
}

export class FeatureNotLicensed extends DomainError {
  readonly code = 'FEATURE_NOT_LICENSED';
  constructor(features: readonly LicenceFeature[]) {
    super(`This cart's licence does not include ${features.join(', ')}.`);
  }
}

/**
 * Makes the terms of a licence from what somebody asked for.
 * @param asked features in any order; all of them when none are named. Dates in UTC milliseconds; from now on, and without an end,
 *   unless said otherwise
 * @throws MalformedLicence naming the member that is wrong
 */
export function makeLicenceTerms(asked: AskedTerms, nowMs: number): LicenceTerms {
  const features = parseFeatures(asked.features ?? LICENCE_FEATURES);
  const validFromUtcMs = asked.validFromUtcMs ?? nowMs;
  const validUntilUtcMs = asked.validUntilUtcMs ?? null;
  const isBeyond = (instantMs: number): boolean =>
    !Number.isSafeInteger(instantMs) || Math.abs(instantMs - nowMs) > LICENCE_TERM_MAX_MS;
  if (isBeyond(validFromUtcMs))
    throw new MalformedLicence('A licence begins within 25 years of today.');
  if (validUntilUtcMs !== null && isBeyond(validUntilUtcMs))
    throw new MalformedLicence('A licence ends within 25 years of today, or not at all.');
  if (validUntilUtcMs !== null && validUntilUtcMs <= validFromUtcMs)
    throw new MalformedLicence('A licence ends after it begins.');
  if (validUntilUtcMs !== null && validUntilUtcMs <= nowMs)
    throw new MalformedLicence(
      'A licence that has ended already is worth nothing: give a later end.',
    );
  return { features, validFromUtcMs, validUntilUtcMs };
}

/** Reads names of features, in any order. @throws MalformedLicence */
export function parseFeatures(names: readonly string[]): readonly LicenceFeature[] {
  for (const name of names) {
    if (LICENCE_FEATURES.some((feature) => feature === name)) continue;
    const shown = name.slice(0, 40).replaceAll(/[^\w-]/g, '?');
    throw new MalformedLicence(
      `A licence has no feature "${shown}". Features: ${LICENCE_FEATURES.join(', ')}.`,
    );
  }
  const features = LICENCE_FEATURES.filter((feature) => names.includes(feature));
  if (features.length !== names.length)
    throw new MalformedLicence('A feature is named twice. Name each once.');
  if (features.length === 0) throw new MalformedLicence('A licence has at least one feature.');
  if (!isGrantable(features))
    throw new MalformedLicence('Control is licensed together with view, never alone.');
  return features;
}

/** How far ahead a date may be written: `2027-03-31`, a day of the calendar. */
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * Reads a date as a person writes it, `2027-03-31`, in UTC.
 * @param edge `from`: the day's beginning; `until`: the beginning of the next day, so that the day itself still counts
 * @throws MalformedLicence
 */
export function parseLicenceDate(text: string, edge: 'from' | 'until'): number {
  const [, year, month, day] = DAY.exec(text) ?? [];
  const startMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // `Date.UTC` turns the 31st of February into March.
  if (year === undefined || new Date(startMs).toISOString().slice(0, 10) !== text)
    throw new MalformedLicence('Write a date as year-month-day, such as 2027-03-31.');
  return edge === 'from' ? startMs : startMs + DAY_MS;
}

/** Writes the last day on which a licence still counts, in UTC. */
export function lastDayOf(validUntilUtcMs: number): string {
  return new Date(validUntilUtcMs - 1).toISOString().slice(0, 10);
}

/** Judges terms by a clock. @param nowMs UTC; of the cart when the cart judges */
export function licenceStanding(
  { validFromUtcMs, validUntilUtcMs }: Pick<LicenceTerms, 'validFromUtcMs' | 'validUntilUtcMs'>,
  nowMs: number,
  warningMs = LICENCE_WARNING_MS,
): LicenceStanding {
  if (validUntilUtcMs !== null && nowMs >= validUntilUtcMs) return 'expired';
  if (nowMs < validFromUtcMs) return 'not-yet';
  return validUntilUtcMs !== null && nowMs >= validUntilUtcMs - warningMs
    ? 'ends-soon'
    : 'in-force';
}

/** Lets something new begin, or not; what runs already is never asked. @throws LicenceNotInForce */
export function requireInForce(terms: LicenceTerms, nowMs: number): void {
  const standing = licenceStanding(terms, nowMs);
  if (standing === 'not-yet' || standing === 'expired') throw new LicenceNotInForce(standing);
}

/** @throws FeatureNotLicensed naming what is missing */
export function requireFeatures(
  terms: Pick<LicenceTerms, 'features'>,
  wanted: readonly LicenceFeature[],
): void {
  const missing = wanted.filter((feature) => !terms.features.includes(feature));
  if (missing.length > 0) throw new FeatureNotLicensed(missing);
}
