/**
 * The files of this cart that a technician may reach: directories to fetch from, and one inbox to send to.
 *
 * Which directories there are is the configuration's decision, whether anything may be moved now is the session's;
 * this feature only keeps to what is exposed and moves it whole. Linux only (see `tree.ts`).
 */
import { DeidentificationRefused } from '@chaperone/domain/deidentification/deidentification.ts';
import type { DeidentificationReport } from '@chaperone/domain/deidentification/report.ts';
import { checkRelativePath } from '@chaperone/domain/file-name/file-name.ts';
import type { TransferId } from '@chaperone/domain/id/id.ts';
import type {
  Directories,
  InboxFile,
  InboxProgress,
  Listing,
  QueueStanding,
} from '@chaperone/protocol/cart-api/schema.ts';
import type { PanelTransfer, PanelWaiting } from '@chaperone/protocol/panel-api/schema.ts';
import type { Readable } from 'node:stream';
import type { Deidentification } from '../deidentification/deidentification.ts';
import { ContentPreparing } from '../deidentification/deidentification.ts';
import { Fetch } from './fetch.ts';
import { FileNotFound, InboxClosed, TransferUnknown, fileError } from './file-error.ts';
import { HiddenNames } from './hidden-name.ts';
import { prepare } from './prepared-content.ts';
import type { ServedFile } from './prepared-content.ts';
import type { FileRight } from './file-right.ts';
import { Inbox } from './inbox.ts';
import type { StagedBlocks } from './inbox.ts';
import { listDirectory } from './listing.ts';
import { NameCommitments } from './name-commitment.ts';
import { isStagingName } from './staging-name.ts';
import { SessionTransfers } from './session-transfers.ts';
import { TransferRegister } from './transfer-register.ts';

export type { Fetch } from './fetch.ts';
export type { StagedBlocks } from './inbox.ts';
export type { FileRight } from './file-right.ts';

export interface FilesOptions {
  readonly dataDirectory: string;
  readonly directories: readonly {
    readonly id: string;
    readonly label: string;
    readonly path: string;
    /** Whether names in it may tell of patients; without the word they may. */
    readonly namesArePlain?: boolean | undefined;
  }[];
  readonly inbox: {
    readonly path: string;
    readonly label: string;
    readonly bytesMax: number;
  } | null;
  readonly deidentification: FileDeidentification;
  /** Called when the operator's view of transfers has changed. */
  readonly onTransfers: () => void;
}

/** What makes of a file that which may leave in its place; see `cart/src/deidentification`. */
export type FileDeidentification = Pick<Deidentification, 'prepare' | 'abandon' | 'forget'>;

export interface FetchOrder {
  readonly directory: string;
  /** Relative, not trusted. */
  readonly path: string;
  readonly transferId: TransferId;
  readonly range: string | undefined;
  readonly blocks?: string | undefined;
  readonly ifMatch: string | undefined;
}

/** A row that says so at the end of its session is over. */
const UNDER_WAY: ReadonlySet<PanelTransfer['state']> = new Set([
  'preparing',
  'moving',
  'interrupted',
  'paused',
]);

export class Files {
  readonly #options: FilesOptions;
  readonly #commitments: NameCommitments;
  readonly #register: TransferRegister;
  readonly #transfers = new SessionTransfers();
  readonly #inbox: Inbox | null;
  readonly #hiddenNames: HiddenNames;
  readonly #reports = new Map<TransferId, DeidentificationReport>();

  private constructor(options: FilesOptions, commitments: NameCommitments) {
    this.#options = options;
    this.#commitments = commitments;
    this.#hiddenNames = new HiddenNames(commitments.secretFor('hidden names'));
    const register = new TransferRegister(options.onTransfers);
    this.#register = register;
    const watched = { commitments, register, transfers: this.#transfers };
    this.#inbox = options.inbox && new Inbox({ ...options.inbox, ...watched });
  }

  /** Makes ready what the configuration exposes. @throws StorageFailed, FileNotFound when the inbox is not there */
  static async open(options: FilesOptions): Promise<Files> {
    const files = new Files(options, await NameCommitments.open(options.dataDirectory));
    await files.#inbox?.clean();
    return files;
  }

  directories(): Directories {
    const { directories, inbox } = this.#options;
    return {
      directories: directories.map(({ id, label }) => ({ id, label })),
      inbox: inbox && { label: inbox.label, bytesMax: inbox.bytesMax },
    };
  }

  /**
   * Lists a directory.
   * @param hidesNames whether names that may tell of patients are hidden
   * @throws FileNameRefused, FileNotFound, DirectoryUnreadable, StorageFailed
   */
  async list(directory: string, path: string, hidesNames = false): Promise<Listing> {
    const asked = checkRelativePath(path);
    const root = this.#rootOf(directory);
    if (!hidesNames || this.#hasPlainNames(directory)) return listDirectory(root, asked);
    const segments = await this.#hiddenNames.reveal(directory, root, asked);
    const { entries, truncated } = await listDirectory(root, segments);
    const place = [directory, ...segments].join('/');
    return {
      entries: entries.map((entry) => this.#hiddenNames.hiddenEntry(place, entry)),
      truncated,
    };
  }

  /**
   * Begins to fetch a file; the beginning is in the journal when this settles.
   * @throws ContentPreparing, DeidentificationRefused, FileNameRefused, FileNotFound, DirectoryUnreadable, FileChanged,
   *   RangeRefused, TransferConflict, TransferLimit, StorageFailed, and what `right` refuses
   */
  async fetch(order: FetchOrder, right: FileRight): Promise<Fetch> {
    const segments = checkRelativePath(order.path);
    if (segments.some(isStagingName)) throw new FileNotFound('There is no such file.');
    const { transferId } = order;
    const named = `${order.directory}/${order.path}`;
    const nameCommitment = this.#commitments.commit(transferId, named);
    // Before anything is made of the file.
    this.#transfers.bind(transferId, 'from-cart', nameCommitment);
    return Fetch.begin(
      {
        ...(await this.#whatMayLeave(order, segments, right)),
        range: order.range,
        blocks: order.blocks,
        ifMatch: order.ifMatch,
        transferId,
        nameCommitment,
      },
      right,
      { register: this.#register, transfers: this.#transfers },
    );
  }

  /** What was changed in a file of this session that left de-identified. @throws TransferUnknown */
  report(transferId: TransferId): DeidentificationReport {
    const report = this.#reports.get(transferId);
    if (report === undefined) throw new TransferUnknown('There is no report of this transfer.');
    return report;
  }

  /** Ends the work on a file that is being made ready: its transfer was cancelled. Another one of the same file goes on. */
  abandon(transferId: TransferId): void {
    this.#options.deidentification.abandon(transferId);
    this.#register.abandon(transferId);
  }

  /** @throws InboxClosed, and see {@link Inbox.announce} */
  async announce(
    file: InboxFile,
    right: FileRight,
  ): Promise<{ readonly isNew: boolean; readonly progress: InboxProgress }> {
    return this.#openInbox().announce(file, right);
  }

  /** @throws InboxClosed, TransferUnknown */
  progress(transferId: TransferId): InboxProgress {
    return this.#openInbox().progress(transferId);
  }

  /** @throws InboxClosed, and see {@link Inbox.write} */
  async write(
    transferId: TransferId,
    offset: number,
    source: Readable,
    right: FileRight,
  ): Promise<InboxProgress> {
    return this.#openInbox().write(transferId, offset, source, right);
  }

  /** @throws InboxClosed, TransferUnknown */
  async remove(transferId: TransferId): Promise<void> {
    await this.#openInbox().remove(transferId);
  }

  /** Gives the digests of the blocks that are staged. @throws InboxClosed, TransferUnknown */
  async blocks(transferId: TransferId): Promise<StagedBlocks> {
    return await this.#openInbox().blocks(transferId);
  }

  /** Replaces a staged block. @throws InboxClosed, and see {@link Inbox.mend} */
  async mend(
    transferId: TransferId,
    offset: number,
    source: Readable,
    right: FileRight,
  ): Promise<InboxProgress> {
    return await this.#openInbox().mend(transferId, offset, source, right);
  }

  /** Takes from the desk what waits and is held, for the operator; it is shown, and nothing follows from it. */
  queue(standing: QueueStanding): void {
    this.#register.queue(standing);
  }

  /** Files that wait for their turn, for the operator. */
  waiting(): PanelWaiting {
    return this.#register.waiting();
  }

  /** What has moved and moves in this session, for the operator. */
  transfers(): readonly PanelTransfer[] {
    return this.#register.rows();
  }

  /** Forgets the rows of the last session; called when the next begins or the last page is closed. */
  forget(): void {
    this.#register.clear();
  }

  /** Removes what has not become whole, at the end of a session. */
  async endSession(): Promise<void> {
    for (const row of this.#register.rows()) {
      if (UNDER_WAY.has(row.state)) this.#register.settle(row.id as TransferId, 'cancelled');
    }
    await this.#inbox?.endSession();
    this.#transfers.clear();
    this.#reports.clear();
    await this.#options.deidentification.forget();
  }

  /**
   * Finds what is served of a file: itself, or what was made of it where only that may leave.
   * @throws ContentPreparing, DeidentificationRefused, FileNotFound, DirectoryUnreadable, FileChanged, StorageFailed,
   *   InsufficientStorage
   */
  async #whatMayLeave(
    { directory, path, transferId }: FetchOrder,
    asked: readonly string[],
    right: FileRight,
  ): Promise<ServedFile> {
    const root = this.#rootOf(directory);
    if (right.deidentifyFor === null) return { root, segments: asked };
    const segments = this.#hasPlainNames(directory)
      ? asked
      : await this.#hiddenNames.reveal(directory, root, asked);
    const ownName = segments.at(-1) ?? '';
    const { deidentification } = this.#options;
    try {
      const made = await prepare(
        { root, segments, transferId },
        right.deidentifyFor,
        deidentification,
      );
      this.#reports.set(transferId, made.report);
      return {
        root: made.directory,
        segments: [made.name],
        ownName,
        askedPath: path,
        contentTag: made.sha256,
      };
    } catch (fault) {
      if (fault instanceof ContentPreparing) {
        this.#register.prepare(transferId, ownName, fault.bytes, fault.bytesTotal);
        throw fault;
      }
      if (!(fault instanceof DeidentificationRefused)) throw fileError(fault);
      // The operator sees that somebody asked for it, and that it stayed.
      this.#register.begin(transferId, 'from-cart', ownName, 0, 0);
      this.#register.settle(transferId, 'failed');
      const { sessionId, grantId } = right;
      const fact = { sessionId, grantId, transferId, code: fault.code };
      right.recordAfter([{ kind: 'file-deidentification-refused', ...fact }]);
      throw fault;
    }
  }

  #hasPlainNames(directory: string): boolean {
    const found = this.#options.directories.find(({ id }) => id === directory);
    return found?.namesArePlain === true;
  }

  #rootOf(directory: string): string {
    const found = this.#options.directories.find(({ id }) => id === directory);
    if (found === undefined) throw new FileNotFound('There is no such directory.');
    return found.path;
  }

  #openInbox(): Inbox {
    if (this.#inbox === null) throw new InboxClosed('This cart takes no files.');
    return this.#inbox;
  }
}
