/**
 * The cart's own journal: what happened here, in order, signed by the cart's key, readable by nobody's leave.
 *
 * Lines of JSON in `journal.ndjson` (docs/protocol.md section 9) with a Merkle tree over them. Facts of acts that widen
 * access are on the disk when `append` settles; facts of acts that narrow it are written as soon as that is possible,
 * and when too many have to wait, their number is (`facts-lost`). It holds no PHI, and it is not the place to look up what
 * is going on now.
 */
import type { KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { JOURNAL_PAGE_MAX } from '@chaperone/protocol/cart-api/schema.ts';
import type { JournalPage } from '@chaperone/protocol/cart-api/schema.ts';
import { LINE_BYTES_MAX } from '@chaperone/protocol/evidence/schema.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { encodeBase64url } from '@chaperone/protocol/tree/base64.ts';
import { EMPTY_FRONTIER, appendLeaf, rootOf } from '@chaperone/protocol/tree/frontier.ts';
import type { Frontier } from '@chaperone/protocol/tree/frontier.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { JournalDamaged, JournalUnwritable } from './journal-error.ts';
import { JournalMark, readMark } from './journal-mark.ts';
import type { Mark } from './journal-mark.ts';
import { LineFile } from './line-file.ts';

export { JournalDamaged, JournalUnwritable } from './journal-error.ts';

/** Facts of acts that have happened, kept in memory while the disk is full. A session makes some dozens. */
const WAITING_FACTS_MAX = 1000;
/** A write that takes longer than this is one of a disk that stalls: nothing new is allowed meanwhile. Milliseconds. */
const STALLED_AFTER_MS = 2000;
/** Milliseconds before facts that wait are tried again. */
const RETRY_MS = 1000;
/** As the field engineer finds it in the data directory. */
const FILE = 'journal/journal.ndjson';
/** Bytes of a line around its fact. */
const ENVELOPE_BYTES = 64;

export interface JournalOptions {
  /** Made, with mode 0700, when it is not there. */
  readonly directory: string;
  /** The cart's private key: P-256 or RSA. */
  readonly key: KeyObject;
  readonly serial: string;
  readonly clock: { utcMs(): number };
}

interface Waiting {
  readonly utcMs: number;
  readonly fact: JournalFact;
}

/**
 * Opens the journal and checks all of it.
 *
 * @throws JournalDamaged when a line was altered, dropped or put out of order, saying which
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const markFile = path.join(options.directory, 'journal.mark');
  const check = new Check(readMark(markFile));
  const file = path.join(options.directory, 'journal.ndjson');
  const { lines, tornBytes } = LineFile.open(
    file,
    (line) => check.see(line),
    () => check.end(),
  );
  const journal = new Journal(options, lines, new JournalMark(markFile), check.frontier);
  if (tornBytes > 0) journal.appendLater([{ kind: 'facts-lost', count: 1 }]);
  return journal;
}

/** Follows the lines of a journal that is being opened. */
class Check {
  readonly #mark: Mark | null;
  frontier: Frontier = EMPTY_FRONTIER;

  constructor(mark: Mark | null) {
    this.#mark = mark;
  }

  see(line: string): void {
    const { size } = this.frontier;
    if (!isEntry(line, size)) throw new JournalDamaged(`Line ${size + 1} of ${FILE} is damaged.`);
    this.frontier = appendLeaf(this.frontier, lineHash(line));
    if (this.#mark?.size !== size + 1) return;
    if (this.#mark.root !== encodeBase64url(rootOf(this.frontier))) {
      throw new JournalDamaged(`One of the first ${size + 1} lines of ${FILE} was altered.`);
    }
  }

  end(): void {
    const missing = (this.#mark?.size ?? 0) - this.frontier.size;
    if (missing > 0)
      throw new JournalDamaged(`The last ${missing} lines of ${FILE} are missing or damaged.`);
  }
}

function isEntry(line: string, index: number): boolean {
  try {
    const entry = JSON.parse(line) as {
      index?: unknown;
      utcMs?: unknown;
      fact?: { kind?: unknown };
    } | null;
    return (
      entry?.index === index &&
      typeof entry.utcMs === 'number' &&
      typeof entry.fact?.kind === 'string'
    );
  } catch {
    return false;
  }
}

function isTooLong(fact: JournalFact): boolean {
  return Buffer.byteLength(JSON.stringify(fact)) > LINE_BYTES_MAX - ENVELOPE_BYTES;
}

export class Journal {
  readonly #options: JournalOptions;
  readonly #lines: LineFile;
  readonly #mark: JournalMark;
  #frontier: Frontier;
  #waiting: Waiting[] = [];
  #lost = 0;
  #failing = false;
  /** Reading of `performance.now()` at which the write under way began. */
  #writingSinceMs: number | null = null;
  /** One write after another. */
  #turn: Promise<unknown> = Promise.resolve();
  #flush: NodeJS.Immediate | null = null;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: JournalOptions, lines: LineFile, mark: JournalMark, frontier: Frontier) {
    this.#options = options;
    this.#lines = lines;
    this.#mark = mark;
    this.#frontier = frontier;
  }

  /** Entries on the disk. */
  get size(): number {
    return this.#frontier.size;
  }

  /** Root of the tree over all entries on the disk, base64url. */
  get root(): string {
    return encodeBase64url(rootOf(this.#frontier));
  }

  /** Facts that wait for the disk. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Writes facts, all or none, after those that wait. They are on the disk when it settles.
   * @throws JournalUnwritable
   */
  async append(facts: readonly JournalFact[]): Promise<void> {
    if (this.#closed) throw new JournalUnwritable('The journal is closed.');
    if (facts.some(isTooLong)) throw new RangeError('a fact is too long for the journal');
    const dated = this.#dated(facts);
    await this.#inTurn(() => this.#write(dated));
  }

  /** Takes facts of an act that narrowed access: never fails, never waits. */
  appendLater(facts: readonly JournalFact[]): void {
    const room = Math.max(0, WAITING_FACTS_MAX - this.#waiting.length);
    const kept = facts.filter((fact) => !isTooLong(fact)).slice(0, room);
    this.#waiting.push(...this.#dated(kept));
    this.#lost += facts.length - kept.length;
    if (this.#flush !== null || this.#closed) return;
    this.#flush = setImmediate(() => {
      this.#flush = null;
      void this.#tryWaiting();
    });
  }

  /** Settles when everything that was appended later is written, or cannot be. */
  async settled(): Promise<void> {
    await this.#tryWaiting();
  }

  /** False while facts cannot be written: the disk refuses, or has not answered for 2 s. Tried again by itself. */
  writable(): boolean {
    const sinceMs = this.#writingSinceMs;
    const isStalled = sinceMs !== null && performance.now() - sinceMs > STALLED_AFTER_MS;
    return !this.#failing && !isStalled;
  }

  /** Reads lines as they stand on disk, at most a page of the cart API. */
  async lines(from: number): Promise<readonly string[]> {
    if (!Number.isSafeInteger(from) || from < 0) return [];
    return await this.#lines.read(from, JOURNAL_PAGE_MAX);
  }

  /** Signs how long the journal is and what its root is (JWS `chaperone-journal-head+jwt`). */
  async head(): Promise<string> {
    const { serial, key, clock } = this.#options;
    const iat = Math.floor(clock.utcMs() / 1000);
    const claims = { iss: serial, size: this.size, root: this.root, iat };
    const algorithm = key.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256';
    return await signStatement(TYP.journalHead, claims, key, algorithm);
  }

  /** Gives a page as the cart API does. */
  async page(from: number): Promise<JournalPage> {
    // The head first: more lines than it counts do no harm, but fewer would look like another past.
    const head = this.head();
    const entries = [...(await this.lines(from))];
    return { entries, head: await head };
  }

  /** Writes what waits, if that is possible, and lets go of the files. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#flush !== null) clearImmediate(this.#flush);
    if (this.#retry !== null) clearTimeout(this.#retry);
    await this.#tryWaiting();
    this.#lines.close();
    this.#mark.close();
  }

  #dated(facts: readonly JournalFact[]): Waiting[] {
    const utcMs = this.#options.clock.utcMs();
    return facts.map((fact) => ({ utcMs, fact: structuredClone(fact) }));
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(act);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /** Writes what waits, how many were lost, and then these; only in its turn. @throws JournalUnwritable */
  async #write(facts: readonly Waiting[]): Promise<void> {
    // More may be put behind these while the disk is busy; it stays for the next turn.
    const waiting = [...this.#waiting];
    const lost = this.#lost;
    const all = [...waiting, ...this.#lostFact(lost), ...facts];
    if (all.length === 0) return;
    let frontier = this.#frontier;
    const lines = all.map(({ utcMs, fact }) => {
      const line = JSON.stringify({ index: frontier.size, utcMs, fact });
      frontier = appendLeaf(frontier, lineHash(line));
      return line;
    });
    this.#writingSinceMs = performance.now();
    try {
      await this.#lines.append(lines);
    } catch (cause) {
      this.#failing = true;
      this.#retryLater();
      throw new JournalUnwritable('The journal cannot be written: is the disk full?', { cause });
    } finally {
      this.#writingSinceMs = null;
    }
    this.#failing = false;
    this.#frontier = frontier;
    this.#waiting.splice(0, waiting.length);
    this.#lost -= lost;
    await this.#mark.write({ size: this.size, root: this.root });
  }

  #lostFact(count: number): readonly Waiting[] {
    return count === 0 ? [] : this.#dated([{ kind: 'facts-lost', count }]);
  }

  async #tryWaiting(): Promise<void> {
    await this.#inTurn(async () => {
      try {
        await this.#write([]);
      } catch {
        // They stay and are tried again.
      }
      // Nothing waits and nothing failed since: what failed was an act that was refused. Ask the disk itself.
      if (this.#failing && this.#waiting.length === 0 && this.#lost === 0) await this.#probe();
    });
  }

  /** Finds out whether there is room again, without leaving anything behind. */
  async #probe(): Promise<void> {
    try {
      await this.#lines.probe(LINE_BYTES_MAX);
      this.#failing = false;
    } catch {
      this.#retryLater();
    }
  }

  #retryLater(): void {
    if (this.#retry !== null || this.#closed) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.#tryWaiting();
    }, RETRY_MS);
    this.#retry.unref();
  }
}
