/**
 * Transfers that are under way: each tries until it settles, is held, its session ends, or the gateway stops.
 *
 * A place among those that move is taken before the cart is asked for anything, so that thousands may wait. What a broken attempt
 * has brought stays for the next one. It begins nothing by itself, and asks nobody's permission but the session's.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import { isSettled, move } from '@chaperone/domain/transfer/transfer.ts';
import type { TransferState } from '@chaperone/domain/transfer/transfer.ts';
import type { Events } from '../events/events.ts';
import { commitTo } from '../platform/commitment.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { GrantedSession, OpenGrant, RemoteSessions } from '../session/session.ts';
import { CartRefusal } from '../tunnel/tunnel.ts';
import type { Preparation } from '../tunnel/tunnel.ts';
import { fetchFile, mustBeginAnew } from './fetch-file.ts';
import { isForLater, isUnwritable } from './later.ts';
import type { Room, Share } from './room.ts';
import { sendFile } from './send-file.ts';
import { Slots } from './slots.ts';
import { factOf, shown } from './told.ts';
import { ContentDiffers } from './transfer-error.ts';
import type { TransferPromises } from './transfer-promises.ts';
import type { HeldTransfer, TransferStore } from './transfer-store.ts';

/** Files that move at once through this desk; a cart's uplink is shared by few. */
const AT_ONCE_MAX = 8;
/** Of these, files of one cart: one that sends nothing must not keep the others waiting. */
const OF_ONE_CART_MAX = 4;
/** Attempts in a row that moved nothing before a transfer is given up. */
const IDLE_ATTEMPTS_MAX = 8;
const RETRY_STEP_MS = 250;
/** Consoles hear of progress at most this often, milliseconds. */
const PROGRESS_EVERY_MS = 250;
/** Of a case whose files come by the thousand, consoles hear at most this often that it changed, milliseconds. */
const CASE_CHANGED_EVERY_MS = 1000;
/** Milliseconds before what has happened is written down again, while disk or database refuse. */
const WRITE_AGAIN_MS = 500;

export interface RunsOptions {
  readonly context: DeskContext;
  readonly sessions: RemoteSessions;
  readonly events: Events;
  readonly store: TransferStore;
  readonly room: Room;
  readonly recordBytesMax: number;
  readonly promises: TransferPromises;
  /** Told when what waits and what moves of a case has changed. */
  readonly changed: (caseId: CaseId) => void;
  /** Told of a transfer that is held because its session is over. */
  readonly held: (transfer: HeldTransfer) => void;
}

export interface Run {
  readonly transfer: HeldTransfer;
  readonly stop: AbortController;
  ended: Promise<void>;
  wake: () => void;
  announcedMs: number;
  /** Times that the whole was not what the cart said. */
  looks: number;
}

export class Runs {
  readonly #options: RunsOptions;
  readonly #slots = new Slots({ atOnceMax: AT_ONCE_MAX, ofOneOwnerMax: OF_ONE_CART_MAX });
  readonly #runs = new Map<string, Run>();
  readonly #caseChangedMs = new Map<CaseId, number>();
  #closed = false;

  constructor(options: RunsOptions) {
    this.#options = options;
    const wake = (session: GrantedSession): void => {
      for (const run of this.#runs.values())
        if (run.transfer.session === session.session) run.wake();
    };
    options.sessions.onUsable(wake);
    options.sessions.onInterrupted(wake);
  }

  of(transferId: string): Run | undefined {
    return this.#runs.get(transferId);
  }

  ofCase(caseId: CaseId): readonly Run[] {
    return [...this.#runs.values()].filter(({ transfer }) => transfer.caseId === caseId);
  }

  start(transfer: HeldTransfer): void {
    const run: Run = {
      transfer,
      stop: new AbortController(),
      ended: Promise.resolve(),
      wake: () => undefined,
      announcedMs: 0,
      looks: 0,
    };
    this.#runs.set(transfer.id, run);
    run.ended = this.#drive(run)
      .catch((fault: unknown) => {
        this.#options.context.log.error(
          { transfer: transfer.id, err: fault },
          'a transfer stopped unexpectedly',
        );
      })
      .finally(() => {
        this.#runs.delete(transfer.id);
        this.#options.changed(transfer.caseId);
      });
    this.#options.changed(transfer.caseId);
  }

  /** Moves a transfer on and tells consoles. @throws TransferOutOfTurn */
  move(transfer: HeldTransfer, to: TransferState): void {
    transfer.state = move(transfer.state, to);
    this.#publish(transfer);
  }

  /** Takes what is under way out of its way: it has been held or cancelled. */
  stop(run: Run): void {
    run.stop.abort();
    run.wake();
  }

  /** Stops what is under way; it goes on after the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const run of this.#runs.values()) this.stop(run);
    await Promise.all([...this.#runs.values()].map(({ ended }) => ended));
  }

  /** Removes what a transfer that will not be completed has left, here and, if it can be reached, on the cart. */
  async discard(transfer: HeldTransfer): Promise<void> {
    const { context, sessions } = this.#options;
    try {
      if (transfer.direction === 'from-cart') {
        const staging = await context.vault.openStaging(transfer.caseId, transfer.id);
        await staging.discard();
        // Only a file that is made ready on the cart leaves work there.
        if (transfer.preparation === undefined) return;
      }
      const session = sessions.grantedOf(transfer.caseId);
      if (session?.session !== transfer.session) return;
      const { link, grant } = await sessions.openAgain(session, activityOf(transfer));
      if (transfer.direction === 'to-cart') await link.cancelInbox(grant, transfer.id);
      else await link.cancelPreparation(grant, transfer.id);
    } catch (fault) {
      const code = fault instanceof DomainError ? fault.code : fault;
      if (code === 'DATABASE_UNAVAILABLE' && !this.#closed) {
        await pause(WRITE_AGAIN_MS);
        return await this.discard(transfer);
      }
      // The case's destruction takes what stays here; the cart removes old staged files by itself.
      context.log.warn(
        { transfer: transfer.id, code },
        'what a broken transfer left stays for now',
      );
    }
  }

  /** Tries until the transfer settles, is held, its session ends, or the gateway stops. */
  async #drive(run: Run): Promise<void> {
    const { transfer, stop } = run;
    // It is whole here already: that needs no session any more, and must not be called a failure.
    const placed = await this.#placed(transfer);
    if (placed !== null) return await this.#keep(transfer, placed);
    let idleAttempts = 0;
    while (!this.#isOver(run)) {
      // Listened for before the question, so that no change falls between.
      const changed = new Promise<void>((resolve) => {
        run.wake = resolve;
      });
      const session = this.#options.sessions.grantedOf(transfer.caseId);
      if (session?.session !== transfer.session) return await this.#hold(transfer);
      const before = transfer.bytes;
      const giveBack = await this.#slots.take(session.cart);
      let isOpen = false;
      try {
        if (this.#isOver(run)) break;
        const open = await this.#options.sessions.openAgain(session, activityOf(transfer));
        isOpen = true;
        await this.#attempt(run, open);
        return;
      } catch (fault) {
        if (stop.signal.aborted) break;
        if (fault instanceof ContentDiffers) run.looks += 1;
        const hasMoved = transfer.bytes > before || fault instanceof ContentDiffers;
        if (isOpen) idleAttempts = hasMoved ? 0 : idleAttempts + 1;
        if (!isForLater(fault) || idleAttempts >= IDLE_ATTEMPTS_MAX)
          return await this.#settle(run, fault);
        await this.#wait(run);
      } finally {
        giveBack();
      }
      // A session that cannot be used tells of itself when it can, or is over.
      if (isOpen) await Promise.race([changed, pause(RETRY_STEP_MS * 2 ** idleAttempts)]);
      else await changed;
    }
    if (transfer.state === 'cancelled') {
      await this.discard(transfer);
      await this.#written(async () => await this.#saved(transfer));
    } else if (this.#closed && transfer.state !== 'paused' && !isSettled(transfer.state))
      await this.#wait(run);
  }

  /** Its session is over: it waits until its technician goes on with it in another, or cancels it. */
  async #hold(transfer: HeldTransfer): Promise<void> {
    this.move(transfer, 'paused');
    this.#options.held(transfer);
    this.#options.context.ledger.appendLater({ kind: 'transfer-paused', ...factOf(transfer) });
    await this.#written(async () => await this.#saved(transfer));
  }

  async #attempt(run: Run, { link, grant }: OpenGrant): Promise<void> {
    const { transfer, stop } = run;
    const { vault, ledger } = this.#options.context;
    if (transfer.state !== 'moving') this.move(transfer, 'moving');
    this.#options.changed(transfer.caseId);
    await this.#saved(transfer);
    const signal = AbortSignal.any([stop.signal, link.ended]);
    const moved = (): void => this.#progress(run);
    if (transfer.direction === 'from-cart') {
      const record =
        (await this.#placed(transfer)) ?? (await this.#receive(run, signal, { link, grant }));
      return await this.#keep(transfer, record);
    }
    const record = await vault.record(transfer.caseId, transfer.record as never);
    await sendFile({ transfer, record, link, grant, vault, signal, moved });
    this.move(transfer, 'verifying');
    await this.#written(
      async () => await ledger.append({ kind: 'send-done', ...factOf(transfer) }),
    );
    await this.#done(transfer);
  }

  /** Writes down that a record is there, and is done. */
  async #keep(transfer: HeldTransfer, record: CaseRecord): Promise<void> {
    const { ledger, randomBytes } = this.#options.context;
    if (transfer.state === 'queued' || transfer.state === 'interrupted')
      this.move(transfer, 'moving');
    if (transfer.state === 'moving') this.move(transfer, 'verifying');
    const { commitment, salt } = commitTo(record.sha256, randomBytes);
    transfer.digestSalt = salt;
    transfer.record = record.id;
    const fact = { kind: 'record-sealed', ...factOf(transfer) } as const;
    const { bytes } = record;
    await this.#written(
      async () => await ledger.append({ ...fact, bytes, digestCommitment: commitment }),
    );
    await this.#done(transfer);
  }

  async #done(transfer: HeldTransfer): Promise<void> {
    this.move(transfer, 'done');
    await this.#written(async () => await this.#saved(transfer));
    const { context, events } = this.#options;
    const nowMs = context.clock.monotonicMs();
    const isLast = this.ofCase(transfer.caseId).length <= 1;
    const lastMs = this.#caseChangedMs.get(transfer.caseId) ?? -CASE_CHANGED_EVERY_MS;
    if (!isLast && transfer.batch !== null && nowMs - lastMs < CASE_CHANGED_EVERY_MS) return;
    if (isLast) this.#caseChangedMs.delete(transfer.caseId);
    else this.#caseChangedMs.set(transfer.caseId, nowMs);
    events.caseChanged(transfer.caseId);
  }

  /** The record that a crash did not let become known, if there is one. */
  async #placed(transfer: HeldTransfer): Promise<CaseRecord | null> {
    if (transfer.direction !== 'from-cart' || transfer.etag === null) return null;
    const records = await this.#options.context.vault.records(transfer.caseId);
    return records.find((each) => each.transferId === transfer.id) ?? null;
  }

  async #receive(run: Run, signal: AbortSignal, open: OpenGrant): Promise<CaseRecord> {
    const { transfer } = run;
    const { context, room, recordBytesMax, promises } = this.#options;
    let staging = await context.vault.openStaging(transfer.caseId, transfer.id);
    if (mustBeginAnew(staging, open.link)) {
      await staging.discard();
      staging = await context.vault.openStaging(transfer.caseId, transfer.id);
    }
    let share: Share | null = null;
    try {
      return await fetchFile({
        transfer,
        ...open,
        staging,
        bytesMax: recordBytesMax,
        looks: run.looks,
        deidentifiedOnly: await promises.isDeidentifiedOnly(transfer.caseId),
        keepReport: async (record, report) =>
          await promises.keepReport(transfer.caseId, record, report),
        take: async (bytes, arrivedBytes) =>
          (share = await room.take(transfer.caseId, bytes, arrivedBytes)),
        signal,
        begin: async () => await this.#saved(transfer),
        preparing: (preparation) => this.#prepare(transfer, preparation),
        moved: () => this.#progress(run),
        verifying: async () => {
          this.move(transfer, 'verifying');
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

  #prepare(transfer: HeldTransfer, preparation: Preparation | null): void {
    if (preparation === null) {
      delete transfer.preparation;
      if (transfer.state === 'preparing') this.move(transfer, 'moving');
      return;
    }
    transfer.preparation = preparation;
    if (transfer.state === 'moving') this.move(transfer, 'preparing');
    else this.#publish(transfer);
  }

  async #wait(run: Run): Promise<void> {
    const { transfer } = run;
    if (transfer.state !== 'moving' && transfer.state !== 'preparing') return;
    this.move(transfer, 'interrupted');
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
    const { context } = this.#options;
    if (isSettled(transfer.state) || transfer.state === 'paused') return;
    const failure =
      fault instanceof CartRefusal
        ? fault.cartCode
        : fault instanceof DomainError
          ? fault.code
          : null;
    if (failure === null)
      context.log.error({ transfer: transfer.id, err: fault }, 'a transfer failed');
    transfer.failure = failure ?? 'INTERNAL_FAULT';
    this.move(transfer, 'failed');
    context.ledger.appendLater({ kind: 'transfer-failed', ...factOf(transfer) });
    // First what it left is taken away: on a full disk that makes the room to write the rest down.
    await this.discard(transfer);
    await this.#written(async () => {
      // A transfer that is settled is never looked at again: the ledger knows of it before.
      await context.ledger.settle();
      await this.#saved(transfer);
    });
  }

  #isOver({ transfer }: Run): boolean {
    return this.#closed || transfer.state === 'paused' || isSettled(transfer.state);
  }

  #progress(run: Run): void {
    const nowMs = this.#options.context.clock.monotonicMs();
    if (nowMs - run.announcedMs < PROGRESS_EVERY_MS) return;
    run.announcedMs = nowMs;
    this.#publish(run.transfer);
  }

  #publish(transfer: HeldTransfer): void {
    const { events } = this.#options;
    events.publish({ type: 'transfer', case: transfer.caseId, transfer: shown(transfer) });
  }

  /** While a case is destroyed its key is gone, and with it every transfer of it. */
  async #saved(transfer: HeldTransfer): Promise<void> {
    await this.#options.store.update(transfer);
  }
}

function activityOf({ direction }: HeldTransfer): Activity {
  return direction === 'from-cart' ? 'fetch-files' : 'send-files';
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
}
