/**
 * Witnesses of the ledger: what is shown to them, and the newest cosignature of each.
 *
 * A witness is a program at a facility that remembers every checkpoint it saw and signs one only when it continues them
 * (C2SP tlog-witness). Its word is worth something because it is not ours: what is checked here only keeps nonsense out.
 * Decision 0038.
 */
import type { OfficerId } from '@chaperone/domain/id/id.ts';
import type { WitnessedCheckpoint } from '@chaperone/protocol/evidence/schema.ts';
import { writeAddCheckpoint } from '@chaperone/protocol/tree/add-checkpoint.ts';
import { encodeBase64 } from '@chaperone/protocol/tree/base64.ts';
import { openCheckpoint, readCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { proveConsistency } from '@chaperone/protocol/tree/consistency-proof.ts';
import { openCosignature } from '@chaperone/protocol/tree/cosignature.ts';
import { rootOf } from '@chaperone/protocol/tree/frontier.ts';
import { sameHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { NoteInvalid } from '@chaperone/protocol/tree/signed-note.ts';
import {
  COSIGNATURE_V1,
  VerifierKeyMalformed,
  parseVerifierKey,
} from '@chaperone/protocol/tree/verifier-key.ts';
import type { VerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import type { Database } from '../platform/database/database.ts';
import { CosignatureRefused, LedgerEntryUnknown } from './contract.ts';
import type { WitnessStanding } from './contract.ts';
import type { LedgerStore } from './ledger-store.ts';
import type { LedgerTables } from './ledger-schema.ts';

/** Witness keys of one facility, ever: each first one is an entry of the ledger. */
const WITNESSES_PER_FACILITY_MAX = 8;
/** Witnesses in one bundle. */
const WITNESSED_MAX = 16;

/** What a facility's witness brings. */
export interface GivenCosignature {
  readonly officerId: OfficerId;
  readonly facility: string;
  /** The witness's verifier key, one line. */
  readonly witness: string;
  /** The checkpoint, with its cosignature among the signatures. */
  readonly note: string;
}

export class LedgerWitnesses {
  readonly #database: Database;
  readonly #store: LedgerStore;
  readonly #key: VerifierKey;

  constructor(database: Database, store: LedgerStore, key: VerifierKey) {
    this.#database = database;
    this.#store = store;
    this.#key = key;
  }

  /**
   * What is shown to a witness that saw `old` entries last. One that saw more gets the checkpoint without a proof, and sees that it
   * is shorter.
   * @throws LedgerEntryUnknown
   */
  async request(old: number, checkpoint: string): Promise<string> {
    const { size } = readCheckpoint(checkpoint);
    if (!Number.isSafeInteger(old) || old < 0)
      throw new LedgerEntryUnknown('No ledger had this size.');
    const proof = old > size ? [] : await proveConsistency(old, size, this.#store.nodeReader());
    return writeAddCheckpoint({ old, proof, checkpoint });
  }

  /**
   * Checks a cosignature.
   * @returns the witness's key, and whether it is new here
   * @throws CosignatureRefused
   */
  async check(
    given: GivenCosignature,
    size: number,
  ): Promise<{ key: VerifierKey; isNew: boolean }> {
    const key = await this.#open(given, size);
    const known = await this.#db
      .selectFrom('ledger_cosignature')
      .select(['witness', 'facility'])
      .where('facility', '=', given.facility)
      .execute();
    const isNew = !known.some(({ witness }) => witness === given.witness);
    if (isNew && known.length >= WITNESSES_PER_FACILITY_MAX)
      throw new CosignatureRefused('This facility has too many witnesses.');
    return { key, isNew };
  }

  /** Keeps a cosignature that was checked, unless one of a larger tree is here. */
  async keep({ officerId, facility, witness, note }: GivenCosignature): Promise<void> {
    const { size } = readCheckpoint(note);
    const { seenUtcS } = await openCosignature(note, parseVerifierKey(witness));
    const row = { officer_id: officerId, size, note, seen_at: seenUtcS * 1000 };
    await this.#db
      .insertInto('ledger_cosignature')
      .values({ facility, witness, ...row })
      .onConflict((conflict) =>
        conflict
          .columns(['facility', 'witness'])
          .doUpdateSet(row)
          .where('ledger_cosignature.size', '<=', size),
      )
      .execute();
  }

  /** Who vouches for this ledger. @param facility null: of every facility */
  async standings(facility: string | null): Promise<readonly WitnessStanding[]> {
    return (await this.#rows(facility)).map((row) => ({
      witness: row.witness,
      facility: row.facility,
      size: row.size,
      seenUtcMs: row.seen_at,
    }));
  }

  /** Cosigned checkpoints, each with the proof that a tree of `size` entries continues it. */
  async witnessed(facility: string | null, size: number): Promise<WitnessedCheckpoint[]> {
    const read = this.#store.nodeReader();
    const found: WitnessedCheckpoint[] = [];
    for (const row of (await this.#rows(facility)).slice(0, WITNESSED_MAX)) {
      if (row.size > size) continue;
      const proof = await proveConsistency(row.size, size, read);
      found.push({ witness: row.witness, checkpoint: row.note, proof: proof.map(encodeBase64) });
    }
    return found;
  }

  async #open({ witness, note }: GivenCosignature, size: number): Promise<VerifierKey> {
    try {
      const key = parseVerifierKey(witness);
      if (key.type !== COSIGNATURE_V1) throw new CosignatureRefused('This is no key of a witness.');
      await openCosignature(note, key);
      const checkpoint = await openCheckpoint(note, this.#key);
      const isOurs =
        checkpoint.size <= size &&
        sameHash(rootOf(await this.#store.frontier(checkpoint.size)), checkpoint.root);
      if (!isOurs) throw new CosignatureRefused('The checkpoint is not one of this ledger.');
      return key;
    } catch (cause) {
      if (cause instanceof NoteInvalid || cause instanceof VerifierKeyMalformed)
        throw new CosignatureRefused('The cosignature does not hold.', { cause });
      throw cause;
    }
  }

  async #rows(facility: string | null) {
    const rows = this.#db.selectFrom('ledger_cosignature').selectAll().orderBy('size', 'desc');
    return await (facility === null ? rows : rows.where('facility', '=', facility)).execute();
  }

  get #db() {
    return this.#database.db<LedgerTables>();
  }
}
