/** Roots of parts of a tree, from the complete subtrees that were kept when it grew. */
import { nodeHash } from './merkle-hash.ts';

/**
 * Reads the hash of a complete subtree: the one of 2^level leaves that begins at leaf `index × 2^level`.
 *
 * It is asked only for subtrees that are complete in the tree being proved.
 */
export type NodeReader = (level: number, index: number) => Promise<Uint8Array>;

/** The largest power of two smaller than `leaves`: where RFC 6962 divides a tree of more than one leaf. */
export function splitOf(leaves: number): number {
  let split = 1;
  while (split * 2 < leaves) split *= 2;
  return split;
}

/**
 * Computes MTH(D[begin:end]) for a part that RFC 6962's divisions produce: `begin` is a multiple of the power of
 * two at or above the part's length.
 */
export async function subtreeRoot(
  begin: number,
  end: number,
  read: NodeReader,
): Promise<Uint8Array> {
  const leaves = end - begin;
  const level = Math.log2(leaves);
  if (Number.isInteger(level)) return await read(level, begin / leaves);
  const middle = begin + splitOf(leaves);
  return nodeHash(await subtreeRoot(begin, middle, read), await subtreeRoot(middle, end, read));
}
