/**
 * Looking at records inside the console: what each one is, and the fact that somebody looked.
 *
 * A viewing is in the ledger once for a person, a record and a sign-in, before its first byte; a viewer reads a record in
 * hundreds of parts. What is kept here is memory: after a restart the same viewing is recorded again, never left out.
 * Nothing that was read is stored: no thumbnail, no index (decision 0032).
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId, RecordId, TechnicianId } from '@chaperone/domain/id/id.ts';
import { KIND_HEAD_BYTES, natureOf } from '@chaperone/domain/record-kind/record-kind.ts';
import type { RecordNature } from '@chaperone/domain/record-kind/record-kind.ts';
import { CaseNotOpen } from '@chaperone/domain/service-case/service-case.ts';
import type { CaseTraces } from '../../vault/contract.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { ServiceCases } from '../service-case/service-case.ts';

/** Viewings and natures that are remembered; the oldest are forgotten, which costs an entry or a look at 1 KiB. */
const REMEMBERED_MAX = 20_000;

/** A browser would show or save a record outside the console, where looking is not what it does. */
export class ViewedElsewhere extends DomainError {
  readonly code = 'VIEWED_ELSEWHERE';
}

export interface Viewer {
  readonly id: TechnicianId;
  readonly tokenHash: string;
}

export class RecordViews {
  readonly #context: Pick<DeskContext, 'vault' | 'ledger'>;
  readonly #viewings = new Map<string, Promise<unknown>>();
  readonly #natures = new Map<string, Promise<RecordNature>>();

  constructor(context: Pick<DeskContext, 'vault' | 'ledger'>) {
    this.#context = context;
  }

  /**
   * Records that somebody looks at a record, unless this sign-in's look is recorded.
   * @throws CaseNotOpen, LedgerUnavailable
   */
  async begin(
    cases: Pick<ServiceCases, 'inTurn'>,
    caseId: CaseId,
    recordId: RecordId,
    by: Viewer,
  ): Promise<void> {
    // Parts that are asked for at once wait for the same entry.
    await remember(this.#viewings, `${caseId} ${recordId} ${by.tokenHash}`, async () => {
      // In the case's turn: no look may follow the decision to resolve.
      await cases.inTurn(caseId, async ({ state }) => {
        if (state !== 'open') throw new CaseNotOpen('This case is not open any more.');
        const fact = { kind: 'record-viewed', caseId, recordId, by: by.id } as const;
        await this.#context.ledger.append(fact);
      });
    });
  }

  /** Tells what a record is. @throws RecordUnknown, RecordInQuarantine, RecordDamaged, CaseKeyMissing */
  async natureOf(caseId: CaseId, recordId: RecordId): Promise<RecordNature> {
    return await remember(this.#natures, `${caseId} ${recordId}`, async () => {
      const { bytes } = await this.#context.vault.record(caseId, recordId);
      const range = { offset: 0, length: Math.min(bytes, KIND_HEAD_BYTES) };
      const content = await this.#context.vault.content(caseId, recordId, range);
      const parts: Uint8Array[] = [];
      for await (const part of content.bytes) parts.push(part);
      return natureOf(Buffer.concat(parts));
    });
  }

  /** What is remembered of a case is forgotten with it. */
  traces(): CaseTraces {
    const memories = [this.#viewings, this.#natures];
    const keysOf = (memory: Map<string, unknown>, caseId: CaseId): readonly string[] =>
      [...memory.keys()].filter((key) => key.startsWith(`${caseId} `));
    return {
      tables: [],
      eraseTraces: async (caseId) => {
        for (const memory of memories) for (const key of keysOf(memory, caseId)) memory.delete(key);
      },
      countTraces: async (caseId) =>
        memories.reduce((sum, memory) => sum + keysOf(memory, caseId).length, 0),
    };
  }
}

/** Gives what is remembered, or works it out once; what failed is tried again. */
async function remember<T>(
  memory: Map<string, Promise<T>>,
  key: string,
  work: () => Promise<T>,
): Promise<T> {
  const known = memory.get(key);
  if (known !== undefined) return await known;
  const [oldest] = memory.size >= REMEMBERED_MAX ? memory.keys() : [];
  if (oldest !== undefined) memory.delete(oldest);
  const begun = work();
  memory.set(key, begun);
  try {
    return await begun;
  } catch (fault) {
    memory.delete(key);
    throw fault;
  }
}
