/** Reads a recording of a screen from the desk, in ranges: its foot and index first, then pieces from wherever one begins. */
import {
  FOOT_BYTES,
  MAGIC_BYTES,
  PIECE_HEAD_BYTES,
  beginsRecording,
  readFoot,
  readIndex,
  readPieceHead,
  RecordingMalformed,
} from '@chaperone/protocol/recording/recording-format.ts';
import type { Foot, PieceKind, SeekPoint } from '@chaperone/protocol/recording/recording-format.ts';
import { ReadingFault } from '../worker/worker-call.ts';

/** As much of a source as this needs. */
export interface Readable {
  readonly bytes: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface Piece {
  readonly kind: PieceKind;
  readonly atMs: number;
  readonly offset: number;
  readonly content: Uint8Array;
}

export class RecordingReading {
  readonly #source: Readable;
  readonly foot: Foot;
  /** Where somebody can begin, in order; the first is the recording's beginning. */
  readonly points: readonly SeekPoint[];

  private constructor(source: Readable, foot: Foot, points: readonly SeekPoint[]) {
    this.#source = source;
    this.foot = foot;
    this.points = points;
  }

  /** @throws ReadingFault */
  static async open(source: Readable): Promise<RecordingReading> {
    return await readable(async () => {
      const magic = await source.read(0, MAGIC_BYTES);
      if (!beginsRecording(magic)) throw new RecordingMalformed('This is no recording.');
      const last = await source.read(Math.max(0, source.bytes - FOOT_BYTES), FOOT_BYTES);
      const foot = readFoot(last, source.bytes);
      const head = readPieceHead(await source.read(foot.indexOffset, PIECE_HEAD_BYTES));
      const index = await source.read(foot.indexOffset + PIECE_HEAD_BYTES, head.bytes);
      if (head.kind !== 'index' || index.length !== head.bytes)
        throw new RecordingMalformed('This recording has no index.');
      const points = readIndex(index, foot);
      const isComplete = points[0]?.offset === MAGIC_BYTES;
      const begun = isComplete ? points : [{ atMs: 0, offset: MAGIC_BYTES }, ...points];
      return new RecordingReading(source, foot, begun);
    });
  }

  /** The last point that is not behind a moment. */
  pointBefore(atMs: number): SeekPoint {
    const found = this.points.findLast((each) => each.atMs <= atMs);
    return found ?? this.points[0] ?? { atMs: 0, offset: MAGIC_BYTES };
  }

  /** Reads pieces from a point to the end; a last one that was cut off is none. @throws ReadingFault */
  async *pieces(from: number): AsyncGenerator<Piece, void, undefined> {
    const { bodyBytes } = this.foot;
    let offset = from;
    while (offset + PIECE_HEAD_BYTES <= bodyBytes) {
      const at = offset;
      const head = await readable(async () =>
        readPieceHead(await this.#source.read(at, PIECE_HEAD_BYTES)),
      );
      const next = offset + PIECE_HEAD_BYTES + head.bytes;
      if (next > bodyBytes) return;
      if (head.kind === 'key' || head.kind === 'picture') {
        const content = await this.#source.read(offset + PIECE_HEAD_BYTES, head.bytes);
        yield { kind: head.kind, atMs: head.atMs, offset, content };
      }
      offset = next;
    }
  }
}

async function readable<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (fault) {
    if (fault instanceof RecordingMalformed) throw new ReadingFault(fault.code);
    throw fault;
  }
}
