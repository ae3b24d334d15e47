/**
 * Threads that hash, each one order at a time. They are started when they are first needed, keep no program from ending, and
 * one that breaks is replaced.
 */
import { Worker } from 'node:worker_threads';
import type { HashOrder, HashThreadTerms } from './hash-thread.ts';

const PROGRAM = new URL('./hash-thread.ts', import.meta.url);

export class HashThreads {
  readonly #terms: HashThreadTerms;
  readonly #idle: Worker[] = [];

  constructor(terms: HashThreadTerms) {
    this.#terms = terms;
  }

  /** Hashes in a thread of its own; as many as are asked for at a time are started. @returns the tag */
  async hash(order: HashOrder): Promise<Buffer> {
    const worker = this.#idle.pop() ?? this.#newWorker();
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    worker.once('message', resolve).once('error', reject);
    worker.ref();
    worker.postMessage(order);
    try {
      const tag = await promise;
      this.#idle.push(worker);
      return Buffer.from(tag);
    } finally {
      worker.off('message', resolve).off('error', reject);
      worker.unref();
    }
  }

  #newWorker(): Worker {
    const worker = new Worker(PROGRAM, { workerData: this.#terms });
    // One that breaks while it is idle is not asked again.
    worker.on('exit', () => {
      const at = this.#idle.indexOf(worker);
      if (at !== -1) this.#idle.splice(at, 1);
    });
    return worker;
  }
}
