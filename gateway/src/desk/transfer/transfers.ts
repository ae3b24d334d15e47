/**
 * Files on their way between carts and the vault, in both directions: what is asked for, held, gone on with and cancelled.
 *
 * A transfer moves in a session of the technician who began it. When the connection breaks, or the gateway restarts, it waits and
 * goes on by itself from what is safe. When the session ends it is held; the same technician may go on with it in the next
 * session of the case. It is in the ledger before its first byte moves, and again before a held one moves (decision 0024).
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { checkFileName, checkRelativePath } from '@chaperone/domain/file-name/file-name.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId, TransferId } from '@chaperone/domain/id/id.ts';
import { assertReleased } from '@chaperone/domain/quarantine/quarantine.ts';
import { canMove } from '@chaperone/domain/transfer/transfer.ts';
import type {
  Transfer,
  TransferAct,
  TransferBatch,
} from '@chaperone/protocol/console-api/schema.ts';
import type { CaseTraces } from '../../vault/contract.ts';
import type { Events } from '../events/events.ts';
import { commitTo } from '../platform/commitment.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { StoredCase } from '../service-case/service-case.ts';
import type { RemoteSessions } from '../session/session.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { FOLDER_FILES_MAX, walkFolder } from './folder-walk.ts';
import { QueueBoard } from './queue-board.ts';
import { Room } from './room.ts';
import type { RoomLimits } from './room.ts';
import { Runs } from './runs.ts';
import { NOTHING_PROMISED } from './transfer-promises.ts';
import type { TransferPromises } from './transfer-promises.ts';
import { batchesOf, factOf, listed, shown } from './told.ts';
import {
  RecordNotToSend,
  SessionOver,
  TooManyTransfers,
  TransferNotHeld,
  TransferOfAnother,
  TransferUnknown,
} from './transfer-error.ts';
import { TransferStore } from './transfer-store.ts';
import type { HeldTransfer } from './transfer-store.ts';

/** Transfers of one case that are under way or held; guards memory. */
const UNSETTLED_PER_CASE_MAX = 2 * FOLDER_FILES_MAX;
/** Entries of a folder that are written at once: the ledger makes them durable together. */
const BEGUN_AT_ONCE = 64;
/** Milliseconds that a resolved case waits for what its last session left under way. */
const SETTLING_MS = 10_000;

export interface TransferLimits extends RoomLimits {
  readonly recordBytesMax: number;
}

/** What a transfer is of. */
interface Subject {
  readonly name: string;
  readonly folder: string;
  readonly batch: string | null;
  readonly directory: string;
  readonly path: string;
}

/** Which transfers something is done to: one, or a batch. */
export interface ActedOn {
  readonly transfer?: string | undefined;
  readonly batch?: string | undefined;
}

export class Transfers {
  readonly #context: DeskContext;
  readonly #sessions: RemoteSessions;
  readonly #store: TransferStore;
  readonly #runs: Runs;
  readonly #board: QueueBoard;
  /** Held transfers, by id; what runs is with the runs. */
  readonly #held = new Map<string, HeldTransfer>();
  readonly room: Room;

  constructor(
    context: DeskContext,
    sessions: RemoteSessions,
    events: Events,
    limits: TransferLimits,
    promises: TransferPromises = NOTHING_PROMISED,
  ) {
    this.#context = context;
    this.#sessions = sessions;
    this.#store = new TransferStore(context.database, context.vault);
    this.room = new Room(context.vault, limits);
    this.#board = new QueueBoard({
      sessions,
      log: context.log,
      underWay: (caseId) => this.#runs.ofCase(caseId).map(({ transfer }) => transfer),
      held: (caseId) => this.#heldOf(caseId),
    });
    this.#runs = new Runs({
      context,
      sessions,
      events,
      store: this.#store,
      room: this.room,
      recordBytesMax: limits.recordBytesMax,
      promises,
      changed: (caseId) => this.#board.changed(caseId),
      held: (transfer) => void this.#held.set(transfer.id, transfer),
    });
  }

  /**
   * Takes up what was under way when the gateway stopped. Sessions must have been restored before.
   * @param others what else may be staged
   */
  async restore(others: ReadonlySet<TransferId>): Promise<void> {
    const unsettled = await this.#store.unsettled((transfer, fault) =>
      this.#context.log.error({ transfer, err: fault }, 'a transfer cannot be taken up'),
    );
    await this.#context.vault.discardForgotten(
      new Set([...unsettled.map(({ id }) => id), ...others]),
    );
    for (const transfer of unsettled) {
      if (transfer.state === 'paused') {
        this.#held.set(transfer.id, transfer);
        continue;
      }
      if (transfer.state !== 'queued') transfer.state = 'interrupted';
      this.#runs.start(transfer);
    }
  }

  /**
   * @throws FileNameRefused, NoSession, ActivityNotGranted, TooManyTransfers, CaseTooLarge, DiskReserveReached,
   *   LedgerUnavailable, DatabaseFull
   */
  async fetch(
    serviceCase: StoredCase,
    caller: Caller,
    file: { readonly directory: string; readonly path: string },
  ): Promise<Transfer> {
    const segments = checkRelativePath(file.path);
    const name = segments.at(-1) ?? '';
    await this.#sessions.open(serviceCase, caller, 'fetch-files');
    await this.room.admit(serviceCase.id);
    const subject = { name, folder: '', batch: null, ...file };
    const transfer = this.#new(serviceCase, caller, 'from-cart', subject);
    await this.#context.ledger.append({ kind: 'fetch-begun', ...factOf(transfer) });
    await this.#begin(transfer);
    return shown(transfer);
  }

  /**
   * Fetches a whole directory: all of its files are found first, and refused together if there is no room for them.
   * @throws FolderTooLarge, CartRefusal, CartUnreachable, and what {@link fetch} throws
   */
  async fetchFolder(
    serviceCase: StoredCase,
    caller: Caller,
    folder: { readonly directory: string; readonly path: string },
  ): Promise<{ readonly batch: string; readonly files: number; readonly bytes: number }> {
    const name = checkRelativePath(folder.path).at(-1) ?? checkFileName(folder.directory);
    const { link, grant } = await this.#sessions.open(serviceCase, caller, 'fetch-files');
    const { directory } = folder;
    const list = async (path: string) => await link.list(grant, directory, path);
    const files = await walkFolder(folder.path, name, list);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    (await this.room.take(serviceCase.id, bytes)).giveBack();
    this.#admit(serviceCase.id, files.length);
    const batch = newId('transfer', this.#context.randomBytes);
    const transfers = files.map((file) => {
      const subject = { ...file, batch, directory };
      const transfer = this.#new(serviceCase, caller, 'from-cart', subject);
      transfer.bytesTotal = file.bytes;
      return transfer;
    });
    for (let at = 0; at < transfers.length; at += BEGUN_AT_ONCE) {
      const some = transfers.slice(at, at + BEGUN_AT_ONCE);
      await Promise.all(
        some.map(async (transfer) => {
          await this.#context.ledger.append({ kind: 'fetch-begun', ...factOf(transfer) });
          await this.#begin(transfer);
        }),
      );
    }
    return { batch, files: files.length, bytes };
  }

  /** @throws RecordUnknown, RecordNotToSend, RecordInQuarantine, NoSession, ActivityNotGranted, TooManyTransfers, LedgerUnavailable */
  async send(
    serviceCase: StoredCase,
    caller: Caller,
    recordId: string,
    batch: string | null = null,
  ): Promise<Transfer> {
    const record = await this.#context.vault.record(serviceCase.id, recordId as never);
    if (record.origin !== 'to-send')
      throw new RecordNotToSend('Upload the file first, then send it.');
    assertReleased(record.quarantine);
    await this.#sessions.open(serviceCase, caller, 'send-files');
    const { name, folder } = record;
    const subject = { name, folder, batch, directory: '', path: '' };
    const transfer = this.#new(serviceCase, caller, 'to-cart', subject);
    transfer.bytesTotal = record.bytes;
    transfer.record = record.id;
    await this.#context.ledger.append({ kind: 'send-begun', ...factOf(transfer) });
    await this.#begin(transfer);
    return shown(transfer);
  }

  /** Cancels a transfer; one that has settled stays as it is. @throws TransferUnknown */
  async cancel(caseId: CaseId, transferId: string): Promise<Transfer> {
    const [found] = await this.#found(caseId, { transfer: transferId });
    if (found === undefined) throw new TransferUnknown();
    await this.#cancel(found);
    return shown(found);
  }

  /**
   * Holds, goes on with or cancels a transfer or a batch. To hold and to cancel take effect first; to go on is written down first.
   * @returns how many it changed
   * @throws TransferUnknown, TransferNotHeld, TransferOfAnother, NoSession, ActivityNotGranted, LedgerUnavailable
   */
  async act(
    serviceCase: StoredCase,
    caller: Caller,
    act: TransferAct,
    on: ActedOn,
  ): Promise<number> {
    const found = await this.#found(serviceCase.id, on);
    if (found.length === 0) throw new TransferUnknown();
    if (act === 'resume') return await this.#resume(serviceCase, caller, found, on);
    // What has begun to move is stopped last: its place would be taken by the next, which is to stop, too.
    const to = act === 'cancel' ? 'cancelled' : 'paused';
    const stopped = found.filter(({ state }) => canMove(state, to));
    const ordered = stopped.toSorted((one, other) => rank(one) - rank(other));
    await Promise.all(
      ordered.map(async (transfer) =>
        act === 'cancel' ? await this.#cancel(transfer) : await this.#hold(transfer),
      ),
    );
    return ordered.length;
  }

  /** Transfers of an open case, with the progress of those under way: all that move or wait their turn soon, and the newest. */
  async list(
    caseId: CaseId,
  ): Promise<{ readonly transfers: Transfer[]; readonly batches: TransferBatch[] }> {
    const stored = await this.#store.list(caseId);
    const current = stored.map((each) => this.#current(each));
    return { transfers: listed(current).map(shown), batches: batchesOf(current) };
  }

  /**
   * Waits, for some seconds at most, until nothing of a case is under way: so the ledger knows what became of each file
   * before the case is destroyed.
   */
  async settled(caseId: CaseId): Promise<void> {
    const own = this.#runs.ofCase(caseId);
    const limit = new Promise((resolve) => setTimeout(resolve, SETTLING_MS).unref());
    await Promise.race([Promise.all(own.map(({ ended }) => ended)), limit]);
  }

  /** What the vault erases with a case. */
  traces(): CaseTraces {
    return {
      tables: ['case_transfer'],
      eraseTraces: async (caseId) => {
        for (const { id } of this.#heldOf(caseId)) this.#held.delete(id);
        await this.#store.eraseOf(caseId);
      },
      countTraces: async (caseId) =>
        (await this.#store.countOf(caseId)) + this.#heldOf(caseId).length,
    };
  }

  /** Stops what is under way; it goes on after the next start. */
  async close(): Promise<void> {
    this.#board.close();
    await this.#runs.close();
  }

  #new(
    serviceCase: StoredCase,
    caller: Caller,
    direction: HeldTransfer['direction'],
    subject: Subject,
  ): HeldTransfer {
    const session = this.#sessions.grantedOf(serviceCase.id);
    if (session === null) throw new SessionOver('The session has ended.');
    this.#admit(serviceCase.id, 1);
    const { randomBytes, clock } = this.#context;
    const { folder, name, path } = subject;
    const named = path === '' ? [folder, name].filter((each) => each !== '').join('/') : path;
    const { commitment, salt } = commitTo(named, randomBytes);
    return {
      ...subject,
      salt,
      nameCommitment: commitment,
      etag: null,
      digestSalt: null,
      id: newId('transfer', randomBytes),
      caseId: serviceCase.id,
      session: session.session,
      technician: caller.id,
      direction,
      state: 'queued',
      bytes: 0,
      bytesTotal: 0,
      failure: null,
      record: null,
      begunUtcMs: clock.utcMs(),
    };
  }

  /** @throws TooManyTransfers */
  #admit(caseId: CaseId, more: number): void {
    const count = this.#runs.ofCase(caseId).length + this.#heldOf(caseId).length;
    if (count + more > UNSETTLED_PER_CASE_MAX)
      throw new TooManyTransfers('Too many files are under way. Wait for some of them.');
  }

  /** Begins what the ledger knows already. */
  async #begin(transfer: HeldTransfer): Promise<void> {
    try {
      await this.#store.add(transfer);
    } catch (fault) {
      this.#context.ledger.appendLater({ kind: 'transfer-failed', ...factOf(transfer) });
      throw fault;
    }
    this.#runs.start(transfer);
  }

  async #resume(
    serviceCase: StoredCase,
    caller: Caller,
    found: readonly HeldTransfer[],
    on: ActedOn,
  ): Promise<number> {
    const held = found.filter(({ state }) => state === 'paused');
    if (held.length === 0 && on.transfer !== undefined)
      throw new TransferNotHeld('This transfer is not held.');
    if (held.some(({ technician }) => technician !== caller.id)) throw new TransferOfAnother();
    const activities = new Set<Activity>(
      held.map(({ direction }) => (direction === 'from-cart' ? 'fetch-files' : 'send-files')),
    );
    for (const activity of activities) await this.#sessions.open(serviceCase, caller, activity);
    const session = this.#sessions.grantedOf(serviceCase.id);
    if (session === null) throw new SessionOver('The session has ended.');
    for (let at = 0; at < held.length; at += BEGUN_AT_ONCE) {
      const some = held.slice(at, at + BEGUN_AT_ONCE);
      await Promise.all(
        some.map(async (transfer) => {
          await this.#context.ledger.append({ kind: 'transfer-resumed', ...factOf(transfer) });
          // It may have been cancelled, or gone on with by another page, while that was written.
          if (transfer.state !== 'paused' || !this.#held.delete(transfer.id)) return;
          transfer.session = session.session;
          this.#runs.move(transfer, 'queued');
          await this.#store.update(transfer);
          this.#runs.start(transfer);
        }),
      );
    }
    return held.length;
  }

  async #hold(transfer: HeldTransfer): Promise<void> {
    const run = this.#runs.of(transfer.id);
    if (run === undefined || !canMove(transfer.state, 'paused')) return;
    this.#runs.move(transfer, 'paused');
    this.#held.set(transfer.id, transfer);
    this.#runs.stop(run);
    this.#board.changed(transfer.caseId);
    this.#context.ledger.appendLater({ kind: 'transfer-paused', ...factOf(transfer) });
    await this.#store.update(transfer);
    // What it had brought is on the disk, and free to be gone on with, when this is answered.
    await run.ended;
  }

  async #cancel(transfer: HeldTransfer): Promise<void> {
    if (!canMove(transfer.state, 'cancelled')) return;
    this.#runs.move(transfer, 'cancelled');
    const run = this.#runs.of(transfer.id);
    if (run !== undefined) this.#runs.stop(run);
    this.#context.ledger.appendLater({ kind: 'transfer-cancelled', ...factOf(transfer) });
    // It has taken effect. Should there be no room to write it down, the caller is told and it is written later.
    await this.#store.update(transfer);
    if (this.#held.delete(transfer.id)) await this.#runs.discard(transfer);
  }

  #heldOf(caseId: CaseId): readonly HeldTransfer[] {
    return [...this.#held.values()].filter((transfer) => transfer.caseId === caseId);
  }

  /** A transfer as it is now: the stored row is of its last change. */
  #current(stored: HeldTransfer): HeldTransfer {
    return this.#runs.of(stored.id)?.transfer ?? this.#held.get(stored.id) ?? stored;
  }

  async #found(caseId: CaseId, { transfer, batch }: ActedOn): Promise<readonly HeldTransfer[]> {
    const here = transfer === undefined ? undefined : this.#runs.of(transfer)?.transfer;
    if (here?.caseId === caseId) return [here];
    const stored = await this.#store.list(caseId);
    return stored
      .filter((each) => (transfer === undefined ? each.batch === batch : each.id === transfer))
      .map((each) => this.#current(each));
  }
}

function rank({ state }: HeldTransfer): number {
  return state === 'moving' ? 1 : 0;
}
