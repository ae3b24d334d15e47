/** Chance that can be had again: the same seed gives the same numbers on every machine (splitmix32). */

export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number that depends on this seed and another one, for a run within a series. */
  static of(seed: number, run: number): Chance {
    return new Chance(Math.imul(seed ^ Math.imul(run + 1, 0x9e3779b1), 0x85ebca6b));
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return Math.floor(((mixed >>> 0) / 2 ** 32) * end);
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  /** @throws RangeError when there is nothing to pick from */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined && items.length === 0) throw new RangeError('nothing to pick from');
    return item as Item;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** Cuts bytes into chunks of chance lengths, most of them short. */
  chunks(bytes: Buffer): readonly Buffer[] {
    const chunks: Buffer[] = [];
    const longest = this.pick([1, 2, 7, 64, 1024, 65_536]);
    for (let at = 0; at < bytes.length;) {
      const length = 1 + this.below(longest);
      chunks.push(bytes.subarray(at, at + length));
      at += length;
    }
    return chunks;
  }
}
