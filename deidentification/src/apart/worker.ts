/**
 * The worker: de-identifies one file in a thread of its own and ends.
 *
 * What a hostile file makes of the decoder's time and memory is this thread's affair: the one that asked for it goes on.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { DeidentificationRefused } from '@chaperone/domain/deidentification/deidentification.ts';
import { deidentify } from '../deidentify.ts';
import type { ByteSource } from '../source/byte-source.ts';
import type { FromWorker, ToWorker, WorkerTask } from './message.ts';

const port = parentPort;
if (port === null) throw new Error('This module is the inside of a worker.');
const task = workerData as WorkerTask;

function say(message: FromWorker): void {
  port?.postMessage(message);
}

/** One question at a time, so the next answer is its own. */
async function answer(): Promise<ToWorker> {
  return await new Promise((resolve) => {
    port?.once('message', (message: ToWorker) => resolve(message));
  });
}

const source: ByteSource = {
  bytes: task.bytes,
  read: async (offset, length) => {
    const answered = answer();
    say({ say: 'read', offset, length });
    const message = await answered;
    if (message.say !== 'bytes') throw new Error('Bytes were asked for.');
    return message.bytes;
  },
};

try {
  const { chunks, words } = await deidentify(source, task.order);
  say({ say: 'begun', words });
  for (let next = await chunks.next(); ; next = await chunks.next()) {
    if (next.done === true) {
      say({ say: 'done', report: next.value });
      break;
    }
    const wanted = answer();
    say({ say: 'chunk', bytes: next.value });
    await wanted;
  }
} catch (fault) {
  if (!(fault instanceof DeidentificationRefused)) throw fault;
  say({ say: 'refused', code: fault.code, message: fault.message });
} finally {
  port.close();
}
