/** The tables of accounts and sign-ins, and how they came to be. No password and no cookie is in them, only hashes. */
import { sql } from 'kysely';
import type { Migration } from '../../platform/database/migration.ts';
import { columnType, createIndex, createTable } from '../../platform/database/schema.ts';
import { immutableColumns, undeletable } from '../../platform/database/sql-rule.ts';

export interface AccountRow {
  readonly id: string;
  readonly account_name: string;
  readonly directory_login: string;
  readonly name: string;
  readonly password_hash: string;
  readonly created_at: number;
  readonly disabled_at: number | null;
  /** JSON list of the roles that the account allows; null allows whatever the directory says. */
  readonly roles: string | null;
  /** Since when the password is one that an administrator made; null once its owner has chosen one. */
  readonly password_given_at: number | null;
  readonly last_sign_in_at: number | null;
}

/** What passed the third gate. */
export type SignInFactor = 'code' | 'passkey' | 'recovery-code';

export interface SignInRow {
  /** SHA-256 of the cookie, base64url. */
  readonly token_hash: string;
  readonly state: 'half' | 'full';
  readonly directory_login: string;
  readonly name: string;
  /** JSON list. */
  readonly roles: string;
  /** Of a half one: set once the password was right. */
  readonly technician_id: string | null;
  /** Of a half one: set once the second factor was right too, and recovery codes wait to be confirmed. */
  readonly factor: SignInFactor | null;
  readonly workstation: string;
  readonly begun_at: number;
  readonly used_at: number;
  /** Of a full one: when its owner last showed that it is still them. */
  readonly confirmed_at: number | null;
}

/** Where somebody came in before. */
export interface FamiliarWorkstationRow {
  /** Digest of a gate and of what was typed there. */
  readonly subject: string;
  readonly workstation: string;
  readonly seen_at: number;
}

export interface SignInTables {
  readonly desk_account: AccountRow;
  readonly desk_sign_in: SignInRow;
  readonly desk_familiar_workstation: FamiliarWorkstationRow;
}

export const SIGN_IN_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0002-sign-in',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'desk_account', {
        id: { kind: 'text', primaryKey: true },
        account_name: { kind: 'text', unique: true },
        directory_login: { kind: 'text', unique: true },
        name: { kind: 'text' },
        password_hash: { kind: 'text' },
        created_at: { kind: 'instant' },
        disabled_at: { kind: 'instant', nullable: true },
      });
      await undeletable(db, dialect, 'desk_account');
      await immutableColumns(db, dialect, 'desk_account', [
        'id',
        'account_name',
        'directory_login',
      ]);
      await createTable(db, dialect, 'desk_sign_in', {
        token_hash: { kind: 'text', primaryKey: true },
        state: { kind: 'text', oneOf: ['half', 'full'] },
        directory_login: { kind: 'text' },
        name: { kind: 'text' },
        roles: { kind: 'json' },
        technician_id: { kind: 'text', nullable: true },
        workstation: { kind: 'text' },
        begun_at: { kind: 'instant' },
        used_at: { kind: 'instant' },
      });
      await createIndex(db, 'desk_sign_in', ['used_at']);
    },
  },
];

/** Of their own: features that came between have lower numbers. */
export const THIRD_GATE_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0007-third-gate',
    up: async (db, dialect) => {
      const type = columnType(dialect, 'text');
      await sql.raw(`alter table "desk_sign_in" add column "factor" ${type}`).execute(db);
      await createTable(
        db,
        dialect,
        'desk_familiar_workstation',
        {
          subject: { kind: 'text' },
          workstation: { kind: 'text' },
          seen_at: { kind: 'instant' },
        },
        { primaryKey: ['subject', 'workstation'] },
      );
    },
  },
];

/** Roles of an account, passwords that have to be changed, confirmations. */
export const ROLE_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0030-roles',
    up: async (db, dialect) => {
      const columns = [
        ['desk_account', 'roles', 'json'],
        ['desk_account', 'password_given_at', 'instant'],
        ['desk_account', 'last_sign_in_at', 'instant'],
        ['desk_sign_in', 'confirmed_at', 'instant'],
      ] as const;
      for (const [table, column, kind] of columns) {
        const type = columnType(dialect, kind);
        await sql.raw(`alter table "${table}" add column "${column}" ${type}`).execute(db);
      }
      await createIndex(db, 'desk_sign_in', ['technician_id']);
    },
  },
];
