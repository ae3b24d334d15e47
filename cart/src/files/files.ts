/**
 * The files of this cart that a technician may reach: directories to fetch from, and one inbox to send to.
 *
 * Which directories there are is the configuration's decision, whether anything may be moved now is the session's;
 * this feature only keeps to what is exposed and moves it whole. Linux only (see `tree.ts`).
 */
import { checkRelativePath } from '@chaperone/domain/file-name/file-name.ts';
import type { TransferId } from '@chaperone/domain/id/id.ts';
import type {
  Directories,
  InboxFile,
  InboxProgress,
  Listing,
} from '@chaperone/protocol/cart-api/schema.ts';
import type { PanelTransfer } from '@chaperone/protocol/panel-api/schema.ts';
import type { Readable } from 'node:stream';
import { Fetch } from './fetch.ts';
import { FileNotFound, InboxClosed } from './file-error.ts';
import type { FileRight } from './file-right.ts';
import { Inbox } from './inbox.ts';
import { listDirectory } from './listing.ts';
import { NameCommitments } from './name-commitment.ts';
import { isStagingName } from './staging-name.ts';
import { TransferRegister } from './transfer-register.ts';

export type { Fetch } from './fetch.ts';
export type { FileRight } from './file-right.ts';

export interface FilesOptions {
  readonly dataDirectory: string;
  readonly directories: readonly {
    readonly id: string;
    readonly label: string;
    readonly path: string;
  }[];
  readonly inbox: {
    readonly path: string;
    readonly label: string;
    readonly bytesMax: number;
  } | null;
  /** Called when the operator's view of transfers has changed. */
  readonly onTransfers: () => void;
}

export interface FetchOrder {
  readonly directory: string;
  /** Relative, not trusted. */
  readonly path: string;
  readonly transferId: TransferId;
  readonly range: string | undefined;
  readonly ifMatch: string | undefined;
}

export class Files {
  readonly #options: FilesOptions;
  readonly #commitments: NameCommitments;
  readonly #register: TransferRegister;
  readonly #inbox: Inbox | null;

  private constructor(options: FilesOptions, commitments: NameCommitments) {
    this.#options = options;
    this.#commitments = commitments;
    const register = new TransferRegister(options.onTransfers);
    this.#register = register;
    this.#inbox = options.inbox && new Inbox({ ...options.inbox, commitments, register });
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

  /** Lists a directory. @throws FileNameRefused, FileNotFound, DirectoryUnreadable, StorageFailed */
  async list(directory: string, path: string): Promise<Listing> {
    return listDirectory(this.#rootOf(directory), checkRelativePath(path));
  }

  /**
   * Begins to fetch a file; the beginning is in the journal when this settles.
   * @throws FileNameRefused, FileNotFound, DirectoryUnreadable, FileChanged, RangeRefused, StorageFailed, and what
   *   `right` refuses
   */
  async fetch(order: FetchOrder, right: FileRight): Promise<Fetch> {
    const segments = checkRelativePath(order.path);
    if (segments.some(isStagingName)) throw new FileNotFound('There is no such file.');
    return Fetch.begin(
      {
        root: this.#rootOf(order.directory),
        segments,
        range: order.range,
        ifMatch: order.ifMatch,
        transferId: order.transferId,
        nameCommitment: this.#commitments.commit(
          order.transferId,
          `${order.directory}/${order.path}`,
        ),
      },
      right,
      this.#register,
    );
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
      const isUnderWay = row.state === 'moving' || row.state === 'interrupted';
      if (isUnderWay) this.#register.settle(row.id as TransferId, 'cancelled');
    }
    await this.#inbox?.endSession();
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
