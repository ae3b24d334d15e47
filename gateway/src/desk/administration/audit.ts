/** What an auditor reads: the ledger's entries by kind, time and name, and the whole of it for `chaperone verify`. */
import type { auditQuery, ledgerLine } from '@chaperone/protocol/console-api/administration.ts';
import type { z } from 'zod';
import type { LedgerLine, LedgerTile, WitnessStanding } from '../../ledger/contract.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { searchAccounts } from '../sign-in/sign-in.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { whoOf } from '../timeline/timeline.ts';
import { streamEverything } from './whole-evidence.ts';
import type { WholeEvidenceParts } from './whole-evidence.ts';

/** People of that name whose entries are found; the ledger itself holds ids only. */
const NAMED_MAX = 20;

export interface AuditParts extends WholeEvidenceParts {
  readonly nameOf: (id: string) => string | null;
}

type Context = Pick<DeskContext, 'database' | 'ledger' | 'clock'>;

export class Audit {
  readonly #context: Context;
  readonly #parts: AuditParts;

  constructor(context: Context, parts: AuditParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Newest first. @throws LedgerUnavailable, LedgerBroken */
  async entries(query: z.infer<typeof auditQuery>): Promise<{
    readonly items: z.infer<typeof ledgerLine>[];
    readonly total: number;
    readonly page: number;
    readonly size: number;
  }> {
    const { ledger } = this.#context;
    const { page, size, kind, from, to } = query;
    await ledger.settle();
    const { items, total } = await ledger.search({
      kind: kind ?? null,
      fromUtcMs: from ?? null,
      toUtcMs: to ?? null,
      texts: await this.#textsOf(query.q),
      offset: (page - 1) * size,
      count: size,
    });
    return { items: items.map((line) => this.#show(line)), total, page, size };
  }

  /**
   * The whole ledger, piece by piece, with every receipt and what is signed under it; only the whole shows that nothing was left out. It
   * says itself who took it.
   * @throws LedgerUnavailable before the first piece
   */
  async evidence({
    id: by,
    workstation,
  }: Pick<Caller, 'id' | 'workstation'>): Promise<AsyncIterable<string>> {
    const { ledger, clock } = this.#context;
    const about = { by, workstationId: workstation, caseId: null };
    await ledger.append({ kind: 'evidence-exported', ...about });
    await ledger.settle();
    return streamEverything(ledger, this.#parts, clock.utcMs());
  }

  checkpoint(): string {
    return this.#context.ledger.checkpoint();
  }

  /** @throws TileUnknown */
  async tile(path: string): Promise<LedgerTile> {
    return await this.#context.ledger.tile(path, 'hashes and entries');
  }

  async witnesses(): Promise<readonly WitnessStanding[]> {
    return await this.#context.ledger.witnesses(null);
  }

  async #textsOf(q: string): Promise<readonly string[]> {
    if (q === '') return [];
    const named = { text: q, offset: 0, count: NAMED_MAX };
    const { items } = await searchAccounts(this.#context.database, named);
    return [q, ...items.map(({ id }) => id as string)];
  }

  #show({ index, utcMs, fact }: LedgerLine): z.infer<typeof ledgerLine> {
    const who = whoOf(fact);
    const name = who === null ? null : (this.#parts.nameOf(who) ?? who);
    return { index, utcMs, kind: fact.kind, fact: { ...fact }, who: name };
  }
}
