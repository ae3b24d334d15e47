/**
 * Writes one recording while its screen is shown, into a file of the vault that seals each byte before it touches the disk.
 *
 * What a technician is sent was taken by the vault before. Every few seconds in which something came it is made durable, so
 * that a killed gateway loses no more; a piece without meaning fills up what the seal takes at once. At intervals a key is begun,
 * and the cart is asked for the whole picture once more: somebody who looks later begins there (decision 0052).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { SEALED_AT_ONCE_BYTES } from '../../vault/contract.ts';
import type { Staging } from '../../vault/contract.ts';
import {
  MAGIC,
  MAGIC_BYTES,
  KEYS_MAX,
  PIECE_BYTES_MAX,
  PIECE_HEAD_BYTES,
  writeFoot,
  writeIndex,
  writeKey,
  writePieceHead,
} from '@chaperone/protocol/recording/recording-format.ts';
import type { Foot, PieceKind, SeekPoint } from '@chaperone/protocol/recording/recording-format.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import { ScreenNotRecordable } from './recording-error.ts';
import type { Taken } from './tap-thread.ts';
import type { ThreadedTap } from './threaded-tap.ts';

export interface WriterTerms {
  /** Between two keys, when so many bytes came since: a whole picture costs the line something. */
  readonly keyEveryMs: number;
  readonly keyEveryBytes: number;
  /** Bytes after which a key is begun whatever the time: they are gone through to reach a moment behind them. */
  readonly keyBytesMax: number;
  /** Between two moments at which what came is made durable. */
  readonly durableEveryMs: number;
}

/** A refresh of an ultrasound picture is about a megabyte, so that keys cost a fourth of the line at most. */
export const WRITER_TERMS: WriterTerms = {
  keyEveryMs: 30_000,
  keyEveryBytes: 4 * 1024 * 1024,
  keyBytesMax: 32 * 1024 * 1024,
  durableEveryMs: 10_000,
};
/** Work on what came at once that others have to be made up for, milliseconds; an honest picture takes a few. */
const WORK_REST_FROM_MS = 20;
/** A key behind which the picture does not become whole is given up, and begun anew later. */
const KEY_WAIT_MS = 60_000;

interface Key extends SeekPoint {
  readonly number: number;
}

export interface WriterOptions {
  readonly staging: Staging;
  readonly tap: ThreadedTap;
  readonly clock: Clock;
  readonly terms?: Partial<WriterTerms>;
  /** Asks the cart for the whole picture; false when that is not possible now. */
  readonly ask: () => boolean;
  /** Is told how far it is, and how large, each time that what came was made durable. */
  readonly onProgress: (standing: RecordingStanding, bytes: number) => Promise<void>;
}

/** How far a recording is; kept sealed beside it, for whoever closes it after a stop. */
export interface RecordingStanding {
  readonly durationMs: number;
  readonly points: readonly SeekPoint[];
}

export class RecordingWriter {
  readonly #options: WriterOptions;
  readonly #terms: WriterTerms;
  readonly #begunMs: number;
  readonly begunUtcMs: number;
  #offset = 0;
  #points: Key[] = [];
  #awaited: { readonly offset: number; readonly number: number; readonly sinceMs: number } | null =
    null;
  #keys = 0;
  #keyMs = 0;
  #keyOffset = 0;
  #durableOffset = 0;
  #lastMs = 0;
  #work: Promise<void> = Promise.resolve();
  #fault: unknown = null;
  #timer: NodeJS.Timeout | null = null;
  #hasPictures = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#terms = { ...WRITER_TERMS, ...options.terms };
    this.#begunMs = options.clock.monotonicMs();
    this.begunUtcMs = options.clock.utcMs();
  }

  /** Whether anything was shown at all. */
  get hasPictures(): boolean {
    return this.#hasPictures;
  }

  get standing(): RecordingStanding {
    return { durationMs: this.#lastMs, points: this.#points };
  }

  /** @param onFault is told when what came could not be made durable */
  start(onFault: (fault: unknown) => void): void {
    this.#timer = setInterval(() => {
      this.#inTurn(async () => await this.#makeDurable()).catch(onFault);
    }, this.#terms.durableEveryMs).unref();
  }

  /**
   * Takes bytes that the viewer is about to get.
   * @throws ScreenNotRecordable, DiskFull, VaultUnavailable, CaseKeyMissing; then the viewer gets none of them
   */
  async take(bytes: Uint8Array): Promise<void> {
    const taken = await this.#options.tap.fromCart(bytes);
    const { shown, workMs } = taken;
    if (shown !== null) await this.#inTurn(async () => await this.#keep(shown, taken));
    // What is small on the wire may unpack to much: one cart has half of a processor at most.
    if (workMs > WORK_REST_FROM_MS) await delay(workMs);
  }

  /** Ends the recording: what is written behind it are index and foot. @throws DiskFull, VaultUnavailable, CaseKeyMissing */
  async end(): Promise<RecordingStanding> {
    this.#stopTimer();
    // What is being kept now may need the tap.
    await this.#inTurn(async () => {
      this.#lastMs = this.#nowMs();
      await endBody(this.#options.staging, {
        standing: this.standing,
        bodyBytes: this.#offset,
        begunUtcMs: this.begunUtcMs,
        isInterrupted: false,
      });
    }).finally(() => this.#options.tap.close());
    this.#fault = new ScreenNotRecordable('This recording is closed.');
    return this.standing;
  }

  /** Takes nothing more. */
  stop(): void {
    this.#stopTimer();
    this.#options.tap.close();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  async #keep(shown: Uint8Array, { lastGoodKey, isKeyWhole }: Taken): Promise<void> {
    const { tap } = this.#options;
    if (shown.length > PIECE_BYTES_MAX)
      throw new ScreenNotRecordable('What came at once is more than a recording takes.');
    const isFirst = !this.#hasPictures;
    if (isFirst) {
      await this.#append(Uint8Array.from(MAGIC));
      // What was shown first is behind the first key, whose beginning the viewer saw, too.
      await this.#beginKey();
      this.#points = [{ atMs: this.#nowMs(), offset: MAGIC_BYTES, number: this.#keys }];
      this.#awaited = null;
      tap.endKey();
      this.#hasPictures = true;
    }
    await this.#piece('picture', shown);
    // Of what is found without a byte on the disk after a stop, nothing was shown.
    if (isFirst) await this.#makeDurable();
    this.#dropBroken(lastGoodKey);
    await this.#settleKey(isKeyWhole);
  }

  async #settleKey(isWhole: boolean): Promise<void> {
    const { ask } = this.#options;
    const nowMs = this.#nowMs();
    const awaited = this.#awaited;
    if (awaited !== null) {
      if (isWhole) {
        this.#points.push({ atMs: nowMs, offset: awaited.offset, number: awaited.number });
        this.#forgetKey();
      } else if (nowMs - awaited.sinceMs > KEY_WAIT_MS) this.#forgetKey();
      return;
    }
    const bytes = this.#offset - this.#keyOffset;
    const { keyEveryMs, keyEveryBytes, keyBytesMax } = this.#terms;
    const isDue =
      bytes >= keyBytesMax || (bytes >= keyEveryBytes && nowMs - this.#keyMs >= keyEveryMs);
    if (!isDue || this.#points.length >= KEYS_MAX || !ask()) return;
    await this.#beginKey();
  }

  #forgetKey(): void {
    this.#awaited = null;
    this.#options.tap.endKey();
  }

  /** Takes seek points back at which a film would begin in its middle. */
  #dropBroken(lastGood: number): void {
    if (lastGood === Infinity) return;
    this.#points = this.#points.filter(({ number }) => number <= lastGood || number === 1);
  }

  async #beginKey(): Promise<void> {
    const offset = this.#offset;
    const { size, messages } = await this.#options.tap.beginKey();
    this.#keys += 1;
    this.#awaited = { offset, number: this.#keys, sinceMs: this.#nowMs() };
    this.#keyMs = this.#awaited.sinceMs;
    await this.#piece('key', writeKey({ ...size, messages }));
    this.#keyOffset = this.#offset;
  }

  async #piece(kind: PieceKind, content: Uint8Array): Promise<void> {
    this.#lastMs = this.#nowMs();
    await this.#append(writePieceHead({ kind, bytes: content.length, atMs: this.#lastMs }));
    await this.#append(content);
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await this.#options.staging.append(bytes);
    this.#offset += bytes.length;
  }

  /** Fills up what the seal takes at once, and a byte more, by which it knows that this was not the end. */
  async #makeDurable(): Promise<void> {
    if (this.#offset === this.#durableOffset) return;
    const toFill = SEALED_AT_ONCE_BYTES - (this.#offset % SEALED_AT_ONCE_BYTES) + 1;
    const fits = toFill >= PIECE_HEAD_BYTES;
    const bytes = toFill - PIECE_HEAD_BYTES + (fits ? 0 : SEALED_AT_ONCE_BYTES);
    // What fills up is no part of the time that is played.
    const lastMs = this.#lastMs;
    await this.#piece('filling', new Uint8Array(bytes));
    this.#lastMs = lastMs;
    await this.#options.staging.makeDurable();
    this.#durableOffset = this.#offset;
    await this.#options.onProgress(this.standing, this.#offset);
  }

  /** One thing at a time; after a fault nothing more. */
  async #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#work.then(async () => {
      if (this.#fault !== null) throw this.#fault;
      try {
        await act();
      } catch (fault) {
        this.#fault = fault;
        throw fault;
      }
    });
    this.#work = turn.catch(() => undefined);
    await turn;
  }

  #nowMs(): number {
    return Math.floor(this.#options.clock.monotonicMs() - this.#begunMs);
  }
}

/** What is written behind a recording's body. */
export interface BodyEnd {
  readonly standing: RecordingStanding;
  readonly bodyBytes: number;
  readonly begunUtcMs: number;
  readonly isInterrupted: boolean;
}

/** Writes index and foot. @throws DiskFull, VaultUnavailable, CaseKeyMissing */
export async function endBody(
  staging: Pick<Staging, 'append'>,
  { standing, bodyBytes, begunUtcMs, isInterrupted }: BodyEnd,
): Promise<void> {
  const { durationMs, points } = standing;
  const index = writeIndex(points.filter(({ offset }) => offset + PIECE_HEAD_BYTES <= bodyBytes));
  await staging.append(writePieceHead({ kind: 'index', bytes: index.length, atMs: durationMs }));
  await staging.append(index);
  const foot: Foot = { bodyBytes, indexOffset: bodyBytes, durationMs, begunUtcMs, isInterrupted };
  await staging.append(writeFoot(foot));
}
