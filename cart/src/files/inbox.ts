/**
 * The one directory of the cart that takes files from a technician.
 *
 * A file is announced, arrives in pieces, is checked and gets its name; until then it is hidden, and nothing of it
 * outlives the session. Pieces go on after a lost connection where the last one ended. What a stop of the agent left stays for the
 * next session, a day at most, so that the same transfer can go on with it once its sender has compared the blocks.
 */
import { lstat, opendir, unlink } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { TransferId } from '@chaperone/domain/id/id.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { BLOCK_BYTES, blockRange, MENDS_MAX } from '@chaperone/domain/transfer/block.ts';
import { DigestMismatch } from '@chaperone/domain/transfer/transfer.ts';
import type { InboxFile, InboxProgress } from '@chaperone/protocol/cart-api/schema.ts';
import { passed } from '../platform/passing-bytes.ts';
import {
  FileTooLarge,
  TransferConflict,
  TransferLimit,
  TransferUnknown,
  UploadOffsetMismatch,
  UploadTooLong,
} from './file-error.ts';
import { movedOf, pathOf, progressOf } from './arrival.ts';
import type { Arrival } from './arrival.ts';
import { arriving } from './arriving.ts';
import type { FileRight } from './file-right.ts';
import type { NameCommitments } from './name-commitment.ts';
import { nameTaken, StagedFile } from './staged-file.ts';
import { PlacedLooks } from './placed-before.ts';
import type { PlacedBefore } from './placed-before.ts';
import type { Place } from './placing.ts';
import { checkInboxFolder, checkInboxName, isStagingName, stagingName } from './staging-name.ts';
import type { SessionTransfers } from './session-transfers.ts';
import type { TransferRegister } from './transfer-register.ts';
import { itself, openDirectory, within } from './tree.ts';

/** Files that arrive at once; each holds two open file descriptors. */
const ARRIVING_MAX = 16;
/** Files of one session. */
const ANNOUNCED_MAX = 10_000;
/** What a stop of the agent left is kept for so long, milliseconds: until the same people go on with it, or never will. */
const LEFT_KEPT_MS = 24 * 3_600_000;

const NO_FILE = { mtimeMs: 0, size: 0 };

export interface InboxOptions {
  readonly path: string;
  readonly bytesMax: number;
  readonly commitments: NameCommitments;
  readonly register: TransferRegister;
  readonly transfers: SessionTransfers;
}

/** What is staged of a file, by its blocks. */
export interface StagedBlocks {
  readonly bytes: number;
  readonly count: number;
  readonly digests: AsyncIterable<Buffer>;
}

export class Inbox {
  readonly #options: InboxOptions;
  readonly #arrivals = new Map<TransferId, Arrival>();
  /** Announcements are made one after another: limits and names are looked at before anything is made. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #looks: PlacedLooks;

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#looks = new PlacedLooks(options.path);
  }

  /** Removes what a stop of the agent left behind, unless it may still be gone on with. */
  async clean(keptMs = LEFT_KEPT_MS): Promise<void> {
    await using directory = await openDirectory(this.#options.path, []);
    for await (const { name } of await opendir(itself(directory))) {
      if (!isStagingName(name)) continue;
      const { mtimeMs, size } = await lstat(within(directory, name)).catch(() => NO_FILE);
      // By the wall clock: a clock that was set back keeps it longer, until the end of the next session.
      if (size >= BLOCK_BYTES && Date.now() - mtimeMs < keptMs) continue;
      await unlink(within(directory, name)).catch(() => undefined);
    }
  }

  /**
   * Announces a file; saying the same again is answered with where it stands. The very file that lies there already, because the agent
   * ended before it could say so, is `placed`.
   * @throws FileNameRefused, FileTooLarge, FileExists, InsufficientStorage, TransferConflict, TransferLimit,
   *   StorageFailed, and for an empty file, or one that lies there, what {@link write} throws
   */
  async announce(
    announced: InboxFile,
    right: FileRight,
  ): Promise<{ readonly isNew: boolean; readonly progress: InboxProgress }> {
    // Not in its turn: others need not wait until a large file has been read.
    const lying = await this.#look(announced);
    const turn = this.#turn.then(() => this.#announce(announced, right, lying));
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }

  /** Tells where a transfer stands. @throws TransferUnknown */
  progress(transferId: TransferId): InboxProgress {
    return progressOf(transferId, this.#known(transferId));
  }

  /**
   * Takes a piece. A piece of the same transfer that is still arriving (over a connection that died) is cut off first.
   * @param source not trusted; destroyed when it brings too much
   * @throws TransferUnknown, UploadOffsetMismatch, UploadTooLong, DigestMismatch, FileExists, InsufficientStorage,
   *   StorageFailed, JournalUnwritable, and what `right` refuses. After a refusal for the file's own sake nothing of it is left.
   */
  async write(
    transferId: TransferId,
    offset: number,
    source: Readable,
    right: FileRight,
  ): Promise<InboxProgress> {
    const arrival = this.#known(transferId);
    const before = arrival.writing;
    arrival.source?.destroy();
    let done = (): void => undefined;
    arrival.writing = new Promise((resolve) => {
      done = resolve;
    });
    arrival.source = source;
    try {
      await before;
      // Whoever came after this one has already destroyed its source: the loop below ends at once.
      await this.#take(arrival, offset, source, right);
      return progressOf(transferId, arrival);
    } finally {
      if (arrival.source === source) arrival.source = null;
      done();
    }
  }

  /** Gives the digests of what is staged; what still arrives is cut off first. @throws TransferUnknown */
  async blocks(transferId: TransferId): Promise<StagedBlocks> {
    const arrival = this.#known(transferId);
    arrival.source?.destroy();
    await arrival.writing;
    const { staged } = arrival;
    if (staged === null) return { bytes: arrival.announced.bytes, count: 0, digests: none() };
    const digests = this.#inTurn(arrival, staged);
    return { bytes: staged.received, count: staged.blockCount, digests };
  }

  /**
   * Replaces a block that is staged; once all is there the same piece of nothing (`write` at its end) looks at the whole again.
   * @param offset where a block begins
   * @throws TransferUnknown, UploadOffsetMismatch, UploadTooLong, InsufficientStorage, StorageFailed, and what `right` refuses
   */
  async mend(
    transferId: TransferId,
    offset: number,
    source: Readable,
    right: FileRight,
  ): Promise<InboxProgress> {
    const arrival = this.#known(transferId);
    await arrival.writing;
    const { staged, announced } = arrival;
    const { length } = blockRange(offset / BLOCK_BYTES, staged?.received ?? 0);
    if (
      staged === null ||
      announced.blocks === undefined ||
      offset % BLOCK_BYTES !== 0 ||
      length === 0
    ) {
      throw new UploadOffsetMismatch('No staged block begins there.');
    }
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of arriving(source)) {
      bytes += chunk.length;
      if (bytes > length) throw new UploadTooLong(`This block has ${length} bytes.`);
      parts.push(chunk);
      right.moved({ bytesPlaced: chunk.length });
      passed(chunk.length);
    }
    if (bytes < length) throw new UploadOffsetMismatch(`This block has ${length} bytes.`);
    await this.#alone(arrival, async () => {
      if (arrival.staged === staged)
        await staged.replace(offset / BLOCK_BYTES, Buffer.concat(parts));
    });
    return progressOf(transferId, arrival);
  }

  /** Forgets a transfer and its staged bytes; a file that has its name already keeps it. @throws TransferUnknown */
  async remove(transferId: TransferId): Promise<void> {
    const arrival = this.#known(transferId);
    arrival.source?.destroy();
    await arrival.writing;
    await arrival.staged?.discard();
    if (arrival.staged !== null) this.#options.register.settle(transferId, 'cancelled');
    arrival.staged = null;
    this.#arrivals.delete(transferId);
  }

  /** Ends all transfers of the session that is over; placed files stay. */
  async endSession(): Promise<void> {
    this.#looks.endSession();
    await this.#turn;
    const arrivals = [...this.#arrivals.values()];
    this.#arrivals.clear();
    await Promise.all(
      arrivals.map(async (arrival) => {
        arrival.source?.destroy();
        await arrival.writing;
        await arrival.staged?.discard();
        arrival.staged = null;
      }),
    );
    // What a stop left and nobody went on with, too; without a directory there is nothing of it.
    await this.clean(0).catch(() => undefined);
  }

  /** Does something with what is staged while nothing arrives. */
  async #alone(arrival: Arrival, act: () => Promise<void>): Promise<void> {
    const turn = arrival.writing.then(act);
    arrival.writing = turn.catch(() => undefined);
    await turn;
  }

  async *#inTurn(arrival: Arrival, staged: StagedFile): AsyncGenerator<Buffer, void, undefined> {
    let done = (): void => undefined;
    const before = arrival.writing;
    arrival.writing = new Promise((resolve) => {
      done = resolve;
    });
    try {
      await before;
      if (arrival.staged === staged) yield* staged.digests();
    } finally {
      done();
    }
  }

  /** Looks whether the very file lies in its place already. @throws FileNameRefused, TransferUnknown */
  async #look(announced: InboxFile): Promise<PlacedBefore | null> {
    const place = placeOf(announced);
    if (this.#brings(place) || announced.bytes > this.#options.bytesMax) return null;
    return await this.#looks.look(place, announced);
  }

  /** Whether a transfer of this session is of this place: each line of a receipt is another file. */
  #brings(place: Place): boolean {
    return [...this.#arrivals.values()].some((each) => pathOf(each) === pathOf({ place }));
  }

  async #announce(
    announced: InboxFile,
    right: FileRight,
    lying: PlacedBefore | null,
  ): Promise<{ readonly isNew: boolean; readonly progress: InboxProgress }> {
    const { path, bytesMax, register, transfers, commitments } = this.#options;
    const { transfer, name, bytes } = announced;
    const known = this.#arrivals.get(transfer);
    if (known !== undefined) {
      if (JSON.stringify(known.announced) !== JSON.stringify(announced)) {
        throw new TransferConflict(
          'This transfer was announced with another name, size or digest.',
        );
      }
      return { isNew: false, progress: progressOf(transfer, known) };
    }
    const place = placeOf(announced);
    if (bytes > bytesMax) {
      throw new FileTooLarge(`The inbox takes files of at most ${bytesMax} bytes.`);
    }
    const arriving = [...this.#arrivals.values()].filter(({ staged }) => staged !== null);
    if (arriving.length >= ARRIVING_MAX || this.#arrivals.size >= ANNOUNCED_MAX) {
      throw new TransferLimit('Too many files are arriving at once.');
    }
    transfers.bind(transfer, 'to-cart', commitments.commit(transfer, pathOf({ place })));
    const still = { differs: false, mends: 0, writing: Promise.resolve(), source: null };
    if (lying !== null && !this.#brings(place)) {
      const there: Arrival = { announced, place, staged: null, ...still };
      await this.#recognise(there, lying, right);
      return { isNew: true, progress: progressOf(transfer, there) };
    }
    const mayGoOn = announced.blocks !== undefined;
    const staged = await StagedFile.open(path, transfer, place, bytes, mayGoOn);
    const arrival: Arrival = { announced, place, staged, ...still };
    this.#arrivals.set(transfer, arrival);
    register.begin(transfer, 'to-cart', name, staged.received, bytes);
    if (bytes === 0) await this.#complete(arrival, staged, right);
    return { isNew: true, progress: progressOf(transfer, arrival) };
  }

  async #take(arrival: Arrival, offset: number, source: Readable, right: FileRight): Promise<void> {
    const { staged, announced } = arrival;
    const { register } = this.#options;
    const received = staged?.received ?? announced.bytes;
    if (offset !== received) {
      throw new UploadOffsetMismatch(`The next byte is ${received}, not ${offset}.`);
    }
    if (staged === null) return;
    register.begin(announced.transfer, 'to-cart', announced.name, received, announced.bytes);
    try {
      // Not destroyed when the loop stops early: the refusal still has to be answered on it.
      for await (const chunk of arriving(source)) {
        if (staged.received + chunk.length > announced.bytes) {
          throw new UploadTooLong('More bytes came than were announced.');
        }
        await staged.append(chunk);
        register.progress(announced.transfer, staged.received);
        right.moved({ bytesPlaced: chunk.length });
        passed(chunk.length);
      }
    } catch (cause) {
      if (cause instanceof DomainError) throw await this.#refuse(arrival, staged, right, cause);
      // The connection broke, or the session took it away: what is staged waits to go on.
      register.settle(announced.transfer, 'interrupted');
      throw cause;
    }
    if (staged.received === announced.bytes) await this.#complete(arrival, staged, right);
    else register.settle(announced.transfer, 'interrupted');
  }

  /** Checks a whole file and gives it its name, recorded before it has it. */
  async #complete(arrival: Arrival, staged: StagedFile, right: FileRight): Promise<void> {
    const { announced } = arrival;
    try {
      await staged.check(announced.sha256);
      arrival.differs = false;
      right.admitFile('send', announced.name, await staged.head());
      if (await staged.isNameTaken(arrival.place)) throw nameTaken();
    } catch (cause) {
      if (cause instanceof DigestMismatch && this.#mayMend(arrival)) return;
      throw await this.#refuse(arrival, staged, right, cause);
    }
    // A refusal here is not the file's fault: its bytes stay, and the same piece may be tried again.
    await right.recordFirst([this.#fact('file-placed', arrival, right)]);
    try {
      await staged.place(arrival.place);
    } catch (cause) {
      throw await this.#refuse(arrival, staged, right, cause);
    }
    arrival.staged = null;
    this.#options.register.progress(announced.transfer, announced.bytes);
    this.#options.register.settle(announced.transfer, 'done');
    right.moved({ filesPlaced: 1 });
    right.settled({ ...movedOf(arrival), outcome: 'whole', sha256: announced.sha256 });
  }

  /** Takes the very file that lies there for the one that was announced: nothing is written, and the receipt names it. */
  async #recognise(arrival: Arrival, { head }: PlacedBefore, right: FileRight): Promise<void> {
    const { transfer, name, bytes, sha256 } = arrival.announced;
    const { path, register } = this.#options;
    try {
      right.admitFile('send', name, head);
    } catch (cause) {
      right.recordAfter([this.#fact('file-refused', arrival, right)]);
      right.settled({ ...movedOf(arrival), outcome: 'refused', sha256: null });
      throw cause;
    }
    await right.recordFirst([this.#fact('file-recognised', arrival, right)]);
    await using inbox = await openDirectory(path, []);
    // An agent that ended in between left it under both names.
    await unlink(within(inbox, stagingName(transfer))).catch(() => undefined);
    this.#arrivals.set(transfer, arrival);
    register.begin(transfer, 'to-cart', name, bytes, bytes);
    register.settle(transfer, 'done');
    right.moved({ filesPlaced: 1 });
    right.settled({ ...movedOf(arrival), outcome: 'whole', sha256 });
  }

  /** Its sender can say which blocks are wrong: it keeps what is there, a few times. */
  #mayMend(arrival: Arrival): boolean {
    arrival.mends += 1;
    arrival.differs = arrival.announced.blocks !== undefined && arrival.mends <= MENDS_MAX;
    if (arrival.differs) this.#options.register.settle(arrival.announced.transfer, 'interrupted');
    return arrival.differs;
  }

  async #refuse(
    arrival: Arrival,
    staged: StagedFile,
    right: FileRight,
    cause: unknown,
  ): Promise<unknown> {
    const { transfer } = arrival.announced;
    await staged.discard();
    arrival.staged = null;
    this.#arrivals.delete(transfer);
    this.#options.register.settle(transfer, 'failed');
    right.recordAfter([this.#fact('file-refused', arrival, right)]);
    right.settled({ ...movedOf(arrival), outcome: 'refused', sha256: null });
    return cause;
  }

  #fact(
    kind: 'file-placed' | 'file-recognised' | 'file-refused',
    arrival: Arrival,
    right: FileRight,
  ) {
    const { transfer, bytes } = arrival.announced;
    return {
      kind,
      sessionId: right.sessionId,
      grantId: right.grantId,
      transferId: transfer,
      bytes,
      nameCommitment: this.#options.commitments.commit(transfer, pathOf(arrival)),
    };
  }

  #known(transferId: TransferId): Arrival {
    const arrival = this.#arrivals.get(transferId);
    if (arrival === undefined)
      throw new TransferUnknown('There is no such transfer in this session.');
    return arrival;
  }
}

/** @throws FileNameRefused */
function placeOf({ folder, name }: InboxFile): Place {
  return { folder: checkInboxFolder(folder ?? ''), name: checkInboxName(name) };
}

async function* none(): AsyncGenerator<Buffer, void, undefined> {}
