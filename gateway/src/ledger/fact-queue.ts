/**
 * Facts on their way into the ledger, in the order of asking.
 *
 * Some have somebody waiting for them: they are refused when they cannot be written. Others come from acts that
 * have happened already: they stay, up to a limit, until they can be written.
 */
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import type { AppendedEntry } from './contract.ts';

/** Facts that may wait for a database that is away. Some 300 bytes each; a busy day has fewer. */
export const WAITING_FACTS_MAX = 10_000;

export interface Waiter {
  readonly resolve: (entry: AppendedEntry) => void;
  readonly reject: (fault: unknown) => void;
}

export interface QueuedFact {
  /** A copy: the caller's object may change afterwards. */
  readonly fact: LedgerFact;
  /** When it happened, which may be long before it is written. */
  readonly utcMs: number;
  /** Null when nobody waits. */
  readonly waiter: Waiter | null;
}

export class FactQueue {
  #facts: QueuedFact[] = [];
  #patient = 0;
  #lost = 0;
  #told = 0;

  get length(): number {
    return this.#facts.length;
  }

  /** Facts that nobody waits for. */
  get patient(): number {
    return this.#patient;
  }

  /** Facts given up because too many were waiting. */
  get lost(): number {
    return this.#lost;
  }

  /** Those of them that no entry tells of yet. */
  get untold(): number {
    return this.#lost - this.#told;
  }

  /** Notes that an entry tells of so many more. */
  tell(count: number): void {
    this.#told += count;
  }

  add(queued: QueuedFact): void {
    if (queued.waiter === null) {
      if (this.#patient >= WAITING_FACTS_MAX) {
        this.lose();
        return;
      }
      this.#patient += 1;
    }
    this.#facts.push({ ...queued, fact: structuredClone(queued.fact) });
  }

  /** The oldest facts, left where they are. */
  peek(count: number): readonly QueuedFact[] {
    return this.#facts.slice(0, count);
  }

  /** Takes the oldest facts out: they were written. */
  shift(count: number): void {
    for (const { waiter } of this.#facts.splice(0, count)) if (waiter === null) this.#patient -= 1;
  }

  /** Notes a fact that cannot be kept at all. */
  lose(): void {
    this.#lost += 1;
  }

  /** Refuses all who wait; the patient ones keep their order. */
  refuse(fault: unknown): void {
    const waiters = this.#facts.flatMap(({ waiter }) => waiter ?? []);
    this.#facts = this.#facts.filter(({ waiter }) => waiter === null);
    for (const waiter of waiters) waiter.reject(fault);
  }
}
