/** Reading a text's lines from its source: the index as it goes by, lines on demand, and a search through all of it. */
import type { RangeSource } from '../reading/range-source.ts';
import { ReadingFault } from '../worker/worker-call.ts';
import { LINE_BYTES_MAX, LineCutter, LineIndex } from './line-index.ts';
import type { TextEncoding } from './line-index.ts';
import { decodeLine, decodePiece, levelOf, shownLine } from './line-text.ts';
import type { Level } from './line-text.ts';
import type { Pattern } from './pattern.ts';

/** How many lines with a match are kept; beyond, the search says "more than". */
export const HITS_MAX = 10_000;
/** How often it is told how far a reading is; bytes. */
const TELL_EVERY_BYTES = 4 * 1024 * 1024;

export interface ShownLine {
  readonly text: string;
  readonly level: Level | null;
}

export interface IndexTold {
  readonly lines: number;
  readonly bytes: number;
}

export interface SearchTold {
  readonly bytes: number;
  /** Lines that were found since the last time. */
  readonly hits: readonly number[];
}

/** Pieces that hold whole units: a UTF-16 character is never cut. */
async function* wholeUnits(
  pieces: AsyncIterable<Uint8Array>,
  encoding: TextEncoding,
): AsyncGenerator<Uint8Array> {
  if (encoding === 'utf-8') return yield* pieces;
  let odd: Uint8Array = new Uint8Array(0);
  for await (const piece of pieces) {
    const joined = new Uint8Array(odd.length + piece.length);
    joined.set(odd);
    joined.set(piece, odd.length);
    const even = joined.length - (joined.length % 2);
    odd = joined.slice(even);
    yield joined.subarray(0, even);
  }
}

export class LogReading {
  readonly #source: RangeSource;
  readonly #encoding: TextEncoding;
  readonly #index: LineIndex;

  constructor(source: RangeSource, encoding: TextEncoding) {
    this.#source = source;
    this.#encoding = encoding;
    this.#index = new LineIndex(encoding);
  }

  /** Goes through the text once. @throws ReadingFault */
  async index(tell: (told: IndexTold) => void, signal: AbortSignal): Promise<IndexTold> {
    let toldAt = -TELL_EVERY_BYTES;
    const pieces = wholeUnits(this.#source.stream(0, this.#source.bytes, signal), this.#encoding);
    for await (const piece of pieces) {
      this.#index.take(piece);
      const { bytes, lines } = this.#index;
      if (bytes - toldAt < TELL_EVERY_BYTES) continue;
      toldAt = bytes;
      tell({ bytes, lines });
    }
    return { bytes: this.#index.bytes, lines: this.#index.lines };
  }

  /** Lines as they are shown; fewer where the index has not come so far. @throws ReadingFault */
  async lines(from: number, count: number): Promise<readonly ShownLine[]> {
    const mark = this.#index.before(from);
    const cutter = new LineCutter(this.#encoding, mark.offset);
    const lines: ShownLine[] = [];
    let line = mark.line;
    let began = mark.offset;
    let held: Uint8Array = new Uint8Array(0);
    const isUnit = this.#encoding === 'utf-8' ? 1 : 2;
    for (let at = mark.offset; at < this.#source.bytes && lines.length < count;) {
      const read = await this.#source.read(at, LINE_BYTES_MAX * 4);
      const piece = read.subarray(0, read.length - (read.length % isUnit));
      if (piece.length === 0) break;
      const joined = new Uint8Array(held.length + piece.length);
      joined.set(held);
      joined.set(piece, held.length);
      const heldAt = at - held.length;
      cutter.take(piece, (endsAt) => {
        if (line >= from && lines.length < count)
          lines.push(this.#shown(joined.subarray(began - heldAt, endsAt - heldAt)));
        line += 1;
        began = endsAt;
      });
      held = joined.slice(began - heldAt);
      at += piece.length;
    }
    const isLast = lines.length < count && held.length > 0 && line >= from;
    if (isLast) lines.push(this.#shown(held));
    return lines;
  }

  #shown(bytes: Uint8Array): ShownLine {
    const text = decodeLine(bytes, this.#encoding);
    return { text: shownLine(text), level: levelOf(text) };
  }
}

/**
 * Searches all lines. A piece that cannot have a match is only counted, which makes a rare word quick to find.
 * @returns whether more was there than is kept
 * @throws ReadingFault
 */
export async function searchLog(
  source: RangeSource,
  encoding: TextEncoding,
  pattern: Pattern,
  tell: (told: SearchTold) => void,
  signal: AbortSignal,
): Promise<{ readonly isMore: boolean }> {
  const cutter = new LineCutter(encoding);
  let line = 0;
  let count = 0;
  let hits: number[] = [];
  let toldAt = 0;
  let held: Uint8Array = new Uint8Array(0);
  for await (const piece of wholeUnits(source.stream(0, source.bytes, signal), encoding)) {
    if (signal.aborted) throw new ReadingFault('CANCELLED');
    const joined = new Uint8Array(held.length + piece.length);
    joined.set(held);
    joined.set(piece, held.length);
    const heldAt = cutter.position - held.length;
    const text = decodePiece(joined, encoding);
    const isWorth = text === null || pattern.mayHave(text);
    let began = heldAt;
    cutter.take(piece, (endsAt) => {
      if (isWorth && count < HITS_MAX) {
        const own = decodeLine(joined.subarray(began - heldAt, endsAt - heldAt), encoding);
        if (pattern.has(shownLine(own))) {
          hits.push(line);
          count += 1;
        }
      }
      line += 1;
      began = endsAt;
    });
    held = joined.slice(began - heldAt);
    if (cutter.position - toldAt >= TELL_EVERY_BYTES || count >= HITS_MAX) {
      toldAt = cutter.position;
      tell({ bytes: cutter.position, hits });
      hits = [];
    }
    if (count >= HITS_MAX) return { isMore: true };
  }
  if (held.length > 0 && pattern.has(shownLine(decodeLine(held, encoding)))) hits.push(line);
  tell({ bytes: source.bytes, hits });
  return { isMore: false };
}
