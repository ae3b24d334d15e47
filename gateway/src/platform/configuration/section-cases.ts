/** Who decides which technicians may work on a case, and how long one may stay unresolved (decision 0035). */
import type { CaseAgeTerms } from '@chaperone/domain/case-age/case-age.ts';
import { z } from 'zod';
import { noted } from './configuration-field.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Ten years. */
const DAYS_MAX = 3650;
/** A case is not forgotten within two weeks. */
const UNRESOLVED_DAYS_MIN = 14;

export const DESIGNATORS = ['lead', 'lead-or-opener'] as const;
export type Designator = (typeof DESIGNATORS)[number];

export const cases = z
  .strictObject({
    designatedBy: noted(z.enum(DESIGNATORS).optional(), {
      description:
        '`lead`: a lead designates the technicians of a case; a technician may open one and waits for the lead. ' +
        '`lead-or-opener`: whoever opens a case is designated for it, and may designate others. Without this setting it ' +
        'is `lead`, and `lead-or-opener` with `demo: true`.',
    }),
    agedDays: noted(z.int().min(1).max(DAYS_MAX).default(30), {
      description:
        'After how many days an open case that holds records is shown as overdue, written into the ledger and logged.',
      unit: 'days',
    }),
    unresolvedDaysMax: noted(z.int().min(0).max(DAYS_MAX).default(365), {
      description:
        `The longest that a case may stay unresolved, ${UNRESOLVED_DAYS_MIN} or more: then it is destroyed and certified, after it was ` +
        'announced. A legal hold stops it, a session that runs delays it. 0: a forgotten case stays for ever.',
      unit: 'days',
    }),
    announcedDays: noted(z.int().min(7).max(90).default(14), {
      description:
        'How long before that the end is announced, at least: these days count only while the gateway runs.',
      unit: 'days',
    }),
    remindedDays: noted(z.int().min(1).max(30).default(3), {
      description:
        'How long before the end people are reminded, at least; fewer than `announcedDays`.',
      unit: 'days',
    }),
  })
  .refine(({ announcedDays, remindedDays }) => remindedDays < announcedDays, {
    path: ['remindedDays'],
    message: 'must be fewer than announcedDays',
  })
  .refine(
    ({ unresolvedDaysMax }) => unresolvedDaysMax === 0 || unresolvedDaysMax >= UNRESOLVED_DAYS_MIN,
    { path: ['unresolvedDaysMax'], message: `must be 0 or at least ${UNRESOLVED_DAYS_MIN}` },
  )
  .refine(
    ({ unresolvedDaysMax, announcedDays }) =>
      unresolvedDaysMax === 0 || announcedDays < unresolvedDaysMax,
    { path: ['announcedDays'], message: 'must be fewer than unresolvedDaysMax' },
  )
  .prefault({});

/** Who designates, with the default of the kind of gateway. */
export function designatorOf(configuration: {
  readonly demo: boolean;
  readonly cases: { readonly designatedBy?: Designator | undefined };
}): Designator {
  return configuration.cases.designatedBy ?? (configuration.demo ? 'lead-or-opener' : 'lead');
}

/** How old a case may become, in milliseconds. */
export function caseAgeTermsOf({
  cases: own,
}: {
  readonly cases: z.infer<typeof cases>;
}): CaseAgeTerms {
  const { agedDays, unresolvedDaysMax, announcedDays, remindedDays } = own;
  return {
    agedMs: agedDays * DAY_MS,
    unresolvedMsMax: unresolvedDaysMax === 0 ? null : unresolvedDaysMax * DAY_MS,
    announcedMs: announcedDays * DAY_MS,
    remindedMs: remindedDays * DAY_MS,
  };
}
