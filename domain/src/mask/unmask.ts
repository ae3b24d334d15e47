/**
 * How a covered part of the screen comes to be seen for a while, and is covered again.
 *
 *   covered → asked → open → covered
 *
 * The technician asks with a reason, the operator answers on the panel, and no answer in time is a no. What is open is so until an
 * instant of the monotonic clock, and less long when the operator covers it again. Everything that narrows the session (pause, the
 * interlock, end, a lost connection, a withdrawn `view`) closes all of it and the question, and nothing opens it again but
 * another yes. Pure; which pixels that means is `masksFor`'s word. Decision 0050.
 */
import type { Instant } from '../clock/instant.ts';
import { DomainError } from '../error/domain-error.ts';
import { isSameMask } from './mask.ts';
import type { MaskKey } from './mask.ts';

/** For how long an operator lets something be seen, minutes. */
export const UNMASK_MINUTES = [1, 5, 15] as const;
export type UnmaskMinutes = (typeof UNMASK_MINUTES)[number];
/** How long the question stays on the panel; then the answer is no. */
export const UNMASK_ANSWER_WITHIN_MS = 60_000;
/** After a question without a yes, how long the next one waits: nobody is asked until they give in. */
export const UNMASK_QUIET_MS = 15_000;
export const UNMASK_REASON_CHARACTERS = { min: 5, max: 200 } as const;

export interface UnmaskAsk {
  /** Told apart by it: an answer is to the question that was read. */
  readonly number: number;
  readonly key: MaskKey;
  /** As the technician wrote it: shown, never written into the journal. */
  readonly reason: string;
  readonly minutes: UnmaskMinutes;
  readonly deadlineMonotonicMs: number;
}

export interface OpenMask {
  readonly key: MaskKey;
  readonly sinceUtcMs: number;
  readonly untilMonotonicMs: number;
}

export interface UnmaskState {
  /** How many questions there were in this session. */
  readonly asks: number;
  readonly asked: UnmaskAsk | null;
  /** Before this no other question is put. */
  readonly quietUntilMonotonicMs: number;
  readonly open: readonly OpenMask[];
}
export const ALL_COVERED: UnmaskState = {
  asks: 0,
  asked: null,
  quietUntilMonotonicMs: Number.NEGATIVE_INFINITY,
  open: [],
};

/** Why something is covered again, or a question has no yes. */
export const COVER_REASONS = ['operator', 'time', 'session'] as const;
export type CoverReason = (typeof COVER_REASONS)[number];

export type UnmaskEvent =
  | {
      readonly type: 'ask';
      readonly key: MaskKey;
      readonly reason: string;
      readonly minutes: UnmaskMinutes;
    }
  /** The operator's yes to the question with this number. */
  | { readonly type: 'allow'; readonly number: number; readonly minutes: UnmaskMinutes }
  | { readonly type: 'refuse' }
  /** The operator covers again; null: all of it. */
  | { readonly type: 'cover'; readonly key: MaskKey | null }
  /** The session is narrower than it was. */
  | { readonly type: 'narrowed' }
  | { readonly type: 'tick' };

export type UnmaskFact =
  | { readonly kind: 'asked' | 'allowed'; readonly key: MaskKey; readonly minutes: UnmaskMinutes }
  | { readonly kind: 'refused'; readonly key: MaskKey; readonly why: CoverReason }
  | { readonly kind: 'covered'; readonly open: OpenMask; readonly why: CoverReason };

export interface UnmaskStep {
  readonly state: UnmaskState;
  readonly facts: readonly UnmaskFact[];
  /** True when more is seen than before: then the facts come first, durably. */
  readonly widening: boolean;
}

/** A question waits for its answer already. */
export class UnmaskAlreadyAsked extends DomainError {
  readonly code = 'UNMASK_ALREADY_ASKED';
}
/** The last question had no yes a moment ago. */
export class UnmaskAskedTooSoon extends DomainError {
  readonly code = 'UNMASK_ASKED_TOO_SOON';
}
/** There is no such question: its time has passed, or something closed it. */
export class UnmaskNotAsked extends DomainError {
  readonly code = 'UNMASK_NOT_ASKED';
}

/**
 * Takes one step. Equal arguments give equal results; what comes with a limit or after it is late.
 * @throws UnmaskAlreadyAsked, UnmaskAskedTooSoon, UnmaskNotAsked (nothing changes)
 */
export function unmask(before: UnmaskState, event: UnmaskEvent, now: Instant): UnmaskStep {
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
    case 'cover':
      return cover(state, facts, event.key);
    case 'narrowed':
      return {
        state: { ...unasked(state, now), open: [] },
        facts: [...facts, ...refused(state, 'session'), ...covered(state.open, 'session')],
        widening: false,
      };
  }
}

/** When time alone changes something; null: never. */
export function nextUnmaskDeadlineMs({ asked, open }: UnmaskState): number | null {
  const deadlines = open.map(({ untilMonotonicMs }) => untilMonotonicMs);
  if (asked !== null) deadlines.push(asked.deadlineMonotonicMs);
  return deadlines.length === 0 ? null : Math.min(...deadlines);
}

type Timed = Pick<UnmaskStep, 'state' | 'facts'>;

function takeTime(state: UnmaskState, now: Instant): Timed {
  // Written so that a reading that is no number leaves nothing open.
  const isOpen = ({ untilMonotonicMs }: OpenMask): boolean => now.monotonicMs < untilMonotonicMs;
  const isAsked = state.asked === null || now.monotonicMs < state.asked.deadlineMonotonicMs;
  const over = state.open.filter((each) => !isOpen(each));
  if (isAsked && over.length === 0) return { state, facts: [] };
  return {
    state: { ...(isAsked ? state : unasked(state, now)), open: state.open.filter(isOpen) },
    facts: [...(isAsked ? [] : refused(state, 'time')), ...covered(over, 'time')],
  };
}

/** A question gives nobody anything, so it may be shown with the disk full; the yes may not be given then. */
function ask(
  state: UnmaskState,
  facts: readonly UnmaskFact[],
  { key, reason, minutes }: Extract<UnmaskEvent, { readonly type: 'ask' }>,
  now: Instant,
): UnmaskStep {
  if (state.asked !== null)
    throw new UnmaskAlreadyAsked('The operator is being asked already. Wait for the answer.');
  if (now.monotonicMs < state.quietUntilMonotonicMs)
    throw new UnmaskAskedTooSoon('The operator has just been asked. Wait a quarter of a minute.');
  const number = state.asks + 1;
  const deadlineMonotonicMs = now.monotonicMs + UNMASK_ANSWER_WITHIN_MS;
  return {
    state: { ...state, asks: number, asked: { number, key, reason, minutes, deadlineMonotonicMs } },
    facts: [...facts, { kind: 'asked', key, minutes }],
    widening: false,
  };
}

function allow(
  state: UnmaskState,
  facts: readonly UnmaskFact[],
  { number, minutes }: Extract<UnmaskEvent, { readonly type: 'allow' }>,
  now: Instant,
): UnmaskStep {
  const { asked } = state;
  if (asked === null || asked.number !== number)
    throw new UnmaskNotAsked('The time to answer has passed. The technician can ask again.');
  const { key } = asked;
  const open: OpenMask = {
    key,
    sinceUtcMs: now.utcMs,
    untilMonotonicMs: now.monotonicMs + minutes * 60_000,
  };
  const replaced = state.open.filter((each) => isSameMask(each.key, key));
  const others = state.open.filter((each) => !isSameMask(each.key, key));
  return {
    state: { ...state, asked: null, open: [...others, open] },
    facts: [...facts, ...covered(replaced, 'operator'), { kind: 'allowed', key, minutes }],
    widening: true,
  };
}

function cover(state: UnmaskState, facts: readonly UnmaskFact[], key: MaskKey | null): UnmaskStep {
  const isMeant = (each: OpenMask): boolean => key === null || isSameMask(each.key, key);
  return {
    state: { ...state, open: state.open.filter((each) => !isMeant(each)) },
    facts: [...facts, ...covered(state.open.filter(isMeant), 'operator')],
    widening: false,
  };
}

/** Takes a question back that had no yes. */
function unasked(state: UnmaskState, now: Instant): UnmaskState {
  if (state.asked === null) return state;
  return { ...state, asked: null, quietUntilMonotonicMs: now.monotonicMs + UNMASK_QUIET_MS };
}

function refused({ asked }: UnmaskState, why: CoverReason): readonly UnmaskFact[] {
  return asked === null ? [] : [{ kind: 'refused', key: asked.key, why }];
}

function covered(open: readonly OpenMask[], why: CoverReason): readonly UnmaskFact[] {
  return open.map((each) => ({ kind: 'covered', open: each, why }));
}
