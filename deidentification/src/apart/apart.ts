/**
 * De-identifies a file apart from the program that asks for it: in a worker thread with limits of memory and of time.
 *
 * Decoding is work for the processor; on the cart the same program carries the screen and the operator's Pause, which may
 * not wait for it. What does not come back in time or needs too much is ended, and the file is refused.
 */
import { Worker } from 'node:worker_threads';
import {
  DeidentificationKindUnknown,
  DeidentificationLimitReached,
  DeidentificationUnreadable,
  PixelsWithoutRule,
  LogWithoutDictionary,
  ResidueFound,
  SOPClassWithoutRule,
  TransferSyntaxWithoutRule,
} from '@chaperone/domain/deidentification/deidentification.ts';
import type {
  DeidentificationRefusal,
  DeidentificationRefused,
} from '@chaperone/domain/deidentification/deidentification.ts';
import type { DeidentificationReport } from '@chaperone/domain/deidentification/report.ts';
import type { Order, Result } from '../deidentify.ts';
import type { ByteSource } from '../source/byte-source.ts';
import type { FromWorker, ToWorker, WorkerTask } from './message.ts';

/** From one sign of life to the next. The largest frame takes some seconds to decode. */
const SILENCE_MS_MAX = 60_000;
/** Objects of the worker; frames are bounded by their own limits. MiB. */
const HEAP_MB_MAX = 512;

const REFUSALS: Readonly<
  Record<DeidentificationRefusal, new (message: string) => DeidentificationRefused>
> = {
  DEIDENTIFICATION_KIND_UNKNOWN: DeidentificationKindUnknown,
  DEIDENTIFICATION_UNREADABLE: DeidentificationUnreadable,
  DEIDENTIFICATION_SOP_CLASS_WITHOUT_RULE: SOPClassWithoutRule,
  DEIDENTIFICATION_TRANSFER_SYNTAX_WITHOUT_RULE: TransferSyntaxWithoutRule,
  DEIDENTIFICATION_PIXELS_WITHOUT_RULE: PixelsWithoutRule,
  DEIDENTIFICATION_LIMIT_REACHED: DeidentificationLimitReached,
  DEIDENTIFICATION_RESIDUE_FOUND: ResidueFound,
  DEIDENTIFICATION_LOG_WITHOUT_DICTIONARY: LogWithoutDictionary,
};

/**
 * @param source is read in this thread; what it throws passes through
 * @param signal ends the work at once; its reason is thrown
 * @throws DeidentificationRefused; also the chunks may end in one
 */
export async function deidentifyApart(
  source: ByteSource,
  order: Order,
  signal?: AbortSignal,
): Promise<Result> {
  signal?.throwIfAborted();
  const work = new Work(source, order);
  signal?.addEventListener('abort', () => work.stop(signal.reason), { once: true });
  try {
    const first = await work.next();
    if (first.say !== 'begun') throw new Error('A worker begins with what it found.');
    return { words: first.words, chunks: chunksOf(work) };
  } catch (fault) {
    await work.end();
    throw fault;
  }
}

async function* chunksOf(work: Work): AsyncGenerator<Uint8Array, DeidentificationReport> {
  try {
    for (;;) {
      const message = await work.next();
      if (message.say === 'done') return message.report;
      if (message.say !== 'chunk') throw new Error('A worker gives chunks, then its report.');
      yield message.bytes;
      work.say({ say: 'go-on' });
    }
  } finally {
    await work.end();
  }
}

type Told = Exclude<FromWorker, { readonly say: 'read' | 'refused' }>;

class Work {
  readonly #worker: Worker;
  readonly #source: ByteSource;
  readonly #told: Told[] = [];
  #fault: Error | null = null;
  #wake: () => void = () => undefined;
  #silence: NodeJS.Timeout | undefined;

  constructor(source: ByteSource, order: Order) {
    this.#source = source;
    const task: WorkerTask = { bytes: source.bytes, order };
    this.#worker = new Worker(new URL('worker.ts', import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    this.#worker.on('message', (message: FromWorker) => void this.#take(message));
    this.#worker.on('error', (cause) => this.#fail(limitOr(cause)));
    this.#worker.on('exit', () => this.#fail(new Error('The worker ended before its work.')));
  }

  say(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  /** Whoever waits is told why; the worker goes with {@link end}. */
  stop(reason: unknown): void {
    this.#fail(reason instanceof Error ? reason : new Error('The work was stopped.'));
  }

  async next(): Promise<Told> {
    for (;;) {
      const message = this.#told.shift();
      if (message !== undefined) return message;
      if (this.#fault !== null) throw this.#fault;
      this.#listen();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async end(): Promise<void> {
    clearTimeout(this.#silence);
    await this.#worker.terminate();
  }

  /** Time counts only while somebody waits: a slow taker is no silent worker. */
  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#fail(new DeidentificationLimitReached('The file takes longer than one may.'));
    }, SILENCE_MS_MAX);
  }

  async #take(message: FromWorker): Promise<void> {
    if (message.say === 'refused') return this.#fail(new REFUSALS[message.code](message.message));
    if (message.say !== 'read') {
      clearTimeout(this.#silence);
      this.#told.push(message);
      return this.#wake();
    }
    try {
      const bytes = await this.#source.read(message.offset, message.length);
      this.#listen();
      this.say({ say: 'bytes', bytes });
    } catch (fault) {
      this.#fail(fault instanceof Error ? fault : new Error('The file could not be read.'));
    }
  }

  #fail(fault: Error): void {
    clearTimeout(this.#silence);
    this.#fault ??= fault;
    this.#wake();
  }
}

function limitOr(cause: Error): Error {
  const isMemory = 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return isMemory
    ? new DeidentificationLimitReached('The file takes more memory than one may.', { cause })
    : cause;
}
