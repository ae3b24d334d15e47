/**
 * A recording of a cart's screen: what its technician was shown, with times, so that it can be played from many places.
 *
 * | offset | size | field |
 * |---|---|---|
 * | 0 | 8 | {@link MAGIC} |
 * | 8 | - | pieces, one after another |
 * | at the body's end | - | the index, a piece |
 * | end - 40 | 40 | the foot |
 *
 * A piece:
 *
 * | offset | size | field |
 * |---|---|---|
 * | 0 | 1 | kind: 1 key, 2 picture, 3 filling, 4 index |
 * | 1 | 3 | zero |
 * | 4 | 4 | bytes of its content |
 * | 8 | 4 | milliseconds since the recording began |
 * | 12 | - | content |
 *
 * A picture holds whole RFB messages of a server (RFC 6143 §7.6), in noVNC's own pixel format; no rectangle's zlib data
 * refer to another rectangle. A key begins with the frame buffer's width and height (2 bytes each); what follows are messages
 * that a viewer needs who begins there: the cursor, the desktop's name. The index has 12 bytes for each key behind which the
 * whole picture was drawn: the time at which it was whole (4) and the key's offset (8). Numbers are big-endian.
 *
 * The foot: where the body ends (8), where the index is (8), the duration in milliseconds (4), when it began in milliseconds
 * since 1970 (8), whether it was interrupted (1), zero (3), {@link FOOT_MAGIC} (8). Of an interrupted recording the last piece
 * of the body may be cut off: a piece that does not end within the body is none. Decision 0052.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** No text, no other format that is known here begins so (decided as for PNG). */
export const MAGIC: readonly number[] = [0x89, 0x43, 0x48, 0x52, 0x45, 0x43, 0x0a, 0x1a];
const FOOT_MAGIC: readonly number[] = [0x43, 0x48, 0x52, 0x45, 0x43, 0x45, 0x4e, 0x44];
export const MAGIC_BYTES = 8;
export const FOOT_BYTES = 40;
export const PIECE_HEAD_BYTES = 12;
const INDEX_ENTRY_BYTES = 12;
const KEY_HEAD_BYTES = 4;
/** Bytes of one piece: the longest rectangle (4 MiB of Tight data) and what came with it in one read. */
export const PIECE_BYTES_MAX = 32 * 1024 * 1024;
/** Keys in the index: two a minute for a fortnight. */
export const KEYS_MAX = 50_000;

export const PIECE_KINDS = ['key', 'picture', 'filling', 'index'] as const;
export type PieceKind = (typeof PIECE_KINDS)[number];

/** The bytes are no recording, or not one that is whole. */
export class RecordingMalformed extends DomainError {
  readonly code = 'RECORDING_MALFORMED';
}

export interface PieceHead {
  readonly kind: PieceKind;
  readonly bytes: number;
  readonly atMs: number;
}

/** A place to begin: behind the key at `offset` the whole picture had been drawn at `atMs`. */
export interface SeekPoint {
  readonly atMs: number;
  readonly offset: number;
}

export interface Foot {
  readonly bodyBytes: number;
  readonly indexOffset: number;
  readonly durationMs: number;
  readonly begunUtcMs: number;
  readonly isInterrupted: boolean;
}

export interface KeyContent {
  readonly width: number;
  readonly height: number;
  readonly messages: Uint8Array;
}

export function writePieceHead({ kind, bytes, atMs }: PieceHead): Uint8Array {
  const head = new Uint8Array(PIECE_HEAD_BYTES);
  const view = new DataView(head.buffer);
  head[0] = PIECE_KINDS.indexOf(kind) + 1;
  view.setUint32(4, bytes);
  view.setUint32(8, Math.min(0xffff_ffff, Math.max(0, Math.floor(atMs))));
  return head;
}

/** Reads a piece's head. @throws RecordingMalformed */
export function readPieceHead(bytes: Uint8Array): PieceHead {
  if (bytes.length < PIECE_HEAD_BYTES) malformed('A piece is cut short.');
  const kind = PIECE_KINDS[(bytes[0] ?? 0) - 1];
  const isZero = bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0;
  if (kind === undefined || !isZero) malformed('A piece is of a kind that is not known.');
  const view = viewOf(bytes);
  const length = view.getUint32(4);
  if (length > PIECE_BYTES_MAX) malformed('A piece is too long.');
  return { kind, bytes: length, atMs: view.getUint32(8) };
}

export function writeKey({ width, height, messages }: KeyContent): Uint8Array {
  const content = new Uint8Array(KEY_HEAD_BYTES + messages.length);
  const view = new DataView(content.buffer);
  view.setUint16(0, width);
  view.setUint16(2, height);
  content.set(messages, KEY_HEAD_BYTES);
  return content;
}

/** Reads what a key holds. @throws RecordingMalformed */
export function readKey(content: Uint8Array): KeyContent {
  if (content.length < KEY_HEAD_BYTES) malformed('A key is cut short.');
  const view = viewOf(content);
  const [width, height] = [view.getUint16(0), view.getUint16(2)];
  if (width === 0 || height === 0) malformed('A key has no frame buffer.');
  return { width, height, messages: content.subarray(KEY_HEAD_BYTES) };
}

export function writeIndex(points: readonly SeekPoint[]): Uint8Array {
  const kept = points.slice(0, KEYS_MAX);
  const content = new Uint8Array(kept.length * INDEX_ENTRY_BYTES);
  const view = new DataView(content.buffer);
  for (const [at, { atMs, offset }] of kept.entries()) {
    view.setUint32(at * INDEX_ENTRY_BYTES, Math.min(0xffff_ffff, Math.floor(atMs)));
    view.setBigUint64(at * INDEX_ENTRY_BYTES + 4, BigInt(offset));
  }
  return content;
}

/**
 * Reads the index; points that are not in order, or outside the body, are refused.
 * @throws RecordingMalformed
 */
export function readIndex(content: Uint8Array, { bodyBytes }: Foot): readonly SeekPoint[] {
  const count = content.length / INDEX_ENTRY_BYTES;
  if (!Number.isInteger(count) || count > KEYS_MAX) malformed('The index is cut short.');
  const view = viewOf(content);
  const points: SeekPoint[] = [];
  for (let at = 0; at < count; at += 1) {
    const atMs = view.getUint32(at * INDEX_ENTRY_BYTES);
    const offset = safe(view.getBigUint64(at * INDEX_ENTRY_BYTES + 4));
    const before = points.at(-1);
    const isInOrder = before === undefined || (before.atMs <= atMs && before.offset < offset);
    if (!isInOrder || offset < MAGIC_BYTES || offset + PIECE_HEAD_BYTES > bodyBytes)
      malformed('The index names a place that is none.');
    points.push({ atMs, offset });
  }
  return points;
}

export function writeFoot(foot: Foot): Uint8Array {
  const bytes = new Uint8Array(FOOT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(foot.bodyBytes));
  view.setBigUint64(8, BigInt(foot.indexOffset));
  view.setUint32(16, Math.min(0xffff_ffff, Math.floor(foot.durationMs)));
  view.setBigUint64(20, BigInt(foot.begunUtcMs));
  bytes[28] = foot.isInterrupted ? 1 : 0;
  bytes.set(FOOT_MAGIC, 32);
  return bytes;
}

/**
 * Reads the last bytes of a recording.
 * @param recordBytes of the whole recording
 * @throws RecordingMalformed
 */
export function readFoot(bytes: Uint8Array, recordBytes: number): Foot {
  const isFoot =
    bytes.length === FOOT_BYTES && FOOT_MAGIC.every((each, at) => bytes[32 + at] === each);
  if (!isFoot) malformed('A recording does not end as one.');
  const view = viewOf(bytes);
  const bodyBytes = safe(view.getBigUint64(0));
  const indexOffset = safe(view.getBigUint64(8));
  const begunUtcMs = safe(view.getBigUint64(20));
  const last = recordBytes - FOOT_BYTES;
  const isInside = bodyBytes >= MAGIC_BYTES && bodyBytes <= indexOffset;
  if (!isInside || indexOffset + PIECE_HEAD_BYTES > last)
    malformed('A recording names a place that is none.');
  const durationMs = view.getUint32(16);
  return { bodyBytes, indexOffset, durationMs, begunUtcMs, isInterrupted: bytes[28] === 1 };
}

/** Tells whether these are the first bytes of a recording. */
export function beginsRecording(head: Uint8Array): boolean {
  return MAGIC.every((each, at) => head[at] === each);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) malformed('A recording names a place that is none.');
  return Number(value);
}

function malformed(what: string): never {
  throw new RecordingMalformed(what);
}
