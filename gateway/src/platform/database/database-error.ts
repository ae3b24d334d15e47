/**
 * What can go wrong between the gateway and its database, the same on SQLite and PostgreSQL.
 *
 * No message and no cause here carries a stored value: PostgreSQL puts row values into its errors, so its errors
 * are replaced by a `SqlFault` that keeps names and codes only.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** A row with the same key is there already. */
export class UniqueViolation extends DomainError {
  readonly code = 'DATABASE_UNIQUE_VIOLATION';
  /** The columns that had to be unique together, without their values; empty when the database did not say. */
  readonly columns: readonly string[];

  constructor(columns: readonly string[], options: { readonly cause: unknown }) {
    super('There is an entry with the same key already.', options);
    this.columns = columns;
  }
}

export type ConstraintKind = 'reference' | 'check' | 'missing' | 'type';

/** A row does not fit its table: a missing value, a wrong type, or a reference to a row that is not there. */
export class ConstraintViolation extends DomainError {
  readonly code = 'DATABASE_CONSTRAINT_VIOLATION';
  readonly kind: ConstraintKind;

  constructor(kind: ConstraintKind, options?: { readonly cause: unknown }) {
    super('The entry does not fit the rules of its table.', options);
    this.kind = kind;
  }
}

/** A rule held in SQL (append-only, immutable column, allowed transition) refused the change. */
export class RuleViolation extends DomainError {
  readonly code = 'DATABASE_RULE_VIOLATION';
  /** The rule's name, for example `append-only ledger_entry`. */
  readonly rule: string;

  constructor(rule: string, options: { readonly cause: unknown }) {
    super('The database does not allow this change.', options);
    this.rule = rule;
  }
}

/** The database cannot be reached or does not answer in time. The same request may succeed later. */
export class DatabaseUnavailable extends DomainError {
  readonly code = 'DATABASE_UNAVAILABLE';

  constructor(options: { readonly cause: unknown }) {
    super('The database cannot be reached or did not answer in time.', options);
  }
}

/** Nothing more can be stored; nothing of the refused transaction was. */
export class DatabaseFull extends DomainError {
  readonly code = 'DATABASE_FULL';

  constructor(options: { readonly cause: unknown }) {
    super('The disk that holds the database is full. Make room on it, then try again.', options);
  }
}

/** The file is not a database, or its content contradicts itself. A copy has to be restored. */
export class DatabaseDamaged extends DomainError {
  readonly code = 'DATABASE_DAMAGED';

  constructor(options: { readonly cause: unknown }) {
    super(
      'The database file (gateway.db) is damaged or is not a database. Restore it from its copy.',
      options,
    );
  }
}

/** Too many transactions collided; nothing of this one was stored. */
export class DatabaseContended extends DomainError {
  readonly code = 'DATABASE_CONTENDED';

  constructor(options: { readonly cause: unknown }) {
    super('Too many changes to the same entries arrived at the same time.', options);
  }
}

/** The database was brought up by a newer program, whose schema this one does not know. */
export class DatabaseNewer extends DomainError {
  readonly code = 'DATABASE_NEWER';

  constructor(names: readonly string[]) {
    super(
      `The database has migrations that this version does not know (${names.join(', ')}). ` +
        'Start the newer version, or restore the copy made before it was first started.',
    );
  }
}

/** The address, password or certificate of PostgreSQL is not usable. */
export class DatabaseMisconfigured extends DomainError {
  readonly code = 'DATABASE_MISCONFIGURED';
}

/** Deleted rows could not be removed from the disk now: another connection still sees them. */
export class TracesRemain extends DomainError {
  readonly code = 'DATABASE_TRACES_REMAIN';

  constructor() {
    super('Deleted entries are still held on the disk by a transaction that has not ended.');
  }
}

/** What remains of a database's own error: names and codes, no values. Always a cause, never thrown by itself. */
export class SqlFault extends Error {
  readonly sqlState: string;
  readonly table: string | undefined;
  readonly constraint: string | undefined;

  constructor(sqlState: string, table?: string, constraint?: string) {
    super(`SQL state ${sqlState}`);
    this.name = 'SqlFault';
    this.sqlState = sqlState;
    this.table = table;
    this.constraint = constraint;
  }
}
