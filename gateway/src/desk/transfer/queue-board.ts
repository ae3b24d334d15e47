/**
 * Tells the operator's panel what waits for its turn and what the technician holds: shown there, and nothing else follows from it.
 *
 * It is told a little after the last change, once for many. A cart that cannot be told, or knows no such thing (version 1 of the
 * protocol), is not told.
 */
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { HELD_TRANSFERS_MAX } from '@chaperone/protocol/cart-api/schema.ts';
import type { QueueStanding } from '@chaperone/protocol/cart-api/schema.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { RemoteSessions } from '../session/session.ts';
import type { HeldTransfer } from './transfer-store.ts';

/** Milliseconds between two tellings of one case: a person reads no faster. */
const TELL_EVERY_MS = 500;

export interface QueueBoardOptions {
  readonly sessions: Pick<RemoteSessions, 'grantedOf' | 'openAgain'>;
  readonly log: DeskContext['log'];
  readonly underWay: (caseId: CaseId) => readonly HeldTransfer[];
  readonly held: (caseId: CaseId) => readonly HeldTransfer[];
}

export class QueueBoard {
  readonly #options: QueueBoardOptions;
  readonly #waiting = new Map<CaseId, NodeJS.Timeout>();
  readonly #told = new Map<CaseId, string>();

  constructor(options: QueueBoardOptions) {
    this.#options = options;
  }

  /** Notes that something of a case waits, moves or is held now that was not before. */
  changed(caseId: CaseId): void {
    if (this.#waiting.has(caseId)) return;
    const tell = (): void => {
      this.#waiting.delete(caseId);
      void this.#tell(caseId).catch((fault: unknown) => {
        this.#told.delete(caseId);
        this.#options.log.warn({ err: fault }, 'a cart was not told what waits');
      });
    };
    this.#waiting.set(caseId, setTimeout(tell, TELL_EVERY_MS).unref());
  }

  close(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }

  async #tell(caseId: CaseId): Promise<void> {
    const { sessions, underWay, held } = this.#options;
    const session = sessions.grantedOf(caseId);
    const own = [...underWay(caseId), ...held(caseId)].filter(
      (transfer) => transfer.session === session?.session,
    );
    const [some] = own;
    if (session === null) return void this.#told.delete(caseId);
    if (some === undefined && !this.#told.has(caseId)) return;
    const standing = standingOf(own);
    const telling = `${session.session} ${JSON.stringify(standing)}`;
    if (this.#told.get(caseId) === telling) return;
    // An activity that is open already: nothing is opened for the sake of the board.
    const activity =
      (some?.direction ?? 'from-cart') === 'from-cart' ? 'fetch-files' : 'send-files';
    const { link, grant } = await sessions.openAgain(session, activity);
    if (!link.knowsBlocks) return;
    this.#told.set(caseId, telling);
    await link.queue(grant, standing);
  }
}

/** Counts what waits, by direction, and names what is held. */
function standingOf(transfers: readonly HeldTransfer[]): QueueStanding {
  const waiting = (direction: HeldTransfer['direction']): QueueStanding['fetching'] => {
    const own = transfers.filter((each) => each.direction === direction && each.state === 'queued');
    return { files: own.length, bytes: own.reduce((sum, { bytesTotal }) => sum + bytesTotal, 0) };
  };
  const paused = transfers.filter(({ state }) => state === 'paused').map(({ id }) => id);
  return {
    fetching: waiting('from-cart'),
    sending: waiting('to-cart'),
    paused: paused.slice(-HELD_TRANSFERS_MAX),
  };
}
