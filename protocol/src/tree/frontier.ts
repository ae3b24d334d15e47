/**
 * The right edge of a growing Merkle tree: all that is needed to append to it and to know its root.
 *
 * It holds one hash for each complete subtree that the size is made of, the largest first: a tree of 13 leaves is
 * subtrees of 8, 4 and 1. Appending a leaf joins equal neighbours, as adding one to a binary number carries.
 * It proves nothing by itself about leaves before its edge.
 */
import { MalformedTree } from './malformed-tree.ts';
import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './merkle-hash.ts';

/** Leaves that a tree may have. A limit of safe integers, far beyond any ledger. */
export const TREE_SIZE_MAX = 2 ** 48;

export interface Frontier {
  /** Leaves of the tree. */
  readonly size: number;
  /** Roots of its complete subtrees, from left (largest) to right. */
  readonly hashes: readonly Uint8Array[];
}

/** A complete subtree that came into being: the node at `index` of `level` (0 is the leaves). */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] };

/** Appends one leaf's hash, in O(log n). */
export function appendLeaf(frontier: Frontier, leaf: Uint8Array): Frontier {
  return growFrontier(frontier, leaf).frontier;
}

/** Appends one leaf's hash and tells which complete subtrees this made, the leaf itself first. */
export function growFrontier(
  frontier: Frontier,
  leaf: Uint8Array,
): { readonly frontier: Frontier; readonly made: readonly TreeNode[] } {
  const hashes = [...frontier.hashes];
  const made: TreeNode[] = [{ level: 0, index: frontier.size, hash: leaf }];
  let hash = leaf;
  let level = 0;
  for (let rest = frontier.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    const left = hashes.pop();
    if (left === undefined)
      throw new MalformedTree('The frontier has too few hashes for its size.');
    hash = nodeHash(left, hash);
    level += 1;
    made.push({ level, index: Math.floor(frontier.size / 2 ** level), hash });
  }
  hashes.push(hash);
  return { frontier: { size: frontier.size + 1, hashes }, made };
}

/** Computes the root of the tree. @see RFC 6962 §2.1 */
export function rootOf(frontier: Frontier): Uint8Array {
  let root: Uint8Array | undefined;
  for (const hash of frontier.hashes.toReversed())
    root = root === undefined ? hash : nodeHash(hash, root);
  return root ?? EMPTY_ROOT;
}

/** Reads a frontier from outside. @throws MalformedTree when its hashes cannot belong to that size */
export function parseFrontier(size: number, hashes: readonly Uint8Array[]): Frontier {
  if (!Number.isSafeInteger(size) || size < 0 || size > TREE_SIZE_MAX) {
    throw new MalformedTree('A tree cannot have this size.');
  }
  if (hashes.length !== subtreeLevels(size).length) {
    throw new MalformedTree(
      'The frontier does not have the number of hashes that its size demands.',
    );
  }
  if (hashes.some((hash) => hash.length !== HASH_BYTES)) {
    throw new MalformedTree('A hash of the frontier does not have 32 bytes.');
  }
  return { size, hashes: [...hashes] };
}

/** Names the complete subtrees that a tree of this size is made of, the largest first. */
export function subtreesOf(
  size: number,
): readonly { readonly level: number; readonly index: number }[] {
  let begin = 0;
  return subtreeLevels(size).map((level) => {
    const index = begin / 2 ** level;
    begin += 2 ** level;
    return { level, index };
  });
}

function subtreeLevels(size: number): readonly number[] {
  const levels: number[] = [];
  for (let rest = size, level = 0; rest > 0; rest = Math.floor(rest / 2), level += 1) {
    if (rest % 2 === 1) levels.unshift(level);
  }
  return levels;
}
