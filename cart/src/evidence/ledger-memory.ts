/**
 * What this cart remembers of the service centre's ledger: the newest checkpoint, and that of each session.
 *
 * Whoever owns the ledger's database and its key can write another past. A cart that has seen an older checkpoint notices
 * at its next session: every checkpoint that is shown has to continue the one before (RFC 6962 §2.1.2), and what does not is
 * never taken over. It is kept beside, signed as it is: two checkpoints that contradict each other prove it to anybody.
 * Decision 0037.
 *
 * | file in `ledger/` | holds |
 * |---|---|
 * | `checkpoint` | the newest checkpoint that continued what was known |
 * | `sessions.json` | the checkpoint at which each session stood, the newest 1,000 |
 * | `diverged.json` | the first checkpoint that did not continue, with the one it contradicts; it stays until a person removes it |
 */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { SessionId } from '@chaperone/domain/id/id.ts';
import { LEDGER_DIVERGENCES } from '@chaperone/domain/journal-entry/ledger-divergence.ts';
import type { LedgerDivergence } from '@chaperone/domain/journal-entry/ledger-divergence.ts';
import type { RememberedLedger, ShownLedger } from '@chaperone/protocol/cart-api/evidence.ts';
import { decodeBase64, encodeBase64url } from '@chaperone/protocol/tree/base64.ts';
import { openCheckpoint, readCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import type { Checkpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { verifyConsistency } from '@chaperone/protocol/tree/consistency-proof.ts';
import { ProofInvalid } from '@chaperone/protocol/tree/malformed-tree.ts';
import { sameHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { NoteInvalid } from '@chaperone/protocol/tree/signed-note.ts';
import type { VerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { writeWholeFile } from '../platform/whole-file.ts';
import { EvidenceUnreadable, LedgerNotOurs } from './evidence-error.ts';

/** Sessions whose checkpoint is kept. Some 400 bytes each; a cart has a few a month. */
export const SESSIONS_KEPT_MAX = 1000;
const CHECKPOINT_FILE = 'checkpoint';
const SESSIONS_FILE = 'sessions.json';
const DIVERGED_FILE = 'diverged.json';

const keptSessions = z.array(
  z.strictObject({ session: z.string(), utcMs: z.number().int(), checkpoint: z.string() }),
);
export type KeptCheckpoint = z.infer<typeof keptSessions>[number];

const divergence = z.strictObject({
  code: z.enum(LEDGER_DIVERGENCES),
  session: z.string(),
  utcMs: z.number().int(),
  /** As they were signed. */
  kept: z.string(),
  shown: z.string(),
});
export type KeptDivergence = z.infer<typeof divergence>;

/** What became of a checkpoint that was shown. */
export type Shown =
  | { readonly is: 'kept'; readonly size: number; readonly root: string; readonly isNew: boolean }
  | {
      readonly is: 'diverged';
      readonly code: LedgerDivergence;
      readonly keptSize: number;
      readonly shownSize: number;
      /** Whether it is the first one that was noticed. */
      readonly isNew: boolean;
    };

export class LedgerMemory {
  readonly #directory: string;
  readonly #utcMs: () => number;
  #checkpoint: string | null;
  #diverged: KeptDivergence | null;

  private constructor(
    directory: string,
    utcMs: () => number,
    checkpoint: string | null,
    diverged: KeptDivergence | null,
  ) {
    this.#directory = directory;
    this.#utcMs = utcMs;
    this.#checkpoint = checkpoint;
    this.#diverged = diverged;
  }

  /**
   * Reads what is remembered. Its signature is checked before anything is compared with it: a disk that changed a bit would
   * otherwise accuse the service centre, for good.
   * @throws EvidenceUnreadable when the disk does not give it, or gives something else
   */
  static async open(
    directory: string,
    utcMs: () => number,
    key: () => VerifierKey,
  ): Promise<LedgerMemory> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const memory = await LedgerMemory.look(directory, utcMs);
    if (memory.checkpoint !== null) await assertSigned(memory.checkpoint, key(), directory);
    return memory;
  }

  /** Reads it and makes nothing: for who looks on. @throws EvidenceUnreadable */
  static async look(directory: string, utcMs: () => number): Promise<LedgerMemory> {
    const file = path.join(directory, CHECKPOINT_FILE);
    const checkpoint = await readText(file);
    if (checkpoint !== null) parse(checkpoint, readCheckpoint, file);
    const memory = new LedgerMemory(
      directory,
      utcMs,
      checkpoint,
      await readJSON(path.join(directory, DIVERGED_FILE), divergence),
    );
    await memory.sessions();
    return memory;
  }

  /** The newest checkpoint that continued what was known, or null. */
  get checkpoint(): string | null {
    return this.#checkpoint;
  }

  /** What did not continue, or null while all is well. */
  get diverged(): KeptDivergence | null {
    return this.#diverged;
  }

  /** What the gateway is told, so that it can prove that it goes on from there. */
  remembered(): Omit<RememberedLedger, 'awaiting'> {
    const known = this.#known();
    if (known === null) return { size: 0, root: null };
    return { size: known.size, root: encodeBase64url(known.root) };
  }

  /**
   * Takes over a checkpoint that continues the last one; it is on the disk when this resolves.
   * @throws LedgerNotOurs when it is not signed by `key`, and what the disk throws
   */
  async show(shown: ShownLedger, session: SessionId, key: VerifierKey): Promise<Shown> {
    const next = await openShown(shown.checkpoint, key);
    const known = this.#known();
    const code = known === null ? null : divergenceOf(known, next, shown.proof);
    if (known !== null && code !== null) {
      const isNew = await this.#noteDivergence(code, session, shown.checkpoint);
      return { is: 'diverged', code, keptSize: known.size, shownSize: next.size, isNew };
    }
    const isNew = known === null || known.size !== next.size;
    if (isNew) {
      await writeWholeFile(path.join(this.#directory, CHECKPOINT_FILE), shown.checkpoint);
      this.#checkpoint = shown.checkpoint;
    }
    await this.#keepOf(session, shown.checkpoint);
    return { is: 'kept', size: next.size, root: encodeBase64url(next.root), isNew };
  }

  /** The checkpoint of each session, the newest last. @throws EvidenceUnreadable */
  async sessions(): Promise<readonly KeptCheckpoint[]> {
    return (await readJSON(path.join(this.#directory, SESSIONS_FILE), keptSessions)) ?? [];
  }

  #known(): Checkpoint | null {
    return this.#checkpoint === null ? null : readCheckpoint(this.#checkpoint);
  }

  async #keepOf(session: SessionId, checkpoint: string): Promise<void> {
    const before = (await this.sessions()).filter((each) => each.session !== session);
    const all = [...before, { session, utcMs: this.#utcMs(), checkpoint }];
    const text = JSON.stringify(all.slice(-SESSIONS_KEPT_MAX));
    await writeWholeFile(path.join(this.#directory, SESSIONS_FILE), text);
  }

  /** Keeps the first pair of checkpoints that contradict each other; later ones add nothing to the proof. */
  async #noteDivergence(
    code: LedgerDivergence,
    session: SessionId,
    shown: string,
  ): Promise<boolean> {
    if (this.#diverged !== null) return false;
    const noted = { code, session, utcMs: this.#utcMs(), kept: this.#checkpoint ?? '', shown };
    // In memory first: what the disk cannot take is said on the panel all the same.
    this.#diverged = noted;
    await writeWholeFile(path.join(this.#directory, DIVERGED_FILE), JSON.stringify(noted));
    return true;
  }
}

/** Tells how a checkpoint does not continue another one; null when it does. */
export function divergenceOf(
  known: Checkpoint,
  next: Checkpoint,
  proof: readonly string[],
): LedgerDivergence | null {
  if (next.size < known.size) return 'LEDGER_SHORTER';
  if (next.size === known.size) return sameHash(next.root, known.root) ? null : 'LEDGER_REWRITTEN';
  try {
    const hashes = proof.flatMap((hash) => decodeBase64(hash) ?? []);
    verifyConsistency(known, next, hashes);
    return null;
  } catch (fault) {
    if (fault instanceof ProofInvalid) return 'LEDGER_REWRITTEN';
    throw fault;
  }
}

async function openShown(note: string, key: VerifierKey): Promise<Checkpoint> {
  try {
    return await openCheckpoint(note, key);
  } catch (cause) {
    if (!(cause instanceof NoteInvalid)) throw cause;
    throw new LedgerNotOurs("This checkpoint is not signed by the ledger's key.", { cause });
  }
}

async function assertSigned(note: string, key: VerifierKey, directory: string): Promise<void> {
  try {
    await openCheckpoint(note, key);
  } catch (cause) {
    if (!(cause instanceof NoteInvalid)) throw cause;
    const file = path.join(directory, CHECKPOINT_FILE);
    const message = `The file ${file} is damaged, or of another ledger: put it aside.`;
    throw new EvidenceUnreadable(message, { cause });
  }
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw new EvidenceUnreadable(`The file ${file} cannot be read.`, { cause });
  }
}

async function readJSON<S extends z.ZodType>(file: string, schema: S): Promise<z.infer<S> | null> {
  const text = await readText(file);
  if (text === null) return null;
  return parse(text, (each) => schema.parse(JSON.parse(each)), file);
}

function parse<T>(text: string, read: (text: string) => T, file: string): T {
  try {
    return read(text);
  } catch (cause) {
    throw new EvidenceUnreadable(`The file ${file} is damaged: put it aside.`, { cause });
  }
}
