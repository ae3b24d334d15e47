/**
 * How a case that nobody resolves ages, and comes to its end: decision 0035.
 *
 *   young ── aged (people are told) ── announced ── reminded ── destroyed
 *                                          └───────────┴── withdrawn: a legal hold, also one that is over again, or it is not that old after all
 *
 * A clock can be wrong, and what is destroyed does not come back. Therefore two clocks must agree: by the wall clock the case
 * is older than the limit, and between the announcement and the end the whole time of grace has run, by the wall clock and on the
 * monotonic clock of a gateway that was there to show it. A clock that leaps forward announces early; it destroys nothing before people had
 * their days to see that. A clock that goes back, and a gateway that is off, only delay.
 *
 * It decides; it erases nothing, and a destruction that has begun is not its business.
 */

/** What the configuration says, in milliseconds. */
export interface CaseAgeTerms {
  /** From this age on a case with records is one that people are told of. */
  readonly agedMs: number;
  /** The longest that a case may stay unresolved; null where nothing is destroyed without a person. */
  readonly unresolvedMsMax: number | null;
  /** The time of grace: between announcement and end. */
  readonly announcedMs: number;
  /** Between reminder and end; shorter than `announcedMs`. */
  readonly remindedMs: number;
}

/** An announcement that stands. */
export interface Announcement {
  readonly announcedUtcMs: number;
  /** How much of the time of grace has run, on the monotonic clock of running gateways. */
  readonly runMs: number;
  /** What had run when people were reminded; null before. */
  readonly remindedRunMs: number | null;
  /** How many holds had been proposed when it was announced. */
  readonly holds: number;
}

/** What is remembered of a case's age, durably. */
export interface CaseAge {
  readonly isAged: boolean;
  readonly announcement: Announcement | null;
}

/** One look at an open case. */
export interface CaseAgeLook {
  readonly utcMs: number;
  readonly openedUtcMs: number;
  /** Since the last look of the same process, on its monotonic clock; 0 at the first look. */
  readonly elapsedMs: number;
  readonly records: number;
  /** Under a legal hold, or one is proposed. */
  readonly isHeld: boolean;
  /** How many holds were ever proposed for the case: one that came and went between two looks is seen by this alone. */
  readonly holds: number;
  readonly isInSession: boolean;
}

export type CaseAgeAct = 'tell' | 'announce' | 'remind' | 'withdraw' | 'destroy';

export interface CaseAgeStep {
  readonly age: CaseAge;
  /**
   * Null when there is nothing to do. What goes towards the end is recorded first, and only then is `age` written down;
   * `withdraw` is the other way about, so that a crash in between never lets an announcement stand that was taken back.
   */
  readonly act: CaseAgeAct | null;
}

export const YOUNG: CaseAge = { isAged: false, announcement: null };

/** Milliseconds of one look that count at most: in a longer gap the machine slept, and nobody could see anything. */
export const LOOK_MS_MAX = 2 * 60 * 60_000;

/** Looks at a case once. One act at a time; look again, with nothing elapsed, until there is none. */
export function lookAt(age: CaseAge, look: CaseAgeLook, terms: CaseAgeTerms): CaseAgeStep {
  const ageMs = look.utcMs - look.openedUtcMs;
  if (!age.isAged && look.records > 0 && ageMs >= terms.agedMs)
    return { age: { ...age, isAged: true }, act: 'tell' };
  const { announcement } = age;
  const limitMs = terms.unresolvedMsMax;
  const isDue = limitMs !== null && !look.isHeld && ageMs >= limitMs - terms.announcedMs;
  const wasHeld = announcement !== null && announcement.holds !== look.holds;
  if (limitMs === null || !isDue || wasHeld) {
    return announcement === null
      ? { age, act: null }
      : { age: { ...age, announcement: null }, act: 'withdraw' };
  }
  // One from the future: the clock was put back, or the disk has changed it. It begins anew.
  if (announcement === null || announcement.announcedUtcMs > look.utcMs)
    return { age: { ...age, announcement: begun(look) }, act: 'announce' };
  const run = ran(announcement, look.elapsedMs);
  if (run.remindedRunMs === null) {
    if (run.runMs < terms.announcedMs - terms.remindedMs)
      return { age: { ...age, announcement: run }, act: null };
    const reminded = { ...run, remindedRunMs: run.runMs };
    return { age: { ...age, announcement: reminded }, act: 'remind' };
  }
  const isOver =
    run.runMs >= terms.announcedMs &&
    look.utcMs - run.announcedUtcMs >= terms.announcedMs &&
    run.runMs - run.remindedRunMs >= terms.remindedMs &&
    ageMs >= limitMs &&
    !look.isInSession;
  return { age: { ...age, announcement: run }, act: isOver ? 'destroy' : null };
}

/**
 * Tells the earliest time at which an announced case can end, by the wall clock as it is now. It moves back while the gateway
 * is off or the clock is put back, never forward.
 */
export function earliestEndUtcMs(
  announcement: Announcement,
  openedUtcMs: number,
  nowUtcMs: number,
  terms: CaseAgeTerms,
): number | null {
  if (terms.unresolvedMsMax === null) return null;
  const { announcedUtcMs, runMs, remindedRunMs } = announcement;
  const graceMs = terms.announcedMs - runMs;
  const reminderMs =
    remindedRunMs === null ? terms.remindedMs : terms.remindedMs - (runMs - remindedRunMs);
  return Math.max(
    openedUtcMs + terms.unresolvedMsMax,
    announcedUtcMs + terms.announcedMs,
    nowUtcMs + Math.max(graceMs, reminderMs, 0),
  );
}

function begun({ utcMs, holds }: CaseAgeLook): Announcement {
  return { announcedUtcMs: utcMs, runMs: 0, remindedRunMs: null, holds };
}

function ran(announcement: Announcement, elapsedMs: number): Announcement {
  // A reading that is none counts for nothing.
  const counted = Number.isFinite(elapsedMs) ? Math.min(Math.max(elapsedMs, 0), LOOK_MS_MAX) : 0;
  return { ...announcement, runMs: announcement.runMs + counted };
}
