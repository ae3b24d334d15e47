import { isBound } from '@chaperone/domain/session/state.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import { UNMASKINGS_MAX, WATCHINGS_MAX } from '@chaperone/protocol/signed/claims.ts';
import type { ToldWatching, Unmasking } from '@chaperone/protocol/signed/claims.ts';

/** What a session has moved and refused so far: for the panel, the desk's view and the receipt. */
export interface SessionTally {
  readonly startedUtcMs: number;
  readonly filesFetched: number;
  readonly bytesFetched: number;
  readonly filesPlaced: number;
  readonly bytesPlaced: number;
  readonly inputRefused: number;
  /** What an operator let be seen of what is covered, and when it was covered again. */
  readonly unmaskings: readonly Unmasking[];
  /** How often and how long the clinic has held everybody off. */
  readonly interlocks: {
    readonly count: number;
    readonly heldMs: number;
    /** Null while it does not. */
    readonly sinceMonotonicMs: number | null;
  };
  /** Who else saw the screen, from when until when. */
  readonly watchings: readonly ToldWatching[];
}

/** What of it moving files adds to. */
export type MovedTally = Pick<
  SessionTally,
  'filesFetched' | 'bytesFetched' | 'filesPlaced' | 'bytesPlaced'
>;

/** Begins an empty tally. */
export function newTally(startedUtcMs: number): SessionTally {
  return {
    startedUtcMs,
    filesFetched: 0,
    bytesFetched: 0,
    filesPlaced: 0,
    bytesPlaced: 0,
    inputRefused: 0,
    unmaskings: [],
    watchings: [],
    interlocks: { count: 0, heldMs: 0, sinceMonotonicMs: null },
  };
}

/** Adds files and bytes that have moved. */
export function addMoved(tally: SessionTally, change: Partial<MovedTally>): SessionTally {
  return {
    ...tally,
    filesFetched: tally.filesFetched + (change.filesFetched ?? 0),
    bytesFetched: tally.bytesFetched + (change.bytesFetched ?? 0),
    filesPlaced: tally.filesPlaced + (change.filesPlaced ?? 0),
    bytesPlaced: tally.bytesPlaced + (change.bytesPlaced ?? 0),
  };
}

/** Adds that something covered was seen. What is more than a receipt holds is in the journal alone. */
export function addUnmasking(tally: SessionTally, unmasking: Unmasking): SessionTally {
  return { ...tally, unmaskings: [...tally.unmaskings, unmasking].slice(0, UNMASKINGS_MAX) };
}

/** Adds that somebody else has watched. What is more than a receipt holds is in the journal alone. */
export function addWatching(tally: SessionTally, watching: ToldWatching): SessionTally {
  return { ...tally, watchings: [...tally.watchings, watching].slice(0, WATCHINGS_MAX) };
}

/** Takes account of the clinic's interlock in a state that has just been taken. It counts while there is a session to hold off. */
export function noteInterlock(
  tally: SessionTally,
  state: SessionState,
  monotonicMs: number,
): SessionTally {
  const { count, heldMs, sinceMonotonicMs } = tally.interlocks;
  const isHeld = state.interlock !== undefined && isBound(state);
  if (isHeld === (sinceMonotonicMs !== null)) return tally;
  const interlocks =
    sinceMonotonicMs === null
      ? { count: count + 1, heldMs, sinceMonotonicMs: monotonicMs }
      : { count, heldMs: heldMs + (monotonicMs - sinceMonotonicMs), sinceMonotonicMs: null };
  return { ...tally, interlocks };
}
