/**
 * The blocks in which a file is compared when its whole cannot be trusted: after an interruption, and when the digest of
 * the whole does not match.
 *
 * A block is 1 MiB, the last one what is left. Both ends compute SHA-256 of each, one list is compared with the other,
 * and only blocks that differ are moved again. It is no substitute for the digest of the whole, which decides in the end.
 */

/** 1 MiB: 32 bytes of digest per block make a list of 0.003 % of the file, and a block is moved in a moment on any line. */
export const BLOCK_BYTES = 1024 * 1024;
export const DIGEST_BYTES = 32;
/** Times that a file is mended before it is given up: storage that spoils a file that often does not keep the next one. */
export const MENDS_MAX = 3;

/** Counts the blocks of a file; the last may be short. */
export function blockCount(bytesTotal: number): number {
  return Math.ceil(bytesTotal / BLOCK_BYTES);
}

/** Gives the first byte of the block in which a byte lies: from here a transfer goes on. */
export function blockStart(byte: number): number {
  return byte - (byte % BLOCK_BYTES);
}

/** Gives where a block lies in a file. */
export function blockRange(
  index: number,
  bytesTotal: number,
): { readonly offset: number; readonly length: number } {
  const offset = index * BLOCK_BYTES;
  return { offset, length: Math.max(0, Math.min(BLOCK_BYTES, bytesTotal - offset)) };
}

/**
 * Names the blocks that have to be moved again.
 * @param held digests of what is here, null for a block that cannot be read
 * @param wanted digests of the other end, one after another, as many as are compared
 */
export function differingBlocks(
  held: readonly (Uint8Array | null)[],
  wanted: Uint8Array,
): readonly number[] {
  const differing: number[] = [];
  for (let index = 0; (index + 1) * DIGEST_BYTES <= wanted.length; index += 1) {
    const theirs = wanted.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES);
    const ours = held[index] ?? null;
    if (ours === null || ours.some((byte, at) => byte !== theirs[at])) differing.push(index);
  }
  return differing;
}
