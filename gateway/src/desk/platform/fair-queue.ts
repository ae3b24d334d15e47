/**
 * A bounded queue in which nobody can take the turns of others: one turn for each asker in rotation, and when it is full, who
 * has the most waiting gives way. Pure; what waits is the caller's affair.
 */
export class FairQueue<Item> {
  readonly #itemsMax: number;
  /** Askers in the order of their next turn, each with what waits for it, oldest first. */
  readonly #line = new Map<string, Item[]>();
  #size = 0;

  constructor(itemsMax: number) {
    this.#itemsMax = itemsMax;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Takes an item in.
   * @param asker for the rotation: a workstation
   * @returns what found no room, the item itself or another; undefined when all have room
   */
  add(item: Item, asker: string): Item | undefined {
    const own = this.#line.get(asker);
    if (own === undefined) this.#line.set(asker, [item]);
    else own.push(item);
    this.#size += 1;
    return this.#size > this.#itemsMax ? this.#giveWay() : undefined;
  }

  /** Takes out whose turn it is; undefined when nobody waits. */
  next(): Item | undefined {
    for (const [asker, items] of this.#line) {
      const item = items.shift();
      // Behind all others, if more waits for it: a Map keeps the order of insertion.
      this.#line.delete(asker);
      if (items.length > 0) this.#line.set(asker, items);
      this.#size -= 1;
      return item;
    }
    return undefined;
  }

  /** The newest of who has the most waiting; among equals, of who asked last. */
  #giveWay(): Item | undefined {
    let most: readonly [asker: string, items: Item[]] | undefined;
    for (const each of this.#line) if (each[1].length >= (most?.[1].length ?? 0)) most = each;
    if (most === undefined) return undefined;
    const [asker, items] = most;
    const item = items.pop();
    if (items.length === 0) this.#line.delete(asker);
    this.#size -= 1;
    return item;
  }
}
