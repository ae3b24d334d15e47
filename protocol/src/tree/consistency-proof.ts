/** Proof that a tree only grew: the first `earlier` leaves of the later tree are those of the earlier one. */
import { TREE_SIZE_MAX } from './frontier.ts';
import { PROOF_HASHES_MAX } from './inclusion-proof.ts';
import { MalformedTree, ProofInvalid } from './malformed-tree.ts';
import { EMPTY_ROOT, HASH_BYTES, nodeHash, sameHash } from './merkle-hash.ts';
import type { NodeReader } from './subtree.ts';
import { splitOf, subtreeRoot } from './subtree.ts';

/**
 * Makes the proof that the tree of `earlier` leaves is a prefix of the tree of `later` leaves. It is empty
 * when either tree is empty or both are the same.
 *
 * @throws MalformedTree when the sizes are out of order
 * @see RFC 6962 §2.1.2
 */
export async function proveConsistency(
  earlier: number,
  later: number,
  read: NodeReader,
): Promise<readonly Uint8Array[]> {
  if (!areSizes(earlier, later))
    throw new MalformedTree('These are not the sizes of one growing tree.');
  if (earlier === 0 || earlier === later) return [];
  const proof: Uint8Array[] = [];
  let begin = 0;
  let end = later;
  /** Whether the earlier tree's part is a complete subtree whose root the verifier has already. */
  let whole = true;
  while (earlier !== end) {
    const middle = begin + splitOf(end - begin);
    if (earlier <= middle) {
      proof.unshift(await subtreeRoot(middle, end, read));
      end = middle;
    } else {
      proof.unshift(await subtreeRoot(begin, middle, read));
      begin = middle;
      whole = false;
    }
  }
  if (!whole) proof.unshift(await subtreeRoot(begin, end, read));
  return proof;
}

/**
 * Checks that a proof connects two roots.
 *
 * @throws ProofInvalid when it does not
 * @see RFC 9162 §2.1.4.2
 */
export function verifyConsistency(
  earlier: { readonly size: number; readonly root: Uint8Array },
  later: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): void {
  if (!areSizes(earlier.size, later.size)) throw new ProofInvalid('The tree has become smaller.');
  const hashes = [earlier.root, later.root, ...proof];
  if (proof.length > PROOF_HASHES_MAX + 1 || hashes.some((hash) => hash.length !== HASH_BYTES)) {
    throw new ProofInvalid('The proof of consistency has the wrong form.');
  }
  if (earlier.size === 0 || earlier.size === later.size) {
    const expected = earlier.size === 0 ? EMPTY_ROOT : later.root;
    if (proof.length > 0) throw new ProofInvalid('The proof of consistency is too long.');
    if (!sameHash(earlier.root, expected))
      throw new ProofInvalid('The two trees are not the same.');
    return;
  }
  climb(earlier, later, proof);
}

function climb(
  earlier: { readonly size: number; readonly root: Uint8Array },
  later: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): void {
  const path = Number.isInteger(Math.log2(earlier.size)) ? [earlier.root, ...proof] : [...proof];
  let place = earlier.size - 1;
  let last = later.size - 1;
  while (place % 2 === 1) {
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  const [start, ...rest] = path;
  if (start === undefined) throw new ProofInvalid('The proof of consistency is too short.');
  let earlierHash = start;
  let laterHash = start;
  for (const sibling of rest) {
    if (last === 0) throw new ProofInvalid('The proof of consistency is too long.');
    if (place % 2 === 1 || place === last) {
      earlierHash = nodeHash(sibling, earlierHash);
      laterHash = nodeHash(sibling, laterHash);
      while (place % 2 === 0 && place !== 0) {
        place /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      laterHash = nodeHash(laterHash, sibling);
    }
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0) throw new ProofInvalid('The proof of consistency is too short.');
  if (!sameHash(earlierHash, earlier.root)) {
    throw new ProofInvalid('The proof of consistency does not lead to the earlier root.');
  }
  if (!sameHash(laterHash, later.root)) {
    throw new ProofInvalid('The proof of consistency does not lead to the later root.');
  }
}

function areSizes(earlier: number, later: number): boolean {
  const integers = Number.isSafeInteger(earlier) && Number.isSafeInteger(later);
  return integers && earlier >= 0 && earlier <= later && later <= TREE_SIZE_MAX;
}
