/**
 * Files on their way between carts and the vault, in both directions.
 *
 * A transfer belongs to the session in which it was begun. When the connection breaks, or the gateway restarts, it waits
 * and goes on from the last byte that is safe, once the technician has claimed the session again; when the session
 * ends, it fails and what was staged goes. It is in the ledger before its first byte moves.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { checkRelativePath } from '@chaperone/domain/file-name/file-name.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import { isSettled, move } from '@chaperone/domain/transfer/transfer.ts';
import type { TransferState } from '@chaperone/domain/transfer/transfer.ts';
import type { Transfer } from '@chaperone/protocol/console-api/schema.ts';
import type { CaseTraces } from '../../vault/contract.ts';
import type { Events } from '../events/events.ts';
import { commitTo } from '../platform/commitment.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { StoredCase } from '../service-case/service-case.ts';
import type { GrantedSession, OpenGrant, RemoteSessions } from '../session/session.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { CartRefusal } from '../tunnel/tunnel.ts';
import { fetchFile } from './fetch-file.ts';
import { isForLater, isUnwritable } from './later.ts';
import { Room } from './room.ts';
import type { RoomLimits, Share } from './room.ts';
import { sendFile } from './send-file.ts';
import { Slots } from './slots.ts';
import { factOf, shown } from './told.ts';
import {
  RecordNotToSend,
  SessionOver,
  TooManyTransfers,
  TransferUnknown,
} from './transfer-error.ts';
import { TransferStore } from './transfer-store.ts';
import type { HeldTransfer } from './transfer-store.ts';

/** Files that move at once through this desk; a cart's uplink is shared by few. */
const AT_ONCE_MAX = 8;
/** Of these, files of one cart: one that sends nothing must not keep the others waiting. */
const OF_ONE_CART_MAX = 4;
/** Unsettled transfers of one case; guards memory. */
const UNSETTLED_PER_CASE_MAX = 64;
/** Attempts in a row that moved nothing before a transfer is given up. */
const IDLE_ATTEMPTS_MAX = 8;
const RETRY_STEP_MS = 250;
/** Consoles hear of progress at most this often, milliseconds. */
const PROGRESS_EVERY_MS = 250;
/** Milliseconds before what has happened is written down again, while disk or database refuse. */
const WRITE_AGAIN_MS = 500;
/** Milliseconds that a resolved case waits for what its last session left under way. */
const SETTLING_MS = 10_000;

export interface TransferLimits extends RoomLimits {
  readonly recordBytesMax: number;
}

interface Run {
  readonly transfer: HeldTransfer;
  readonly stop: AbortController;
  ended: Promise<void>;
  wake: () => void;
  announcedMs: number;
}

export class Transfers {
  readonly #context: DeskContext;
  readonly #sessions: RemoteSessions;
  readonly #events: Events;
  readonly #limits: TransferLimits;
  readonly #store: TransferStore;
  readonly room: Room;
  readonly #slots = new Slots({ atOnceMax: AT_ONCE_MAX, ofOneOwnerMax: OF_ONE_CART_MAX });
  readonly #runs = new Map<string, Run>();
  #closed = false;

  constructor(
    context: DeskContext,
    sessions: RemoteSessions,
    events: Events,
    limits: TransferLimits,
  ) {
    this.#context = context;
    this.#sessions = sessions;
    this.#events = events;
    this.#limits = limits;
    this.#store = new TransferStore(context.database, context.vault);
    this.room = new Room(context.vault, limits);
    const wake = (session: GrantedSession): void => {
      for (const run of this.#runs.values())
        if (run.transfer.session === session.session) run.wake();
    };
    sessions.onUsable(wake);
    sessions.onInterrupted(wake);
  }

  /** Takes up what was under way when the gateway stopped. Sessions must have been restored before. */
  async restore(): Promise<void> {
    const unsettled = await this.#store.unsettled((transfer, fault) =>
      this.#context.log.error({ transfer, err: fault }, 'a transfer cannot be taken up'),
    );
    await this.#context.vault.discardForgotten(new Set(unsettled.map(({ id }) => id)));
    for (const transfer of unsettled) {
      if (transfer.state !== 'interrupted' && transfer.state !== 'queued')
        transfer.state = 'interrupted';
      this.#start(transfer);
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
    const transfer = this.#new(serviceCase, caller, 'from-cart', { name, ...file });
    await this.#context.ledger.append({ kind: 'fetch-begun', ...factOf(transfer) });
    await this.#begin(transfer);
    return shown(transfer);
  }

  /** @throws RecordUnknown, RecordNotToSend, NoSession, ActivityNotGranted, TooManyTransfers, LedgerUnavailable */
  async send(serviceCase: StoredCase, caller: Caller, recordId: string): Promise<Transfer> {
    const record = await this.#context.vault.record(serviceCase.id, recordId as never);
    if (record.origin !== 'to-send')
      throw new RecordNotToSend('Upload the file first, then send it.');
    await this.#sessions.open(serviceCase, caller, 'send-files');
    const place = { name: record.name, directory: '', path: '' };
    const transfer = this.#new(serviceCase, caller, 'to-cart', place);
    transfer.bytesTotal = record.bytes;
    transfer.record = record.id;
    await this.#context.ledger.append({ kind: 'send-begun', ...factOf(transfer) });
    await this.#begin(transfer);
    return shown(transfer);
  }

  /** Cancels a transfer; one that has settled stays as it is. @throws TransferUnknown */
  async cancel(caseId: CaseId, transferId: string): Promise<Transfer> {
    const run = this.#runs.get(transferId);
    if (run?.transfer.caseId === caseId) {
      if (run.transfer.state !== 'verifying' && !isSettled(run.transfer.state)) {
        this.#move(run.transfer, 'cancelled');
        run.stop.abort();
        run.wake();
        this.#context.ledger.appendLater({ kind: 'transfer-cancelled', ...factOf(run.transfer) });
        // It has taken effect. Should there be no room to write it down, the caller is told and it is written later.
        await this.#saved(run.transfer);
      }
      return shown(run.transfer);
    }
    const found = (await this.#store.list(caseId)).find((each) => each.id === transferId);
    if (found === undefined) throw new TransferUnknown();
    return shown(found);
  }

  /** Transfers of an open case, with the progress of those under way. */
  async list(caseId: CaseId): Promise<readonly Transfer[]> {
    const stored = await this.#store.list(caseId);
    return stored.map((each) => shown(this.#runs.get(each.id)?.transfer ?? each));
  }

  /**
   * Waits, for some seconds at most, until nothing of a case is under way: so the ledger knows what became of each file
   * before the case is destroyed.
   */
  async settled(caseId: CaseId): Promise<void> {
    const own = [...this.#runs.values()].filter(({ transfer }) => transfer.caseId === caseId);
    await Promise.race([Promise.all(own.map(({ ended }) => ended)), pause(SETTLING_MS)]);
  }

  /** What the vault erases with a case. */
  traces(): CaseTraces {
    return {
      tables: ['case_transfer'],
      eraseTraces: async (caseId) => await this.#store.eraseOf(caseId),
      countTraces: async (caseId) => await this.#store.countOf(caseId),
    };
  }

  /** Stops what is under way; it goes on after the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const run of this.#runs.values()) {
      run.stop.abort();
      run.wake();
    }
    await Promise.all([...this.#runs.values()].map(({ ended }) => ended));
  }

  #new(
    serviceCase: StoredCase,
    caller: Caller,
    direction: HeldTransfer['direction'],
    place: { readonly name: string; readonly directory: string; readonly path: string },
  ): HeldTransfer {
    const session = this.#sessions.grantedOf(serviceCase.id);
    if (session === null) throw new SessionOver('The session has ended.');
    const running = [...this.#runs.values()].filter(
      (run) => run.transfer.caseId === serviceCase.id,
    );
    if (running.length >= UNSETTLED_PER_CASE_MAX) {
      throw new TooManyTransfers('Too many files are under way. Wait for some of them.');
    }
    const { randomBytes, clock } = this.#context;
    const { commitment, salt } = commitTo(place.path === '' ? place.name : place.path, randomBytes);
    return {
      ...place,
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

  /** Begins what the ledger knows already. */
  async #begin(transfer: HeldTransfer): Promise<void> {
    try {
      await this.#store.add(transfer);
    } catch (fault) {
      this.#context.ledger.appendLater({ kind: 'transfer-failed', ...factOf(transfer) });
      throw fault;
    }
    this.#start(transfer);
  }

  #start(transfer: HeldTransfer): void {
    const run: Run = {
      transfer,
      stop: new AbortController(),
      ended: Promise.resolve(),
      wake: () => undefined,
      announcedMs: 0,
    };
    this.#runs.set(transfer.id, run);
    run.ended = this.#drive(run)
      .catch((fault: unknown) => {
        this.#context.log.error(
          { transfer: transfer.id, err: fault },
          'a transfer stopped unexpectedly',
        );
      })
      .finally(() => void this.#runs.delete(transfer.id));
  }

  /** Tries until the transfer settles, its session ends, or the gateway stops. */
  async #drive(run: Run): Promise<void> {
    const { transfer, stop } = run;
    const activity: Activity = transfer.direction === 'from-cart' ? 'fetch-files' : 'send-files';
    // It is whole here already: that needs no session any more, and must not be called a failure.
    const placed = await this.#placed(transfer);
    if (placed !== null) return await this.#keep(transfer, placed);
    let idleAttempts = 0;
    while (!this.#isOver(run)) {
      // Listened for before the question, so that no change falls between.
      const changed = new Promise<void>((resolve) => {
        run.wake = resolve;
      });
      const session = this.#sessions.grantedOf(transfer.caseId);
      if (session?.session !== transfer.session) {
        await this.#settle(run, new SessionOver('The session has ended.'));
        return;
      }
      let open: OpenGrant;
      try {
        open = await this.#sessions.openAgain(session, activity);
      } catch (fault) {
        if (!isForLater(fault)) return await this.#settle(run, fault);
        await this.#wait(run);
        await changed;
        continue;
      }
      const before = transfer.bytes;
      const giveBack = await this.#slots.take(session.cart);
      try {
        if (this.#isOver(run)) break;
        await this.#attempt(run, open);
        return;
      } catch (fault) {
        if (stop.signal.aborted) break;
        idleAttempts = transfer.bytes > before ? 0 : idleAttempts + 1;
        if (!isForLater(fault) || idleAttempts >= IDLE_ATTEMPTS_MAX)
          return await this.#settle(run, fault);
        await this.#wait(run);
      } finally {
        giveBack();
      }
      await Promise.race([changed, pause(RETRY_STEP_MS * 2 ** idleAttempts)]);
    }
    if (transfer.state === 'cancelled') {
      await this.#discard(run);
      await this.#written(async () => await this.#saved(transfer));
    } else if (this.#closed && !isSettled(transfer.state)) await this.#wait(run);
  }

  async #attempt(run: Run, { link, grant }: OpenGrant): Promise<void> {
    const { transfer, stop } = run;
    const { vault, ledger } = this.#context;
    if (transfer.state !== 'moving') this.#move(transfer, 'moving');
    await this.#saved(transfer);
    const signal = AbortSignal.any([stop.signal, link.ended]);
    const moved = (): void => this.#progress(run);
    if (transfer.direction === 'to-cart') {
      const record = await vault.record(transfer.caseId, transfer.record as never);
      await sendFile({ transfer, record, link, grant, vault, signal, moved });
      this.#move(transfer, 'verifying');
      await this.#written(
        async () => await ledger.append({ kind: 'send-done', ...factOf(transfer) }),
      );
    } else {
      const record =
        (await this.#placed(transfer)) ?? (await this.#receive(run, signal, { link, grant }));
      return await this.#keep(transfer, record);
    }
    this.#move(transfer, 'done');
    await this.#written(async () => await this.#saved(transfer));
    this.#events.caseChanged(transfer.caseId);
  }

  /** Writes down that a record is there, and is done. */
  async #keep(transfer: HeldTransfer, record: CaseRecord): Promise<void> {
    if (transfer.state === 'interrupted') this.#move(transfer, 'moving');
    if (transfer.state === 'moving') this.#move(transfer, 'verifying');
    const { commitment, salt } = commitTo(record.sha256, this.#context.randomBytes);
    transfer.digestSalt = salt;
    transfer.record = record.id;
    const fact = { kind: 'record-sealed', ...factOf(transfer) } as const;
    const { bytes } = record;
    await this.#written(
      async () =>
        await this.#context.ledger.append({ ...fact, bytes, digestCommitment: commitment }),
    );
    this.#move(transfer, 'done');
    await this.#written(async () => await this.#saved(transfer));
    this.#events.caseChanged(transfer.caseId);
  }

  /** The record that a crash did not let become known, if there is one. */
  async #placed(transfer: HeldTransfer): Promise<CaseRecord | null> {
    if (transfer.direction !== 'from-cart' || transfer.etag === null) return null;
    const records = await this.#context.vault.records(transfer.caseId);
    return records.find((each) => each.transferId === transfer.id) ?? null;
  }

  async #receive(run: Run, signal: AbortSignal, open: OpenGrant): Promise<CaseRecord> {
    const { transfer } = run;
    const staging = await this.#context.vault.openStaging(transfer.caseId, transfer.id);
    let share: Share | null = null;
    try {
      return await fetchFile({
        transfer,
        ...open,
        staging,
        bytesMax: this.#limits.recordBytesMax,
        take: async (bytes, arrivedBytes) =>
          (share = await this.room.take(transfer.caseId, bytes, arrivedBytes)),
        signal,
        begin: async () => await this.#saved(transfer),
        moved: () => this.#progress(run),
        verifying: async () => {
          this.#move(transfer, 'verifying');
          await this.#saved(transfer);
        },
      });
    } catch (fault) {
      // Kept for the next attempt; `#settle` removes it when there will be none.
      await staging.suspend();
      throw fault;
    } finally {
      (share as Share | null)?.giveBack();
    }
  }

  async #wait(run: Run): Promise<void> {
    const { transfer } = run;
    if (transfer.state !== 'moving') return;
    this.#move(transfer, 'interrupted');
    await this.#written(async () => await this.#saved(transfer));
  }

  /** Writes down what has happened already: while there is no room for it, it is tried again until the gateway stops. */
  async #written(write: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await write();
        return;
      } catch (fault) {
        if (!isUnwritable(fault) || this.#closed) throw fault;
      }
      await pause(WRITE_AGAIN_MS);
    }
  }

  async #settle(run: Run, fault: unknown): Promise<void> {
    const { transfer } = run;
    if (isSettled(transfer.state)) return;
    const failure =
      fault instanceof CartRefusal
        ? fault.cartCode
        : fault instanceof DomainError
          ? fault.code
          : null;
    if (failure === null)
      this.#context.log.error({ transfer: transfer.id, err: fault }, 'a transfer failed');
    transfer.failure = failure ?? 'INTERNAL_FAULT';
    this.#move(transfer, 'failed');
    this.#context.ledger.appendLater({ kind: 'transfer-failed', ...factOf(transfer) });
    // First what it left is taken away: on a full disk that makes the room to write the rest down.
    await this.#discard(run);
    await this.#written(async () => {
      // A transfer that is settled is never looked at again: the ledger knows of it before.
      await this.#context.ledger.settle();
      await this.#saved(transfer);
    });
  }

  /** Removes what a transfer that will not be completed has left, here and, if it can be reached, on the cart. */
  async #discard(run: Run): Promise<void> {
    const { transfer } = run;
    try {
      if (transfer.direction === 'from-cart') {
        const staging = await this.#context.vault.openStaging(transfer.caseId, transfer.id);
        await staging.discard();
        return;
      }
      const session = this.#sessions.grantedOf(transfer.caseId);
      if (session?.session !== transfer.session) return;
      const { link, grant } = await this.#sessions.openAgain(session, 'send-files');
      await link.cancelInbox(grant, transfer.id);
    } catch (fault) {
      const code = fault instanceof DomainError ? fault.code : fault;
      if (code === 'DATABASE_UNAVAILABLE' && !this.#closed) {
        await pause(WRITE_AGAIN_MS);
        return await this.#discard(run);
      }
      // The case's destruction takes what stays here; the cart removes old staged files by itself.
      this.#context.log.warn(
        { transfer: transfer.id, code },
        'what a broken transfer left stays for now',
      );
    }
  }

  #isOver({ transfer }: Run): boolean {
    return this.#closed || isSettled(transfer.state);
  }

  #move(transfer: HeldTransfer, to: TransferState): void {
    transfer.state = move(transfer.state, to);
    this.#events.publish({ type: 'transfer', case: transfer.caseId, transfer: shown(transfer) });
  }

  #progress(run: Run): void {
    const nowMs = this.#context.clock.monotonicMs();
    if (nowMs - run.announcedMs < PROGRESS_EVERY_MS) return;
    run.announcedMs = nowMs;
    const { transfer } = run;
    this.#events.publish({ type: 'transfer', case: transfer.caseId, transfer: shown(transfer) });
  }

  /** While a case is destroyed its key is gone, and with it every transfer of it. */
  async #saved(transfer: HeldTransfer): Promise<void> {
    await this.#store.update(transfer);
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
}
