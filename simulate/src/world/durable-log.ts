/**
 * A log on a disk that can be slow, full or lost in a crash: the cart's journal and the gateway's ledger.
 *
 * What is appended becomes durable a moment later; a crash in between leaves it there or not. It takes the place of
 * `cart/src/journal` and `gateway/src/ledger`, which have their own tests on real disks.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { World } from './world.ts';

export class DiskFull extends DomainError {
  readonly code = 'DISK_FULL';
}

interface Write<Fact> {
  readonly facts: readonly Fact[];
  readonly settle: ((fault: DiskFull | null) => void) | null;
}

const WRITE_MS = 4;
const SLOW_WRITE_MS = 4000;

export class DurableLog<Fact> {
  readonly durable: Fact[] = [];
  readonly #world: World;
  readonly #owner: 'cart' | 'gateway';
  readonly #written: (fact: Fact) => void;
  #waiting: Write<Fact>[] = [];
  #later: Fact[] = [];
  isFull = false;
  slowUntilMs = 0;

  /** @param written told of each fact in the moment in which it is durable */
  constructor(world: World, owner: 'cart' | 'gateway', written: (fact: Fact) => void) {
    this.#world = world;
    this.#owner = owner;
    this.#written = written;
  }

  get size(): number {
    return this.durable.length;
  }

  /** Durable when `done` hears null. */
  appendThen(facts: readonly Fact[], done: (fault: DiskFull | null) => void): void {
    this.#waiting.push({ facts, settle: done });
    this.#flushSoon();
  }

  /** The same as a promise, as the cart's rule of order wants it. It never settles once the cart has crashed. */
  append(facts: readonly Fact[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.appendThen(facts, (fault) => {
        this.#world.stir();
        if (fault === null) resolve();
        else reject(fault);
      });
    });
  }

  /** Durable when that is possible; nobody waits. */
  appendLater(facts: readonly Fact[]): void {
    this.#waiting.push({ facts, settle: null });
    this.#flushSoon();
  }

  /** Writes what waited for room. */
  hasRoom(): void {
    this.isFull = false;
    if (this.#later.length > 0) this.appendLater([]);
  }

  /** The process dies: what is being written may or may not have reached the disk; the first comes first. */
  crash(): void {
    const waiting = this.#waiting;
    const later = this.#later;
    this.#waiting = [];
    this.#later = [];
    if (this.isFull) return;
    const reached = this.#world.dice.below(waiting.length + 1);
    if (reached > 0) this.#keep(later);
    for (const { facts } of waiting.slice(0, reached)) this.#keep(facts);
  }

  async lines(from: number): Promise<readonly string[]> {
    return this.durable.slice(from).map((fact) => JSON.stringify({ fact }));
  }

  #flushSoon(): void {
    const { nowMs } = this.#world;
    const delayMs = nowMs < this.slowUntilMs ? SLOW_WRITE_MS : WRITE_MS;
    this.#world.after(delayMs, this.#owner, () => this.#flush());
  }

  #flush(): void {
    // Every append asked for a flush of its own, so that the first one writes the first.
    const write = this.#waiting.shift();
    if (write === undefined) return;
    if (!this.isFull) {
      // What waited for room comes first, as in the cart's journal: it happened before.
      this.#keep(this.#later.splice(0));
      this.#keep(write.facts);
      write.settle?.(null);
    } else if (write.settle === null) this.#later.push(...write.facts);
    else write.settle(new DiskFull('The disk is full.'));
  }

  #keep(facts: readonly Fact[]): void {
    for (const fact of facts) {
      this.durable.push(fact);
      this.#written(fact);
    }
  }
}
