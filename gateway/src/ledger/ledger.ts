/**
 * The ledger: one sequence of facts, a Merkle tree over them, and a signed checkpoint after each write.
 *
 * Facts that arrive while a write is under way are written together in the next one, under one checkpoint. When the
 * outcome of a write is not known (the database went away), the head is read again before anything else is
 * written. One program writes: a second one is noticed and refused.
 */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CaseId, OfficerId } from '@chaperone/domain/id/id.ts';
import { LEDGER_DIVERGENCES } from '@chaperone/domain/journal-entry/ledger-divergence.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { LINE_BYTES_MAX } from '@chaperone/protocol/evidence/schema.ts';
import type { LedgerEvidence } from '@chaperone/protocol/evidence/schema.ts';
import { ACCEPTANCE_TYP } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import type { AcceptanceReceiptClaims } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { RECEIPT_COUNTERSIGNATURE_TYP } from '@chaperone/protocol/receipt/countersignature.ts';
import type { ReceiptCountersignatureClaims } from '@chaperone/protocol/receipt/countersignature.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import type { DestructionCertificateClaims } from '@chaperone/protocol/signed/claims.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { encodeBase64, encodeBase64url } from '@chaperone/protocol/tree/base64.ts';
import { readCheckpoint, signCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import type { Checkpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { proveConsistency } from '@chaperone/protocol/tree/consistency-proof.ts';
import { EMPTY_FRONTIER, growFrontier, rootOf } from '@chaperone/protocol/tree/frontier.ts';
import type { Frontier, TreeNode } from '@chaperone/protocol/tree/frontier.ts';
import { proveInclusion } from '@chaperone/protocol/tree/inclusion-proof.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import type { VerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import type { Clock } from '../platform/clock/clock.ts';
import type { Database } from '../platform/database/database.ts';
import { DatabaseFull } from '../platform/database/database-error.ts';
import type { Found } from '../platform/database/search.ts';
import { writeDurably } from '../platform/durable-file/durable-file.ts';
import { LedgerBroken, LedgerEntryUnknown, LedgerUnavailable } from './contract.ts';
import type {
  AppendedEntry,
  InclusionProof,
  Ledger,
  LedgerLine,
  LedgerSearch,
  LedgerStatus,
  LedgerTile,
  SignedCertificate,
  WitnessStanding,
} from './contract.ts';
import { FactQueue } from './fact-queue.ts';
import type { QueuedFact, Waiter } from './fact-queue.ts';
import { searchLedger } from './ledger-search.ts';
import { partOfLedger, wholeLedger } from './ledger-evidence.ts';
import { readTile } from './ledger-tiles.ts';
import { LedgerWitnesses } from './ledger-witness.ts';
import type { GivenCosignature } from './ledger-witness.ts';
import { LedgerStore, makeLine } from './ledger-store.ts';
import type { LedgerBatch } from './ledger-store.ts';
import { openStoredCheckpoint, verifyEntries, verifyOlder } from './ledger-verification.ts';
import { openSigningKey } from './signing-key.ts';
import type { SigningKey } from './signing-key.ts';

/** Entries that one write holds, at most: about 3,000 bound values. */
const BATCH_ENTRIES_MAX = 256;
/** Entries that are read again at each start. */
const TAIL_ENTRIES = 1024;
/** Entries of a page that another zone asks for. */
const PAGE_ENTRIES_MAX = 1000;
/** What witnesses have said of a shorter ledger, of one run: each is an entry. */
const CONTRADICTIONS_TOLD_MAX = 100;
/** Milliseconds before facts that nobody waits for are tried again. */
const RETRY_MS = 1000;
/** Bytes of a line around its fact. */
const ENVELOPE_BYTES = 64;
const CHECKPOINT_FILE = 'checkpoint';

export interface LedgerOptions {
  /** With `LEDGER_MIGRATIONS` applied. */
  readonly database: Database;
  /** The ledger's own directory: signing key and last checkpoint. Made when it is not there. */
  readonly directory: string;
  /** `<gateway name>/chaperone-ledger`. */
  readonly origin: string;
  readonly clock: Clock;
}

/**
 * Opens the ledger and verifies its end; establishes it when there is none.
 *
 * @throws LedgerBroken when key, entries and signed checkpoint do not fit together
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const store = new LedgerStore(options.database);
  const stored = await store.head();
  const kept = await readKept(path.join(options.directory, CHECKPOINT_FILE));
  const key = await openSigningKey(
    options.directory,
    options.origin,
    stored !== null || kept !== null,
  );
  const size = await store.countEntries();
  const checkpoint =
    stored === null ? null : await openStoredCheckpoint(stored.checkpoint, key.verifierKey);
  const older = kept === null ? null : await openKept(kept, key.verifierKey);
  if (stored === null || checkpoint === null) {
    if (older !== null && older.size > 0) await verifyOlder(store, older, 0);
    if (size > 0) throw new LedgerBroken('The ledger has entries but no checkpoint.');
    const empty = { origin: options.origin, size: 0, root: rootOf(EMPTY_FRONTIER) };
    const note = await signCheckpoint(empty, key.verifierKey, key.signNote);
    return new SequencedLedger(options, store, key, EMPTY_FRONTIER, note);
  }
  if (checkpoint.size !== stored.size || size !== stored.size) {
    throw new LedgerBroken(
      `The ledger has ${size} entries; its checkpoint says ${checkpoint.size}.`,
    );
  }
  await verifyEntries(store, checkpoint, Math.max(0, size - TAIL_ENTRIES));
  if (older !== null) await verifyOlder(store, older, size);
  return new SequencedLedger(options, store, key, await store.frontier(size), stored.checkpoint);
}

class SequencedLedger implements Ledger {
  readonly #options: LedgerOptions;
  readonly #store: LedgerStore;
  readonly #key: SigningKey;
  readonly #witnesses: LedgerWitnesses;
  readonly #contradictions = new Set<string>();
  readonly #queue = new FactQueue();
  #frontier: Frontier;
  #checkpoint: string;
  /** The write whose outcome is not known. */
  #doubtful: LedgerBatch | null = null;
  #writing: Promise<void> | null = null;
  #keeping: Promise<void> | null = null;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(
    options: LedgerOptions,
    store: LedgerStore,
    key: SigningKey,
    frontier: Frontier,
    checkpoint: string,
  ) {
    this.#options = options;
    this.#store = store;
    this.#witnesses = new LedgerWitnesses(options.database, store, key.verifierKey);
    this.#key = key;
    this.#frontier = frontier;
    this.#checkpoint = checkpoint;
  }

  async append(fact: LedgerFact): Promise<AppendedEntry> {
    if (this.#closed) throw new LedgerUnavailable('The ledger is closed.');
    if (isTooLong(fact)) throw new RangeError('this fact is too long for a line of the ledger');
    return await new Promise((resolve, reject) => this.#enqueue(fact, { resolve, reject }));
  }

  appendLater(fact: LedgerFact): void {
    if (isTooLong(fact)) this.#queue.lose();
    else this.#enqueue(fact, null);
  }

  async settle(): Promise<void> {
    while (this.#queue.patient > 0) {
      const before = this.#queue.patient;
      await this.#write();
      if (this.#queue.patient >= before)
        throw new LedgerUnavailable('The ledger cannot be written now.');
    }
  }

  async entriesOf(caseId: CaseId): Promise<readonly LedgerLine[]> {
    return await this.#store.entriesOf(caseId);
  }

  async search(search: LedgerSearch): Promise<Found<LedgerLine>> {
    return await searchLedger(this.#options.database, search);
  }

  async page(from: number, count: number): Promise<readonly LedgerLine[]> {
    if (!Number.isSafeInteger(from) || from < 0 || count < 1 || count > PAGE_ENTRIES_MAX) {
      throw new LedgerEntryUnknown(`A page has 1 to ${PAGE_ENTRIES_MAX} entries.`);
    }
    return await this.#store.page(from, count);
  }

  checkpoint(): string {
    return this.#checkpoint;
  }

  async inclusionProof(index: number): Promise<InclusionProof> {
    const checkpoint = this.#checkpoint;
    const { size } = readCheckpoint(checkpoint);
    if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
      throw new LedgerEntryUnknown('The ledger has no entry with this number.');
    }
    const hashes = await proveInclusion(index, size, this.#store.nodeReader());
    return { index, checkpoint, hashes: hashes.map(encodeBase64) };
  }

  async consistencyProof(earlierSize: number, laterSize: number): Promise<readonly string[]> {
    const sizes = [earlierSize, laterSize, this.#frontier.size];
    const ordered = sizes.every(
      (size, at) => Number.isSafeInteger(size) && size >= (sizes[at - 1] ?? 0),
    );
    if (!ordered)
      throw new LedgerEntryUnknown('The ledger never had these sizes one after the other.');
    const hashes = await proveConsistency(earlierSize, laterSize, this.#store.nodeReader());
    return hashes.map(encodeBase64);
  }

  async tile(path: string, of: 'hashes' | 'hashes and entries'): Promise<LedgerTile> {
    const { size } = readCheckpoint(this.#checkpoint);
    return await readTile(this.#store, path, size, of === 'hashes and entries');
  }

  async witnessRequest(old: number, officerId: OfficerId): Promise<string> {
    if (Number.isSafeInteger(old) && old > this.#frontier.size) {
      const told = `${officerId} ${old}`;
      // A witness asks every few minutes; each number is told once, and not for ever.
      if (!this.#contradictions.has(told) && this.#contradictions.size < CONTRADICTIONS_TOLD_MAX) {
        this.#contradictions.add(told);
        const code = LEDGER_DIVERGENCES[0];
        this.appendLater({ kind: 'ledger-contradicted', officerId, code, size: old });
      }
    }
    return await this.#witnesses.request(old, this.#checkpoint);
  }

  async keepCosignature(given: GivenCosignature): Promise<void> {
    const { key, isNew } = await this.#witnesses.check(given, this.#frontier.size);
    const { officerId } = given;
    const keyHash = Buffer.from(key.hash).toString('hex');
    // First the entry: whoever vouches from now on is known to everybody who reads.
    if (isNew)
      await this.append({ kind: 'witness-registered', officerId, keyName: key.name, keyHash });
    await this.#witnesses.keep(given);
  }

  async witnesses(facility: string | null): Promise<readonly WitnessStanding[]> {
    return await this.#witnesses.standings(facility);
  }

  verifierKey(): string {
    return this.#key.verifierLine;
  }

  async signCertificate(claims: DestructionCertificateClaims): Promise<SignedCertificate> {
    const jws = await signStatement(
      TYP.destructionCertificate,
      claims,
      this.#key.statementKey,
      'EdDSA',
    );
    return { jws, digest: statementDigest(jws) };
  }

  async signReceipt(claims: Omit<AcceptanceReceiptClaims, 'iss'>): Promise<string> {
    const { verifierKey, statementKey } = this.#key;
    const whole: AcceptanceReceiptClaims = { iss: verifierKey.name, ...claims };
    return await signStatement(ACCEPTANCE_TYP.receipt, whole, statementKey, 'EdDSA');
  }

  async countersign(claims: Omit<ReceiptCountersignatureClaims, 'iss'>): Promise<string> {
    const { verifierKey, statementKey } = this.#key;
    const whole: ReceiptCountersignatureClaims = { iss: verifierKey.name, ...claims };
    return await signStatement(RECEIPT_COUNTERSIGNATURE_TYP, whole, statementKey, 'EdDSA');
  }

  async evidence(of: CaseId | 'everything', facility?: string): Promise<LedgerEvidence> {
    const [checkpoint, verifierKey] = [this.#checkpoint, this.verifierKey()];
    const { size } = readCheckpoint(checkpoint);
    const entries =
      of === 'everything'
        ? await wholeLedger(this.#store, size)
        : await partOfLedger(this.#store, await this.entriesOf(of), size);
    const whose = of === 'everything' ? null : (facility ?? '');
    const witnessed = await this.#witnesses.witnessed(whose, size);
    return { verifierKey, checkpoint, entries, witnessed };
  }

  async evidenceHead(): Promise<Omit<LedgerEvidence, 'entries'> & { readonly size: number }> {
    const checkpoint = this.#checkpoint;
    const { size } = readCheckpoint(checkpoint);
    const witnessed = await this.#witnesses.witnessed(null, size);
    return { size, verifierKey: this.verifierKey(), checkpoint, witnessed };
  }

  status(): LedgerStatus {
    return { size: this.#frontier.size, waiting: this.#queue.patient, lost: this.#queue.lost };
  }

  async verifyAll(): Promise<{ readonly size: number }> {
    const checkpoint = await openStoredCheckpoint(this.#checkpoint, this.#key.verifierKey);
    await verifyEntries(this.#store, checkpoint, 0);
    return { size: checkpoint.size };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.settle().catch(() => undefined);
    if (this.#retry !== null) clearTimeout(this.#retry);
    await this.#writing;
    this.#queue.refuse(new LedgerUnavailable('The ledger is closed.'));
    await this.#keeping;
  }

  #enqueue(fact: LedgerFact, waiter: Waiter | null): void {
    this.#queue.add({ fact, utcMs: this.#options.clock.utcMs(), waiter });
    void this.#write();
  }

  /** Writes what is queued, one batch after the other. Never rejects: who waits is told otherwise. */
  async #write(): Promise<void> {
    this.#writing ??= this.#drain();
    await this.#writing;
  }

  async #drain(): Promise<void> {
    // First the caller notes that this runs; its end is noted together with the last look at the queue.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      try {
        await this.#resolveDoubt();
        const queued = this.#queue.peek(BATCH_ENTRIES_MAX);
        // What was in doubt may have been all that was waiting.
        if (queued.length > 0) await this.#writeBatch(queued);
      } catch (cause) {
        this.#queue.refuse(unavailable(cause));
        this.#retryLater();
        break;
      }
    }
    this.#writing = null;
  }

  async #writeBatch(queued: readonly QueuedFact[]): Promise<void> {
    const { batch, frontier } = await this.#prepare(queued);
    this.#doubtful = batch;
    await this.#store.write(batch);
    this.#doubtful = null;
    this.#accept(batch, frontier);
    this.#queue.shift(queued.length);
    this.#tellOfLost();
    for (const [at, { waiter }] of queued.entries()) {
      const line = batch.lines[at];
      if (line === undefined) continue;
      waiter?.resolve({ index: line.index, leafHash: encodeBase64url(lineHash(line.line)) });
    }
  }

  /** It can be written again: what was given up meanwhile is counted, so that its absence does not go unseen. */
  #tellOfLost(): void {
    const count = this.#queue.untold;
    if (count === 0) return;
    this.#queue.tell(count);
    const fact = { kind: 'facts-lost', count } as const;
    this.#queue.add({ fact, utcMs: this.#options.clock.utcMs(), waiter: null });
  }

  async #prepare(
    queued: readonly QueuedFact[],
  ): Promise<{ readonly batch: LedgerBatch; readonly frontier: Frontier }> {
    let frontier = this.#frontier;
    const nodes: TreeNode[] = [];
    const lines: LedgerLine[] = [];
    for (const { fact, utcMs } of queued) {
      const line = makeLine(frontier.size, utcMs, fact);
      const grown = growFrontier(frontier, lineHash(line.line));
      frontier = grown.frontier;
      nodes.push(...grown.made);
      lines.push(line);
    }
    const { origin } = this.#options;
    const next = { origin, size: frontier.size, root: rootOf(frontier) };
    const checkpoint = await signCheckpoint(next, this.#key.verifierKey, this.#key.signNote);
    const head = { size: frontier.size, checkpoint };
    return { batch: { after: this.#frontier.size, lines, nodes, head }, frontier };
  }

  /** After a failed write: reads where the ledger stands now, and whether that write counted after all. */
  async #resolveDoubt(): Promise<void> {
    const doubtful = this.#doubtful;
    if (doubtful === null) return;
    const head = await this.#store.head();
    if (head !== null && head.size !== this.#frontier.size) {
      await openStoredCheckpoint(head.checkpoint, this.#key.verifierKey);
      this.#accept({ head }, await this.#store.frontier(head.size));
      // Those who waited were refused long ago; the patient facts of that batch are the first in the queue.
      if (head.checkpoint === doubtful.head.checkpoint)
        this.#queue.shift(this.#patientOf(doubtful));
    }
    this.#doubtful = null;
  }

  #patientOf(batch: LedgerBatch): number {
    const written = new Set(batch.lines.map(({ utcMs, fact }) => JSON.stringify([utcMs, fact])));
    const queued = this.#queue.peek(batch.lines.length);
    const end = queued.findIndex(({ utcMs, fact }) => !written.has(JSON.stringify([utcMs, fact])));
    return end === -1 ? queued.length : end;
  }

  #accept(batch: Pick<LedgerBatch, 'head'>, frontier: Frontier): void {
    this.#frontier = frontier;
    this.#checkpoint = batch.head.checkpoint;
    this.#keepCheckpoint();
  }

  /** Keeps the checkpoint outside the database too. It may lag behind; it is never ahead. */
  #keepCheckpoint(): void {
    this.#keeping ??= this.#keepUntilCurrent();
  }

  async #keepUntilCurrent(): Promise<void> {
    await Promise.resolve();
    let kept = '';
    while (kept !== this.#checkpoint) {
      kept = this.#checkpoint;
      // Without this second copy the ledger is as sound; only a database put back would be noticed later.
      const file = path.join(this.#options.directory, CHECKPOINT_FILE);
      await writeDurably(file, kept).catch(() => undefined);
    }
    this.#keeping = null;
  }

  #retryLater(): void {
    if (this.#retry !== null || this.#queue.length === 0 || this.#closed) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.#write();
    }, RETRY_MS);
    this.#retry.unref();
  }
}

/** Says why nothing can be recorded, as far as whoever asks can do something about it. */
function unavailable(cause: unknown): LedgerUnavailable {
  const words =
    cause instanceof DatabaseFull
      ? 'The disk of the ledger is full. Make room on it: until then nothing new is allowed.'
      : 'The ledger cannot be written now.';
  return new LedgerUnavailable(words, { cause });
}

function isTooLong(fact: LedgerFact): boolean {
  return Buffer.byteLength(JSON.stringify(fact)) > LINE_BYTES_MAX - ENVELOPE_BYTES;
}

/** The copy beside the database. @throws LedgerBroken saying which file */
async function openKept(note: string, key: VerifierKey): Promise<Checkpoint> {
  try {
    return await openStoredCheckpoint(note, key);
  } catch (cause) {
    if (!(cause instanceof LedgerBroken)) throw cause;
    throw new LedgerBroken(
      `The file ledger/${CHECKPOINT_FILE} is not one of this ledger. Should it alone be damaged, remove it.`,
      { cause },
    );
  }
}

async function readKept(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw new LedgerBroken('The checkpoint kept beside the database cannot be read.', { cause });
  }
}
