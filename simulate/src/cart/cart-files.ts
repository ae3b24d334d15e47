/** The cart's files: what it sends piece by piece while its stream lives, and what it receives into its inbox. */
import type { TransferId } from '@chaperone/domain/id/id.ts';
import type { Ask, FileAsk, InboxPiece, Piece, ToDesk } from '../world/messages.ts';
import { digestOf } from '../world/messages.ts';
import type { World } from '../world/world.ts';
import type { Stream, Streams } from './streams.ts';

/** Two files that a technician may want, and how many pieces each has. */
const PIECES = [2, 4] as const;
const PIECE_MS = 25;

export class CartFiles {
  readonly #world: World;
  readonly #streams: Streams;
  readonly #tell: (message: ToDesk) => void;
  readonly #versions = [1, 1];
  #staged = new Map<TransferId, Piece[]>();
  readonly #placed = new Set<TransferId>();

  constructor(world: World, streams: Streams, tell: (message: ToDesk) => void) {
    this.#world = world;
    this.#streams = streams;
    this.#tell = tell;
  }

  /** Somebody writes to a file, perhaps while it is being sent. */
  change(file: number): void {
    const place = file % PIECES.length;
    this.#versions[place] = (this.#versions[place] ?? 0) + 1;
  }

  open(ask: Ask, wanted: FileAsk): void {
    const stream = this.#streams.open(ask);
    this.#sendNext(stream, wanted, wanted.from, []);
  }

  /** Takes one piece of a file for the inbox; the whole is compared before it has its name. */
  receive(ask: Ask, piece: InboxPiece): void {
    const { transfer, at, total, digest } = piece;
    const isPlaced = this.#placed.has(transfer);
    const staged = this.#staged.get(transfer) ?? [];
    if (!isPlaced && at === staged.length) {
      staged.push(piece.piece);
      this.#staged.set(transfer, staged);
      if (staged.length === total) this.#place(transfer, staged, digest);
    }
    const received = this.#placed.has(transfer) ? total : (this.#staged.get(transfer)?.length ?? 0);
    this.#tell({ type: 'inbox', transfer, received, isPlaced: this.#placed.has(transfer) });
    if (!this.#placed.has(transfer)) this.#streams.open(ask);
  }

  /** The process is gone; what was staged is removed at the next start, what was placed stays. */
  forget(): void {
    this.#staged = new Map();
  }

  #place(transfer: TransferId, staged: readonly Piece[], digest: string): void {
    this.#staged.delete(transfer);
    if (digestOf(staged) !== digest) return;
    this.#placed.add(transfer);
    this.#world.observe({ is: 'placed', where: 'inbox', transfer, content: digestOf(staged) });
    this.#world.reach('placed inbox');
  }

  #sendNext(stream: Stream, wanted: FileAsk, at: number, sent: readonly Piece[]): void {
    this.#world.after(PIECE_MS, 'cart', () => {
      if (!this.#streams.pass(stream)) return;
      const file = wanted.file % PIECES.length;
      const total = PIECES[file] ?? 1;
      const version = this.#versions[file] ?? 1;
      const whole = Array.from({ length: total }, (_, each) => `${file}.${version}.${each}`);
      const piece = whole[at] ?? '';
      const isLast = at + 1 >= total;
      const { transfer } = wanted;
      if (isLast) this.#world.ghost.isWhole(transfer, digestOf(whole));
      this.#tell({ type: 'content', transfer, at, piece, digest: isLast ? digestOf(whole) : null });
      if (!isLast) this.#sendNext(stream, wanted, at + 1, [...sent, piece]);
    });
  }
}
