/**
 * De-identification in the vault: from a released record it makes another one, sealed in the same case, with a report.
 *
 * The original stays as it is until the case is destroyed; the result waits in quarantine like everything that is new. One
 * at a time: it is work for the processor, in a thread of its own. What is refused leaves a refusal with its code, nothing
 * else. A result without entry and report, which a kill leaves, may not leave and is removed at the next start. Decisions 0033
 * and 0034.
 */
import { createHash } from 'node:crypto';
import { deidentifyApart } from '@chaperone/deidentification/apart/apart.ts';
import type { RegionTemplate } from '@chaperone/deidentification/dicom/template.ts';
import {
  DeidentificationRefused,
  DeidentifiedOnly,
  admitLeaving,
  changeRule,
} from '@chaperone/domain/deidentification/deidentification.ts';
import type {
  DeidentificationRefusal,
  DeidentificationRule,
} from '@chaperone/domain/deidentification/deidentification.ts';
import type { DeidentificationReport } from '@chaperone/domain/deidentification/report.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId, RecordId, TechnicianId } from '@chaperone/domain/id/id.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import { CaseNotOpen } from '@chaperone/domain/service-case/service-case.ts';
import type { CaseTraces } from '../../vault/contract.ts';
import type { Events } from '../events/events.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { Turns } from '../platform/turns.ts';
import { CaseWordsKeeper } from './case-words.ts';
import { AlreadyDeidentified } from './deidentification-error.ts';
import { DeidentificationStore } from './deidentification-store.ts';
import { recordSource } from './record-source.ts';
import { resultName } from './result-name.ts';

export { AlreadyDeidentified } from './deidentification-error.ts';
export { DEIDENTIFICATION_MIGRATIONS } from './tables.ts';

/** What became of a record, as a page tells it. */
export interface ToldOutcome {
  readonly source: RecordId | null;
  readonly result: RecordId | null;
  readonly doneUtcMs: number;
  readonly report: DeidentificationReport | null;
  readonly refusal: DeidentificationRefusal | null;
}

interface SealedOutcome {
  readonly report?: DeidentificationReport;
  readonly code?: DeidentificationRefusal;
}

/** All work goes through one turn: one thread beside the sessions. */
const TURN = 'all';

export class Deidentifications {
  readonly #context: DeskContext;
  readonly #events: Events;
  readonly #templates: readonly RegionTemplate[];
  readonly #store: DeidentificationStore;
  readonly #words: CaseWordsKeeper;
  readonly #turns = new Turns();
  /** What `look` is at: it is called at each change of a case. */
  readonly #looking = new Set<RecordId>();

  constructor(context: DeskContext, events: Events, templates: readonly RegionTemplate[]) {
    this.#context = context;
    this.#events = events;
    this.#templates = templates;
    this.#store = new DeidentificationStore(context.database);
    this.#words = new CaseWordsKeeper(context, this.#store);
  }

  async ruleOf(caseId: CaseId): Promise<DeidentificationRule> {
    return await this.#store.rule(caseId);
  }

  /** Keeps the rule of a case before the case is known to anybody. @throws LedgerUnavailable, DeidentificationRuleLoosened */
  async opened(caseId: CaseId, rule: DeidentificationRule, by: TechnicianId): Promise<void> {
    const kept = await this.#store.keptRule(caseId);
    if (kept !== null) changeRule(kept, rule);
    await this.#context.ledger.append({ kind: 'deidentification-ruled', caseId, by, rule });
    await this.#store.keepRule(caseId, rule);
  }

  /** Asked before a record is given to a workstation. @throws DeidentifiedOnly, RecordUnknown, CaseKeyMissing */
  async assertMayLeave(caseId: CaseId, recordId: RecordId): Promise<void> {
    const { origin } = await this.#context.vault.record(caseId, recordId);
    admitLeaving(await this.#store.rule(caseId), origin);
    if (origin === 'de-identified' && !(await this.#results(caseId)).has(recordId))
      throw new DeidentifiedOnly('There is no report yet of how this file was de-identified.');
  }

  /**
   * Removes results of open cases that a kill left without report and entry. At start, before a transfer is taken up: what its
   * cart de-identified is fetched again, and what the vault did is done again.
   */
  async restore(open: readonly CaseId[]): Promise<void> {
    for (const caseId of open) {
      try {
        const known = await this.#results(caseId);
        for (const { id, origin } of await this.#context.vault.records(caseId)) {
          if (origin !== 'de-identified' || known.has(id)) continue;
          await this.#context.vault.removeRecord(caseId, id);
          this.#context.log.warn({ caseId }, 'a result without its report is removed');
        }
      } catch (fault) {
        this.#context.log.error({ caseId, err: fault }, 'results without reports stay for now');
      }
    }
  }

  /**
   * De-identifies a record.
   * @param by who asked for it; null when the case's rule did
   * @throws DeidentificationRefused (kept as an outcome, too), AlreadyDeidentified, CaseNotOpen, RecordUnknown,
   *   RecordInQuarantine, CaseKeyMissing, RecordDamaged, LedgerUnavailable, DiskFull, VaultUnavailable
   */
  async deidentify(
    serviceCase: { readonly id: CaseId; readonly state: string },
    recordId: RecordId,
    by: TechnicianId | null,
  ): Promise<CaseRecord> {
    if (serviceCase.state !== 'open') throw new CaseNotOpen('This case is not open any more.');
    const caseId = serviceCase.id;
    const result = await this.#turns.take(TURN, async () => await this.#one(caseId, recordId, by));
    this.#events.caseChanged(caseId);
    return result;
  }

  /** All of a case, oldest first. @throws CaseKeyMissing, RecordDamaged */
  async outcomes(caseId: CaseId): Promise<readonly ToldOutcome[]> {
    const { vault } = this.#context;
    const stored = await this.#store.list(caseId);
    return await Promise.all(
      stored.map(async ({ sourceId, resultId, sealed, doneUtcMs }) => {
        const { report, code } = JSON.parse(
          await vault.unsealText(caseId, sealed),
        ) as SealedOutcome;
        return {
          source: sourceId,
          result: resultId,
          doneUtcMs,
          report: report ?? null,
          refusal: code ?? null,
        };
      }),
    );
  }

  /**
   * Does what the rule of a case asks for: each fetched file that was found clean, and that nobody has tried yet, is
   * de-identified. What is refused stays in the vault, with its refusal.
   */
  async look(serviceCase: { readonly id: CaseId; readonly state: string }): Promise<void> {
    const { id: caseId, state } = serviceCase;
    if (state !== 'open' || (await this.#store.rule(caseId)) !== 'in-the-vault') return;
    const tried = new Set((await this.#store.list(caseId)).map(({ sourceId }) => sourceId));
    for (const { id, origin, quarantine } of await this.#context.vault.records(caseId)) {
      const isDue = origin === 'fetched' && quarantine.state === 'released';
      if (!isDue || tried.has(id) || this.#looking.has(id)) continue;
      this.#looking.add(id);
      try {
        await this.deidentify(serviceCase, id, null);
      } catch (fault) {
        if (!(fault instanceof DeidentificationRefused)) throw fault;
      } finally {
        this.#looking.delete(id);
      }
    }
  }

  /** Keeps the report of a file that the cart has de-identified. @throws CaseKeyMissing, LedgerUnavailable */
  async doneByCart(
    caseId: CaseId,
    resultId: RecordId,
    report: DeidentificationReport,
  ): Promise<void> {
    const { methods } = report;
    const fact = { caseId, recordId: null, resultId, by: null, methods };
    await this.#orRemove(caseId, resultId, async () => {
      await this.#context.ledger.append({ kind: 'record-deidentified', ...fact });
      await this.#keep(caseId, null, resultId, { report });
    });
  }

  /** What the vault erases with a case. */
  traces(): CaseTraces {
    return {
      tables: ['case_deidentification', 'record_deidentification'],
      eraseTraces: async (caseId) => await this.#store.erase(caseId),
      countTraces: async (caseId) => await this.#store.count(caseId),
    };
  }

  async #one(caseId: CaseId, recordId: RecordId, by: TechnicianId | null): Promise<CaseRecord> {
    const { vault, ledger } = this.#context;
    const source = await vault.record(caseId, recordId);
    const before = await this.#store.list(caseId);
    const isDone = before.some((each) => each.sourceId === recordId && each.resultId !== null);
    if (source.origin === 'de-identified' || isDone) throw new AlreadyDeidentified();
    try {
      const { record, report } = await this.#make(caseId, source);
      const { methods } = report;
      const fact = { caseId, recordId, resultId: record.id, by, methods };
      await this.#orRemove(caseId, record.id, async () => {
        await ledger.append({ kind: 'record-deidentified', ...fact });
        await this.#keep(caseId, recordId, record.id, { report });
      });
      return record;
    } catch (fault) {
      if (!(fault instanceof DeidentificationRefused)) throw fault;
      const { code } = fault;
      ledger.appendLater({ kind: 'deidentification-refused', caseId, recordId, by, code });
      await this.#keep(caseId, recordId, null, { code });
      this.#events.caseChanged(caseId);
      throw fault;
    }
  }

  async #make(
    caseId: CaseId,
    source: CaseRecord,
  ): Promise<{ readonly record: CaseRecord; readonly report: DeidentificationReport }> {
    const { vault, randomBytes } = this.#context;
    const { secret, words } = await this.#words.of(caseId);
    const order = {
      secret,
      words,
      templates: this.#templates,
      replacesAddresses: false,
      // It has left the cart as it is; the report says when patterns were all there was.
      requiresDictionary: false,
    };
    const work = await deidentifyApart(recordSource(vault, source), order);
    await this.#words.add(caseId, work.words);
    const staging = await vault.openStaging(caseId, newId('transfer', randomBytes));
    try {
      const hash = createHash('sha256');
      for (;;) {
        const next = await work.chunks.next();
        if (next.done === true) {
          const sha256 = hash.digest('base64url');
          const name = resultName(source.name, sha256, next.value.kind);
          const record = await staging.finish({ origin: 'de-identified', name, sha256 });
          return { record, report: next.value };
        }
        hash.update(next.value);
        await staging.append(next.value);
      }
    } catch (fault) {
      await staging.discard();
      throw fault;
    } finally {
      // When the vault fails, the worker is still waiting for somebody to take the next chunk.
      await work.chunks.return(undefined as never);
    }
  }

  /** Results of a case that have their report. */
  async #results(caseId: CaseId): Promise<ReadonlySet<RecordId | null>> {
    return new Set((await this.#store.list(caseId)).map(({ resultId }) => resultId));
  }

  /** A result that the ledger does not know of is nobody's. */
  async #orRemove(caseId: CaseId, recordId: RecordId, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (fault) {
      await this.#context.vault.removeRecord(caseId, recordId).catch((left: unknown) => {
        this.#context.log.error({ caseId, err: left }, 'a result without its entry stays for now');
      });
      throw fault;
    }
  }

  async #keep(
    caseId: CaseId,
    sourceId: RecordId | null,
    resultId: RecordId | null,
    outcome: SealedOutcome,
  ): Promise<void> {
    const { vault, clock, randomBytes } = this.#context;
    const sealed = await vault.sealText(caseId, JSON.stringify(outcome));
    const id = Buffer.from(randomBytes(16)).toString('base64url');
    const doneUtcMs = clock.utcMs();
    await this.#store.add(caseId, { id, sourceId, resultId, sealed, doneUtcMs });
  }
}
