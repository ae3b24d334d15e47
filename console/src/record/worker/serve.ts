/** The worker's end of `worker-call.ts`: answers calls, tells how far it is, and gives a sign of life when asked. */
import { ReadingFault } from './worker-call.ts';
import type { FromWorker, ToWorker, WorkerFault } from './worker-call.ts';

export interface CallContext {
  /** Tells the page something before the answer. */
  readonly tell: (value: unknown) => void;
  readonly signal: AbortSignal;
}

export type Methods = Readonly<
  Record<string, (argument: never, context: CallContext) => Promise<unknown>>
>;

/** An answer whose bytes are handed over instead of copied. */
export class Handed {
  readonly value: unknown;
  readonly transfer: readonly Transferable[];

  constructor(value: unknown, transfer: readonly Transferable[]) {
    this.value = value;
    this.transfer = transfer;
  }
}

/** As much of a worker's own scope as this needs. */
interface WorkerScope {
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
  postMessage(message: FromWorker, transfer?: readonly Transferable[]): void;
}

export function serve(methods: Methods): void {
  const scope = globalThis as unknown as WorkerScope;
  const under = new Map<number, AbortController>();
  const answer = async (call: number, method: string, argument: unknown): Promise<void> => {
    const controller = new AbortController();
    under.set(call, controller);
    const tell = (value: unknown): void => scope.postMessage({ is: 'told', call, value });
    try {
      const work = methods[method];
      if (work === undefined) throw new TypeError(`The worker has no ${method}.`);
      const done = await work(argument as never, { tell, signal: controller.signal });
      const value = done instanceof Handed ? done.value : done;
      const transfer = done instanceof Handed ? done.transfer : [];
      scope.postMessage({ is: 'done', call, value }, transfer);
    } catch (fault) {
      scope.postMessage({ is: 'failed', call, fault: faultOf(fault) });
    } finally {
      under.delete(call);
    }
  };
  scope.onmessage = ({ data }) => {
    if (data.is === 'ping') return scope.postMessage({ is: 'pong' });
    if (data.is === 'cancel') return under.get(data.call)?.abort();
    void answer(data.call, data.method, data.argument);
  };
}

/** What is not expected comes of the record: a parser that stumbles over it, or memory that it would take. */
function faultOf(fault: unknown): WorkerFault {
  if (fault instanceof ReadingFault) {
    const { code, detail, status } = fault;
    return { code, detail, status };
  }
  const detail = fault instanceof Error ? fault.message : String(fault);
  return { code: 'RECORD_UNREADABLE', detail: detail.slice(0, 200), status: 0 };
}
