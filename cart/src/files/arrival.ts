/** A file that is sent to the inbox, from its announcement to the end of the session. */
import type { Readable } from 'node:stream';
import type { TransferId } from '@chaperone/domain/id/id.ts';
import type { InboxFile, InboxProgress } from '@chaperone/protocol/cart-api/schema.ts';
import type { Place } from './placing.ts';
import type { StagedFile } from './staged-file.ts';

export interface Arrival {
  readonly announced: InboxFile;
  readonly place: Place;
  /** It is all there and not what was announced. */
  differs: boolean;
  /** Times that it was found so. */
  mends: number;
  /** Null once it has its name. */
  staged: StagedFile | null;
  /** Settles when the piece that is arriving has been dealt with. */
  writing: Promise<void>;
  source: Readable | null;
}

/** Names the file as the operator finds it in the inbox. */
export function pathOf({ place: { folder, name } }: Pick<Arrival, 'place'>): string {
  return [...folder, name].join('/');
}

/** Says it as the receipt's list does, without what became of it. */
export function movedOf(arrival: Arrival) {
  const { transfer, bytes } = arrival.announced;
  return { transfer, direction: 'to-cart', bytes, name: pathOf(arrival) } as const;
}

/** A transfer whose bytes have their name is `placed`. */
export function progressOf(
  transfer: TransferId,
  { announced, staged, differs }: Arrival,
): InboxProgress {
  if (staged === null) return { transfer, received: announced.bytes, state: 'placed' };
  return { transfer, received: staged.received, state: differs ? 'differs' : 'receiving' };
}
