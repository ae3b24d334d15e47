/**
 * Files that a technician's browser sends to the desk, to be sent on to a cart: sealed while they arrive, in pieces that resume.
 *
 * Life: begun → (piece)* → a record, or removed. An upload outlives the connection, the page, the sign-in and the gateway; what was
 * staged of it is on the disk after a kill but for the last two megabytes, and the offset says so. A day after its beginning it is
 * removed, by a look at all of them once an hour. Between two pieces its file stays open for a moment, so that what is there is
 * not read back for each. Room is taken only while a piece arrives: what somebody announced,
 * looks at or removes takes none from anybody.
 */
import { createHash } from 'node:crypto';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId, TransferId } from '@chaperone/domain/id/id.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import { TransferTaken } from '../../vault/contract.ts';
import type { CaseTraces, Staging } from '../../vault/contract.ts';
import { passed } from '../../platform/memory/passing-bytes.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { StoredCase } from '../service-case/service-case.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { FileTooLarge, TooManyTransfers, UploadBroken } from '../transfer/transfer.ts';
import type { Room, Share } from '../transfer/transfer.ts';
import { caseGoneOr } from './case-gone.ts';
import type { UploadMetadata } from './tus-header.ts';
import { UPLOAD_BLOCK_BYTES_MAX } from './tus-header.ts';
import { UploadChecksumMismatch, UploadOffsetMismatch, UploadUnknown } from './upload-error.ts';
import { UploadStore } from './upload-store.ts';
import type { HeldUpload } from './upload-store.ts';

/** Uploads of one case and technician that are not whole: a folder of thousands of files sends few at once. */
const UNFINISHED_MAX = 200;
/** Until an upload that nobody goes on with is removed, milliseconds. */
const KEPT_MS = 24 * 3_600_000;
/** Between two looks at what nobody goes on with, milliseconds. */
const LOOK_EVERY_MS = 3_600_000;
/** How long a file stays open after a piece, milliseconds: longer than a browser needs to send the next. */
const OPEN_MS = 20_000;
/** Files open at once, of all technicians. */
const OPEN_MAX = 64;

/** After these a staged file takes nothing more until it is opened again. */
const STORE_CODES: ReadonlySet<string> = new Set([
  'DISK_FULL',
  'VAULT_UNAVAILABLE',
  'CASE_KEY_MISSING',
]);

export interface UploadsOptions {
  readonly context: DeskContext;
  readonly room: Room;
  readonly uploadBytesMax: number;
}

export interface Piece {
  readonly offset: number;
  /** SHA-256 that the piece must have; null takes it as it comes. */
  readonly checksum: Buffer | null;
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the piece from here: another one of the same upload has come. */
  readonly cut: () => void;
}

/** Where an upload stands. */
export interface UploadStanding {
  readonly upload: HeldUpload;
  readonly offset: number;
  /** Set once it is whole. */
  readonly record: CaseRecord | null;
}

/** The staged file of an upload, while it is open. */
interface Open {
  readonly staging: Staging;
  timer: NodeJS.Timeout | null;
}

export class Uploads {
  readonly #options: UploadsOptions;
  readonly #store: UploadStore;
  readonly #open = new Map<TransferId, Open>();
  /** One thing at a time is done with an upload. */
  readonly #turns = new Map<TransferId, Promise<unknown>>();
  readonly #cuts = new Map<TransferId, () => void>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: UploadsOptions) {
    this.#options = options;
    this.#store = new UploadStore(options.context.database, options.context.vault);
  }

  /** Removes what is older than a day, and tells what is known: everything else that is staged is forgotten. */
  async known(): Promise<ReadonlySet<TransferId>> {
    const oldestMs = this.#options.context.clock.utcMs() - KEPT_MS;
    const known = new Set<TransferId>();
    for (const row of await this.#store.all()) {
      if (row.begun_at > oldestMs) known.add(row.id as TransferId);
      else await this.#store.remove(row.id);
    }
    return known;
  }

  /**
   * Begins an upload; an empty one is whole at once.
   * @throws FileTooLarge, TooManyTransfers, CaseTooLarge, DiskReserveReached, DatabaseFull, CaseKeyMissing
   */
  async begin(
    serviceCase: StoredCase,
    caller: Caller,
    said: UploadMetadata,
    bytesTotal: number,
  ): Promise<UploadStanding> {
    const { context, room, uploadBytesMax } = this.#options;
    if (bytesTotal > uploadBytesMax)
      throw new FileTooLarge(`A file to send has at most ${uploadBytesMax} bytes.`);
    await this.#removeOld(serviceCase.id, caller);
    const own = await this.#store.of(serviceCase.id, caller.id);
    if (own.length >= UNFINISHED_MAX)
      throw new TooManyTransfers(
        'Too many uploads are unfinished. Go on with them, or remove them.',
      );
    (await room.take(serviceCase.id, bytesTotal)).giveBack();
    const id = newId('transfer', context.randomBytes);
    const begunUtcMs = context.clock.utcMs();
    const upload = {
      ...said,
      id,
      caseId: serviceCase.id,
      technician: caller.id,
      bytesTotal,
      begunUtcMs,
    };
    await this.#store.add(upload);
    if (bytesTotal > 0) return { upload, offset: 0, record: null };
    return await this.#inTurn(
      id,
      async () => await this.#finished(upload, await this.#opened(upload)),
    );
  }

  /** Removes, once an hour until `close`, what nobody goes on with: its technician may never come back. */
  start(): void {
    const look = (): void =>
      void (this.#looking = this.#looking.then(async () => await this.#look()));
    this.#timer = setInterval(look, LOOK_EVERY_MS).unref();
  }

  /** Uploads that the caller has begun and not finished. */
  async list(caseId: CaseId, caller: Caller): Promise<readonly UploadStanding[]> {
    await this.#removeOld(caseId, caller);
    const own = await this.#store.of(caseId, caller.id);
    const standing = await Promise.all(own.map(async (upload) => await this.#standing(upload)));
    return standing.filter(({ record }) => record === null);
  }

  /** Tells where an upload stands; a piece of it that is still under way is cut off first. @throws UploadUnknown */
  async standing(caseId: CaseId, caller: Caller, id: string): Promise<UploadStanding> {
    const upload = await this.#store.one(caseId, caller.id, id);
    if (upload === null) {
      // It became a record, and the answer that said so was lost.
      const records = await this.#options.context.vault.records(caseId);
      const record = records.find((each) => each.transferId === id);
      if (record === undefined) throw new UploadUnknown();
      const { name, folder, bytes } = record;
      const said = { name, folder, fingerprint: '', bytesTotal: bytes, begunUtcMs: 0 };
      const whole = { ...said, id: record.transferId, caseId, technician: caller.id };
      return { upload: whole, offset: bytes, record };
    }
    this.#cuts.get(upload.id)?.();
    return await this.#standing(upload);
  }

  /**
   * Takes a piece. What came before it broke off is kept, unless it has a checksum.
   * @throws UploadUnknown, UploadOffsetMismatch, UploadChecksumMismatch, FileTooLarge, UploadBroken, CaseTooLarge,
   *   DiskReserveReached, DiskFull, VaultUnavailable, CaseKeyMissing
   */
  async take(caseId: CaseId, caller: Caller, id: string, piece: Piece): Promise<UploadStanding> {
    const upload = await this.#store.one(caseId, caller.id, id);
    if (upload === null) throw new UploadUnknown();
    this.#cuts.get(upload.id)?.();
    return await this.#inTurn(upload.id, async () => {
      this.#cuts.set(upload.id, piece.cut);
      try {
        return await this.#taken(upload, piece);
      } catch (fault) {
        throw await caseGoneOr(this.#options.context, caseId, fault);
      } finally {
        this.#cuts.delete(upload.id);
      }
    });
  }

  /** Removes an upload. @throws UploadUnknown */
  async remove(caseId: CaseId, caller: Caller, id: string): Promise<void> {
    const upload = await this.#store.one(caseId, caller.id, id);
    if (upload === null) throw new UploadUnknown();
    await this.#discard(upload);
  }

  /** What the vault erases with a case. */
  traces(): CaseTraces {
    return {
      tables: ['case_upload'],
      eraseTraces: async (caseId) => await this.#store.eraseOf(caseId),
      countTraces: async (caseId) => await this.#store.countOf(caseId),
    };
  }

  /** Makes durable what has come; it goes on after the next start. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    for (const cut of this.#cuts.values()) cut();
    await this.#looking;
    await Promise.allSettled(this.#turns.values());
    for (const id of this.#open.keys()) await this.#suspend(id);
  }

  async #taken(upload: HeldUpload, piece: Piece): Promise<UploadStanding> {
    const open = await this.#openedOrRecord(upload);
    if ('record' in open) {
      if (piece.offset !== upload.bytesTotal)
        throw new UploadOffsetMismatch('This upload is a record already.');
      return { upload, offset: piece.offset, record: open.record };
    }
    let share: Share;
    try {
      const { receivedBytes } = open.staging;
      share = await this.#options.room.take(upload.caseId, upload.bytesTotal, receivedBytes);
    } catch (fault) {
      this.#keepOpen(upload.id, open);
      throw fault;
    }
    try {
      return await this.#arrives(upload, open, share, piece);
    } finally {
      share.giveBack();
    }
  }

  async #arrives(
    upload: HeldUpload,
    open: Open,
    share: Share,
    { offset, checksum, body }: Piece,
  ): Promise<UploadStanding> {
    try {
      const received = open.staging.receivedBytes;
      if (offset !== received)
        throw new UploadOffsetMismatch(`The next byte is ${received}, not ${offset}.`);
      const pieces = checksum === null ? body : [await compared(body, checksum)];
      for await (const chunk of pieces) {
        const now = open.staging.receivedBytes + chunk.length;
        if (now > upload.bytesTotal) throw new FileTooLarge('More came than was announced.');
        await share.arrived(now);
        await open.staging.append(chunk);
        passed(chunk.length);
      }
      // Told as taken only when a kill leaves it: but for what does not fill a piece of its own, which is sent again then.
      if (open.staging.receivedBytes < upload.bytesTotal) await open.staging.makeDurable();
    } catch (fault) {
      throw await this.#broken(upload, open, fault);
    }
    if (open.staging.receivedBytes === upload.bytesTotal) return await this.#finished(upload, open);
    this.#keepOpen(upload.id, open);
    return { upload, offset: open.staging.receivedBytes, record: null };
  }

  /** What came is kept for the next piece; a browser that went away is told apart from a disk that failed. */
  async #broken(upload: HeldUpload, open: Open, fault: unknown): Promise<unknown> {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
    if (STORE_CODES.has(code)) await this.#suspend(upload.id);
    else this.#keepOpen(upload.id, open);
    if (!/^(?:ECONN|EPIPE|ERR_STREAM|ABORT_ERR)/.test(code)) return fault;
    return new UploadBroken('The piece broke off; what came of it is kept.', { cause: fault });
  }

  async #finished(upload: HeldUpload, { staging }: Open): Promise<UploadStanding> {
    this.#let(upload.id);
    const { name, folder } = upload;
    try {
      const sha256 = staging.digest() ?? '';
      const record = await staging.finish({ origin: 'to-send', name, folder, sha256 });
      await this.#store.remove(upload.id);
      return { upload, offset: upload.bytesTotal, record };
    } catch (fault) {
      await staging.suspend();
      throw fault;
    }
  }

  /** Opens what is staged; what the disk spoilt of it begins anew, for the browser still has the file. */
  async #opened(upload: HeldUpload): Promise<Open> {
    const known = this.#open.get(upload.id);
    if (known !== undefined) {
      if (known.timer !== null) clearTimeout(known.timer);
      known.timer = null;
      return known;
    }
    const [oldest] = [...this.#open].filter(([, { timer }]) => timer !== null);
    if (this.#open.size >= OPEN_MAX && oldest !== undefined) await this.#suspend(oldest[0]);
    const { context } = this.#options;
    let staging = await context.vault.openStaging(upload.caseId, upload.id);
    try {
      if (staging.digest() === null || staging.receivedBytes > upload.bytesTotal) {
        await staging.discard();
        staging = await context.vault.openStaging(upload.caseId, upload.id);
      }
      const open: Open = { staging, timer: null };
      this.#open.set(upload.id, open);
      return open;
    } catch (fault) {
      await staging.suspend();
      throw fault;
    }
  }

  /** A kill between the record and the end of its row leaves both: the row goes when it is found. */
  async #openedOrRecord(upload: HeldUpload): Promise<Open | { readonly record: CaseRecord }> {
    try {
      return await this.#opened(upload);
    } catch (fault) {
      if (!(fault instanceof TransferTaken)) throw fault;
      const records = await this.#options.context.vault.records(upload.caseId);
      const record = records.find(({ transferId }) => transferId === upload.id);
      if (record === undefined) throw fault;
      await this.#store.remove(upload.id);
      return { record };
    }
  }

  #keepOpen(id: TransferId, open: Open): void {
    const close = (): void =>
      void this.#inTurn(id, async () => await this.#suspend(id)).catch((fault: unknown) =>
        this.#options.context.log.warn({ err: fault }, 'an upload could not be put aside'),
      );
    open.timer = setTimeout(close, OPEN_MS).unref();
  }

  async #suspend(id: TransferId): Promise<void> {
    const open = this.#let(id);
    if (open === undefined) return;
    await open.staging.suspend();
  }

  #let(id: TransferId): Open | undefined {
    const open = this.#open.get(id);
    if (open !== undefined && open.timer !== null) clearTimeout(open.timer);
    this.#open.delete(id);
    return open;
  }

  async #standing(upload: HeldUpload): Promise<UploadStanding> {
    return await this.#inTurn(upload.id, async () => {
      const open = await this.#openedOrRecord(upload);
      if ('record' in open) return { upload, offset: upload.bytesTotal, record: open.record };
      this.#keepOpen(upload.id, open);
      return { upload, offset: open.staging.receivedBytes, record: null };
    });
  }

  async #removeOld(caseId: CaseId, caller: Caller): Promise<void> {
    const oldestMs = this.#options.context.clock.utcMs() - KEPT_MS;
    const own = await this.#store.of(caseId, caller.id);
    for (const upload of own) if (upload.begunUtcMs <= oldestMs) await this.#discard(upload);
  }

  /** A fault with one holds up no other, and is tried again at the next look. */
  async #look(): Promise<void> {
    const { clock, log } = this.#options.context;
    const oldestMs = clock.utcMs() - KEPT_MS;
    const warn = (fault: unknown): void =>
      log.warn({ err: fault }, 'an upload that nobody goes on with stays for now');
    const all = await this.#store.all().catch(warn);
    for (const { id, case_id: caseId, begun_at: begunUtcMs } of all ?? []) {
      if (begunUtcMs > oldestMs) continue;
      await this.#discard({ id: id as TransferId, caseId: caseId as CaseId }).catch(warn);
    }
  }

  /** Removes what is staged, and the row; it asks for no room. What has become a record stays one. */
  async #discard({ id, caseId }: Pick<HeldUpload, 'id' | 'caseId'>): Promise<void> {
    this.#cuts.get(id)?.();
    await this.#inTurn(id, async () => {
      const open = this.#let(id);
      try {
        const staging =
          open?.staging ?? (await this.#options.context.vault.openStaging(caseId, id));
        await staging.discard();
      } catch (fault) {
        if (!(fault instanceof TransferTaken)) throw fault;
      }
      await this.#store.remove(id);
    });
  }

  async #inTurn<T>(id: TransferId, act: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(id) ?? Promise.resolve()).then(act);
    const settled = turn.catch(() => undefined);
    this.#turns.set(id, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === settled) this.#turns.delete(id);
    }
  }
}

/** Gathers a piece and compares it. @throws UploadChecksumMismatch, FileTooLarge */
async function compared(body: AsyncIterable<Uint8Array>, checksum: Buffer): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > UPLOAD_BLOCK_BYTES_MAX)
      throw new FileTooLarge(
        `A piece with a checksum has at most ${UPLOAD_BLOCK_BYTES_MAX} bytes.`,
      );
    parts.push(part);
  }
  const piece = Buffer.concat(parts);
  if (!createHash('sha256').update(piece).digest().equals(checksum))
    throw new UploadChecksumMismatch('This piece is not what was sent: send it again.');
  return piece;
}
