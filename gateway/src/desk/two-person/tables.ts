/** The table of what was proposed. Its states are held by the database, too: nothing is decided or done twice. */
import { PROPOSAL_STATES } from '@chaperone/domain/two-person/two-person.ts';
import type { ProposalState } from '@chaperone/domain/two-person/two-person.ts';
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex, createTable } from '../../platform/database/schema.ts';
import {
  allowedTransitions,
  immutableColumns,
  undeletable,
} from '../../platform/database/sql-rule.ts';

export interface ProposalRow {
  readonly id: string;
  readonly act: string;
  readonly target: string;
  /** The target as a person knows it. */
  readonly target_name: string;
  readonly reason: string;
  readonly role: string;
  readonly state: ProposalState;
  readonly proposed_by: string;
  readonly proposed_at: number;
  readonly decided_by: string | null;
  readonly decided_at: number | null;
}

export interface ProposalTables {
  readonly desk_proposal: ProposalRow;
}

export const PROPOSAL_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0032-proposals',
    up: async (db, dialect) => {
      const lasting = {
        id: { kind: 'text', primaryKey: true },
        act: { kind: 'text' },
        target: { kind: 'text' },
        target_name: { kind: 'text' },
        reason: { kind: 'text' },
        role: { kind: 'text' },
        proposed_by: { kind: 'text' },
        proposed_at: { kind: 'instant' },
      } as const;
      await createTable(db, dialect, 'desk_proposal', {
        ...lasting,
        state: { kind: 'text', oneOf: PROPOSAL_STATES },
        decided_by: { kind: 'text', nullable: true },
        decided_at: { kind: 'instant', nullable: true },
      });
      await createIndex(db, 'desk_proposal', ['state', 'act', 'target']);
      await undeletable(db, dialect, 'desk_proposal');
      await immutableColumns(db, dialect, 'desk_proposal', Object.keys(lasting));
      await allowedTransitions(
        db,
        dialect,
        'desk_proposal',
        'state',
        [
          ['open', 'approved'],
          ['open', 'declined'],
          ['open', 'expired'],
          ['approved', 'done'],
          ['approved', 'failed'],
        ],
        ['open'],
      );
    },
  },
];
