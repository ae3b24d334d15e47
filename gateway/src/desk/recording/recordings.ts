/**
 * Recordings of carts' screens, from the moment before somebody is shown one to the record that was read back.
 *
 *   begun (in the ledger, before anything is shown) → open → closed (a record; its digest in the ledger)
 *
 * A recording that cannot be begun, or cannot take what came, ends its screen: what is not kept is not shown. A stop of the
 * gateway, or a disk that takes nothing more, leaves one open; it is closed as interrupted at the next start, or a minute later,
 * with what had been made durable. Whether there are recordings at all is the service centre's configuration, and nobody else's.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { SessionId, TransferId } from '@chaperone/domain/id/id.ts';
import type { RecordingOutcome } from '@chaperone/domain/ledger-entry/recording-fact.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import { CaseNotOpen } from '@chaperone/domain/service-case/service-case.ts';
import { CaseKeyMissing, RecordDigestMismatch, TransferTaken } from '../../vault/contract.ts';
import type { CaseTraces, Staging } from '../../vault/contract.ts';
import { commitTo } from '../platform/commitment.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { ServiceCases, StoredCase } from '../service-case/service-case.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { RecordingStore } from './recording-store.ts';
import type { HeldRecording } from './recording-store.ts';
import { RecordingWriter, endBody } from './recording-writer.ts';
import type { RecordingStanding, WriterTerms } from './recording-writer.ts';
import { ThreadedTap } from './threaded-tap.ts';

/** Until a recording is closed that could not be, milliseconds. */
const TRY_AGAIN_MS = 60_000;
const MINUTE_MS = 60_000;

export interface RecordingSettings {
  readonly screens: 'on' | 'off';
  readonly terms?: Partial<WriterTerms>;
}

export interface RecordingsOptions extends RecordingSettings {
  readonly cases: Pick<ServiceCases, 'inTurn'>;
  /**
   * Refuses when the disk of the vault has to keep what is free on it, and when a case holds as much as it may.
   * @param bytes of the recording so far
   * @throws DiskReserveReached, CaseTooLarge
   */
  readonly assertRoom: (caseId: StoredCase['id'], bytes: number) => Promise<void>;
  readonly caseChanged: (caseId: StoredCase['id']) => void;
}

/** One viewing that is recorded. */
export interface RecordedScreen {
  /** Hears what the viewer says. @throws ScreenNotRecordable */
  fromViewer(bytes: Uint8Array): void;
  /** Takes what the viewer is about to get. @throws ScreenNotRecordable, DiskFull, VaultUnavailable, CaseKeyMissing */
  take(bytes: Uint8Array): Promise<void>;
  /**
   * Says how the cart is asked for something, and who is told when the recording can go on no more.
   * @param onFault called at most once
   */
  attach(ask: (message: Buffer) => boolean, onFault: (fault: unknown) => void): void;
  /** Closes it. Never fails: what cannot be closed now is closed later. */
  end(): Promise<void>;
}

interface Live {
  readonly held: HeldRecording;
  readonly writer: RecordingWriter;
  readonly staging: Staging;
}

interface Closing {
  readonly caseId: StoredCase['id'];
  readonly done: Promise<void>;
}

/** Recordings of a case of which the ledger tells the beginning, and the end. */
interface Told {
  readonly begun: ReadonlySet<TransferId>;
  readonly closed: ReadonlySet<TransferId>;
}

export class Recordings {
  readonly #context: DeskContext;
  readonly #options: RecordingsOptions;
  readonly #store: RecordingStore;
  readonly #live = new Map<TransferId, Live>();
  /** Recordings that are being closed. */
  readonly #closing = new Map<TransferId, Closing>();
  #timer: NodeJS.Timeout | null = null;
  #isClosing = false;

  constructor(context: DeskContext, options: RecordingsOptions) {
    this.#context = context;
    this.#options = options;
    this.#store = new RecordingStore(context.database, context.vault);
  }

  get isOn(): boolean {
    return this.#options.screens === 'on';
  }

  /**
   * Begins to record, before the screen is opened; null where the configuration says that nothing is recorded.
   * @throws CaseNotOpen, CaseKeyMissing, DiskFull, DiskReserveReached, VaultUnavailable, LedgerUnavailable
   */
  async begin(
    { id: caseId }: StoredCase,
    sessionId: SessionId,
    { id: by }: Caller,
  ): Promise<RecordedScreen | null> {
    const { vault, ledger, clock, randomBytes } = this.#context;
    if (!this.isOn) {
      await this.#inOpenCase(caseId, async () => {
        await ledger.append({ kind: 'recording-off', caseId, sessionId, by });
      });
      return null;
    }
    await this.#options.assertRoom(caseId, 0);
    const id = newId('transfer', randomBytes);
    const held: HeldRecording = { id, caseId, sessionId, begunUtcMs: clock.utcMs() };
    const staging = await vault.openStaging(caseId, id);
    try {
      await this.#store.add(held);
      await this.#inOpenCase(caseId, async () => {
        await ledger.append({ kind: 'recording-begun', caseId, sessionId, transferId: id, by });
      });
    } catch (fault) {
      await staging.discard().catch(() => undefined);
      await this.#store.remove(id).catch(() => undefined);
      throw fault;
    }
    return this.#screenOf(held, staging);
  }

  /** Recordings that are not closed, whose staged files are not forgotten ones. */
  async known(): Promise<ReadonlySet<TransferId>> {
    return new Set((await this.#store.open()).map(({ id }) => id));
  }

  /** Closes what a stop left open. Call it once at start. */
  async restore(): Promise<void> {
    await this.#closeLeft();
  }

  /** What the vault erases with a case. */
  traces(): CaseTraces {
    return {
      tables: ['screen_recording'],
      eraseTraces: async (caseId) => {
        await this.#stopOf(caseId);
        const open = (await this.#store.open()).filter((held) => held.caseId === caseId);
        const told = await this.#toldOf(caseId);
        for (const held of open)
          if (told.begun.has(held.id) && !told.closed.has(held.id))
            await this.#withoutRecord(held, 'destroyed');
        await this.#store.eraseOf(caseId);
      },
      countTraces: async (caseId) => await this.#store.countOf(caseId),
    };
  }

  /** Closes every recording; their screens are over. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const { held } of [...this.#live.values()]) void this.#end(held.id);
    await Promise.all([...this.#closing.values()].map(async ({ done }) => await done));
  }

  /** Ends what is written of a case that is being destroyed: none is closed once more afterwards. */
  async #stopOf(caseId: StoredCase['id']): Promise<void> {
    for (const { held } of [...this.#live.values()])
      if (held.caseId === caseId) void this.#end(held.id);
    for (const closing of [...this.#closing.values()])
      if (closing.caseId === caseId) await closing.done;
  }

  #screenOf(held: HeldRecording, staging: Staging): RecordedScreen {
    const { clock } = this.#context;
    const { terms } = this.#options;
    const tap = new ThreadedTap();
    let asks: ((message: Buffer) => boolean) | null = null;
    const writer = new RecordingWriter({
      staging,
      tap,
      clock,
      ...(terms === undefined ? {} : { terms }),
      ask: () => tap.mayAsk && asks?.(tap.wholePicture()) === true,
      onProgress: async (standing, bytes) => {
        await this.#store.keep(held, { standing, digestSalt: null });
        await this.#options.assertRoom(held.caseId, bytes);
      },
    });
    this.#live.set(held.id, { held, writer, staging });
    return {
      fromViewer: (bytes) => tap.fromViewer(bytes),
      take: async (bytes) => await writer.take(bytes),
      attach: (ask, onFault) => {
        asks = ask;
        writer.start(onFault);
      },
      end: async () => await this.#end(held.id),
    };
  }

  async #end(id: TransferId): Promise<void> {
    const live = this.#live.get(id);
    if (live === undefined) return;
    this.#live.delete(id);
    await this.#closeBy(live.held, async () => await this.#endLive(live));
  }

  /** Never fails: what cannot be closed now is closed later. */
  async #closeBy(held: HeldRecording, act: () => Promise<void>): Promise<void> {
    const done = act()
      .catch((fault: unknown) => this.#later(held, fault))
      .finally(() => this.#closing.delete(held.id));
    this.#closing.set(held.id, { caseId: held.caseId, done });
    await done;
  }

  async #endLive({ held, writer, staging }: Live): Promise<void> {
    if (!writer.hasPictures) {
      writer.stop();
      await staging.discard();
      return await this.#nothingShown(held);
    }
    try {
      const standing = await writer.end();
      await this.#finish(held, staging, standing, 'whole');
    } catch (fault) {
      writer.stop();
      // What is on the disk is closed later; of a case that is being destroyed nothing is left.
      await staging.suspend().catch(() => undefined);
      throw fault;
    }
  }

  /** Makes a record of it, reads it back, and says so in the ledger. */
  async #finish(
    held: HeldRecording,
    staging: Staging,
    standing: RecordingStanding,
    outcome: RecordingOutcome,
  ): Promise<void> {
    const { caseId } = held;
    const sha256 = staging.digest();
    if (sha256 === null)
      throw new RecordDigestMismatch('A recording is not what was written: the disk changed it.');
    const record = await staging.finish({ origin: 'recording', name: nameOf(held), sha256 });
    await this.#context.vault.verifyRecord(caseId, record.id);
    await this.#closed(held, record, standing, outcome);
  }

  async #closed(
    held: HeldRecording,
    record: CaseRecord,
    standing: RecordingStanding,
    outcome: RecordingOutcome,
  ): Promise<void> {
    const { ledger, randomBytes } = this.#context;
    const { id: transferId, caseId, sessionId } = held;
    const { commitment, salt } = commitTo(record.sha256, randomBytes);
    await this.#store.keep(held, { standing, digestSalt: salt });
    await ledger.append({
      kind: 'recording-closed',
      caseId,
      sessionId,
      transferId,
      outcome,
      recordId: record.id,
      durationMs: standing.durationMs,
      bytes: record.bytes,
      digestCommitment: commitment,
    });
    await this.#store.close(held, { standing, digestSalt: salt });
    this.#options.caseChanged(caseId);
  }

  async #nothingShown(held: HeldRecording): Promise<void> {
    await this.#withoutRecord(held, 'nothing-shown');
    await this.#store.remove(held.id);
  }

  async #withoutRecord(
    { id: transferId, caseId, sessionId }: HeldRecording,
    outcome: Extract<RecordingOutcome, 'nothing-shown' | 'destroyed'>,
  ): Promise<void> {
    await this.#context.ledger.append({
      kind: 'recording-closed',
      caseId,
      sessionId,
      transferId,
      outcome,
      recordId: null,
      durationMs: 0,
      bytes: 0,
      digestCommitment: null,
    });
  }

  /** Closes what is open and not being written, as far as it goes. */
  async #closeLeft(): Promise<void> {
    for (const held of await this.#store.open()) {
      const isBusy = this.#live.has(held.id) || this.#closing.has(held.id);
      if (isBusy || this.#isClosing) continue;
      await this.#closeBy(held, async () => await this.#closeInterrupted(held));
    }
  }

  /** What the ledger says already: a stop may come between an entry and what follows from it. */
  async #toldOf(caseId: StoredCase['id']): Promise<Told> {
    const facts = (await this.#context.ledger.entriesOf(caseId)).map(({ fact }) => fact);
    const told = (kind: 'recording-begun' | 'recording-closed'): ReadonlySet<TransferId> =>
      new Set(facts.flatMap((fact) => (fact.kind === kind ? [fact.transferId] : [])));
    return { begun: told('recording-begun'), closed: told('recording-closed') };
  }

  async #closeInterrupted(held: HeldRecording): Promise<void> {
    const { vault } = this.#context;
    const said = await this.#store.saidOf(held);
    const { standing } = said;
    const told = await this.#toldOf(held.caseId);
    const placed = (await vault.records(held.caseId)).find((each) => each.transferId === held.id);
    if (placed !== undefined && told.closed.has(held.id))
      return await this.#store.close(held, said);
    if (placed !== undefined) {
      // It was a record already; only the ledger was not told, or it was not read back.
      await vault.verifyRecord(held.caseId, placed.id);
      return await this.#closed(held, placed, standing, 'whole');
    }
    const staging = await vault.openStaging(held.caseId, held.id);
    const bodyBytes = staging.receivedBytes;
    if (!told.begun.has(held.id) || told.closed.has(held.id)) {
      // Nothing was shown, and the ledger says of it all that it has to.
      await staging.discard();
      return await this.#store.remove(held.id);
    }
    if (bodyBytes === 0) {
      await staging.discard();
      if (standing.points.length > 0)
        throw new RecordDigestMismatch('Of a recording that was shown nothing is there any more.');
      return await this.#nothingShown(held);
    }
    try {
      const { begunUtcMs } = held;
      await endBody(staging, { standing, bodyBytes, begunUtcMs, isInterrupted: true });
      await this.#finish(held, staging, standing, 'interrupted');
    } catch (fault) {
      await staging.suspend().catch(() => undefined);
      throw fault;
    }
  }

  #later(held: HeldRecording, fault: unknown): void {
    // Destroyed with its case: nothing is left to close.
    if (fault instanceof CaseKeyMissing) return;
    const { log } = this.#context;
    if (fault instanceof TransferTaken) return;
    const code = fault instanceof DomainError ? fault.code : null;
    log.error({ recording: held.id, code, err: fault }, 'a recording could not be closed yet');
    if (this.#isClosing || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#closeLeft().catch((later: unknown) => this.#later(held, later));
    }, TRY_AGAIN_MS);
    this.#timer.unref();
  }

  async #inOpenCase(caseId: StoredCase['id'], act: () => Promise<void>): Promise<void> {
    // In the case's turn: nothing is shown after the decision to resolve.
    await this.#options.cases.inTurn(caseId, async ({ state }) => {
      if (state !== 'open') throw new CaseNotOpen('This case is not open any more.');
      await act();
    });
  }
}

/** Such as "Screen 2026-11-30 08.15 UTC.screen": obeys the rules of file names everywhere. */
function nameOf({ begunUtcMs }: HeldRecording): string {
  const minute = new Date(Math.floor(begunUtcMs / MINUTE_MS) * MINUTE_MS).toISOString();
  return `Screen ${minute.slice(0, 10)} ${minute.slice(11, 16).replace(':', '.')} UTC.screen`;
}
