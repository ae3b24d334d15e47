/**
 * How many bytes a frame of ours would have at the quality of another's: between two of our own rows the logarithm of the bytes
 * is taken to be a straight line over the decibels, which rate factors of x264 follow closely.
 */

export interface Point {
  /** Peak signal to noise, decibels. */
  readonly decibels: number;
  readonly bytes: number;
}

export interface Equal {
  readonly bytes: number;
  /** Whether the quality lies outside of what was measured, so that the nearest two rows were continued. */
  readonly isBeyond: boolean;
}

/** @param points of at least two different qualities @throws RangeError when there are fewer */
export function bytesAt(points: readonly Point[], decibels: number): Equal {
  const sorted = points.toSorted((one, other) => one.decibels - other.decibels);
  const above = sorted.findIndex((each) => each.decibels >= decibels);
  const last = sorted.length - 1;
  const upper = above === -1 ? last : Math.max(1, above);
  const [low, high] = [sorted[upper - 1], sorted[upper]];
  if (low === undefined || high === undefined || low.decibels === high.decibels) {
    throw new RangeError('bytes at a quality need two rows of different quality');
  }
  const share = (decibels - low.decibels) / (high.decibels - low.decibels);
  return {
    bytes: Math.exp(Math.log(low.bytes) + share * Math.log(high.bytes / low.bytes)),
    isBeyond: share < 0 || share > 1,
  };
}
