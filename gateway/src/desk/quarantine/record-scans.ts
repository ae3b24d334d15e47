/**
 * Takes each record from quarantine to the scanner, some at once and cases in turn, and writes down what was found.
 *
 * A release is in the ledger before it takes effect; everything else takes effect first. What a stop of the gateway cut off
 * waits again at the next start. What is held because of the scanner or its definitions waits again as soon as they are
 * back. Without a scanner (a demo) each record is released when it arrives, and the ledger says that nothing was scanned.
 * Decision 0026.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId, RecordId, TechnicianId } from '@chaperone/domain/id/id.ts';
import {
  beginScan,
  endScan,
  isPassing,
  lackOf,
  releaseMadeHere,
  releaseUnscanned,
  waitAgain,
} from '@chaperone/domain/quarantine/quarantine.ts';
import type {
  HeldReason,
  Quarantine,
  ScannerLack,
  ReleasePolicy,
  ScanOutcome,
} from '@chaperone/domain/quarantine/quarantine.ts';
import { CaseUnderLegalHold } from '@chaperone/domain/service-case/service-case.ts';
import { MAGIC_BYTES, beginsRecording } from '@chaperone/protocol/recording/recording-format.ts';
import type { Antivirus, ScannerState } from '../../antivirus/contract.ts';
import type { QuarantineDoor, QuarantinedRecord } from '../../vault/contract.ts';
import type { Events } from '../events/events.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { FairQueue } from '../platform/fair-queue.ts';
import { RecordReleased } from './quarantine-error.ts';

/** Records that wait in memory; those beyond it wait in the database only. */
const QUEUE_RECORDS_MAX = 10_000;
/** How often scanner and quarantine are looked at, milliseconds. */
const LOOK_EVERY_MS = 10_000;
/** The same after a fault of disk or database. */
const LOOK_SOON_MS = 1_000;
/** How long a record waits that the scanner refused, or did not finish, under the same definitions. Milliseconds. */
const TRY_AGAIN_MS = 10 * 60_000;

/** A scanner and by what it releases; `scanner: null` releases unscanned. */
export type Scanning =
  | { readonly scanner: Antivirus; readonly policy: ReleasePolicy; readonly atOnceMax: number }
  | { readonly scanner: null };

export class RecordScans {
  readonly #context: DeskContext;
  readonly #door: QuarantineDoor;
  readonly #events: Events;
  readonly #scanning: Scanning;
  readonly #lookEveryMs: number;
  readonly #queue = new FairQueue<QuarantinedRecord>(QUEUE_RECORDS_MAX);
  /** What is queued or being scanned, so that no look takes it a second time. */
  readonly #taken = new Set<RecordId>();
  readonly #running = new Map<RecordId, Promise<void>>();
  /** Why a record was held before: said again only when it is another reason. */
  readonly #heldBefore = new Map<RecordId, HeldReason>();
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  /** Why the scanner releases nothing, as of the last look; undefined before the first. */
  #lack: ScannerLack | null | undefined;
  /** Who waits for any record to be decided. */
  readonly #waiting = new Set<() => void>();

  constructor(
    context: DeskContext,
    options: {
      readonly door: QuarantineDoor;
      readonly events: Events;
      readonly scanning: Scanning;
      readonly lookEveryMs?: number;
    },
  ) {
    this.#context = context;
    this.#door = options.door;
    this.#events = options.events;
    this.#scanning = options.scanning;
    this.#lookEveryMs = options.lookEveryMs ?? LOOK_EVERY_MS;
    this.#door.attend(async ({ caseId, id }) => await this.#arrived({ caseId, id }));
  }

  /** Takes up what a stop cut off, and begins. What was held is looked at anew: the policy may be another one. */
  async start(): Promise<void> {
    for (const each of await this.#door.list(['held'])) await this.#letWait(each, 'held');
    await this.look();
    this.#lookLater(this.#lookEveryMs);
  }

  /**
   * Destroys a record that was never released: its file and row are gone, the ledger keeps that and by whom.
   * @throws RecordUnknown, RecordReleased, CaseUnderLegalHold, LedgerUnavailable
   */
  async destroy(
    serviceCase: { readonly id: CaseId; readonly legalHold: boolean },
    by: TechnicianId,
    recordId: RecordId,
  ): Promise<void> {
    const { vault, ledger } = this.#context;
    const { id: caseId } = serviceCase;
    const { quarantine } = await vault.record(caseId, recordId);
    if (quarantine.state === 'released') throw new RecordReleased();
    if (serviceCase.legalHold)
      throw new CaseUnderLegalHold('A legal hold keeps everything of this case.');
    // It cannot be taken back, so it is written down before.
    await ledger.append({ kind: 'record-destroyed', caseId, recordId, by });
    await vault.removeRecord(caseId, recordId);
    this.#heldBefore.delete(recordId);
    this.#events.caseChanged(caseId);
  }

  /** Why the scanner releases nothing now; null when it does, or there is none. */
  get lack(): ScannerLack | null {
    return this.#lack ?? null;
  }

  /** Waits until a record is not waiting or being scanned any more, for so long at most. @throws RecordUnknown */
  async decided(caseId: CaseId, recordId: RecordId, waitMs: number): Promise<void> {
    const late = pause(waitMs);
    for (let isLate = false; !isLate;) {
      let wake = (): void => undefined;
      const changed = new Promise<false>((resolve) => {
        wake = () => resolve(false);
        this.#waiting.add(wake);
      });
      try {
        const { state } = (await this.#context.vault.record(caseId, recordId)).quarantine;
        if (state !== 'waiting' && state !== 'scanning') return;
        isLate = await Promise.race([changed, late]);
      } finally {
        this.#waiting.delete(wake);
      }
    }
  }

  /** Asks the scanner, lets wait again what can be scanned now, and takes up what nobody has taken. */
  async look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => (this.#looking = null));
    await this.#looking;
  }

  /** Cuts off what is being scanned; it waits again at the next start. */
  async close(): Promise<void> {
    this.#stop.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking?.catch(() => undefined);
    await Promise.all(this.#running.values());
  }

  async #arrived(record: Pick<QuarantinedRecord, 'caseId' | 'id'>): Promise<void> {
    const waiting: QuarantinedRecord = { ...record, state: 'waiting' };
    if (this.#scanning.scanner !== null) return this.#take(waiting);
    this.#taken.add(record.id);
    await this.#scan(waiting);
  }

  async #lookOnce(): Promise<void> {
    // Whose scan was cut off, by a stop or by a fault.
    for (const each of await this.#door.list(['scanning'])) {
      if (!this.#taken.has(each.id)) await this.#letWait(each, 'scanning');
    }
    const { scanner } = this.#scanning;
    if (scanner !== null) await this.#lookAtHeld(await scanner.state());
    const there = new Set((await this.#door.list(['waiting', 'scanning', 'held'])).map(idOf));
    for (const id of this.#heldBefore.keys()) if (!there.has(id)) this.#heldBefore.delete(id);
    for (const each of await this.#door.list(['waiting'])) {
      if (scanner !== null) this.#take(each);
      else if (!this.#taken.has(each.id)) await this.#arrived(each);
    }
  }

  async #lookAtHeld(state: ScannerState): Promise<void> {
    this.#tell(state);
    if (!state.isReachable) return;
    for (const each of await this.#door.list(['held'])) {
      const { quarantine } = await this.#context.vault.record(each.caseId, each.id);
      if (this.#isWorthAnother(quarantine, state)) await this.#letWait(each, 'held');
    }
  }

  #isWorthAnother(quarantine: Quarantine, state: ScannerState & { isReachable: true }): boolean {
    if (quarantine.state !== 'held' || !isPassing(quarantine.reason)) return false;
    const { reason, definitions, atUtcMs } = quarantine;
    const { definitions: now } = state;
    if (reason === 'scanner-unreachable') return true;
    if (reason === 'definitions-old' || reason === 'definitions-unknown')
      return this.#lackNow(state) === null;
    const isOther = now !== null && now.version !== definitions;
    return isOther || this.#context.clock.utcMs() - atUtcMs >= TRY_AGAIN_MS;
  }

  #lackNow({ definitions }: ScannerState & { isReachable: true }): ScannerLack | null {
    if (this.#scanning.scanner === null || this.#scanning.policy.kind !== 'scan') return null;
    const { definitionsAgeMaxMs } = this.#scanning.policy;
    return lackOf(definitions, definitionsAgeMaxMs, this.#context.clock.utcMs());
  }

  /** Tells log and consoles when the scanner's state has changed. */
  #tell(state: ScannerState): void {
    const lack = state.isReachable ? this.#lackNow(state) : 'scanner-unreachable';
    if (this.#lack === lack) return;
    this.#lack = lack;
    this.#events.deskChanged();
    const version = state.isReachable ? (state.definitions?.version ?? null) : null;
    if (lack === null) this.#context.log.info({ version }, 'the virus scanner is ready');
    else this.#context.log.warn({ code: lack, version }, 'no file is released: see to the scanner');
  }

  async #letWait(record: QuarantinedRecord, from: 'held' | 'scanning'): Promise<void> {
    const { caseId, id } = record;
    await this.#unlessGone(async () => {
      const { quarantine } = await this.#context.vault.record(caseId, id);
      if (quarantine.state !== from) return;
      if (quarantine.state === 'held') this.#heldBefore.set(id, quarantine.reason);
      await this.#door.move(caseId, id, from, waitAgain(quarantine));
    });
  }

  #take(record: QuarantinedRecord): void {
    if (this.#taken.has(record.id) || this.#stop.signal.aborted) return;
    this.#taken.add(record.id);
    const crowdedOut = this.#queue.add(record, record.caseId);
    if (crowdedOut !== undefined) this.#taken.delete(crowdedOut.id);
    this.#pump();
  }

  #pump(): void {
    if (this.#scanning.scanner === null) return;
    while (this.#running.size < this.#scanning.atOnceMax && !this.#stop.signal.aborted) {
      const record = this.#queue.next();
      if (record === undefined) return;
      const run = this.#scan(record).finally(() => {
        this.#running.delete(record.id);
        this.#pump();
      });
      this.#running.set(record.id, run);
    }
  }

  /** Never fails: what could not be done is done at one of the next looks. */
  async #scan(record: QuarantinedRecord): Promise<void> {
    const { caseId, id } = record;
    try {
      await this.#unlessGone(async () => {
        const scanning = beginScan({ state: 'waiting' });
        await this.#door.move(caseId, id, 'waiting', scanning);
        this.#events.caseChanged(caseId);
        const found = await this.#find(record, scanning);
        if (found !== null) await this.#writeDown(record, found);
      });
    } catch (fault) {
      this.#context.log.error({ record: id, err: fault }, 'a record stays in quarantine for now');
      this.#lookLater(LOOK_SOON_MS);
    } finally {
      this.#taken.delete(id);
    }
  }

  /** @returns null when the scan was cut off: it says nothing */
  async #find(record: QuarantinedRecord, scanning: Quarantine): Promise<Quarantine | null> {
    const { clock } = this.#context;
    if (await this.#isRecording(record)) return releaseMadeHere(scanning, clock.utcMs());
    if (this.#scanning.scanner === null)
      return releaseUnscanned(scanning, { kind: 'no-scanner' }, clock.utcMs());
    const outcome = await this.#outcomeOf(this.#scanning.scanner, record);
    if (this.#stop.signal.aborted) return null;
    return endScan(scanning, outcome, this.#scanning.policy, clock.utcMs());
  }

  /** What this gateway made itself: by its origin, which the vault seals, and by how it begins. */
  async #isRecording({ caseId, id }: QuarantinedRecord): Promise<boolean> {
    const { origin, bytes } = await this.#context.vault.record(caseId, id);
    if (origin !== 'recording' || bytes < MAGIC_BYTES) return false;
    const head = await this.#door.contentToScan(caseId, id, { offset: 0, length: MAGIC_BYTES });
    const parts: Uint8Array[] = [];
    for await (const part of head.bytes) parts.push(part);
    return beginsRecording(Buffer.concat(parts));
  }

  async #outcomeOf(scanner: Antivirus, { caseId, id }: QuarantinedRecord): Promise<ScanOutcome> {
    const { bytes } = await this.#context.vault.record(caseId, id);
    const read = async (offset: number, length: number): Promise<AsyncIterable<Uint8Array>> =>
      (await this.#door.contentToScan(caseId, id, { offset, length })).bytes;
    try {
      return await scanner.scan({ bytes, read }, this.#stop.signal);
    } catch (fault) {
      if (!(fault instanceof DomainError && fault.code === 'RECORD_DAMAGED')) throw fault;
      this.#context.log.error({ record: id, err: fault }, 'a record to be scanned is damaged');
      return { verdict: 'not-scanned', reason: 'record-unreadable', after: null };
    }
  }

  async #writeDown({ caseId, id: recordId }: QuarantinedRecord, to: Quarantine): Promise<void> {
    const { ledger } = this.#context;
    const of = { caseId, recordId };
    if (to.state === 'released') {
      const { by, definitions } = to;
      await ledger.append({ kind: 'record-released', ...of, by, definitions });
    }
    await this.#door.move(caseId, recordId, 'scanning', to);
    if (to.state === 'infected') {
      ledger.appendLater({ kind: 'record-infected', ...of, definitions: to.definitions });
      this.#context.log.warn({ record: recordId }, 'a virus was found in a record');
    }
    if (to.state === 'held') {
      const { reason: code, definitions } = to;
      if (this.#heldBefore.get(recordId) !== code)
        ledger.appendLater({ kind: 'record-held', ...of, code, definitions });
      this.#heldBefore.set(recordId, code);
    } else this.#heldBefore.delete(recordId);
    for (const wake of this.#waiting) wake();
    this.#events.caseChanged(caseId);
  }

  /** A case that is destroyed under way takes its records with it. */
  async #unlessGone(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (fault) {
      const code = fault instanceof DomainError ? fault.code : null;
      if (code !== 'RECORD_UNKNOWN' && code !== 'CASE_KEY_MISSING') throw fault;
    }
  }

  #lookLater(afterMs: number): void {
    if (this.#stop.signal.aborted) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.look()
        .catch((fault: unknown) =>
          this.#context.log.error({ err: fault }, 'the quarantine could not be looked at'),
        )
        .finally(() => this.#lookLater(this.#lookEveryMs));
    }, afterMs);
    this.#timer.unref();
  }
}

/** @returns true, that it is over */
async function pause(ms: number): Promise<true> {
  return await new Promise((resolve) => setTimeout(() => resolve(true), ms).unref());
}

function idOf({ id }: QuarantinedRecord): RecordId {
  return id;
}
