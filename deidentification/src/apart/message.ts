/** What a worker and the thread that started it say to each other. */
import type { DeidentificationRefusal } from '@chaperone/domain/deidentification/deidentification.ts';
import type { DeidentificationReport } from '@chaperone/domain/deidentification/report.ts';
import type { Order } from '../deidentify.ts';

export interface WorkerTask {
  readonly bytes: number;
  readonly order: Order;
}

export type FromWorker =
  | { readonly say: 'read'; readonly offset: number; readonly length: number }
  | { readonly say: 'begun'; readonly words: readonly string[] }
  /** The next is made when `go-on` comes. */
  | { readonly say: 'chunk'; readonly bytes: Uint8Array }
  | { readonly say: 'done'; readonly report: DeidentificationReport }
  | { readonly say: 'refused'; readonly code: DeidentificationRefusal; readonly message: string };

export type ToWorker =
  | { readonly say: 'bytes'; readonly bytes: Uint8Array }
  | { readonly say: 'go-on' };
