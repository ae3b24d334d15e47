/**
 * The tap of one recorded screen, as the event loop has it: what the cart sends is worked on in a thread of its own, so that what
 * one cart packs holds up no other's session.
 *
 *   ready → closed (the screen is over) | broken (refused, silent, out of memory: the screen ends with it)
 *
 * Bounded in what waits, in time and in memory; whatever is wrong, nothing more is taken, so that nothing more is shown. What the
 * viewer says is heard here: its messages are few and small. Decision 0058.
 */
import { Worker } from 'node:worker_threads';
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import type { FramebufferSize } from '@chaperone/protocol/rfb/server-message.ts';
import { ScreenNotRecordable } from './recording-error.ts';
import { wholePicture } from './screen-tap.ts';
import type { ViewerState } from './screen-tap.ts';
import type { Taken, TapAnswer, TapOrder } from './tap-thread.ts';
import { ViewerTap } from './viewer-tap.ts';

const PROGRAM = new URL('./tap-thread.ts', import.meta.url);

export interface TapLimits {
  /** Orders that wait for the thread: the screen's own are at most three; the rest is a viewer that changes its mind. */
  readonly waitingMax: number;
  /** Within which an order is answered, milliseconds. The longest rectangle takes two seconds; a busy machine, more. */
  readonly answerMs: number;
  /** Of the thread's own heap, MiB. What is unpacked lies beside it, and has its limit in `standalone.ts`. */
  readonly heapMiB: number;
}

export const TAP_LIMITS: TapLimits = { waitingMax: 32, answerMs: 30_000, heapMiB: 192 };

interface Waiting {
  readonly settle: (answer: TapAnswer) => void;
  readonly fail: (fault: ScreenNotRecordable) => void;
}

export class ThreadedTap {
  readonly #limits: TapLimits;
  readonly #worker: Worker;
  readonly #viewer = new ViewerTap((format) => this.#setFormat(format));
  /** In the order in which they are answered. */
  readonly #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | null = null;
  #fault: ScreenNotRecordable | null = null;
  #size: FramebufferSize | null = null;

  constructor(limits: TapLimits = TAP_LIMITS) {
    this.#limits = limits;
    this.#worker = new Worker(PROGRAM, {
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMiB },
    });
    this.#worker.on('message', (answer: TapAnswer) => this.#answered(answer));
    this.#worker.on('error', (cause) => this.#break('What passes is not taken.', cause));
    this.#worker.on('exit', () => this.#break('What passes is not taken any more.'));
    this.#worker.unref();
  }

  /** Whether another message may be put in between what the viewer says. */
  get mayAsk(): boolean {
    return this.#viewer.isBetweenMessages && this.#size !== null;
  }

  /** The message by which the whole picture is asked for once more. */
  wholePicture(): Buffer {
    return wholePicture(this.#size ?? { width: 0, height: 0 });
  }

  /** Hears what the viewer says to the cart. @throws ScreenNotRecordable */
  fromViewer(bytes: Uint8Array): void {
    if (this.#fault !== null) throw this.#fault;
    this.#viewer.hear(bytes);
  }

  /** Hears what the cart says to the viewer. @throws ScreenNotRecordable */
  async fromCart(bytes: Uint8Array): Promise<Taken> {
    // A memory of its own: it is given away, and what it came in may hold what others read.
    const own = Uint8Array.from(bytes);
    const answer = await this.#order({ is: 'take', bytes: own }, [own.buffer]);
    if (answer.is !== 'taken') throw this.#break('The thread gave another answer.');
    this.#size = answer.taken.size;
    return answer.taken;
  }

  /** Begins a key: what is drawn from here on is counted. Keys are numbered from 1. @throws ScreenNotRecordable */
  async beginKey(): Promise<ViewerState> {
    const answer = await this.#order({ is: 'begin-key' });
    if (answer.is !== 'key') throw this.#break('The thread gave another answer.');
    return { size: answer.size, messages: Buffer.from(answer.messages) };
  }

  endKey(): void {
    this.#orderLater({ is: 'end-key' });
  }

  /** Ends the thread. What waits fails. */
  close(): void {
    this.#break('This screen is over.');
  }

  #setFormat(format: PixelFormat): void {
    this.#orderLater({ is: 'format', format });
    if (this.#fault !== null) throw this.#fault;
  }

  /** What becomes of it is heard with what comes after: a refusal breaks the tap. */
  #orderLater(order: TapOrder): void {
    this.#order(order).catch(() => undefined);
  }

  async #order(order: TapOrder, given: ArrayBuffer[] = []): Promise<TapAnswer> {
    if (this.#fault !== null) throw this.#fault;
    if (this.#waiting.length >= this.#limits.waitingMax)
      throw this.#break('More comes than can be recorded.');
    return await new Promise<TapAnswer>((settle, fail) => {
      this.#waiting.push({ settle, fail });
      if (this.#waiting.length === 1) this.#watch();
      this.#worker.postMessage(order, given);
    });
  }

  #answered(answer: TapAnswer): void {
    if (answer.is === 'refused') {
      this.#break(answer.why);
      return;
    }
    const [first] = this.#waiting.splice(0, 1);
    this.#watch();
    first?.settle(answer);
  }

  /** Gives the first that waits its time. */
  #watch(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.length === 0) return this.#worker.unref();
    this.#worker.ref();
    const { answerMs } = this.#limits;
    this.#timer = setTimeout(() => this.#break('What came takes too long to record.'), answerMs);
  }

  /** Nothing is taken from here on; the first reason counts. */
  #break(why: string, cause?: unknown): ScreenNotRecordable {
    if (this.#fault !== null) return this.#fault;
    const fault = new ScreenNotRecordable(why, { cause });
    this.#fault = fault;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const { fail } of this.#waiting.splice(0)) fail(fault);
    void this.#worker.terminate();
    return fault;
  }
}
