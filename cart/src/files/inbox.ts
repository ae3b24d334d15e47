/**
 * The one directory of the cart that takes files from a technician.
 *
 * A file is announced, arrives in pieces, is checked and gets its name; until then it is hidden, and nothing of it
 * outlives the session. Pieces go on after a lost connection where the last one ended.
 */
import { opendir, unlink } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { TransferId } from '@chaperone/domain/id/id.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
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
import { arriving } from './arriving.ts';
import type { FileRight } from './file-right.ts';
import type { NameCommitments } from './name-commitment.ts';
import { nameTaken, StagedFile } from './staged-file.ts';
import { checkInboxName, isStagingName } from './staging-name.ts';
import type { TransferRegister } from './transfer-register.ts';
import { itself, openDirectory, within } from './tree.ts';

/** Files that arrive at once; each holds two open file descriptors. */
const ARRIVING_MAX = 16;
/** Files of one session. */
const ANNOUNCED_MAX = 10_000;

export interface InboxOptions {
  readonly path: string;
  readonly bytesMax: number;
  readonly commitments: NameCommitments;
  readonly register: TransferRegister;
}

interface Arrival {
  readonly announced: InboxFile;
  staged: StagedFile | null;
  /** Settles when the piece that is arriving has been dealt with. */
  writing: Promise<void>;
  source: Readable | null;
}

export class Inbox {
  readonly #options: InboxOptions;
  readonly #arrivals = new Map<TransferId, Arrival>();
  /** Announcements are made one after another: limits and names are looked at before anything is made. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** Removes what a stop of the agent left behind. */
  async clean(): Promise<void> {
    await using directory = await openDirectory(this.#options.path, []);
    for await (const { name } of await opendir(itself(directory))) {
      if (isStagingName(name)) await unlink(within(directory, name)).catch(() => undefined);
    }
  }

  /**
   * Announces a file; saying the same again is answered with where it stands.
   * @throws FileNameRefused, FileTooLarge, FileExists, InsufficientStorage, TransferConflict, TransferLimit,
   *   StorageFailed, and for an empty file what {@link write} throws
   */
  announce(
    announced: InboxFile,
    right: FileRight,
  ): Promise<{ readonly isNew: boolean; readonly progress: InboxProgress }> {
    const turn = this.#turn.then(() => this.#announce(announced, right));
    this.#turn = turn.catch(() => undefined);
    return turn;
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
  }

  async #announce(
    announced: InboxFile,
    right: FileRight,
  ): Promise<{ readonly isNew: boolean; readonly progress: InboxProgress }> {
    const { path, bytesMax, register } = this.#options;
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
    checkInboxName(name);
    if (bytes > bytesMax) {
      throw new FileTooLarge(`The inbox takes files of at most ${bytesMax} bytes.`);
    }
    const arriving = [...this.#arrivals.values()].filter(({ staged }) => staged !== null);
    if (arriving.length >= ARRIVING_MAX || this.#arrivals.size >= ANNOUNCED_MAX) {
      throw new TransferLimit('Too many files are arriving at once.');
    }
    const staged = await StagedFile.open(path, transfer, name, bytes);
    const arrival: Arrival = { announced, staged, writing: Promise.resolve(), source: null };
    this.#arrivals.set(transfer, arrival);
    register.begin(transfer, 'to-cart', name, 0, bytes);
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
      if (await staged.isNameTaken(announced.name)) throw nameTaken();
    } catch (cause) {
      throw await this.#refuse(arrival, staged, right, cause);
    }
    // A refusal here is not the file's fault: its bytes stay, and the same piece may be tried again.
    await right.recordFirst([this.#fact('file-placed', arrival, right)]);
    try {
      await staged.place(announced.name);
    } catch (cause) {
      throw await this.#refuse(arrival, staged, right, cause);
    }
    arrival.staged = null;
    this.#options.register.progress(announced.transfer, announced.bytes);
    this.#options.register.settle(announced.transfer, 'done');
    right.moved({ filesPlaced: 1 });
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
    return cause;
  }

  #fact(kind: 'file-placed' | 'file-refused', arrival: Arrival, right: FileRight) {
    const { transfer, bytes, name } = arrival.announced;
    return {
      kind,
      sessionId: right.sessionId,
      grantId: right.grantId,
      transferId: transfer,
      bytes,
      nameCommitment: this.#options.commitments.commit(transfer, name),
    };
  }

  #known(transferId: TransferId): Arrival {
    const arrival = this.#arrivals.get(transferId);
    if (arrival === undefined)
      throw new TransferUnknown('There is no such transfer in this session.');
    return arrival;
  }
}

/** A transfer whose bytes have their name is `placed`. */
function progressOf(transfer: TransferId, { announced, staged }: Arrival): InboxProgress {
  return staged === null
    ? { transfer, received: announced.bytes, state: 'placed' }
    : { transfer, received: staged.received, state: 'receiving' };
}
