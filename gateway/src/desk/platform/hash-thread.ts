/**
 * The thread that hashes, one argon2id at a time. For strangers it gives way to everything else of the process, so that the
 * loop that carries sessions gets its turn at once even where all processors have work. Started by `hash-threads.ts`.
 */
import { argon2Sync } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { giveWay } from '../../platform/thread/give-way.ts';

export interface HashOrder {
  readonly message: Uint8Array;
  readonly salt: Uint8Array;
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
  readonly tagBytes: number;
}

export interface HashThreadTerms {
  /** Whether it has a lower priority than the rest of the process. */
  readonly isGivingWay: boolean;
}

/** Steps of niceness below the rest of the process. */
const NICER = 10;

if ((workerData as HashThreadTerms).isGivingWay) giveWay(NICER);
parentPort?.on('message', (order: HashOrder) => {
  const tag = argon2Sync('argon2id', {
    message: order.message,
    nonce: order.salt,
    parallelism: order.lanes,
    tagLength: order.tagBytes,
    memory: order.memoryKiB,
    passes: order.passes,
  });
  parentPort?.postMessage(new Uint8Array(tag));
});
