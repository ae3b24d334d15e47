/** Proof that one leaf stands at one place of a tree: the hashes beside its way up to the root. */
import { TREE_SIZE_MAX } from './frontier.ts';
import { MalformedTree, ProofInvalid } from './malformed-tree.ts';
import { HASH_BYTES, nodeHash, sameHash } from './merkle-hash.ts';
import type { NodeReader } from './subtree.ts';
import { splitOf, subtreeRoot } from './subtree.ts';

/** Hashes in a proof, at most: one for each level of the largest tree. */
export const PROOF_HASHES_MAX = 48;

/**
 * Makes the proof that the leaf at `index` is in the tree of the first `size` leaves, its lowest hash first.
 *
 * @throws MalformedTree when there is no such leaf
 * @see RFC 6962 §2.1.1
 */
export async function proveInclusion(
  index: number,
  size: number,
  read: NodeReader,
): Promise<readonly Uint8Array[]> {
  if (!isIndex(index, size)) throw new MalformedTree('The tree has no leaf with this index.');
  const proof: Uint8Array[] = [];
  let begin = 0;
  let end = size;
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      proof.unshift(await subtreeRoot(middle, end, read));
      end = middle;
    } else {
      proof.unshift(await subtreeRoot(begin, middle, read));
      begin = middle;
    }
  }
  return proof;
}

/**
 * Checks that a proof leads from a leaf's hash to the root.
 *
 * @throws ProofInvalid when it does not
 * @see RFC 9162 §2.1.3.2
 */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): void {
  if (!isIndex(index, size)) throw new ProofInvalid('The tree has no leaf with this index.');
  if (proof.length > PROOF_HASHES_MAX || proof.some((hash) => hash.length !== HASH_BYTES)) {
    throw new ProofInvalid('The proof of inclusion has the wrong form.');
  }
  let place = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) throw new ProofInvalid('The proof of inclusion is too long.');
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(sibling, hash);
      while (place % 2 === 0 && place !== 0) {
        place /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0) throw new ProofInvalid('The proof of inclusion is too short.');
  if (!sameHash(hash, root))
    throw new ProofInvalid('The proof of inclusion does not lead to the root.');
}

function isIndex(index: number, size: number): boolean {
  return Number.isSafeInteger(index) && index >= 0 && index < size && size <= TREE_SIZE_MAX;
}
