/**
 * What each transfer of a session is, and what of its file has left: so that one id names one file to its end, and what goes out in
 * parts is told like what goes out at once.
 *
 * Whoever asks for files chooses the ids and the ranges, and may have reasons to. A file is known here by its commitment, so that no
 * name is kept. In memory, and gone with the session. Decision 0024.
 */
import type { TransferId } from '@chaperone/domain/id/id.ts';
import { RangeRefused, TransferConflict, TransferLimit } from './file-error.ts';

/** Ids of one session. */
const TRANSFERS_MAX = 200_000;
/** Pieces of one file that do not touch each other. */
const PIECES_MAX = 4_096;

/** Bytes of a file, the second number excluded. */
export type Piece = readonly [from: number, to: number];

interface Version {
  readonly etag: string;
  /** The bytes before it have been sent, or were said to have come earlier. */
  reach: number;
  /** What has been sent in this session, joined and in order. */
  sent: readonly Piece[];
}

export class SessionTransfers {
  readonly #files = new Map<TransferId, string>();
  readonly #versions = new Map<TransferId, Version>();

  /**
   * Says which file a transfer moves; the same again changes nothing.
   * @throws TransferConflict when it is another one's, TransferLimit
   */
  bind(id: TransferId, direction: 'from-cart' | 'to-cart', nameCommitment: string): void {
    const file = `${direction} ${nameCommitment}`;
    const known = this.#files.get(id) ?? file;
    if (known !== file)
      throw new TransferConflict('This transfer is of another file: each file has its own.');
    if (!this.#files.has(id) && this.#files.size >= TRANSFERS_MAX)
      throw new TransferLimit('Too many files were asked for in one session.');
    this.#files.set(id, file);
  }

  /** Admits a part of a file: what this transfer has sent before, and nothing else. @throws RangeRefused */
  admitPart(id: TransferId, etag: string, to: number): void {
    const version = this.#versions.get(id);
    if (version === undefined || version.etag !== etag || to > version.reach) {
      throw new RangeRefused('A part is sent only of what this transfer has sent before.');
    }
    if (version.sent.length >= PIECES_MAX)
      throw new RangeRefused('Too many parts of this file were asked for.');
  }

  /** Notes that a transfer goes on from a byte. */
  goesOn(id: TransferId, etag: string, from: number): void {
    const version = this.#versionOf(id, etag);
    version.reach = Math.max(version.reach, from);
  }

  /** Notes what has left. */
  sent(id: TransferId, etag: string, piece: Piece): void {
    const version = this.#versionOf(id, etag);
    version.sent = joined(version.sent, piece);
    version.reach = Math.max(version.reach, piece[1]);
  }

  /** Tells whether the pieces that have left in this session are the whole. */
  isAllSent(id: TransferId, etag: string, bytesTotal: number): boolean {
    const version = this.#versions.get(id);
    if (version?.etag !== etag) return false;
    const [first] = version.sent;
    return first !== undefined && first[0] === 0 && first[1] === bytesTotal;
  }

  clear(): void {
    this.#files.clear();
    this.#versions.clear();
  }

  #versionOf(id: TransferId, etag: string): Version {
    const known = this.#versions.get(id);
    if (known?.etag === etag) return known;
    const begun: Version = { etag, reach: 0, sent: [] };
    this.#versions.set(id, begun);
    return begun;
  }
}

/** Adds a piece to pieces that are in order and do not touch. */
function joined(pieces: readonly Piece[], [from, to]: Piece): readonly Piece[] {
  const last = pieces.at(-1);
  // Nearly always it goes on where the last one ended.
  if (last !== undefined && last[0] <= from && last[1] >= from)
    return [...pieces.slice(0, -1), [last[0], Math.max(last[1], to)]];
  const before = pieces.filter((piece) => piece[1] < from);
  const after = pieces.filter((piece) => piece[0] > to);
  const touching = pieces.slice(before.length, pieces.length - after.length);
  const first = Math.min(from, touching[0]?.[0] ?? from);
  const end = Math.max(to, touching.at(-1)?.[1] ?? to);
  return [...before, [first, end], ...after];
}
