/**
 * What a viewer's page and its worker say to each other.
 *
 * A record may be made to hang whoever reads it. So it is read in a worker, which the page asks for a sign of life while
 * it waits; one that gives none is ended with all that it held, and the page says so instead of hanging itself.
 */

/** How long a worker may be silent, milliseconds: a large frame on a slow computer takes a second or two. */
export const SILENCE_MS_MAX = 8_000;
const PING_EVERY_MS = 500;

/** A failure as it crosses to the page: only what the page has words for. */
export interface WorkerFault {
  readonly code: string;
  readonly detail: string | null;
  readonly status: number;
}

/** What a reading failed for; `code` has words in `words/viewer.ts`, or is the desk's. */
export class ReadingFault extends Error implements WorkerFault {
  readonly code: string;
  readonly detail: string | null;
  readonly status: number;

  constructor(code: string, detail: string | null = null, status = 0) {
    super(detail ?? code);
    this.name = 'ReadingFault';
    this.code = code;
    this.detail = detail;
    this.status = status;
  }
}

export type ToWorker =
  | { readonly is: 'ping' }
  | { readonly is: 'cancel'; readonly call: number }
  | {
      readonly is: 'call';
      readonly call: number;
      readonly method: string;
      readonly argument: unknown;
    };
export type FromWorker =
  | { readonly is: 'pong' }
  | { readonly is: 'told'; readonly call: number; readonly value: unknown }
  | { readonly is: 'done'; readonly call: number; readonly value: unknown }
  | { readonly is: 'failed'; readonly call: number; readonly fault: WorkerFault };

/** As much of a worker as this needs; tests give another one. */
export interface WorkerPort {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: { readonly data: FromWorker }) => void) | null;
  onerror: ((event: unknown) => void) | null;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (fault: Error) => void;
  readonly onTold: ((value: never) => void) | undefined;
}

export interface CallOptions<Told> {
  readonly onTold?: (value: Told) => void;
  readonly signal?: AbortSignal;
}

/** The page's end. A worker is made with the first call, and anew after one was ended. */
export class WorkerCalls {
  readonly #make: () => WorkerPort;
  readonly #silenceMsMax: number;
  readonly #waiting = new Map<number, Waiting>();
  #worker: WorkerPort | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #heardMs = 0;
  #calls = 0;

  constructor(make: () => WorkerPort, silenceMsMax = SILENCE_MS_MAX) {
    this.#make = make;
    this.#silenceMsMax = silenceMsMax;
  }

  /** Asks the worker. @throws ReadingFault: what it failed with, VIEWER_STOPPED when it gave no sign of life */
  call<Answer, Told = never>(
    method: string,
    argument: unknown,
    { onTold, signal }: CallOptions<Told> = {},
  ): Promise<Answer> {
    const call = (this.#calls += 1);
    return new Promise<Answer>((resolve, reject) => {
      if (signal?.aborted === true) return reject(new ReadingFault('CANCELLED'));
      const worker = (this.#worker ??= this.#begin());
      this.#waiting.set(call, { resolve, reject, onTold });
      this.#watch();
      signal?.addEventListener('abort', () => this.#cancel(call), { once: true });
      worker.postMessage({ is: 'call', call, method, argument });
    });
  }

  close(): void {
    this.#end(new ReadingFault('CANCELLED'));
  }

  #begin(): WorkerPort {
    const worker = this.#make();
    this.#heardMs = performance.now();
    worker.onmessage = ({ data }) => {
      this.#heardMs = performance.now();
      this.#hear(data);
    };
    worker.onerror = () => this.#end(new ReadingFault('VIEWER_STOPPED'));
    return worker;
  }

  #hear(message: FromWorker): void {
    if (message.is === 'pong') return;
    const waiting = this.#waiting.get(message.call);
    if (waiting === undefined) return;
    if (message.is === 'told') return waiting.onTold?.(message.value as never);
    this.#waiting.delete(message.call);
    if (message.is === 'done') return waiting.resolve(message.value as never);
    const { code, detail, status } = message.fault;
    waiting.reject(new ReadingFault(code, detail, status));
  }

  #cancel(call: number): void {
    const waiting = this.#waiting.get(call);
    if (waiting === undefined) return;
    this.#waiting.delete(call);
    this.#worker?.postMessage({ is: 'cancel', call });
    waiting.reject(new ReadingFault('CANCELLED'));
  }

  /** Only while something is waited for: a page in the background is not woken for nothing. */
  #watch(): void {
    if (this.#timer !== null) return;
    this.#heardMs = performance.now();
    let askedMs = performance.now();
    this.#timer = setInterval(() => {
      if (this.#waiting.size === 0) return this.#unwatch();
      const nowMs = performance.now();
      // A page that slept heard nothing either: only time in which it was awake counts.
      if (nowMs - askedMs > PING_EVERY_MS * 4) this.#heardMs = nowMs;
      askedMs = nowMs;
      if (nowMs - this.#heardMs > this.#silenceMsMax)
        return this.#end(new ReadingFault('VIEWER_STOPPED'));
      this.#worker?.postMessage({ is: 'ping' });
    }, PING_EVERY_MS);
  }

  #unwatch(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #end(fault: ReadingFault): void {
    this.#unwatch();
    this.#worker?.terminate();
    this.#worker = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(fault);
  }
}
