/**
 * Why somebody did something that is not of a case, in plain: the ledger has a commitment to it. Rows are never changed nor
 * taken away. What is of a case is sealed with it (`case_reason`).
 */
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex, createTable } from '../../platform/database/schema.ts';
import { appendOnly, despiteRule } from '../../platform/database/sql-rule.ts';
import { sql } from 'kysely';
import type { Generated } from 'kysely';

export interface ActRow {
  readonly id: Generated<number>;
  readonly act: string;
  readonly target: string;
  /** An account's id, or an account of the gateway's machine. */
  readonly done_by: string;
  readonly workstation: string | null;
  readonly reason: string;
  /** Of the commitment in the ledger, base64url. */
  readonly salt: string;
  readonly done_at: number;
}

export interface AdministrationTables {
  readonly desk_administration_act: ActRow;
}

export const ADMINISTRATION_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0031-administration',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'desk_administration_act', {
        id: { kind: 'sequence' },
        act: { kind: 'text' },
        target: { kind: 'text' },
        done_by: { kind: 'text' },
        workstation: { kind: 'text', nullable: true },
        reason: { kind: 'text' },
        salt: { kind: 'text' },
        done_at: { kind: 'instant' },
      });
      await createIndex(db, 'desk_administration_act', ['target']);
      await appendOnly(db, dialect, 'desk_administration_act');
    },
  },
];

/**
 * Takes away what earlier versions kept in plain though it is of a case: why a session was ended, why a hold was proposed,
 * lifted or turned down. After the migrations of the proposals, and after every other of the desk before it.
 */
export const CASE_REASON_ERASURE_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0092-plain-reasons-of-cases',
    up: async (db, dialect) => {
      const acts = [
        'desk_administration_act',
        'desk_administration_act_append_only_update',
      ] as const;
      await despiteRule(db, dialect, ...acts, async () => {
        await sql`update desk_administration_act set reason = '', salt = ''
          where act = 'end-session' or act like '%-legal-hold'`.execute(db);
      });
      const proposals = ['desk_proposal', 'desk_proposal_id_immutable_update'] as const;
      await despiteRule(db, dialect, ...proposals, async () => {
        await sql`update desk_proposal set reason = '' where act like '%-legal-hold'`.execute(db);
      });
    },
  },
];
