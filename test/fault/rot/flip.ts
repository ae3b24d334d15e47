/** One flipped bit: where, chosen from a seed, and what a file is with it. */

export interface Flip {
  readonly byte: number;
  readonly bit: number;
}

/** A stream of numbers from 0 up to 1 that a seed determines (mulberry32). */
export function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Chooses the first, the middle and the last byte, and more by chance; each with a bit of its own. */
export function chooseFlips(bytes: number, more: number, chance: () => number): readonly Flip[] {
  if (bytes === 0) return [];
  const places = [0, Math.floor(bytes / 2), bytes - 1];
  for (let count = 0; count < more; count += 1) places.push(Math.floor(chance() * bytes));
  return [...new Set(places)].map((byte) => ({ byte, bit: Math.floor(chance() * 8) }));
}

export function flipped(content: Uint8Array, { byte, bit }: Flip): Buffer {
  const copy = Buffer.from(content);
  copy[byte] = (copy[byte] ?? 0) ^ (1 << bit);
  return copy;
}
