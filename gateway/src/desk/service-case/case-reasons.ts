/**
 * Why somebody decided something about a case. Such a sentence names patients as easily as a note does, so that it is sealed
 * under the case's key with its salt, and erased with the case; the ledger keeps the commitment, which then means nothing.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { Commitment } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { commitTo } from '../platform/commitment.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { CaseTables } from './tables.ts';

export interface CaseReason {
  readonly caseId: CaseId;
  readonly proposalId: string;
  readonly act: string;
  readonly by: string;
  readonly workstationId: string | null;
  readonly reason: string;
}

export type CaseReasonContext = Pick<
  DeskContext,
  'database' | 'vault' | 'clock' | 'randomBytes' | 'log'
>;

export class CaseReasons {
  readonly #context: CaseReasonContext;

  constructor(context: CaseReasonContext) {
    this.#context = context;
  }

  /** Seals a reason and gives the commitment that belongs into the ledger. @throws CaseKeyMissing */
  async keep({
    caseId,
    proposalId,
    act,
    by,
    workstationId,
    reason,
  }: CaseReason): Promise<Commitment> {
    const { vault, clock, randomBytes } = this.#context;
    const { commitment, salt } = commitTo(reason, randomBytes);
    const sealed = await vault.sealText(caseId, JSON.stringify({ reason, salt }));
    await this.#db
      .insertInto('case_reason')
      .values({
        case_id: caseId,
        proposal_id: proposalId,
        act,
        given_by: by,
        workstation: workstationId,
        given_at: clock.utcMs(),
        sealed,
      })
      .execute();
    return commitment;
  }

  /** The reason of an act; null once the case's destruction is decided, or where the disk has damaged it. */
  async of(proposalId: string, act: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('case_reason')
      .innerJoin('service_case', 'service_case.id', 'case_reason.case_id')
      .select(['case_reason.case_id', 'case_reason.sealed'])
      .where('case_reason.proposal_id', '=', proposalId)
      .where('case_reason.act', '=', act)
      .where('service_case.state', '=', 'open')
      .executeTakeFirst();
    if (row === undefined) return null;
    try {
      const text = await this.#context.vault.unsealText(row.case_id as CaseId, row.sealed);
      return (JSON.parse(text) as CaseReason).reason;
    } catch (fault) {
      if (!(fault instanceof DomainError)) throw fault;
      // One reason that cannot be read holds up no list, and no decision.
      this.#context.log.error({ err: fault, proposal: proposalId }, 'a reason cannot be read');
      return null;
    }
  }

  async erase(caseId: CaseId): Promise<void> {
    await this.#db.deleteFrom('case_reason').where('case_id', '=', caseId).execute();
  }

  async count(caseId: CaseId): Promise<number> {
    const query = this.#db.selectFrom('case_reason').select('id').where('case_id', '=', caseId);
    return (await query.execute()).length;
  }

  get #db() {
    return this.#context.database.db<CaseTables>();
  }
}
