/**
 * Chance that can be repeated: xoshiro128** (D. Blackman and S. Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 47:4, 2021; https://prng.di.unimi.it/xoshiro128starstar.c), filled from a seed by the
 * 32-bit finalizer `lowbias32` (C. Wellons, https://nullprogram.com/blog/2018/07/31/).
 *
 * It is not for secrets. Everything that a schedule leaves to chance comes from here, so that a seed is the whole of it.
 */
const GOLDEN = 0x9e3779b9;

/** Mixes two words into one, so that related seeds give unrelated streams. */
export function mix(one: number, other: number): number {
  let word = (one ^ Math.imul(other + 1, GOLDEN)) >>> 0;
  word = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  word = Math.imul(word ^ (word >>> 15), 0x846ca68b);
  return (word ^ (word >>> 16)) >>> 0;
}

export class Prng {
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  /** @param seed an integer from 0 to 2^53 - 1 */
  constructor(seed: number) {
    this.reseed(seed);
  }

  /** Begins anew, as if just made with this seed. */
  reseed(seed: number): void {
    const low = seed >>> 0;
    const high = Math.floor(seed / 0x1_0000_0000);
    this.#a = mix(low, 1 + high);
    this.#b = mix(low, 2 + this.#a);
    this.#c = mix(low, 3 + this.#b);
    this.#d = mix(low, 4 + this.#c) | 1;
  }

  /** Sets the four words of the state, for the reference vector. Not all may be zero. */
  load(a: number, b: number, c: number, d: number): void {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
  }

  /** The next 32 bits. */
  next(): number {
    const five = Math.imul(this.#b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** An integer from 0 to `bound` - 1. The bias of at most `bound` in 2^32 does no harm here. */
  below(bound: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * bound);
  }

  /** True in so many of a hundred cases. */
  percent(chance: number): boolean {
    return this.below(100) < chance;
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}
