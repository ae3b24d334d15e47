/**
 * Files on their way from this window to the cart: to the desk in pieces that resume (tus 1.0, decision 0025), then on.
 *
 * Life of one: waiting → moving ⇄ interrupted, paused → sending → gone from the list, or failed until it is gone on with or
 * removed. The queue belongs to the window, not to a page: who looks at something else goes on sending. A window that is loaded
 * anew has lost its files; what came of them is at the desk, and goes on when the same file is chosen again.
 */
import { Upload } from 'tus-js-client';
import type { DetailedError, HttpRequest } from 'tus-js-client';
import type { UploadStanding } from '@chaperone/protocol/console-api/schema.ts';
import { DeskProblem } from '../api/ask.ts';
import { desk } from '../api/desk.ts';
import { activeHeader } from '../api/input-notice.ts';
import { queries, queryClient } from '../query/queries.ts';
import type { ChosenFile } from './chosen-file.ts';
import { fingerprintOf } from './fingerprint.ts';
import { CheckedHttpStack } from './piece-checksum.ts';
import {
  faultOf,
  isPassing,
  removeUpload,
  unfinished,
  uploadsAddress,
  waitMsOf,
} from './upload-desk.ts';

/** A piece is held in memory with its checksum, here and at the desk. */
const PIECE_BYTES = 4 * 1024 * 1024;
/** A slow line is not shared by all of a folder; a second file hides the first one's waits. */
const AT_ONCE_MAX = 2;
const FIRST_RETRIES_MS = [500, 1000, 2000];
const RETRY_MS = 5000;
/** Ten minutes: longer than a gateway needs to start. Then a person decides. */
const RETRIES_MAX = 120;
const RETRY_DELAYS_MS = [
  ...FIRST_RETRIES_MS,
  ...Array.from({ length: RETRIES_MAX }, () => RETRY_MS),
];

export type UploadPhase = 'waiting' | 'moving' | 'interrupted' | 'paused' | 'sending' | 'failed';

export interface QueuedUpload {
  readonly key: number;
  readonly caseId: string;
  /** Who chose it: nobody else who signs in at this window sees it or goes on with it. */
  readonly technician: string;
  readonly chosen: ChosenFile;
  /** What was chosen together is sent together; null for a file by itself. */
  readonly batch: string | null;
  readonly phase: UploadPhase;
  readonly bytes: number;
  /** Where it is at the desk, once it is there. */
  readonly address: string | null;
  /** The record that it became. */
  readonly record: string | null;
  readonly fault: Error | null;
}

/** What is left at the desk is asked once for all that was chosen together. */
type Left = () => Promise<readonly UploadStanding[]>;

class UploadQueue {
  #all: readonly QueuedUpload[] = [];
  #lastKey = 0;
  readonly #left = new Map<number, Left>();
  readonly #running = new Map<number, Upload | null>();
  /** One turn at a time sends a record on. */
  readonly #sending = new Map<number, symbol>();
  readonly #told = new Set<() => void>();

  readonly subscribe = (told: () => void): (() => void) => {
    this.#told.add(told);
    return () => this.#told.delete(told);
  };

  readonly snapshot = (): readonly QueuedUpload[] => this.#all;

  add(caseId: string, technician: string, files: readonly ChosenFile[]): void {
    const batch = files.length > 1 ? crypto.randomUUID() : null;
    let asked: Promise<readonly UploadStanding[]> | null = null;
    const left: Left = () => (asked ??= unfinished(caseId));
    const fresh = files.filter((chosen) => !this.#isHere(caseId, technician, chosen));
    const added = fresh.map((chosen): QueuedUpload => {
      this.#lastKey += 1;
      this.#left.set(this.#lastKey, left);
      const none = { bytes: 0, address: null, record: null, fault: null };
      return { key: this.#lastKey, caseId, technician, chosen, batch, phase: 'waiting', ...none };
    });
    this.#set([...this.#all, ...added]);
    this.#fill();
  }

  pause(key: number): void {
    void this.#running.get(key)?.abort();
    this.#running.delete(key);
    this.#change(key, { phase: 'paused' });
    this.#fill();
  }

  /** Goes on with one that is held or failed. */
  resume(key: number): void {
    const found = this.#find(key);
    if (found !== undefined) this.#left.set(key, () => unfinished(found.caseId));
    this.#change(key, { phase: 'waiting', fault: null });
    this.#fill();
  }

  /** Takes one off the list, and removes what is at the desk unless it is a record already. */
  async cancel(key: number): Promise<void> {
    this.pause(key);
    const found = this.#find(key);
    if (found === undefined) return;
    try {
      if (found.address !== null && found.record === null) await removeUpload(found.address);
      this.#drop(key);
    } catch (fault) {
      this.#change(key, { phase: 'failed', fault: faultOf(fault) });
    }
    void this.#changedAtDesk(found.caseId);
  }

  #fill(): void {
    for (const { key, phase } of this.#all) {
      if (this.#running.size >= AT_ONCE_MAX) return;
      if (phase === 'waiting') void this.#run(key);
    }
  }

  async #run(key: number): Promise<void> {
    const found = this.#find(key);
    if (found === undefined) return;
    this.#running.set(key, null);
    this.#change(key, { phase: 'moving' });
    try {
      if (found.record === null) await this.#upload(found);
      else await this.#send(found, found.record);
    } catch (fault) {
      if (this.#running.has(key)) this.#fail(key, fault);
    }
  }

  async #upload(found: QueuedUpload): Promise<void> {
    const { key, caseId, chosen } = found;
    const fingerprint = await fingerprintOf(chosen);
    const address = found.address ?? (await this.#addressOf(found, fingerprint));
    // Held or cancelled meanwhile.
    if (!this.#running.has(key)) return;
    const upload: Upload = new Upload(chosen.file, {
      endpoint: uploadsAddress(caseId),
      uploadUrl: address,
      metadata: { filename: chosen.file.name, folder: chosen.folder, fingerprint },
      chunkSize: PIECE_BYTES,
      // Nothing of an upload may stay in the browser's storage: a name can be a patient's.
      storeFingerprintForResuming: false,
      retryDelays: RETRY_DELAYS_MS,
      httpStack: new CheckedHttpStack(),
      onBeforeRequest: sayActive,
      onUploadUrlAvailable: () => this.#change(key, { address: upload.url }),
      onProgress: (bytes) => this.#moved(key, upload, bytes),
      onShouldRetry: (fault) => this.#isTriedAgain(key, fault),
      onError: (fault) => this.#running.get(key) === upload && this.#fail(key, fault),
      onSuccess: ({ lastResponse }) =>
        void this.#whole(key, lastResponse.getHeader('chaperone-record')),
    });
    this.#running.set(key, upload);
    upload.start();
  }

  async #addressOf({ key, caseId }: QueuedUpload, fingerprint: string): Promise<string | null> {
    const left = (await this.#left.get(key)?.()) ?? [];
    const taken = new Set(this.#all.map(({ address }) => address));
    const known = left
      .filter((each) => each.fingerprint === fingerprint)
      .map(({ id }) => `${uploadsAddress(caseId)}/${id}`);
    return known.find((address) => !taken.has(address)) ?? null;
  }

  #moved(key: number, upload: Upload, bytes: number): void {
    if (this.#running.get(key) === upload) this.#change(key, { phase: 'moving', bytes });
  }

  #isTriedAgain(key: number, fault: DetailedError): boolean {
    if (!isPassing(fault)) return false;
    this.#change(key, { phase: 'interrupted' });
    return true;
  }

  async #whole(key: number, record: string | undefined): Promise<void> {
    const found = this.#find(key);
    if (found === undefined) return;
    try {
      if (record === undefined)
        throw new DeskProblem('UNKNOWN', 0, 'The desk did not name the record.', null);
      this.#change(key, { record, bytes: found.chosen.file.size });
      await this.#send(found, record);
    } catch (fault) {
      if (this.#running.has(key)) this.#fail(key, fault);
    }
  }

  async #send({ key, caseId, batch }: QueuedUpload, record: string): Promise<void> {
    const begunMs = performance.now();
    const turn = Symbol(record);
    this.#sending.set(key, turn);
    for (;;) {
      this.#change(key, { phase: 'sending' });
      try {
        await desk.send(caseId, record, batch);
        break;
      } catch (fault) {
        if (performance.now() - begunMs > waitMsOf(fault)) throw fault;
      }
      this.#change(key, { phase: 'interrupted' });
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      // Held or cancelled meanwhile.
      if (!this.#running.has(key) || this.#sending.get(key) !== turn) return;
    }
    this.#drop(key);
    this.#running.delete(key);
    void this.#changedAtDesk(caseId);
    this.#fill();
  }

  #fail(key: number, fault: unknown): void {
    this.#running.delete(key);
    this.#change(key, { phase: 'failed', fault: faultOf(fault) });
    this.#fill();
  }

  #isHere(caseId: string, technician: string, { file, folder }: ChosenFile): boolean {
    return this.#all.some(
      ({ chosen, ...each }) =>
        each.caseId === caseId &&
        each.technician === technician &&
        chosen.folder === folder &&
        chosen.file.name === file.name &&
        chosen.file.size === file.size &&
        chosen.file.lastModified === file.lastModified,
    );
  }

  async #changedAtDesk(caseId: string): Promise<void> {
    await queryClient.invalidateQueries({ queryKey: queries.unfinishedUploads(caseId).queryKey });
    await queryClient.invalidateQueries({ queryKey: queries.case(caseId).queryKey });
  }

  #find(key: number): QueuedUpload | undefined {
    return this.#all.find((each) => each.key === key);
  }

  #drop(key: number): void {
    this.#left.delete(key);
    this.#sending.delete(key);
    this.#set(this.#all.filter((each) => each.key !== key));
  }

  #change(key: number, what: Partial<QueuedUpload>): void {
    this.#set(this.#all.map((each) => (each.key === key ? { ...each, ...what } : each)));
  }

  #set(all: readonly QueuedUpload[]): void {
    this.#all = all;
    for (const told of this.#told) told();
  }
}

function sayActive(request: HttpRequest): void {
  for (const [name, value] of Object.entries(activeHeader())) request.setHeader(name, value);
}

/** The window's own. */
export const uploads = new UploadQueue();
