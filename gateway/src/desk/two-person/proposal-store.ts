/** Proposals in the database. A change of state is one conditional statement: of two who decide, one does. */
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { PROPOSAL_LIFE_MS } from '@chaperone/domain/two-person/two-person.ts';
import type { Proposal, ProposalState } from '@chaperone/domain/two-person/two-person.ts';
import { protectsOpen } from '@chaperone/protocol/console-api/administration.ts';
import type { ProposedAct } from '@chaperone/protocol/console-api/administration.ts';
import type { Database } from '../../platform/database/database.ts';
import { anyHoldsText } from '../../platform/database/search.ts';
import type { Found, Search } from '../../platform/database/search.ts';
import type { ProposalRow, ProposalTables } from './tables.ts';

/** A proposal with what it is about. */
export interface StoredProposal extends Proposal {
  readonly id: string;
  readonly act: ProposedAct;
  readonly target: string;
  readonly targetName: string;
  /** Empty of an act about a case: its reason is sealed with the case. */
  readonly reason: string;
}

export class ProposalStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(proposal: StoredProposal): Promise<void> {
    await this.#db
      .insertInto('desk_proposal')
      .values({
        id: proposal.id,
        act: proposal.act,
        target: proposal.target,
        target_name: proposal.targetName,
        reason: proposal.reason,
        role: proposal.role,
        state: proposal.state,
        proposed_by: proposal.proposedBy,
        proposed_at: proposal.proposedUtcMs,
        decided_by: null,
        decided_at: null,
      })
      .execute();
  }

  async find(id: string): Promise<StoredProposal | null> {
    const row = await this.#db
      .selectFrom('desk_proposal')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? null : storedProposal(row);
  }

  /** Tells whether an act waits for its second person. */
  async isOpen(act: ProposedAct, target: string, nowMs: number): Promise<boolean> {
    const row = await this.#db
      .selectFrom('desk_proposal')
      .select('id')
      .where('state', '=', 'open')
      .where('act', '=', act)
      .where('target', '=', target)
      .where('proposed_at', '>', nowMs - PROPOSAL_LIFE_MS)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Tells whether a legal hold waits for its second person, or was approved and is not set yet. */
  async isHoldPending(caseId: CaseId, nowMs: number): Promise<boolean> {
    const row = await this.#db
      .selectFrom('desk_proposal')
      .select('id')
      .where('act', '=', 'set-legal-hold')
      .where('target', '=', caseId)
      .where(({ eb, and, or }) =>
        or([
          eb('state', '=', 'approved'),
          and([eb('state', '=', 'open'), eb('proposed_at', '>', nowMs - PROPOSAL_LIFE_MS)]),
        ]),
      )
      .executeTakeFirst();
    return row !== undefined;
  }

  /** How many legal holds were ever proposed for a case, whatever became of them. */
  async countHolds(caseId: CaseId): Promise<number> {
    const { count } = await this.#db
      .selectFrom('desk_proposal')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('act', '=', 'set-legal-hold')
      .where('target', '=', caseId)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** Goes on from one state to the next. False when somebody else was first. */
  async move(from: ProposalState, to: StoredProposal): Promise<boolean> {
    const moved = await this.#db
      .updateTable('desk_proposal')
      .set({ state: to.state, decided_by: to.decidedBy, decided_at: to.decidedUtcMs })
      .where('id', '=', to.id)
      .where('state', '=', from)
      .returning('id')
      .executeTakeFirst();
    return moved !== undefined;
  }

  /** Those in one state, oldest first. */
  async inState(state: ProposalState): Promise<readonly StoredProposal[]> {
    const rows = await this.#db
      .selectFrom('desk_proposal')
      .selectAll()
      .where('state', '=', state)
      .orderBy('proposed_at')
      .execute();
    return rows.map(storedProposal);
  }

  /** Newest first; of these roles only. */
  async search(
    roles: readonly string[],
    { text, offset, count }: Search,
  ): Promise<Found<StoredProposal>> {
    const found = this.#db
      .selectFrom('desk_proposal')
      .where('role', 'in', roles)
      .where(anyHoldsText(['target_name', 'target', 'act', 'reason'], text));
    const rows = await found
      .selectAll()
      .orderBy('proposed_at', 'desc')
      .orderBy('id')
      .limit(count)
      .offset(offset)
      .execute();
    const { total } = await found
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    return { items: rows.map(storedProposal), total };
  }

  get #db() {
    return this.#database.db<ProposalTables>();
  }
}

function storedProposal(row: ProposalRow): StoredProposal {
  return {
    id: row.id,
    act: row.act as ProposedAct,
    target: row.target,
    targetName: row.target_name,
    reason: row.reason,
    role: row.role,
    protectsOpen: protectsOpen(row.act as ProposedAct),
    state: row.state,
    proposedBy: row.proposed_by,
    proposedUtcMs: row.proposed_at,
    decidedBy: row.decided_by,
    decidedUtcMs: row.decided_at,
  };
}
