/**
 * The hashes of a Merkle tree as in RFC 6962 §2.1, with SHA-256. Runs in Node and in browsers.
 *
 * A leaf and a node are hashed with different first bytes, so that one can never be passed off as the other.
 */
import { sha256 } from '@noble/hashes/sha2.js';

/** Bytes of every hash in the tree (SHA-256, FIPS 180-4). */
export const HASH_BYTES = 32;

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** Hashes one leaf: SHA-256(0x00 || data). @see RFC 6962 §2.1 */
export function leafHash(data: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + data.length);
  input[0] = LEAF_PREFIX;
  input.set(data, 1);
  return sha256(input);
}

/** Hashes one line of text as it stands, without its newline, as a leaf. */
export function lineHash(line: string): Uint8Array {
  return leafHash(new TextEncoder().encode(line));
}

/** Hashes two subtrees together: SHA-256(0x01 || left || right). @see RFC 6962 §2.1 */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = NODE_PREFIX;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return sha256(input);
}

/** The root of the tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

/** Tells whether two hashes are the same. Hashes of the tree are public: no constant time is needed. */
export function sameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
