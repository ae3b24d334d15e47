/**
 * A facility's witness of the service centre's ledger: it remembers the newest checkpoint that it saw, signs another one only when that one
 * continues it, and refuses for good whatever does not (C2SP tlog-witness, tlog-cosignature). Decision 0038.
 *
 * What it remembers is on the disk before anything is signed: after a kill it never vouches for two histories.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { readAddCheckpoint } from '@chaperone/protocol/tree/add-checkpoint.ts';
import { openCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import type { Checkpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { verifyConsistency } from '@chaperone/protocol/tree/consistency-proof.ts';
import { cosign } from '@chaperone/protocol/tree/cosignature.ts';
import { MalformedTree, ProofInvalid } from '@chaperone/protocol/tree/malformed-tree.ts';
import { sameHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { NoteInvalid, parseNote } from '@chaperone/protocol/tree/signed-note.ts';
import type { NoteSigner } from '@chaperone/protocol/tree/signed-note.ts';
import type { VerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';

/** What is shown is no checkpoint of that ledger. Nothing is learnt from it. */
export class NotThatLedger extends DomainError {
  readonly code = 'NOT_THAT_LEDGER';
}
/** The request is about another size than the one that is remembered; `size` is that one. */
export class SizeNotRemembered extends DomainError {
  readonly code = 'SIZE_NOT_REMEMBERED';
  readonly size: number;

  constructor(size: number) {
    super(`The witness remembers ${size} entries.`);
    this.size = size;
  }
}
/** The ledger was cut or rewritten. The witness has kept both checkpoints and signs nothing of it any more. */
export class LedgerRewritten extends DomainError {
  readonly code = 'LEDGER_REWRITTEN';
}

/** Two checkpoints of one ledger that cannot both be true, as they were signed. */
export interface Contradiction {
  readonly seenUtcMs: number;
  readonly kept: string;
  readonly shown: string;
}

/** What a witness has on its disk. Each method settles when it is there. */
export interface WitnessMemory {
  /**
   * Reads what is there and lets nobody else change it until `act` is over, in this process or another: two who remember apart
   * from each other could be made to vouch for two histories.
   */
  exclusively<Result>(act: () => Promise<Result>): Promise<Result>;
  /** The newest checkpoint that was vouched for; null before the first. */
  newest(): string | null;
  contradiction(): Contradiction | null;
  remember(checkpoint: string): Promise<void>;
  accuse(contradiction: Contradiction): Promise<void>;
}

export interface WitnessOptions {
  /** The ledger's key that the facility wrote down. */
  readonly ledgerKey: VerifierKey;
  readonly witnessKey: VerifierKey;
  readonly sign: NoteSigner;
  readonly memory: WitnessMemory;
  readonly utcMs: () => number;
}

export class Witness {
  readonly #options: WitnessOptions;

  constructor(options: WitnessOptions) {
    this.#options = options;
  }

  /** How many entries were vouched for last. */
  async size(): Promise<number> {
    return (await this.#known())?.size ?? 0;
  }

  /**
   * Answers a request to add a checkpoint.
   *
   * @returns the checkpoint, with the cosignature as its last line
   * @throws NotThatLedger, SizeNotRemembered, LedgerRewritten, and what `exclusively` of the memory throws
   */
  async add(body: string): Promise<string> {
    return await this.#options.memory.exclusively(async () => await this.#add(body));
  }

  async #add(body: string): Promise<string> {
    const { memory, ledgerKey, witnessKey, sign, utcMs } = this.#options;
    if (memory.contradiction() !== null)
      throw new LedgerRewritten(
        'This ledger contradicted itself: nothing of it is signed any more.',
      );
    const request = readRequest(body);
    const next = await this.#open(request.checkpoint, ledgerKey);
    const known = await this.#known();
    const size = known?.size ?? 0;
    if (known !== null && !(await isContinuation(known, next, request.proof, request.old))) {
      const kept = memory.newest() ?? '';
      await memory.accuse({ seenUtcMs: utcMs(), kept, shown: request.checkpoint });
      throw new LedgerRewritten(
        next.size < size
          ? `The ledger had ${size} entries, and now it has ${next.size}.`
          : `The first ${size} entries of the ledger are not what they were.`,
      );
    }
    if (request.old !== size) throw new SizeNotRemembered(size);
    // Before it is signed: a witness that forgets could be made to vouch for two histories.
    await memory.remember(request.checkpoint);
    const { text } = parseNote(request.checkpoint);
    const line = await cosign(text, witnessKey, Math.floor(utcMs() / 1000), sign);
    return `${request.checkpoint}${line}`;
  }

  async #known(): Promise<Checkpoint | null> {
    const { memory, ledgerKey } = this.#options;
    const newest = memory.newest();
    return newest === null ? null : await openCheckpoint(newest, ledgerKey);
  }

  async #open(note: string, key: VerifierKey): Promise<Checkpoint> {
    try {
      return await openCheckpoint(note, key);
    } catch (cause) {
      if (!(cause instanceof NoteInvalid)) throw cause;
      throw new NotThatLedger('The checkpoint is not signed by the key of that ledger.', { cause });
    }
  }
}

function readRequest(body: string) {
  try {
    return readAddCheckpoint(body);
  } catch (cause) {
    if (!(cause instanceof MalformedTree)) throw cause;
    throw new NotThatLedger('This is no checkpoint with its proof.', { cause });
  }
}

/**
 * Tells whether the next checkpoint continues the known one. A request about another size proves nothing: unless it is shorter, or of the
 * same size with another root, it is left for a better one.
 */
async function isContinuation(
  known: Checkpoint,
  next: Checkpoint,
  proof: readonly Uint8Array[],
  old: number,
): Promise<boolean> {
  if (next.size < known.size) return false;
  if (next.size === known.size) return sameHash(next.root, known.root);
  if (old !== known.size) return true;
  try {
    verifyConsistency(known, next, proof);
    return true;
  } catch (fault) {
    if (fault instanceof ProofInvalid) return false;
    throw fault;
  }
}
