/** The authority's tables, and how they came to be. */
import { sql } from 'kysely';
import { columnType, createIndex, createTable } from '../../platform/database/schema.ts';
import type { StoredBoolean } from '../../platform/database/schema.ts';
import type { Migration } from '../../platform/database/migration.ts';
import { widenColumn } from '../../platform/database/widen-column.ts';
import {
  allowedTransitions,
  appendOnly,
  immutableColumns,
  undeletable,
} from '../../platform/database/sql-rule.ts';
import { CHAINS, HOLDER_KINDS, WORKSTATION_USES } from './registry-port.ts';
import type { Chain, Holder, RevocationReason, WorkstationUse } from './registry-port.ts';

export interface LicenceRow {
  readonly id: string;
  readonly kind: 'cart' | 'workstation';
  /** A cart's serial, a workstation's label. */
  readonly name: string;
  readonly code_hash: string;
  readonly state: 'issued' | 'redeemed' | 'retired';
  readonly issued_at: number;
  readonly issued_by: string;
  readonly expires_at: number;
  readonly redeemed_at: number | null;
  readonly key_thumbprint: string | null;
  readonly retired_at: number | null;
}

/** One of the terms that a cart's licence had, as it was signed. Those with the highest number are in force. */
export interface LicenceTermsRow {
  readonly licence_id: string;
  readonly number: number;
  /** Names, in order, with commas between. */
  readonly features: string;
  readonly valid_from: number;
  readonly valid_until: number | null;
  /** As somebody wrote it when the licence was issued; nobody signs these two. */
  readonly facility: string | null;
  readonly model: string | null;
  /** The signed terms (`protocol/src/licence/licence-statement.ts`). */
  readonly statement: string;
  readonly given_at: number;
  readonly given_by: string;
}

export interface CertificateRow {
  readonly serial_hex: string;
  readonly chain: Chain;
  readonly holder_kind: Holder['kind'];
  readonly holder_id: string;
  /** Of a workstation's; null in rows of versions that gave it one certificate, which nothing accepts any more. */
  readonly use: WorkstationUse | null;
  readonly licence_id: string | null;
  readonly key_thumbprint: string;
  readonly fingerprint: string;
  readonly der: Uint8Array;
  readonly not_after: number;
  readonly issued_at: number;
  readonly state: 'pending' | 'released' | 'revoked';
  readonly revoked_at: number | null;
  readonly revocation_reason: RevocationReason | null;
  readonly revocation_recorded: StoredBoolean;
}

export interface RevocationListRow {
  readonly chain: Chain;
  readonly number: number;
}

/** A chain under which nothing is issued any more. */
export interface RetiredChainRow {
  readonly chain: Chain;
  readonly retired_at: number;
}

export interface AuthorityTables {
  readonly authority_retired_chain: RetiredChainRow;
  readonly authority_licence: LicenceRow;
  readonly authority_licence_terms: LicenceTermsRow;
  readonly authority_certificate: CertificateRow;
  readonly authority_revocation_list: RevocationListRow;
}

export const AUTHORITY_MIGRATIONS: readonly Migration[] = [
  {
    name: 'authority/0001-licences-and-certificates',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'authority_licence', {
        id: { kind: 'text', primaryKey: true },
        kind: { kind: 'text', oneOf: ['cart', 'workstation'] },
        name: { kind: 'text' },
        code_hash: { kind: 'text', unique: true },
        state: { kind: 'text', oneOf: ['issued', 'redeemed', 'retired'] },
        issued_at: { kind: 'instant' },
        issued_by: { kind: 'text' },
        expires_at: { kind: 'instant' },
        redeemed_at: { kind: 'instant', nullable: true },
        key_thumbprint: { kind: 'text', nullable: true },
        retired_at: { kind: 'instant', nullable: true },
      });
      await undeletable(db, dialect, 'authority_licence');
      await immutableColumns(db, dialect, 'authority_licence', [
        'id',
        'kind',
        'name',
        'code_hash',
        'issued_at',
        'issued_by',
        'expires_at',
      ]);
      await allowedTransitions(
        db,
        dialect,
        'authority_licence',
        'state',
        [
          ['issued', 'redeemed'],
          ['issued', 'retired'],
          ['redeemed', 'retired'],
        ],
        ['issued'],
      );
      await createTable(db, dialect, 'authority_certificate', {
        serial_hex: { kind: 'text', primaryKey: true },
        chain: { kind: 'text', oneOf: ['cart', 'workstation', 'browser'] },
        holder_kind: { kind: 'text', oneOf: ['cart', 'workstation', 'server'] },
        holder_id: { kind: 'text' },
        licence_id: { kind: 'text', nullable: true, references: 'authority_licence.id' },
        key_thumbprint: { kind: 'text' },
        fingerprint: { kind: 'text' },
        der: { kind: 'bytes' },
        not_after: { kind: 'instant' },
        issued_at: { kind: 'instant' },
        state: { kind: 'text', oneOf: ['pending', 'released', 'revoked'] },
        revoked_at: { kind: 'instant', nullable: true },
        revocation_reason: { kind: 'text', nullable: true },
        revocation_recorded: { kind: 'boolean' },
      });
      await createIndex(db, 'authority_certificate', ['holder_kind', 'holder_id']);
      await createIndex(db, 'authority_certificate', ['key_thumbprint']);
      await undeletable(db, dialect, 'authority_certificate');
      await immutableColumns(db, dialect, 'authority_certificate', [
        'serial_hex',
        'chain',
        'holder_kind',
        'holder_id',
        'licence_id',
        'key_thumbprint',
        'fingerprint',
        'der',
        'not_after',
        'issued_at',
      ]);
      await allowedTransitions(
        db,
        dialect,
        'authority_certificate',
        'state',
        [
          ['pending', 'released'],
          ['pending', 'revoked'],
          ['released', 'revoked'],
        ],
        ['pending'],
      );
      await createTable(db, dialect, 'authority_revocation_list', {
        chain: { kind: 'text', primaryKey: true, oneOf: ['cart', 'workstation', 'browser'] },
        number: { kind: 'integer' },
      });
    },
  },
  {
    name: 'authority/0010-workstation-uses',
    up: async (db, dialect) => {
      const type = columnType(dialect, 'text');
      const uses = WORKSTATION_USES.map((use) => `'${use}'`).join(', ');
      await sql
        .raw(
          `alter table "authority_certificate" add column "use" ${type} check ("use" in (${uses}))`,
        )
        .execute(db);
      await immutableColumns(db, dialect, 'authority_certificate', ['use']);
    },
  },
  {
    name: 'authority/0040-facility-chain',
    up: async (db, dialect) => {
      await widenColumn(db, dialect, 'authority_certificate', 'chain', CHAINS);
      await widenColumn(db, dialect, 'authority_certificate', 'holder_kind', HOLDER_KINDS);
      await widenColumn(db, dialect, 'authority_revocation_list', 'chain', CHAINS);
    },
  },
  {
    name: 'authority/0041-retired-chains',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'authority_retired_chain', {
        chain: { kind: 'text', primaryKey: true, oneOf: ['cart', 'workstation', 'facility'] },
        retired_at: { kind: 'instant' },
      });
      await appendOnly(db, dialect, 'authority_retired_chain');
    },
  },
  {
    name: 'authority/0050-licence-terms',
    up: async (db, dialect) => {
      await createTable(
        db,
        dialect,
        'authority_licence_terms',
        {
          licence_id: { kind: 'text', references: 'authority_licence.id' },
          number: { kind: 'integer' },
          features: { kind: 'text' },
          valid_from: { kind: 'instant' },
          valid_until: { kind: 'instant', nullable: true },
          facility: { kind: 'text', nullable: true },
          model: { kind: 'text', nullable: true },
          statement: { kind: 'text' },
          given_at: { kind: 'instant' },
          given_by: { kind: 'text' },
        },
        { primaryKey: ['licence_id', 'number'] },
      );
      await appendOnly(db, dialect, 'authority_licence_terms');
    },
  },
];
