/** The tables of second factors. Secrets of codes are sealed, recovery codes hashed; a passkey's key is public. */
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex, createTable } from '../../platform/database/schema.ts';

export interface FactorRow {
  readonly technician_id: string;
  readonly kind: 'code' | 'passkey';
  /** Of codes: sealed. */
  readonly secret: string | null;
  /** Of passkeys, base64url. */
  readonly credential_id: string | null;
  readonly public_key: string | null;
  /** The console's name under which it was enrolled. */
  readonly relying_party: string | null;
  /** Of codes: the last time step that was used (RFC 6238 §5.2). Of passkeys: the signature counter. */
  readonly counter: number;
  readonly enrolled_at: number;
  readonly used_at: number | null;
}

/** What was asked of one half sign-in, to be answered once. */
export interface ChallengeRow {
  /** Hash of the half sign-in's cookie. */
  readonly holder: string;
  readonly purpose: 'enrol-code' | 'enrol-passkey' | 'use-passkey';
  /** A challenge, base64url; of codes, the sealed secret that is to be enrolled. */
  readonly content: string;
  readonly made_at: number;
}

export interface RecoveryCodeRow {
  readonly code_hash: string;
  readonly technician_id: string;
  /** The half sign-in at which the set was shown. */
  readonly holder: string;
  readonly confirmed_at: number | null;
  readonly used_at: number | null;
  readonly used_holder: string | null;
  readonly used_workstation: string | null;
  /** When its owner was told of the use. */
  readonly told_at: number | null;
}

export interface SecondFactorTables {
  readonly desk_factor: FactorRow;
  readonly desk_factor_challenge: ChallengeRow;
  readonly desk_recovery_code: RecoveryCodeRow;
}

export const SECOND_FACTOR_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0006-second-factor',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'desk_factor', {
        technician_id: { kind: 'text', primaryKey: true, references: 'desk_account.id' },
        kind: { kind: 'text', oneOf: ['code', 'passkey'] },
        secret: { kind: 'text', nullable: true },
        credential_id: { kind: 'text', nullable: true, unique: true },
        public_key: { kind: 'text', nullable: true },
        relying_party: { kind: 'text', nullable: true },
        counter: { kind: 'integer' },
        enrolled_at: { kind: 'instant' },
        used_at: { kind: 'instant', nullable: true },
      });
      await createTable(
        db,
        dialect,
        'desk_factor_challenge',
        {
          holder: { kind: 'text' },
          purpose: { kind: 'text', oneOf: ['enrol-code', 'enrol-passkey', 'use-passkey'] },
          content: { kind: 'text' },
          made_at: { kind: 'instant' },
        },
        { primaryKey: ['holder', 'purpose'] },
      );
      await createTable(db, dialect, 'desk_recovery_code', {
        code_hash: { kind: 'text', primaryKey: true },
        technician_id: { kind: 'text', references: 'desk_account.id' },
        holder: { kind: 'text' },
        confirmed_at: { kind: 'instant', nullable: true },
        used_at: { kind: 'instant', nullable: true },
        used_holder: { kind: 'text', nullable: true },
        used_workstation: { kind: 'text', nullable: true },
        told_at: { kind: 'instant', nullable: true },
      });
      await createIndex(db, 'desk_recovery_code', ['technician_id']);
    },
  },
];
