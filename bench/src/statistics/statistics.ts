/** What many noisy measurements say together. */

/** The middle value; of an even number the mean of the two in the middle. @throws RangeError when there is none */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/**
 * The value below which a share of the values lie, interpolated between neighbours (the definition of NIST and Excel).
 * @param share from 0 to 1
 * @throws RangeError when there is no value or no such share
 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0 || !(share >= 0 && share <= 1)) {
    throw new RangeError('a percentile needs values, and a share from 0 to 1');
  }
  const sorted = values.toSorted((left, right) => left - right);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? 0;
  return below + (above - below) * (place - Math.floor(place));
}

/** "median (least … most)", for a person. */
export function spread(values: readonly number[], digits = 0): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map(
    (value) => value.toFixed(digits),
  );
  return `${middle} (${least} … ${most})`;
}

/** Median of the ratios of neighbours: what was measured one after the other shares the machine's mood. */
export function medianRatio(values: readonly number[], peers: readonly number[]): number {
  if (values.length !== peers.length) throw new RangeError('each value needs its peer');
  return median(values.map((value, at) => value / (peers[at] ?? Number.NaN)));
}
