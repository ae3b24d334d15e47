/**
 * A lane of hashes: so many at once, so many more that wait for their turn in rotation, in threads of its own.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { FairQueue } from './fair-queue.ts';
import type { HashOrder, HashThreadTerms } from './hash-thread.ts';
import { HashThreads } from './hash-threads.ts';

export class SignInBusy extends DomainError {
  readonly code = 'SIGN_IN_BUSY';
}

interface Waiting {
  readonly go: () => void;
  readonly refuse: (fault: SignInBusy) => void;
}

export interface HashLaneTerms extends HashThreadTerms {
  readonly atOnceMax: number;
  readonly waitingMax: number;
}

export class HashLane {
  readonly #atOnceMax: number;
  readonly #threads: HashThreads;
  readonly #waiting: FairQueue<Waiting>;
  #running = 0;

  constructor({ atOnceMax, waitingMax, ...terms }: HashLaneTerms) {
    this.#atOnceMax = atOnceMax;
    this.#threads = new HashThreads(terms);
    this.#waiting = new FairQueue(waitingMax);
  }

  /**
   * Hashes when it is this asker's turn. @returns the tag
   * @throws SignInBusy when there is no room
   */
  async hash(order: HashOrder, asker: string): Promise<Buffer> {
    if (this.#running >= this.#atOnceMax) await this.#turn(asker);
    else this.#running += 1;
    try {
      return await this.#threads.hash(order);
    } finally {
      // The turn passes directly to who is next.
      const next = this.#waiting.next();
      if (next === undefined) this.#running -= 1;
      else next.go();
    }
  }

  async #turn(asker: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting
      .add({ go: resolve, refuse: reject }, asker)
      ?.refuse(new SignInBusy('Too many people sign in just now. Try again soon.'));
    await promise;
  }
}
