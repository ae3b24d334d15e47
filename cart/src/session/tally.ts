/** What a session has moved and refused so far: for the panel, the desk's view and the receipt. */
export interface SessionTally {
  readonly startedUtcMs: number;
  readonly filesFetched: number;
  readonly bytesFetched: number;
  readonly filesPlaced: number;
  readonly bytesPlaced: number;
  readonly inputRefused: number;
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
  };
}
