/**
 * The files of one session, each with its last outcome: what the receipt's list is made of.
 *
 * A transfer that broke and went on is one file. After a limit files are only counted, so that no session fills the memory.
 */
import type { RandomBytes, TransferId } from '@chaperone/domain/id/id.ts';
import {
  RECEIPT_FILES_MAX,
  receiptFilesOf,
  writeReceiptFile,
} from '@chaperone/protocol/receipt/receipt-files.ts';
import type {
  FileDirection,
  FileOutcome,
  ReceiptFile,
  ReceiptFiles,
} from '@chaperone/protocol/receipt/receipt-files.ts';

/** A file that has moved, or not, and that nothing more happens to for now. */
export interface MovedFile {
  readonly transfer: TransferId;
  readonly direction: FileDirection;
  readonly outcome: FileOutcome;
  /** Of a whole file all of it, otherwise what has passed. */
  readonly bytes: number;
  /** Its path as the cart knows it. */
  readonly name: string;
  /** SHA-256 of the whole content, base64 (not url), as in RFC 9530; null when it was not whole. */
  readonly sha256: string | null;
}

/** What stands behind the `files` of a receipt. */
export interface FileList {
  readonly lines: readonly string[];
  readonly claims: ReceiptFiles;
}

const SALT_BYTES = 32;

export class MovedFiles {
  readonly #options: { readonly randomBytes: RandomBytes; readonly utcMs: () => number };
  readonly #files = new Map<TransferId, ReceiptFile>();
  readonly #leftOut = new Set<TransferId>();

  constructor(options: { readonly randomBytes: RandomBytes; readonly utcMs: () => number }) {
    this.#options = options;
  }

  /**
   * Notes what became of a file. A later outcome of the same transfer takes the place of an earlier one, but never says less: what has
   * left whole stays so, whatever was begun and broken off after it.
   */
  note({ transfer, direction, outcome, bytes, name, sha256 }: MovedFile): void {
    if (!this.#files.has(transfer) && this.#files.size >= RECEIPT_FILES_MAX) {
      this.#leftOut.add(transfer);
      return;
    }
    const earlier = this.#files.get(transfer);
    if (earlier?.outcome === 'whole' && outcome !== 'whole') return;
    const { randomBytes, utcMs } = this.#options;
    this.#files.set(transfer, {
      transfer,
      direction,
      outcome,
      bytes: outcome === 'broken' ? Math.max(bytes, earlier?.bytes ?? 0) : bytes,
      name,
      sha256: sha256 === null ? null : Buffer.from(sha256, 'base64').toString('base64url'),
      utcMs: utcMs(),
      salt: Buffer.from(randomBytes(SALT_BYTES)).toString('base64url'),
    });
  }

  /** The list as it stands, in the order in which the files began. */
  list(): FileList {
    const lines = [...this.#files.values()].map(writeReceiptFile);
    return { lines, claims: receiptFilesOf(lines, this.#leftOut.size) };
  }
}
