/**
 * De-identification on the cart: makes of a file what may leave in its place, before the first byte of it leaves.
 *
 * A result is made once for each version of a file, case and set of templates, lies in the data directory as long as the session,
 * and holds nothing of a patient. The same file gives the same bytes, so a transfer that broke off goes on. The cart's own
 * secret gives each case another one: what was sent for two cases cannot be linked without this cart. Decision 0034.
 *
 * It does not decide whether a file has to be de-identified: that is the grant's and the facility's policy's word.
 */
import { createHash, createHmac } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { deidentifyApart } from '@chaperone/deidentification/apart/apart.ts';
import type {
  InstalledTemplates,
  RegionTemplate,
  TemplatesPin,
} from '@chaperone/deidentification/dicom/template.ts';
import { readPinnedTemplates } from '@chaperone/deidentification/dicom/template.ts';
import type { ByteSource } from '@chaperone/deidentification/source/byte-source.ts';
import type { DeidentificationReport } from '@chaperone/domain/deidentification/report.ts';
import type { CaseId, TransferId } from '@chaperone/domain/id/id.ts';
import { ownSecret } from './own-secret.ts';
import { patientList } from './patient-list.ts';
import { ContentPreparing, Preparation } from './preparation.ts';

export { ContentPreparing } from './preparation.ts';

const FOLDER = 'deidentified';
const LABEL = 'chaperone case secret v1\n';
/** Less than a desk waits for any answer (10 s): most files are ready by then, and nothing is asked twice. */
const ANSWER_WITHIN_MS = 4000;
/** A desk asks again each second or so; held and cancelled transfers ask no more. */
const FORGOTTEN_MS = 30_000;
/** Names and numbers that images of a case held, for its logs. In memory, as long as the session. */
const WORDS_MAX = 2000;

export interface PreparedFile {
  readonly directory: string;
  readonly name: string;
  /** SHA-256 of the result, base64url: the same file gives the same one in the next session, too. */
  readonly sha256: string;
  readonly report: DeidentificationReport;
}

/** A file that is held open. */
export interface OpenedFile extends ByteSource, AsyncDisposable {
  /** Fails when it is not the version that was asked for, any more. */
  readonly checkVersion: () => Promise<void>;
}

export interface FileToPrepare {
  readonly caseId: CaseId;
  /** What changes when the file does. */
  readonly version: string;
  readonly bytes: number;
  /** Who asks. */
  readonly transferId: TransferId;
  /** Called when its turn has come: of a thousand files that wait, none is held open. */
  readonly open: () => Promise<OpenedFile>;
}

export interface DeidentificationOptions {
  readonly dataDirectory: string;
  readonly templates: TemplatesPin;
  /** The word of the facility's policy on the installed templates; asked for each result. */
  readonly mayUseTemplates: (sha256: string) => boolean;
  /** One name or number to a line. */
  readonly patientListFile?: string | null;
  /** How long one question waits for the result, milliseconds. */
  readonly answerWithinMs?: number;
  readonly deidentify?: typeof deidentifyApart;
}

export class Deidentification {
  readonly #directory: string;
  readonly #secret: Buffer;
  readonly #installed: InstalledTemplates;
  readonly #mayUseTemplates: (sha256: string) => boolean;
  readonly #patientListFile: string | null;
  readonly #answerWithinMs: number;
  readonly #deidentify: typeof deidentifyApart;
  readonly #prepared = new Map<string, Preparation<PreparedFile>>();
  readonly #words = new Map<CaseId, Set<string>>();
  /** One at a time: the screen and the operator's buttons come first on this machine. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    options: DeidentificationOptions,
    secret: Buffer,
    installed: InstalledTemplates,
  ) {
    this.#directory = path.join(options.dataDirectory, FOLDER);
    this.#secret = secret;
    this.#installed = installed;
    this.#mayUseTemplates = options.mayUseTemplates;
    this.#patientListFile = options.patientListFile ?? null;
    this.#answerWithinMs = options.answerWithinMs ?? ANSWER_WITHIN_MS;
    this.#deidentify = options.deidentify ?? deidentifyApart;
  }

  /** Reads templates and secret, and removes what an earlier run left. @throws TemplatesInvalid, StorageFailed */
  static async open(options: DeidentificationOptions): Promise<Deidentification> {
    const installed = await readPinnedTemplates(options.templates);
    const own = new Deidentification(options, await ownSecret(options.dataDirectory), installed);
    await own.forget();
    return own;
  }

  /**
   * Gives the result of a file, or says how far it is.
   * @throws ContentPreparing, DeidentificationRefused, and what reading and writing throw
   */
  async prepare(file: FileToPrepare): Promise<PreparedFile> {
    // A result depends on the words known when it was made; one that is there stays, so that its transfer can go on.
    const { templates, sha256 } = this.#templatesNow();
    const key = createHmac('sha256', this.#secret)
      .update([file.caseId, file.version, sha256 ?? 'none'].join('\n'))
      .digest('hex');
    const nowMs = performance.now();
    this.#giveWay(key, nowMs);
    const preparation = this.#prepared.get(key) ?? this.#begin(key, file, templates);
    preparation.wantedBy.add(file.transferId);
    try {
      return await preparation.within(this.#answerWithinMs, nowMs);
    } catch (fault) {
      // A refused file may be another one the next time; a full disk may have room.
      const isOver = !(fault instanceof ContentPreparing);
      if (isOver && this.#prepared.get(key) === preparation) this.#prepared.delete(key);
      throw fault;
    }
  }

  /** Stops what is being made for a transfer that is cancelled, unless another one wants it, too. What is made stays. */
  abandon(transferId: TransferId): void {
    for (const [key, preparation] of this.#prepared) {
      const isWanted = !preparation.wantedBy.delete(transferId) || preparation.wantedBy.size > 0;
      if (isWanted || preparation.isMade) continue;
      preparation.stop();
      this.#prepared.delete(key);
    }
  }

  /** Stops what is being made and removes what was: at the end of a session. */
  async forget(): Promise<void> {
    for (const preparation of this.#prepared.values()) preparation.stop();
    this.#prepared.clear();
    this.#words.clear();
    await this.#turn;
    await rm(this.#directory, { recursive: true, force: true });
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
  }

  /** How many results lie here; for tests and for who looks after the disk. */
  async count(): Promise<number> {
    return (await readdir(this.#directory)).length;
  }

  /** What nobody asks for any more holds up no other file: its transfer was cancelled, or is held. */
  #giveWay(wanted: string, nowMs: number): void {
    for (const [key, preparation] of this.#prepared) {
      const isForgotten = nowMs - preparation.askedMs > FORGOTTEN_MS;
      if (key === wanted || preparation.isMade || !isForgotten) continue;
      preparation.stop();
      this.#prepared.delete(key);
    }
  }

  /** A policy that comes in a session counts at once: what it does not name leaves no image. */
  #templatesNow(): InstalledTemplates {
    const { sha256 } = this.#installed;
    const may = sha256 !== null && this.#mayUseTemplates(sha256);
    return may ? this.#installed : { templates: [], sha256: null };
  }

  #begin(
    key: string,
    file: FileToPrepare,
    templates: readonly RegionTemplate[],
  ): Preparation<PreparedFile> {
    const words = this.#wordsOf(file.caseId);
    const preparation = new Preparation<PreparedFile>(file.bytes, async (signal, read) => {
      const made = this.#turn.then(async () => {
        signal.throwIfAborted();
        await using source = await file.open();
        const watched: ByteSource = {
          bytes: source.bytes,
          read: async (offset, length) => {
            const bytes = await source.read(offset, length);
            read(offset + bytes.length);
            return bytes;
          },
        };
        const result = await this.#make(key, {
          caseId: file.caseId,
          source: watched,
          templates,
          words,
          signal,
        });
        await source.checkVersion();
        return result;
      });
      this.#turn = made.catch(() => undefined);
      return await made;
    });
    this.#prepared.set(key, preparation);
    return preparation;
  }

  async #make(
    key: string,
    { caseId, source, templates, words, signal }: Making,
  ): Promise<PreparedFile> {
    const secret = createHmac('sha256', this.#secret).update(LABEL).update(caseId).digest();
    const listed = await patientList(this.#patientListFile);
    const order = {
      secret,
      templates,
      // Without the list that was promised no log leaves; images need none.
      words: listed === null ? [] : [...words, ...listed],
      replacesAddresses: false,
      requiresDictionary: true,
    };
    const staged = path.join(this.#directory, `${key}.part`);
    try {
      const written = await this.#write(staged, async () => {
        const work = await this.#deidentify(source, order, signal);
        for (const word of work.words) if (words.size < WORDS_MAX) words.add(word);
        return work.chunks;
      });
      // Only a whole and checked result has a name under which it is served.
      await rename(staged, path.join(this.#directory, key));
      return { directory: this.#directory, name: key, ...written };
    } catch (fault) {
      await rm(staged, { force: true });
      throw fault;
    }
  }

  async #write(
    staged: string,
    begin: () => Promise<AsyncGenerator<Uint8Array, DeidentificationReport>>,
  ): Promise<Pick<PreparedFile, 'sha256' | 'report'>> {
    // Opened before the work begins: work that nobody takes would stay.
    await using handle = await open(staged, 'w', 0o600);
    const hash = createHash('sha256');
    const chunks = await begin();
    try {
      for (;;) {
        const next = await chunks.next();
        if (next.done === true) return { sha256: hash.digest('base64url'), report: next.value };
        hash.update(next.value);
        await handle.appendFile(next.value);
      }
    } finally {
      await chunks.return(undefined as never);
    }
  }

  #wordsOf(caseId: CaseId): Set<string> {
    const known = this.#words.get(caseId) ?? new Set<string>();
    this.#words.set(caseId, known);
    return known;
  }
}

interface Making {
  readonly caseId: CaseId;
  readonly source: ByteSource;
  readonly templates: readonly RegionTemplate[];
  readonly words: Set<string>;
  readonly signal: AbortSignal;
}
