/**
 * One fetch of one file: written down before its first byte, shown to the operator, settled once.
 */
import type { TransferId } from '@chaperone/domain/id/id.ts';
import { Content } from './content.ts';
import type { ContentOrder } from './content.ts';
import type { FileRight } from './file-right.ts';
import type { TransferRegister } from './transfer-register.ts';

export interface FetchOrderInTree extends ContentOrder {
  readonly transferId: TransferId;
  readonly nameCommitment: string;
}

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
  #sent = 0;
  #isSettled = false;

  private constructor(
    content: Content,
    order: FetchOrderInTree,
    right: FileRight,
    register: TransferRegister,
  ) {
    this.#content = content;
    this.#order = order;
    this.#right = right;
    this.#register = register;
  }

  /** Opens the file and records the beginning. @throws see `Files.fetch` */
  static async begin(
    order: FetchOrderInTree,
    right: FileRight,
    register: TransferRegister,
  ): Promise<Fetch> {
    const content = await Content.open(order);
    const fetch = new Fetch(content, order, right, register);
    try {
      await right.recordFirst([fetch.#fact('file-fetch-begun', content.bytesTotal)]);
    } catch (cause) {
      await content.close();
      throw cause;
    }
    const name = order.segments.at(-1) ?? '';
    register.begin(order.transferId, 'from-cart', name, content.from, content.bytesTotal);
    return fetch;
  }

  get etag(): string {
    return this.#content.etag;
  }
  get bytesTotal(): number {
    return this.#content.bytesTotal;
  }
  get from(): number {
    return this.#content.from;
  }

  /** Reads what is to be sent. @throws FileChanged, StorageFailed */
  read(): AsyncGenerator<Buffer, void, undefined> {
    return this.#content.read();
  }

  /** Gives SHA-256 over the whole file in base64; once, after `read` has ended. */
  digest(): string {
    return this.#content.digest();
  }

  /** Notes that the network has taken a chunk that `read` gave; its room is used again. */
  sent(chunk: Buffer): void {
    const bytes = chunk.length;
    this.#content.recycle(chunk);
    this.#sent += bytes;
    this.#register.progress(this.#order.transferId, this.from + this.#sent);
    this.#right.moved({ bytesFetched: bytes });
  }

  /** Ends the fetch, once; later calls change nothing. */
  async settle(end: FetchEnd): Promise<void> {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#register.settle(this.#order.transferId, ROW_STATES[end]);
    const kind = end === 'fetched' ? 'file-fetched' : 'file-fetch-broken';
    this.#right.recordAfter([this.#fact(kind, this.#sent)]);
    if (end === 'fetched') this.#right.moved({ filesFetched: 1 });
    await this.#content.close().catch(() => undefined);
  }

  #fact(kind: 'file-fetch-begun' | 'file-fetched' | 'file-fetch-broken', bytes: number) {
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
