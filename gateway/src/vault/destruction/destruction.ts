/**
 * Runs the destruction of a case by the rule in `domain`, one persisted step after the other.
 *
 * Each step may be done twice; after a crash the run goes on from the last step that was written down. What is
 * written down stays: it says that, when and how much was destroyed, and nothing of what it was.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { addCounts } from '@chaperone/domain/destruction/case-counts.ts';
import type { CaseCounts } from '@chaperone/domain/destruction/case-counts.ts';
import { advance, judge, nextStep } from '@chaperone/domain/destruction/destruction.ts';
import type { DestructionStep, Remains } from '@chaperone/domain/destruction/destruction.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { Kysely } from 'kysely';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import { DiskFull } from '../../platform/durable-file/durable-file.ts';
import { DestructionInterrupted } from '../contract.ts';
import type { CaseTraces, DestructionOutcome, DestructionWitness } from '../contract.ts';
import type { Keyring } from '../keyring/keyring.ts';
import type { Records } from '../record/record.ts';
import type { VaultTables } from '../vault-schema.ts';

export { LaterDestructions } from './later-destructions.ts';

/** Times that erasing begins again because verification found something. */
const ROUNDS_MAX = 3;
/** Milliseconds before another round: whatever wrote in between has noticed by then. */
const ROUND_PAUSE_MS = 100;

const TECHNIQUE =
  "The case's 256-bit secret was erased in its only copy and the key that had wrapped it was replaced by a new one, " +
  'so that no older copy can be unwrapped; records (age v1: X25519, ChaCha20-Poly1305) and sealed texts (AES-256-GCM) ' +
  'are unreadable without it. Then records, staged files and database rows were deleted and the database cleaned.';
const VERIFICATION =
  'After erasure: search of keyring (all generations, memory), records, staged files, and rows of the vault and of ' +
  'each zone that keeps something of a case.';

/** What the vault itself searches, beside the tables of the zones. */
const OWN_PLACES = ['keyring', 'keys in memory', 'records', 'staged files', 'vault_record'];

export interface DestructionsOptions {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly records: Records;
  readonly clock: Clock;
  /** Where keys and records are kept, for the certificate. */
  readonly kept: KeptOn;
}

export interface KeptOn {
  /** A token counts as hardware only where the configuration says so: SoftHSM's is a directory. */
  readonly wrappingKey: 'file' | 'token' | 'hardware-token';
  readonly records: 'directory' | 's3';
}

const RECORDS_ON: Readonly<Record<KeptOn['records'], string>> = {
  directory: 'records in a local directory',
  s3: 'records in an S3-compatible store',
};
const WRAPPED_IN: Readonly<Record<KeptOn['wrappingKey'], string>> = {
  file: 'wrapping key in a file',
  token: 'wrapping key in a PKCS #11 token that is not declared as hardware',
  'hardware-token': 'wrapping key in a PKCS #11 hardware token',
};

const NOTHING_LEFT: Remains = { keys: 0, records: 0, temporaryFiles: 0, rows: 0 };

type Row = VaultTables['vault_destruction'];

export class Destructions {
  readonly #options: DestructionsOptions;
  readonly #running = new Map<CaseId, Promise<DestructionOutcome>>();
  #traces: readonly CaseTraces[] | null = null;
  #witness: DestructionWitness | null = null;

  constructor(options: DestructionsOptions) {
    this.#options = options;
  }

  attend(traces: readonly CaseTraces[], witness: DestructionWitness): void {
    this.#traces = traces;
    this.#witness = witness;
  }

  /** Destroys a case, or goes on with it. Asked for twice at once, it runs once. @throws DestructionInterrupted */
  async run(caseId: CaseId): Promise<DestructionOutcome> {
    const running = this.#running.get(caseId);
    if (running !== undefined) return await running;
    const started = this.#runOnce(caseId).finally(() => this.#running.delete(caseId));
    this.#running.set(caseId, started);
    return await started;
  }

  /** Cases whose destruction has begun and is not certified. */
  async unfinished(): Promise<readonly CaseId[]> {
    const rows = await this.#db()
      .selectFrom('vault_destruction')
      .select('case_id')
      .where('step', '!=', 'certified')
      .orderBy('decided_at')
      .execute();
    return rows.map((row) => row.case_id);
  }

  /** Tells whether a case's destruction has begun: nothing new is made for it then, ever. */
  async hasBegun(caseId: CaseId): Promise<boolean> {
    return (await this.#row(caseId)) !== undefined;
  }

  async #runOnce(caseId: CaseId): Promise<DestructionOutcome> {
    if (this.#traces === null || this.#witness === null) throw new Error('attend the vault first');
    try {
      let row = await this.#decide(caseId);
      let rounds = 1;
      for (let next = nextStep(row.step); next !== null; next = nextStep(row.step)) {
        const moved = await this.#perform(row, next, rounds);
        if (moved.step === 'decided') rounds += 1;
        row = moved;
      }
      return this.#outcomeOf(row);
    } catch (cause) {
      if (cause instanceof DestructionInterrupted) throw cause;
      const message = "The destruction of the case's records was interrupted; it goes on later.";
      throw new DestructionInterrupted(message, { cause });
    }
  }

  async #decide(caseId: CaseId): Promise<Row> {
    await this.#options.records.closeCase(caseId);
    const known = await this.#row(caseId);
    if (known !== undefined) return known;
    const { rows, bytes } = await this.#options.records.count(caseId);
    const counts = await this.#countsOf(caseId);
    const row: Row = {
      case_id: caseId,
      step: 'decided',
      records: rows,
      bytes,
      decided_at: this.#options.clock.utcMs(),
      destroyed_at: null,
      counts: JSON.stringify(counts),
      remains: null,
    };
    await this.#db().insertInto('vault_destruction').values(row).execute();
    this.#witness?.stepDone(caseId, 'decided');
    return row;
  }

  async #perform(row: Row, next: DestructionStep, rounds: number): Promise<Row> {
    const { records } = this.#options;
    const caseId = row.case_id;
    switch (next) {
      case 'keys-erased':
        await this.#eraseKeys(caseId);
        break;
      case 'records-erased':
        await records.eraseFiles(caseId);
        break;
      case 'traces-erased':
        await this.#eraseTraces(caseId);
        break;
      case 'verified':
        return await this.#verify(row, rounds);
      case 'certified':
        await this.#witness?.certify(this.#outcomeOf(row));
        break;
      case 'decided':
        break;
    }
    return await this.#write(row, { step: advance(row.step, next) });
  }

  /**
   * Erases the case's secret, then changes the wrapping key. That needs some room: on a full disk the case's own files,
   * which nobody can open any more, are taken away first.
   */
  async #eraseKeys(caseId: CaseId): Promise<void> {
    const { keyring, records } = this.#options;
    try {
      await keyring.erase(caseId);
    } catch (fault) {
      if (!(fault instanceof DiskFull)) throw fault;
      await records.eraseFiles(caseId);
      await keyring.erase(caseId);
    }
  }

  async #eraseTraces(caseId: CaseId): Promise<void> {
    const tables = ['vault_record'];
    await this.#options.records.eraseRows(caseId);
    for (const traces of this.#traces ?? []) {
      await traces.eraseTraces(caseId);
      tables.push(...traces.tables);
    }
    await this.#options.database.eraseTraces([...new Set(tables)]);
  }

  async #verify(row: Row, rounds: number): Promise<Row> {
    const remains = await this.#remainsOf(row.case_id);
    if (judge(remains) === 'verified') {
      const destroyedAt = this.#options.clock.utcMs();
      const found = { destroyed_at: destroyedAt, remains: JSON.stringify(remains) };
      return await this.#write(row, { step: advance(row.step, 'verified'), ...found });
    }
    const again = await this.#write(row, { step: 'decided', destroyed_at: null });
    if (rounds >= ROUNDS_MAX) {
      const { keys, records, temporaryFiles, rows } = remains;
      throw new DestructionInterrupted(
        `Still found after erasing: ${keys} keys, ${records} records, ${temporaryFiles} temporary files, ${rows} rows.`,
      );
    }
    await delay(ROUND_PAUSE_MS);
    return again;
  }

  async #remainsOf(caseId: CaseId): Promise<Remains> {
    const { keyring, records } = this.#options;
    const keys = await keyring.remainsOf(caseId);
    const found = await records.remainsOf(caseId);
    let { rows } = found;
    for (const traces of this.#traces ?? []) rows += await traces.countTraces(caseId);
    return { keys, records: found.records, temporaryFiles: found.temporaryFiles, rows };
  }

  /** What there is now; each zone counts its own. */
  async #countsOf(caseId: CaseId): Promise<CaseCounts> {
    const counted = [await this.#options.records.countForCertificate(caseId)];
    for (const traces of this.#traces ?? []) counted.push((await traces.count?.(caseId)) ?? {});
    return addCounts(counted);
  }

  #outcomeOf(row: Row): DestructionOutcome {
    const tables = (this.#traces ?? []).flatMap((traces) => traces.tables);
    const { records, wrappingKey } = this.#options.kept;
    return {
      caseId: row.case_id,
      records: row.records,
      bytes: row.bytes,
      method: 'cryptographic erase and deletion',
      technique: TECHNIQUE,
      verificationMethod: VERIFICATION,
      // An earlier version verified by the same rule, and did not keep what it counted.
      remains: row.remains === null ? NOTHING_LEFT : (JSON.parse(row.remains) as Remains),
      media: `File system and database of the service centre; ${RECORDS_ON[records]}; ${WRAPPED_IN[wrappingKey]}`,
      // A file system keeps freed blocks that it does not show: only a key's own store could purge (SP 800-88r2, "Cryptographic Erase").
      category: wrappingKey === 'hardware-token' ? 'purge' : 'clear',
      counts: row.counts === null ? {} : (JSON.parse(row.counts) as CaseCounts),
      lookedIn: [...new Set([...OWN_PLACES, ...tables])],
      decidedUtcMs: row.decided_at,
      destroyedUtcMs: row.destroyed_at ?? row.decided_at,
    };
  }

  async #write(
    row: Row,
    change: Pick<Row, 'step'> & Partial<Pick<Row, 'destroyed_at' | 'remains'>>,
  ): Promise<Row> {
    await this.#db()
      .updateTable('vault_destruction')
      .set(change)
      .where('case_id', '=', row.case_id)
      .execute();
    this.#witness?.stepDone(row.case_id, change.step);
    return { ...row, ...change };
  }

  async #row(caseId: CaseId): Promise<Row | undefined> {
    return await this.#db()
      .selectFrom('vault_destruction')
      .selectAll()
      .where('case_id', '=', caseId)
      .executeTakeFirst();
  }

  #db(): Kysely<VaultTables> {
    return this.#options.database.db<VaultTables>();
  }
}
