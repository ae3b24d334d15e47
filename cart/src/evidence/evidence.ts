/**
 * The door of the cart's own evidence: its session receipts, and what it remembers of the service centre's ledger.
 *
 * Nothing here holds up a session. What cannot be kept is said in the log and on the engineer's page; a ledger that contradicts
 * what this cart remembers is noted for good, and refuses no operator the help that they ask for. Decision 0037.
 */
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SessionId } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import {
  RECEIPT_FILES_PAGE_CHARACTERS_MAX,
  RECEIPT_FILES_PAGE_MAX,
} from '@chaperone/protocol/cart-api/evidence.ts';
import type {
  CountersignedReceipt,
  ReceiptFilesPage,
  RememberedLedger,
  ShownLedger,
} from '@chaperone/protocol/cart-api/evidence.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { RECEIPT_FILE_KIND } from '@chaperone/protocol/receipt/receipt-file.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import { parseVerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import type { VerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import type { Log } from '../platform/log.ts';
import type { Session, SignedReceipt } from '../session/session.ts';
import { checkCountersigned } from './check-countersigned.ts';
import { EvidenceUnreadable, LedgerDiverged } from './evidence-error.ts';
import { LedgerMemory } from './ledger-memory.ts';
import type { KeptCheckpoint, KeptDivergence } from './ledger-memory.ts';
import { ReceiptReserve } from './receipt-reserve.ts';
import type { WaitingReceipt } from './receipt-reserve.ts';
import { ReceiptShelf } from './receipt-shelf.ts';

export { EvidenceUnreadable } from './evidence-error.ts';
export type { KeptCheckpoint, KeptDivergence } from './ledger-memory.ts';

const LEDGER_DIRECTORY = 'ledger';
const RECEIPTS_DIRECTORY = 'receipts';

/** What anybody with an account on the cart may look at, whether the agent runs or not. Nothing is changed. */
export interface KeptEvidence {
  readonly standing: EvidenceStanding;
  /** Every receipt that can be read, oldest first. */
  receipts(): Promise<readonly SessionReceiptFile[]>;
  /** The checkpoint of each session, the newest last. */
  checkpoints(): Promise<readonly KeptCheckpoint[]>;
}

/** Looks at what a cart has kept. @throws EvidenceUnreadable */
export async function lookAtEvidence(
  dataDirectory: string,
  log: Pick<Log, 'warn'>,
): Promise<KeptEvidence> {
  const shelf = await ReceiptShelf.look(path.join(dataDirectory, RECEIPTS_DIRECTORY), log);
  const memory = await LedgerMemory.look(path.join(dataDirectory, LEDGER_DIRECTORY), () => 0);
  return {
    standing: standingOf(memory, shelf, null),
    receipts: async () => await shelf.all(),
    checkpoints: async () => await memory.sessions(),
  };
}

/** What of the cart's identity a receipt needs beside it. */
export interface SigningIdentity {
  readonly certificatePem: string;
  readonly cartRootPem: string;
  /** The verifier key that was pinned at enrolment. */
  readonly ledgerKey: string;
}

export interface EvidenceOptions {
  readonly dataDirectory: string;
  readonly identity: () => SigningIdentity;
  readonly appendLater: (facts: readonly JournalFact[]) => void;
  readonly utcMs: () => number;
  readonly log: Pick<Log, 'warn' | 'error'>;
}

/** How the cart's evidence stands: for the field engineer and `chaperone cart status`. */
export interface EvidenceStanding {
  /** Entries of the ledger at the newest checkpoint that was kept; null when none was. */
  readonly ledgerSize: number | null;
  readonly receipts: number;
  readonly receiptsAwaiting: number;
  readonly diverged: KeptDivergence | null;
  /** Something kept cannot be read or written: a sentence. */
  readonly trouble: string | null;
}

const NOT_KEPT = 'The receipt of a session could not be kept yet: make room on the disk.';
/** As the journal looks again for room. Milliseconds. */
const RETRY_MS = 1000;
/** Without room for the journal no session begins: more than one or two do not wait. */
const UNKEPT_MAX = 16;

export class CartEvidence {
  readonly #options: EvidenceOptions;
  readonly #memory: LedgerMemory | null;
  readonly #shelf: ReceiptShelf;
  readonly #reserve: ReceiptReserve;
  #trouble: string | null;
  /** Receipts that wait for room on the disk, the oldest first. They lie in the reserve, too, as far as it reaches. */
  #unkept: readonly WaitingReceipt[] = [];
  /** Of these it is in the log that they lie in memory alone. */
  readonly #told = new Set<SessionId>();
  #again: NodeJS.Timeout | null = null;
  #isClosed = false;
  /** One after the other: a checkpoint is compared with the one before it. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    options: EvidenceOptions,
    memory: LedgerMemory | null,
    { shelf, reserve }: { readonly shelf: ReceiptShelf; readonly reserve: ReceiptReserve },
    trouble: string | null,
  ) {
    this.#options = options;
    this.#memory = memory;
    this.#shelf = shelf;
    this.#reserve = reserve;
    this.#trouble = trouble;
  }

  /**
   * Opens what is kept, and puts on the shelf what waited for room when the agent ended. A damaged memory keeps the agent from nothing but
   * remembering.
   */
  static async open(options: EvidenceOptions): Promise<CartEvidence> {
    const { dataDirectory, utcMs, log } = options;
    const receipts = path.join(dataDirectory, RECEIPTS_DIRECTORY);
    const shelf = await ReceiptShelf.open(receipts, log);
    const kept = { shelf, reserve: await ReceiptReserve.open(receipts, log) };
    let memory: LedgerMemory | null = null;
    let trouble: string | null = null;
    try {
      const directory = path.join(dataDirectory, LEDGER_DIRECTORY);
      const key = (): VerifierKey => parseVerifierKey(options.identity().ledgerKey);
      memory = await LedgerMemory.open(directory, utcMs, key);
    } catch (fault) {
      if (!(fault instanceof EvidenceUnreadable)) throw fault;
      log.error({ err: fault }, 'what this cart remembers of the ledger cannot be read');
      trouble = fault.message;
    }
    const evidence = new CartEvidence(options, memory, kept, trouble);
    await evidence.#keepLeft();
    return evidence;
  }

  /** Keeps the receipt of each session from now on. */
  follow(session: Session): void {
    session.onChange((state, previous) => {
      if (state.phase !== 'ended' || previous.phase === 'ended') return;
      void session.receipt.then(async (receipt) => {
        if (receipt !== null) await this.keep(receipt);
      });
    });
  }

  /** Keeps a receipt, as soon as there is room for it. Never throws: nobody's end waits for a disk. */
  async keep(receipt: SignedReceipt): Promise<void> {
    const { certificatePem, cartRootPem, ledgerKey } = this.#options.identity();
    const file: SessionReceiptFile = {
      kind: RECEIPT_FILE_KIND,
      version: 1,
      receipt: receipt.jws,
      countersignature: null,
      files: [...receipt.files],
      certificate: certificatePem,
      root: cartRootPem,
      ledger: null,
      ledgerKey,
    };
    const { sessionId, endedUtcMs, isGranted } = receipt;
    await this.#inTurn(async () => {
      const waiting = { sessionId, endedUtcMs, isGranted, file };
      this.#unkept = [...this.#unkept, waiting].slice(-UNKEPT_MAX);
      await this.#keepWaiting();
    });
  }

  /** Takes up what an agent that ended while there was no room has left. */
  async #keepLeft(): Promise<void> {
    // One that was put on the shelf just before the agent ended lies in both.
    this.#unkept = this.#reserve.held().filter(({ sessionId }) => !this.#shelf.has(sessionId));
    await this.#keepWaiting();
  }

  /** Puts what waits on the shelf; without room it lies in the reserve, and is tried again. */
  async #keepWaiting(): Promise<void> {
    try {
      for (const { sessionId, endedUtcMs, file, isGranted } of this.#unkept) {
        await this.#shelf.keep(sessionId, endedUtcMs, file, isGranted);
        this.#unkept = this.#unkept.slice(1);
      }
      if (this.#trouble === NOT_KEPT) this.#trouble = null;
      await this.#reserve.clear();
      await this.#reserve.make();
    } catch (fault) {
      if (this.#trouble === null) this.#options.log.error({ err: fault }, NOT_KEPT);
      this.#trouble ??= NOT_KEPT;
      await this.#reserveWaiting();
      if (this.#again !== null || this.#isClosed) return;
      this.#again = setTimeout(() => {
        this.#again = null;
        void this.#inTurn(async () => await this.#keepWaiting());
      }, RETRY_MS);
      this.#again.unref();
    }
  }

  async #reserveWaiting(): Promise<void> {
    for (const waiting of this.#unkept) {
      const { sessionId } = waiting;
      if ((await this.#reserve.hold(waiting)) || this.#told.has(sessionId)) continue;
      this.#told.add(sessionId);
      this.#options.log.error(
        { sessionId },
        'a receipt is kept in memory alone until there is room',
      );
    }
  }

  /** What the gateway is told. */
  async remembered(): Promise<RememberedLedger> {
    return await this.#inTurn(async () => ({
      ...this.#opened.remembered(),
      awaiting: [...this.#shelf.awaiting()],
    }));
  }

  /** Takes a checkpoint over. @throws LedgerNotOurs, LedgerDiverged, EvidenceUnreadable */
  async show(shown: ShownLedger, sessionId: SessionId): Promise<void> {
    await this.#inTurn(async () => {
      const key = parseVerifierKey(this.#options.identity().ledgerKey);
      const { appendLater, log } = this.#options;
      const became = await this.#opened.show(shown, sessionId, key);
      if (became.is === 'kept') {
        const { size, root, isNew } = became;
        if (isNew) appendLater([{ kind: 'ledger-seen', sessionId, size, root }]);
        return;
      }
      const { code, keptSize, shownSize, isNew } = became;
      if (isNew) {
        appendLater([{ kind: 'ledger-diverged', sessionId, code, keptSize, shownSize }]);
        log.error({ code, keptSize, shownSize }, 'the ledger is another one than before');
      }
      throw new LedgerDiverged('This ledger does not continue the one that this cart remembers.');
    });
  }

  /** A page of the list behind a receipt. @throws ReceiptUnknown, EvidenceUnreadable */
  async files(session: SessionId, from: number): Promise<ReceiptFilesPage> {
    const { files, receipt } = await this.#inTurn(async () => await this.#shelf.read(session));
    const all = files ?? [];
    const lines: string[] = [];
    let characters = 0;
    for (const line of all.slice(from, from + RECEIPT_FILES_PAGE_MAX)) {
      characters += line.length;
      if (characters > RECEIPT_FILES_PAGE_CHARACTERS_MAX && lines.length > 0) break;
      lines.push(line);
    }
    return { lines, count: all.length, receipt };
  }

  /** Takes the gateway's signature over. @throws ReceiptUnknown, CountersignatureRefused, EvidenceUnreadable */
  async countersigned(session: SessionId, given: CountersignedReceipt): Promise<void> {
    await this.#inTurn(async () => {
      const file = await this.#shelf.read(session);
      await checkCountersigned(file, given, this.#opened.checkpoint);
      const { countersignature, ledger } = given;
      await this.#shelf.complete(session, { ...file, countersignature, ledger });
      const receiptDigest = statementDigest(file.receipt);
      this.#options.appendLater([
        { kind: 'receipt-countersigned', sessionId: session, receiptDigest },
      ]);
    });
  }

  /** Every receipt that can be read, oldest first. */
  async receipts(): Promise<readonly SessionReceiptFile[]> {
    return await this.#inTurn(async () => await this.#shelf.all());
  }

  /** The checkpoint of each session, the newest last. @throws EvidenceUnreadable */
  async checkpoints(): Promise<readonly KeptCheckpoint[]> {
    return await this.#inTurn(async () => await this.#opened.sessions());
  }

  /** Settles when what was to be kept is on the disk, or cannot be. */
  async settled(): Promise<void> {
    await nextTurn();
    await this.#turn;
  }

  /** Stops looking for room; what waits lies in the reserve for the next start. */
  close(): void {
    this.#isClosed = true;
    if (this.#again !== null) clearTimeout(this.#again);
    this.#again = null;
  }

  standing(): EvidenceStanding {
    return standingOf(this.#memory, this.#shelf, this.#trouble);
  }

  get #opened(): LedgerMemory {
    if (this.#memory === null)
      throw new EvidenceUnreadable('What this cart remembers of the ledger cannot be read.');
    return this.#memory;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return await done;
  }
}

function standingOf(
  memory: LedgerMemory | null,
  shelf: ReceiptShelf,
  trouble: string | null,
): EvidenceStanding {
  const { kept, awaiting } = shelf.counts();
  const size = memory?.remembered().size ?? 0;
  return {
    ledgerSize: size === 0 ? null : size,
    receipts: kept,
    receiptsAwaiting: awaiting,
    diverged: memory?.diverged ?? null,
    trouble,
  };
}
