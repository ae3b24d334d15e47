import { UNMASKINGS_MAX } from '@chaperone/protocol/signed/claims.ts';
import type { Unmasking } from '@chaperone/protocol/signed/claims.ts';

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
}

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
  };
}

/** Adds that something covered was seen. What is more than a receipt holds is in the journal alone. */
export function addUnmasking(tally: SessionTally, unmasking: Unmasking): SessionTally {
  return { ...tally, unmaskings: [...tally.unmaskings, unmasking].slice(0, UNMASKINGS_MAX) };
}
