/**
 * PostgreSQL through `pg`, over TLS unless the server is on this machine.
 *
 * Numbers, booleans and bytes come back as they do from SQLite. Not here: starting or tuning a server, and backups.
 */
import pg from 'pg';
import {
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import type { Dialect } from 'kysely';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { GatewayFenced } from '@chaperone/domain/fence/fence.ts';
import {
  ConstraintViolation,
  DatabaseContended,
  DatabaseFull,
  DatabaseMisconfigured,
  DatabaseUnavailable,
  RuleViolation,
  SqlFault,
  UniqueViolation,
} from './database-error.ts';
import type { ConstraintKind } from './database-error.ts';
import { isLoopbackHost } from '../network/loopback.ts';
import type { PostgresqlLocation } from './database-location.ts';
import { GuardedDriver } from './guarded-driver.ts';
import type { TransactionScope } from './guarded-driver.ts';
import { parsePostgresqlUrl } from './postgresql-url.ts';
import { RULE_SQL_STATE, ruleOf } from './sql-rule.ts';

/** Connections of one gateway process. PostgreSQL's own default allows 100 for all of them together. */
const CONNECTIONS_MAX = 10;
/** Milliseconds that a statement may take; ours take a few. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** Milliseconds to wait for a connection, from the pool and from the network. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Milliseconds after which the server ends a transaction whose program has stopped asking. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000;

/** Describes a PostgreSQL server to Kysely. @throws DatabaseMisconfigured */
export function postgresqlDialect(location: PostgresqlLocation, scope: TransactionScope): Dialect {
  const pool = new pg.Pool(poolOptions(location));
  // A connection that breaks between two queries says so by an event, which nobody may leave unheard; the pool drops
  // it, and the next query tells whether the server is there.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    createDriver: () => new GuardedDriver(new PostgresDriver({ pool }), readPostgresqlFault, scope),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  };
}

function poolOptions(location: PostgresqlLocation): pg.PoolConfig {
  const { host, port, name, database } = parsePostgresqlUrl(location.url);
  if (location.tls === undefined && !isLoopbackHost(host)) {
    throw new DatabaseMisconfigured(
      'A database on another machine is reached over TLS only: name the file of its certificate authorities.',
    );
  }
  return {
    host,
    port,
    user: name,
    database,
    password: location.password,
    ssl:
      location.tls === undefined
        ? false
        : { ca: location.tls.authorities, rejectUnauthorized: true },
    max: location.connectionsMax ?? CONNECTIONS_MAX,
    statement_timeout: location.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    application_name: 'chaperone',
    ...(location.epoch === undefined ? {} : { options: `-c chaperone.epoch=${location.epoch}` }),
    keepAlive: true,
    types: { getTypeParser },
  };
}

/** Types of results that differ from SQLite's, by their OID in `pg_type`. */
const PARSERS = new Map<number, (text: string) => unknown>([
  [16, (text) => (text === 't' ? 1 : 0)],
  [17, (text) => Uint8Array.from(Buffer.from(text.slice(2), 'hex'))],
  [20, safeInteger],
  [1700, safeInteger],
]);

function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  const own = format === 'binary' ? undefined : PARSERS.get(oid);
  return (
    own ??
    (pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text') as (
      text: string,
    ) => unknown)
  );
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError('The database holds a number that is no safe integer.');
  return value;
}

/** SQLSTATE codes, https://www.postgresql.org/docs/15/errcodes-appendix.html */
const CONSTRAINT_KINDS = new Map<string, ConstraintKind>([
  ['23502', 'missing'],
  ['23503', 'reference'],
  ['23514', 'check'],
  ['22P02', 'type'],
  ['22003', 'type'],
  ['22021', 'type'],
  ['42804', 'type'],
]);
/** Of the rule that `platform/fence` puts on every table. */
const FENCE_SQL_STATE = 'CH002';
const COLLISIONS = new Set(['40001', '40P01']);
/** The classes "connection", "operator intervention", "insufficient resources", "system error". */
const UNAVAILABLE_CLASSES = new Set(['08', '57', '53', '58']);
const SIGN_IN_CLASSES = new Set(['28', '3D']);

/** Reads an error of `pg`: from the server, or of the connection to it. */
export function readPostgresqlFault(fault: unknown): unknown {
  if (!(fault instanceof Error) || fault instanceof DomainError) return fault;
  if (!(fault instanceof pg.DatabaseError) || fault.code === undefined) {
    return readConnectionFault(fault);
  }
  const { code } = fault;
  const cause = { cause: new SqlFault(code, fault.table, fault.constraint) };
  const kind = CONSTRAINT_KINDS.get(code);
  if (code === '23505') return new UniqueViolation(columnsOf(fault.detail), cause);
  if (kind !== undefined) return new ConstraintViolation(kind, cause);
  if (code === RULE_SQL_STATE) return new RuleViolation(ruleOf(fault.message), cause);
  if (code === FENCE_SQL_STATE)
    return new GatewayFenced('Another gateway is the active one on this database.', cause);
  if (COLLISIONS.has(code)) return new DatabaseContended(cause);
  if (code === '53100') return new DatabaseFull(cause);
  if (UNAVAILABLE_CLASSES.has(code.slice(0, 2))) return new DatabaseUnavailable(cause);
  if (SIGN_IN_CLASSES.has(code.slice(0, 2))) {
    return new DatabaseMisconfigured(
      'PostgreSQL refused the account, its password or the database name.',
      cause,
    );
  }
  // A fault of the program, such as a misspelt column. The statement's text holds no values.
  return Object.assign(cause.cause, {
    message: `SQL state ${code}: ${code.startsWith('42') ? fault.message : ''}`,
  });
}

/** `Key (cart_serial, number)=(…) already exists.` names the columns; the values are left behind. */
function columnsOf(detail: string | undefined): readonly string[] {
  const list = /^Key \(([^)]*)\)=/.exec(detail ?? '')?.[1];
  return list === undefined ? [] : list.split(', ').map((name) => name.replaceAll('"', ''));
}

/** What `pg` throws when the network or the TLS handshake fails has no class of its own. */
const CERTIFICATE_CODE = /CERT|SELF_SIGNED|UNABLE_TO|^ERR_TLS_/;
const NETWORK_CODE = /^E[A-Z]{3,}$/;
const CONNECTION_MESSAGE =
  /connection terminated|timeout exceeded|not queryable|connection timeout/i;

function readConnectionFault(fault: Error): unknown {
  const cause = { cause: fault };
  const code = 'code' in fault && typeof fault.code === 'string' ? fault.code : '';
  if (CERTIFICATE_CODE.test(code) || /does not support SSL/.test(fault.message)) {
    return new DatabaseMisconfigured(
      "PostgreSQL's certificate is not one of the named authorities' for its name.",
      cause,
    );
  }
  const unreachable =
    fault instanceof AggregateError ||
    NETWORK_CODE.test(code) ||
    CONNECTION_MESSAGE.test(fault.message);
  return unreachable ? new DatabaseUnavailable(cause) : fault;
}
