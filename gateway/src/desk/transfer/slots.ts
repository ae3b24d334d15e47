/**
 * At most so many at once, and fewer of one owner, so that a cart whose files stand still leaves places for others. Whoever
 * waits is served in the order of asking, owners that have all their places apart.
 */
export interface SlotLimits {
  readonly atOnceMax: number;
  readonly ofOneOwnerMax: number;
}

export class Slots {
  readonly #limits: SlotLimits;
  readonly #taken = new Map<string, number>();
  readonly #waiting: { readonly owner: string; readonly go: () => void }[] = [];
  #free: number;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
    this.#free = limits.atOnceMax;
  }

  /** Waits for a place and takes it; the returned function gives it back. */
  async take(owner: string): Promise<() => void> {
    if (this.#mayTake(owner)) this.#note(owner, 1);
    else await new Promise<void>((go) => this.#waiting.push({ owner, go }));
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#note(owner, -1);
      const next = this.#waiting.findIndex((each) => this.#mayTake(each.owner));
      if (next === -1) return;
      for (const waiter of this.#waiting.splice(next, 1)) {
        this.#note(waiter.owner, 1);
        waiter.go();
      }
    };
  }

  #mayTake(owner: string): boolean {
    return this.#free > 0 && (this.#taken.get(owner) ?? 0) < this.#limits.ofOneOwnerMax;
  }

  #note(owner: string, more: 1 | -1): void {
    this.#free -= more;
    const taken = (this.#taken.get(owner) ?? 0) + more;
    if (taken === 0) this.#taken.delete(owner);
    else this.#taken.set(owner, taken);
  }
}
