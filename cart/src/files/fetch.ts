/**
 * One fetch of one file: written down before its first byte, shown to the operator, settled once.
 */
import type { TransferId } from '@chaperone/domain/id/id.ts';
import type { MovedFile } from '../session/session.ts';
import { Content } from './content.ts';
import type { ContentOrder } from './content.ts';
import type { FileRight } from './file-right.ts';
import type { SessionTransfers } from './session-transfers.ts';
import type { TransferRegister } from './transfer-register.ts';

export interface FetchOrderInTree extends ContentOrder {
  /** The file's own name, where what is served is something else that was made of it. */
  readonly ownName?: string;
  /** As it was asked for, where that is not the path that is opened. */
  readonly askedPath?: string;
  readonly transferId: TransferId;
  readonly nameCommitment: string;
}

/** Where a fetch is followed: by the operator's eyes, and for the receipt. */
export interface FetchWatch {
  readonly register: TransferRegister;
  readonly transfers: SessionTransfers;
}

type FetchFactKind = 'file-fetched' | 'file-part-fetched' | 'file-fetch-broken';

/** `broken` may go on with a range; `cancelled` is the technician's own wish. */
export type FetchEnd = 'fetched' | 'broken' | 'cancelled' | 'failed';

const ROW_STATES = {
  fetched: 'done',
  broken: 'interrupted',
  cancelled: 'cancelled',
  failed: 'failed',
} as const satisfies Record<FetchEnd, string>;

export class Fetch {
  readonly #content: Content;
  readonly #order: FetchOrderInTree;
  readonly #right: FileRight;
  readonly #register: TransferRegister;
  readonly #transfers: SessionTransfers;
  #sent = 0;
  #digest: string | null = null;
  #isSettled = false;

  private constructor(
    content: Content,
    order: FetchOrderInTree,
    right: FileRight,
    { register, transfers }: FetchWatch,
  ) {
    this.#content = content;
    this.#order = order;
    this.#right = right;
    this.#register = register;
    this.#transfers = transfers;
  }

  /** Opens the file and records the beginning. @throws see `Files.fetch` */
  static async begin(order: FetchOrderInTree, right: FileRight, watch: FetchWatch): Promise<Fetch> {
    const content = await Content.open(order);
    const fetch = new Fetch(content, order, right, watch);
    const name = order.ownName ?? order.segments.at(-1) ?? '';
    const { transferId } = order;
    const { etag, from, to, isPart, bytesTotal } = content;
    try {
      if (isPart) watch.transfers.admitPart(transferId, etag, to);
      right.admitFile('fetch', name, await content.head());
      await right.recordFirst([fetch.#fact('file-fetch-begun', bytesTotal)]);
    } catch (cause) {
      await content.close();
      throw cause;
    }
    if (!isPart) watch.transfers.goesOn(transferId, etag, from);
    watch.register.begin(transferId, 'from-cart', name, isPart ? bytesTotal : from, bytesTotal);
    return fetch;
  }

  get etag(): string {
    return this.#content.etag;
  }
  /** Whether it is the de-identified result of a file. */
  get isDeidentified(): boolean {
    return this.#order.ownName !== undefined;
  }
  get bytesTotal(): number {
    return this.#content.bytesTotal;
  }
  get from(): number {
    return this.#content.from;
  }
  get to(): number {
    return this.#content.to;
  }
  get isPart(): boolean {
    return this.#content.isPart;
  }
  get blockCount(): number {
    return this.#content.blockCount;
  }

  /** Reads what is to be sent. @throws FileChanged, StorageFailed */
  read(): AsyncGenerator<Buffer, void, undefined> {
    return this.#content.read();
  }

  /** Gives SHA-256 over the whole file, or over the part, in base64; once, after `read` has ended. */
  digest(): string {
    this.#digest = this.#content.digest();
    return this.#digest;
  }

  /** Notes that the network has taken a chunk that `read` gave; its room is used again. */
  sent(chunk: Buffer): void {
    const bytes = chunk.length;
    if (!this.#content.isContent(chunk)) return;
    this.#content.recycle(chunk);
    const at = this.from + this.#sent;
    this.#sent += bytes;
    this.#transfers.sent(this.#order.transferId, this.etag, [at, at + bytes]);
    // A block that is fetched again moves the whole no further.
    if (!this.isPart) this.#register.progress(this.#order.transferId, this.from + this.#sent);
    this.#right.moved({ bytesFetched: bytes });
  }

  /** Ends the fetch, once; later calls change nothing. */
  async settle(end: FetchEnd): Promise<void> {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const { transferId } = this.#order;
    const isWhole = end === 'fetched' && !this.isPart;
    this.#right.recordAfter([this.#fact(this.#kindOf(end), this.#sent)]);
    this.#register.settle(transferId, ROW_STATES[end]);
    const passed = this.from + this.#sent;
    if (isWhole) this.#tellWhole(this.#digest);
    else this.#tell({ outcome: 'broken', bytes: passed, sha256: null });
    if (!isWhole && end !== 'failed') await this.#tellWhatIsJoined();
    await this.#content.close().catch(() => undefined);
  }

  #kindOf(end: FetchEnd): FetchFactKind {
    if (end !== 'fetched') return 'file-fetch-broken';
    return this.isPart ? 'file-part-fetched' : 'file-fetched';
  }

  /** A file that has left in pieces has left, whatever became of the last of them. */
  async #tellWhatIsJoined(): Promise<void> {
    const { transferId } = this.#order;
    if (this.#register.isWhole(transferId)) return;
    if (!this.#transfers.isAllSent(transferId, this.etag, this.bytesTotal)) return;
    const sha256 = await this.#content.wholeDigest().catch(() => null);
    // Changed since: what left is told as it is, without a digest.
    if (sha256 === null) return;
    this.#right.recordAfter([this.#fact('file-fetched', this.bytesTotal)]);
    this.#tellWhole(sha256);
  }

  #tellWhole(sha256: string | null): void {
    if (this.#register.isFirstWhole(this.#order.transferId)) this.#right.moved({ filesFetched: 1 });
    this.#tell({ outcome: 'whole', bytes: this.bytesTotal, sha256 });
  }

  #tell(what: Pick<MovedFile, 'outcome' | 'bytes' | 'sha256'>): void {
    const { transferId, askedPath, segments } = this.#order;
    this.#right.settled({
      transfer: transferId,
      direction: 'from-cart',
      name: askedPath ?? segments.join('/'),
      ...what,
    });
  }

  #fact(kind: 'file-fetch-begun' | FetchFactKind, bytes: number) {
    return {
      kind,
      sessionId: this.#right.sessionId,
      grantId: this.#right.grantId,
      transferId: this.#order.transferId,
      bytes,
      nameCommitment: this.#order.nameCommitment,
    };
  }
}
