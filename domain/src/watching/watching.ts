/**
 * How a second technician comes to see what the one who holds the session sees, and stops seeing it.
 *
 *   nobody → asked → watched → nobody
 *
 * The second one's workstation has signed a request for exactly this session and its grant; the operator answers on the panel, and
 * no answer in time is a no. One watches at a time, sees and does nothing else, and for no longer than the grant that is watched.
 * Everything that narrows the session (pause, the interlock, end, a lost connection, a withdrawn `view`) ends the watching and takes
 * the question away, and nothing lets anybody watch again but another yes. Pure; requests arrive here verified. Decision 0054.
 */
import type { Instant } from '../clock/instant.ts';
import type { Grant, SessionRequest } from '../consent/consent.ts';
import { DomainError } from '../error/domain-error.ts';
import type { GrantId } from '../id/id.ts';

/** How long the question stays on the panel; then the answer is no. */
export const WATCH_ANSWER_WITHIN_MS = 60_000;
/** After a question without a yes, how long the next one waits: nobody is asked until they give in. */
export const WATCH_QUIET_MS = 15_000;

/** The right that the operator's yes creates: one technician at one workstation sees one session. Nothing can be done with it. */
export interface WatchGrant extends Pick<
  Grant,
  | 'id'
  | 'sessionId'
  | 'caseId'
  | 'caseNumber'
  | 'technician'
  | 'workstation'
  | 'issuedUtcMs'
  | 'endsMonotonicMs'
> {
  /** The grant of the session that is watched. */
  readonly watches: GrantId;
}

export interface WatchAsk {
  /** Told apart by it: an answer is to the question that was read. */
  readonly number: number;
  readonly request: SessionRequest;
  readonly deadlineMonotonicMs: number;
}

export interface WatchState {
  /** How many questions there were under this grant. */
  readonly asks: number;
  readonly asked: WatchAsk | null;
  /** Before this no other question is put. */
  readonly quietUntilMonotonicMs: number;
  readonly watcher: WatchGrant | null;
}
export const NOBODY_WATCHES: WatchState = {
  asks: 0,
  asked: null,
  quietUntilMonotonicMs: Number.NEGATIVE_INFINITY,
  watcher: null,
};

/** Why somebody watches no more, or a question has no yes. */
export const WATCH_END_REASONS = ['operator', 'watcher', 'time', 'session'] as const;
export type WatchEndReason = (typeof WATCH_END_REASONS)[number];

export type WatchEvent =
  /** A verified request; `held` is the grant of the session as it is now. */
  | { readonly type: 'ask'; readonly request: SessionRequest; readonly held: Grant }
  /** The operator's yes to the question with this number. */
  | {
      readonly type: 'allow';
      readonly number: number;
      readonly grantId: GrantId;
      readonly held: Grant;
    }
  | { readonly type: 'refuse' }
  /** The operator ends the watching alone, or the second technician leaves, or takes the question back. */
  | { readonly type: 'stop'; readonly by: 'operator' | 'watcher' }
  /** The session is narrower than it was, or another one. */
  | { readonly type: 'narrowed' }
  | { readonly type: 'tick' };

export type WatchFact =
  | { readonly kind: 'asked'; readonly request: SessionRequest }
  | { readonly kind: 'allowed'; readonly grant: WatchGrant }
  | {
      readonly kind: 'refused';
      readonly request: SessionRequest;
      readonly why: WatchEndReason;
    }
  | { readonly kind: 'ended'; readonly grant: WatchGrant; readonly why: WatchEndReason };

export interface WatchStep {
  readonly state: WatchState;
  readonly facts: readonly WatchFact[];
  /** True when somebody sees who did not before: then the facts come first, durably. */
  readonly widening: boolean;
}

/** Somebody watches already, or the operator is being asked. */
export class WatchTaken extends DomainError {
  readonly code = 'WATCH_TAKEN';
}
/** The last question had no yes a moment ago. */
export class WatchAskedTooSoon extends DomainError {
  readonly code = 'WATCH_ASKED_TOO_SOON';
}
/** There is no such question: its time has passed, or something closed it. */
export class WatchNotAsked extends DomainError {
  readonly code = 'WATCH_NOT_ASKED';
}
/** What was asked for is not to watch this session as somebody else. */
export class WatchInvalid extends DomainError {
  readonly code = 'WATCH_INVALID';
}

/**
 * Takes one step. Equal arguments give equal results; what comes with a limit or after it is late.
 * @throws WatchTaken, WatchAskedTooSoon, WatchNotAsked, WatchInvalid (nothing changes)
 */
export function watch(before: WatchState, event: WatchEvent, now: Instant): WatchStep {
  const { state, facts } = takeTime(before, now);
  switch (event.type) {
    case 'tick':
      return { state, facts, widening: false };
    case 'ask':
      return ask(state, facts, event, now);
    case 'allow':
      return allow(state, facts, event, now);
    case 'refuse':
      return {
        state: unasked(state, now),
        facts: [...facts, ...refused(state, 'operator')],
        widening: false,
      };
    case 'stop':
      return over(state, facts, event.by, now);
    case 'narrowed':
      return over(state, facts, 'session', now);
  }
}

/** When time alone changes something; null: never. */
export function nextWatchDeadlineMs({ asked, watcher }: WatchState): number | null {
  const deadlines: number[] = [];
  if (asked !== null) deadlines.push(asked.deadlineMonotonicMs);
  if (watcher !== null) deadlines.push(watcher.endsMonotonicMs);
  return deadlines.length === 0 ? null : Math.min(...deadlines);
}

type Timed = Pick<WatchStep, 'state' | 'facts'>;

function takeTime(state: WatchState, now: Instant): Timed {
  // Written so that a reading that is no number leaves nobody watching.
  const isAsked = state.asked === null || now.monotonicMs < state.asked.deadlineMonotonicMs;
  const isWatched = state.watcher === null || now.monotonicMs < state.watcher.endsMonotonicMs;
  if (isAsked && isWatched) return { state, facts: [] };
  const timely = isAsked ? state : unasked(state, now);
  return {
    state: { ...timely, watcher: isWatched ? state.watcher : null },
    facts: [...(isAsked ? [] : refused(state, 'time')), ...(isWatched ? [] : ended(state, 'time'))],
  };
}

/** A question gives nobody anything, so it may be shown with the disk full; the yes may not be given then. */
function ask(
  state: WatchState,
  facts: readonly WatchFact[],
  { request, held }: Extract<WatchEvent, { readonly type: 'ask' }>,
  now: Instant,
): WatchStep {
  requireWatchable(request, held, now);
  if (state.asked !== null || state.watcher !== null)
    throw new WatchTaken('Somebody watches already, or the operator is being asked.');
  if (now.monotonicMs < state.quietUntilMonotonicMs)
    throw new WatchAskedTooSoon('The operator has just been asked. Wait a quarter of a minute.');
  const number = state.asks + 1;
  const deadlineMonotonicMs = Math.min(
    now.monotonicMs + WATCH_ANSWER_WITHIN_MS,
    request.expiresMonotonicMs,
    held.endsMonotonicMs,
  );
  return {
    state: { ...state, asks: number, asked: { number, request, deadlineMonotonicMs } },
    facts: [...facts, { kind: 'asked', request }],
    widening: false,
  };
}

function allow(
  state: WatchState,
  facts: readonly WatchFact[],
  { number, grantId, held }: Extract<WatchEvent, { readonly type: 'allow' }>,
  now: Instant,
): WatchStep {
  const { asked } = state;
  if (asked === null || asked.number !== number)
    throw new WatchNotAsked('The time to answer has passed. The technician can ask again.');
  const { request } = asked;
  requireWatchable(request, held, now);
  const grant: WatchGrant = {
    id: grantId,
    watches: held.id,
    sessionId: held.sessionId,
    caseId: held.caseId,
    caseNumber: held.caseNumber,
    technician: request.technician,
    workstation: request.workstation,
    issuedUtcMs: now.utcMs,
    endsMonotonicMs: held.endsMonotonicMs,
  };
  return {
    state: { ...state, asked: null, watcher: grant },
    facts: [...facts, { kind: 'allowed', grant }],
    widening: true,
  };
}

/** @throws WatchInvalid */
function requireWatchable(request: SessionRequest, held: Grant, now: Instant): void {
  if (request.sessionId !== held.sessionId || request.caseId !== held.caseId)
    throw new WatchInvalid('This request was made for another session or another case.');
  if (request.technician.id === held.technician.id)
    throw new WatchInvalid('Who holds the session sees it already.');
  if (!held.activities.includes('view'))
    throw new WatchInvalid('The operator did not allow the screen: there is nothing to watch.');
  const [only, ...more] = request.activities;
  if (only !== 'view' || more.length > 0)
    throw new WatchInvalid('Who watches sees the screen, and nothing else.');
  // Written so that a reading that is no number refuses.
  const isTimely =
    now.monotonicMs < request.expiresMonotonicMs && now.monotonicMs < held.endsMonotonicMs;
  if (!isTimely) throw new WatchInvalid('This request has expired. Ask again.');
}

function over(
  state: WatchState,
  facts: readonly WatchFact[],
  why: WatchEndReason,
  now: Instant,
): WatchStep {
  return {
    state:
      state.asked === null && state.watcher === null
        ? state
        : { ...unasked(state, now), watcher: null },
    facts: [...facts, ...refused(state, why), ...ended(state, why)],
    widening: false,
  };
}

/** Takes a question back that had no yes. */
function unasked(state: WatchState, now: Instant): WatchState {
  if (state.asked === null) return state;
  return { ...state, asked: null, quietUntilMonotonicMs: now.monotonicMs + WATCH_QUIET_MS };
}

function refused({ asked }: WatchState, why: WatchEndReason): readonly WatchFact[] {
  return asked === null ? [] : [{ kind: 'refused', request: asked.request, why }];
}

function ended({ watcher }: WatchState, why: WatchEndReason): readonly WatchFact[] {
  return watcher === null ? [] : [{ kind: 'ended', grant: watcher, why }];
}
