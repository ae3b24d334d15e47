/** One thread of a run: takes chunks of seeds, gives back their tallies. */
import { parentPort, workerData } from 'node:worker_threads';
import { runBatch } from './batch.ts';
import { rulesWith } from './simulate.ts';
import type { Chunk } from './simulate.ts';

// A refusal is an error like any other; its stack would cost more than the rule that refuses.
Error.stackTraceLimit = 0;
const { fault } = workerData as { readonly fault: string | null };
const rules = rulesWith(fault);
const port = parentPort;
port?.on('message', ({ from, to }: Chunk) => {
  void runBatch(rules, from, to).then((tally) => port.postMessage(tally));
});
