/** How long to wait before dialling again: growing, bounded, and by chance, so that carts do not come in step. */

const FIRST_MS = 500;
/** While a person waits at the cart nothing longer is bearable. */
const LONGEST_MS = 8000;

/** @param attempt 0 after the first failure. @param chance from 0 to 1 */
export function backoffMs(attempt: number, chance: number): number {
  const ceilingMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return ceilingMs / 2 + (ceilingMs / 2) * chance;
}
