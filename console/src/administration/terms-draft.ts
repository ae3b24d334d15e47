/** The terms of a cart's licence while somebody types them: days as the browser gives them, and what is wrong with each field. */
import { isGrantable } from '@chaperone/domain/activity/activity.ts';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import {
  LICENCE_FEATURES,
  makeLicenceTerms,
  parseLicenceDate,
} from '@chaperone/domain/licence/licence-terms.ts';
import type { LicenceFeature } from '@chaperone/domain/licence/licence-terms.ts';
import { parsePlaceName } from '@chaperone/domain/licence/place-name.ts';
import type { AskedTerms, Licence } from '../api/administration.ts';

type Terms = NonNullable<Licence['terms']>;

export interface TermsDraft {
  readonly serial: string;
  readonly features: readonly LicenceFeature[];
  /** As `2027-03-31`; empty: from now on. */
  readonly from: string;
  /** The last day on which it counts; empty: it does not end. */
  readonly until: string;
  readonly facility: string;
  readonly model: string;
}
export type TermsErrors = Partial<Readonly<Record<keyof TermsDraft, string>>>;

/** Everything, from now on, without an end. */
export function newDraft(serial: string): TermsDraft {
  return { serial, features: LICENCE_FEATURES, from: '', until: '', facility: '', model: '' };
}

/** What a licence says now, to be changed. */
export function draftOf(serial: string, terms: Terms): TermsDraft {
  const { features, validFromUtcMs, validUntilUtcMs, facility, model } = terms;
  return {
    serial,
    features,
    from: dayOf(validFromUtcMs),
    until: validUntilUtcMs === null ? '' : dayOf(validUntilUtcMs - 1),
    facility: facility ?? '',
    model: model ?? '',
  };
}

/** Says beside which field something is wrong; empty when it can be asked for. */
export function errorsOf(draft: TermsDraft, nowMs: number): TermsErrors {
  const found: Partial<Record<keyof TermsDraft, string>> = {};
  const attempt = (field: keyof TermsDraft, read: () => unknown): void => {
    try {
      read();
    } catch (fault) {
      found[field] = fault instanceof Error ? fault.message : String(fault);
    }
  };
  attempt('serial', () => parseCartSerial(draft.serial.trim()));
  if (draft.features.length === 0 || !isGrantable(draft.features))
    attempt('features', () => makeLicenceTerms({ features: draft.features }, nowMs));
  attempt('facility', () => parsePlaceName('facility', draft.facility));
  attempt('model', () => parsePlaceName('model', draft.model));
  const { from, until } = draft;
  attempt('from', () => readDay(from, 'from', nowMs));
  // What is wrong between the two is said at the end: it is the one that is changed most.
  if (found.from === undefined)
    attempt('until', () =>
      makeLicenceTerms(
        {
          validFromUtcMs: from === '' ? nowMs : parseLicenceDate(from, 'from'),
          validUntilUtcMs: until === '' ? null : parseLicenceDate(until, 'until'),
        },
        nowMs,
      ),
    );
  return found;
}

/**
 * Turns a draft without errors into what the desk is asked for.
 * @param before what a licence said until now: a day that was not touched keeps its instant
 */
export function askedBy(draft: TermsDraft, before: Terms | null): AskedTerms {
  const { features, from, until, facility, model } = draft;
  const was = before === null ? null : draftOf(draft.serial, before);
  const isFromKept = from === '' || from === was?.from;
  const isUntilKept = was !== null && until === was.until;
  const end = until === '' ? null : parseLicenceDate(until, 'until');
  return {
    features,
    ...(isFromKept ? {} : { validFromUtcMs: parseLicenceDate(from, 'from') }),
    validUntilUtcMs: isUntilKept ? (before?.validUntilUtcMs ?? null) : end,
    ...(facility.trim() === '' ? {} : { facility: facility.trim() }),
    ...(model.trim() === '' ? {} : { model: model.trim() }),
  };
}

function readDay(text: string, edge: 'from' | 'until', nowMs: number): void {
  if (text === '') return;
  makeLicenceTerms({ validFromUtcMs: parseLicenceDate(text, edge) }, nowMs);
}

/** In UTC, as licences are written. */
function dayOf(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 10);
}
